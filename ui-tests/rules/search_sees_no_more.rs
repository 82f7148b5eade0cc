//! The rate is visible for one's own branch alone, and asked of all.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { branch: Option<i64>; }
    model Employee { name: String label; branch: i64; rate: String search;  }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Employee { name, branch }; view Employee { rate } when branch == me.branch; }
}

fn main() {}
