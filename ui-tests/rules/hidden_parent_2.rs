//! In some rows only, and in two models: it is one missing view.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Customer { name: String label; }
    model Booking { number: String label; open: bool; customer: Customer restrict; }
    model Complaint { number: String label; customer: Option<Customer> set_null; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Booking { number, open, customer } when open; view Complaint { number, customer }; }
}

fn main() {}
