//! The superior may not delete what the subordinate may.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view, edit Product; }
    role Clerk under Manager { view, edit, delete Product; }
}

fn main() {}
