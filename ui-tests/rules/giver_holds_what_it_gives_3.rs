//! Lent for a day, kept for good: the second account stays.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product; may assign Auditor; }
    role Auditor beside Manager { view Product; view Audit; }
}

fn main() {}
