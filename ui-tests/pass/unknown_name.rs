//! Names from everywhere, each of them there.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { New, Old }
    model Product { name: String label; state: State default New; list name, state; filter state; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product when state == New; }
}

fn main() {}
