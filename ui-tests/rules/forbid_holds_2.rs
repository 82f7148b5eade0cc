//! A star reaches what is forbidden.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }
    model Invoice { number: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Reception under Owner { all *; }

    forbid Reception edit, delete Invoice;
}

fn main() {}
