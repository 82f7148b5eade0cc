//! Handing on is meant; and of abroad ones only what stays out of reach is edited.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; owner: Option<Actor> transfers; abroad: bool; open: bool; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner {
        view Ticket;
        edit Ticket { title, owner }; edit Ticket { title, open } when abroad;
        delete Ticket when owner == me and open == true and not abroad;
    }
}
