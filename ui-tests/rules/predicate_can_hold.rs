//! A check that no row passes.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Booking { name: String label; start: i64; finish: i64; check "in order" start < finish and finish <= start; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
