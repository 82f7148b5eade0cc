//! The key is left out.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Customer { name: String label; }
    model Booking { number: String label; customer: Customer restrict; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Booking { number }; }
}
