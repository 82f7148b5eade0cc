//! An address of a page may be longer than an index takes.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Link { name: String label; page: Option<Url> unique; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
