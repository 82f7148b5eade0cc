//! A role takes away what it may not see.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; export *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Courier under Owner { export Product; }
}

fn main() {}
