//! The command line no stranger can close.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle recovery 1 per 1d by account, 5 per 15min by address;
    recovery { link by email for 30min; break_glass cli; }
}
