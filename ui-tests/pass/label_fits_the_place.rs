//! The fields without a label.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Guest { name: String label; phone: Option<String> personal; }

    role Owner { all *; export Guest { name }; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
