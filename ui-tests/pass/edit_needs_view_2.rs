//! A secret is written and never seen; two views together cover the edit.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; pin: Option<Secret>; stock: i64; }

    role Owner { all *; all Product; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Support under Owner {
        view Product when stock > 0;
        view Product when stock <= 0;
        edit Product { name, pin };
    }
}
