//! A field and a variant share a name: the field wins in conditions.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { open, shut }
    model Product { name: String label; open: bool default true; state: State default shut; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product when open; }
}

fn main() {}
