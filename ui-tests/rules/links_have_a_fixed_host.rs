//! A link is mailed, and only the request could say where it leads.

bailiwick::admin! {
    panel Shop { proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    recovery { link by email for 30min; }
}

fn main() {}
