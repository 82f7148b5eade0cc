//! The default is what is seen.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; open: bool default true readonly; due: Option<Date>; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Ticket when open and due is null; create Ticket { title }; }
}
