//! Administrators can be locked out just as well.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; }

    throttle recovery 3 per 2h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; }
}

fn main() {}
