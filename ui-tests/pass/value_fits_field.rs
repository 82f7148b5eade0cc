//! Defaults on the very border.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label len 1..=3 default "abc"; pieces: i32 min 1 default 1; price: Decimal(4, 2) max 99.99 default 99.99; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
