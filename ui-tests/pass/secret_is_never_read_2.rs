//! A sensitive field is no secret: whoever is granted it reads it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Card { name: String label; notes: Text sensitive default ""; list name, notes; }

    role Owner { all *; all Card; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Card { name, notes }; }
}
