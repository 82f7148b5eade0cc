//! Who hands out accounts sees every branch.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { branch: Option<i64>; }
    model Job { number: String label; branch: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Lead under Owner { view Job; assign Clerk; reset Clerk; }
    role Clerk under Lead { view Job when branch == me.branch; }
}
