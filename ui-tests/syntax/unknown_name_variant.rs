//! A variant that the choice does not have.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Draft, Sent, Paid }
    model Invoice { number: String label; state: State default Draft; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice when state == Pad; }
}

fn main() {}
