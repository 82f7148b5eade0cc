//! The right to give the role above can be lent.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view, edit Product; }
    role Clerk under Manager { view Product; may assign Manager; }
}

fn main() {}
