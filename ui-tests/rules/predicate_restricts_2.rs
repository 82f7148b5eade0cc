//! A check with the wrong word between its halves.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Booking { number: String label; nights: i64; check "at most a month" nights > 0 or nights <= 31; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
