//! Everybody below, over two ranks.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product; reset *; lock Clerk, Trainee; }
    role Clerk under Manager { view Product; reset Trainee; }
    role Trainee under Clerk { view Product; }
}
