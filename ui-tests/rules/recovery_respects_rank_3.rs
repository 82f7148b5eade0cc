//! The right to reset a superior can be lent.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product; }
    role Helpdesk under Manager { view Product; may reset Manager; }
}

fn main() {}
