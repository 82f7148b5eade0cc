//! A diagnosis is looked for among the few there are.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice Illness { Flu, Fracture }
    model Finding { number: String label; illness: Illness sensitive; filter illness; }

    role Owner { all *; all Finding; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
