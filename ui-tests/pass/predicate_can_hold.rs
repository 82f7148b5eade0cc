//! Only rows without a state are left, and there may be some.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Draft, Sent }
    model Invoice { number: String label; state: Option<State>; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice; }

    forbid Clerk edit Invoice when state is null or (state != Draft and state != Sent);
}
