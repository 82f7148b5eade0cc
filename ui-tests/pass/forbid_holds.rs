//! The two conditions have no row in common.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Draft, Sent, Paid }
    model Invoice { number: String label; state: Option<State> transfers; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Reception under Owner { view Invoice; edit Invoice when state == Draft; }

    forbid Reception edit Invoice when state != Draft;
}
