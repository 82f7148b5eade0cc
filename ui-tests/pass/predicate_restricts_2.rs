//! One state is left out; a person without a branch matches nothing.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { branch: Option<i64>; }
    choice State { Draft, Sent, Paid }
    model Invoice { number: String label; state: State; branch: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice when state in (Draft, Sent); }
    role Courier under Owner { view Invoice when branch == me.branch or branch != me.branch; }
}
