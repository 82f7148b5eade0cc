//! The administrator's link is a link as well.

bailiwick::admin! {
    panel Shop { proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    recovery { link by administrator for 24h; codes 10; }
}

fn main() {}
