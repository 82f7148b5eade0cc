//! Nobody may unlock an account or look at the audit log.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; revoke *; }
    role Clerk under Owner { view Product; }
}

fn main() {}
