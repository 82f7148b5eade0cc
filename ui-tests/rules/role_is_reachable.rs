//! Nobody may assign the role.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Manager, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product; }
    role Clerk under Manager { view Product; }
}

fn main() {}
