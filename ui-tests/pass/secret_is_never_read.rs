//! It is written: on the form, at creation and later.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Card { name: String label; pin: Secret; form "Card" name, pin; }

    role Owner { all *; all Card; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view, create Card; edit Card { pin }; }
}
