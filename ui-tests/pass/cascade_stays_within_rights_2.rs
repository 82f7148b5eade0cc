//! Two conditions that together are all rows; a tree that points at itself.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Open, Done }
    model Customer { name: String label; }
    model Booking { number: String label; customer: Customer cascade; state: State default Open; }
    model Folder { name: String label; parent: Option<Folder> cascade; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner {
        view, delete Customer, Folder;
        view Booking;
        delete Booking when state == Open;
        delete Booking when state == Done;
    }
}
