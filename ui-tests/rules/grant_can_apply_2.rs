//! Whoever lacks the attribute matches nothing, so asking for its absence matches nobody.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { branch: Option<i64>; }
    model Invoice { number: String label; branch: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice; edit Invoice when me.branch is null; }
}

fn main() {}
