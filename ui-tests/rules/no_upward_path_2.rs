//! Over two steps: a reset, then the role that the other account may give.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view, edit Product; reset Clerk; assign Owner; }
    role Clerk under Manager { view Product; }
    role Helpdesk beside Manager { view Product; reset Clerk; }
}

fn main() {}
