//! A star leaves the sensitive half of the label out.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Patient { number: String label; name: String label sensitive default ""; }
    model Visit { reason: String label; patient: Patient restrict; }

    role Owner { all *; all Patient; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Planner under Owner { view *; }
}

fn main() {}
