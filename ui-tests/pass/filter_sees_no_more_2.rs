//! The key is visible, and so is the label behind it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Doctor { name: String label; phone: String; }
    model Visit { reason: String label; doctor: Doctor restrict; filter doctor; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Reception under Owner { view Visit; view Doctor { name }; }
}
