//! Nothing that one may edit comes into reach: one condition for both.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Draft, Sent }
    model Invoice { number: String label; state: State; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice; edit Invoice { number } when state == Draft; delete Invoice when state == Draft; }
}
