//! Equal to nothing is plain; and two `not` are none.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; branch: Option<i64>; due: Option<Date>; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product when branch == 3 and not (branch != 3); }
    role Courier under Owner { view Product when due < now; }
}
