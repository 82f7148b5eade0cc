//! Listed and sorted, and not filtered by.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Guest { name: String label; born: Date personal; since: Date; list name, born; filter since; sort born; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
