//! Two steps down: the orders go, and the payments with them.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Open, Done }
    model Customer { name: String label; }
    model Booking { number: String label; customer: Customer cascade; }
    model Payment { number: String label; state: State default Open; booking: Booking cascade; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view, delete Customer, Booking; view Payment; delete Payment when state == Open; }
}

fn main() {}
