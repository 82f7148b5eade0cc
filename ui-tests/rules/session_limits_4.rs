//! Whoever rules over people stays signed in for longer than the others.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    session idle 20min, ruling_idle 30min;
}

fn main() {}
