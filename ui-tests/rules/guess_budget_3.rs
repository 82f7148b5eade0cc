//! Each of the two ways alone would be within the bound.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle login 9 per 15min by account, 40 per 15min by address;
    throttle recovery 6 per 1h by account, 10 per 1h by address;
    recovery { link by email for 30min; codes 10; break_glass cli; }
}

fn main() {}
