//! Passkeys, in a program that is built without them.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    factor totp, passkey alone;
    throttle login 5 per 15min by account, 20 per 10min by address;
}

fn main() {}
