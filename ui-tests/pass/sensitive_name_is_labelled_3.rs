//! The words stand for something else.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Employee { name: String label; spinner: i64; incoming: i64; wagerer: String; pinned: bool; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
