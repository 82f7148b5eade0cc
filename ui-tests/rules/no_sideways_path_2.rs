//! What can be lent counts.
#![deny(deprecated)]

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { all Product; view Audit; may assign Auditor; }
    role Auditor beside Manager { view *; view Audit; }
}

fn main() {}
