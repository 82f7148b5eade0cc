//! A sensitive field that the giver may not see.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Patient { name: String label; notes: Text sensitive default ""; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Patient { name }; }
    role Reviewer beside Manager { view Patient; }
}

fn main() {}
