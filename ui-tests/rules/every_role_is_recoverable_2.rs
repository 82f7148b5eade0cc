//! Mail brings back the password, and nothing the lost telephone.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; factor required; }

    recovery { link by email for 30min; }
}

fn main() {}
