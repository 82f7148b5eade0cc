//! No form writes it, and no action of theirs either.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Customer { name: String label; }
    model Booking { number: String label; customer: Option<Customer> set_null readonly; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
