//! A widget of no row at all.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Note { text: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    dashboard { count Note; latest Note 0; }
}

fn main() {}
