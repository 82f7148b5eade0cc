//! That and when a thing was done is not the thing.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Account { name: String label; password_changed_at: Option<Timestamp>; token_used: bool; passwordless: String; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
