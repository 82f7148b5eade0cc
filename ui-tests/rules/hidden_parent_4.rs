//! Whoever sees the links of a product sees tags, of which they may view none.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Tag { name: String label; }
    model Product { name: String label; tags: many Tag; list name; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; }
}

fn main() {}
