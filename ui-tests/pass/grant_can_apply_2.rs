//! One of the two sides can hold.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Draft, Sent, Paid }
    model Invoice { number: String label; state: State default Draft; due: Option<Date>; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice; edit Invoice { number } when (state == Draft and state == Sent) or due < now; }
}
