//! What can be lent can be used; and one row is enough.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Draft, Sent, Paid }
    model Invoice { number: String label; state: State default Draft; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Reception under Owner { view Invoice; may edit Invoice { number } when state != Draft; }

    forbid Reception edit Invoice when state == Paid;
}

fn main() {}
