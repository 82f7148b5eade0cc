//! The key of a payment service as the default of a field.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Till { name: String label; service: String default "sk_live_0123456789abcdefghij"; }
    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
