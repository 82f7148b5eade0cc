//! Two conditions, and one of them is within reach.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Draft, Sent }
    model Invoice { number: String label; state: State; abroad: bool; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner {
        view Invoice;
        edit Invoice { state } when not abroad;
        delete Invoice when state == Draft and not abroad;
    }
}

fn main() {}
