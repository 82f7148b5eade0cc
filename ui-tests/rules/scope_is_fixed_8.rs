//! A colleague elsewhere, whose account is taken over.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { branch: Option<i64>; }
    model Job { number: String label; branch: i64 default 0 readonly; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Lead under Owner { view, edit Job when branch == me.branch or branch == 0; reset Clerk; }
    role Clerk under Lead { view, edit Job when branch == me.branch; }
}

fn main() {}
