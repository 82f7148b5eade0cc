//! The first letters of a grant.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; ed }
}

fn main() {
    // The rest of the block is there: no second message.
    let _ = |product: &Product| product.name.len();
    let _ = Role::Owner;
}
