//! A condition that stops at its dot.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { branch: Option<i64>; }
    model Product { name: String label; branch: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product when branch == me. }
}

fn main() {
    // The rest of the block is there: no second message.
    let _ = |product: &Product| product.name.len();
    let _ = Role::Owner;
}
