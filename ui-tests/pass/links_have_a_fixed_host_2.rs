//! Without a link no address is needed.

bailiwick::admin! {
    panel Shop { proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    recovery { codes 10; break_glass cli; }
}
