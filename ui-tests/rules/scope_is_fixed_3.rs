//! Each edit keeps to rows that may be edited; from the one clause's rows to the other's.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; closed: bool; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner {
        view Ticket;
        edit Ticket when closed == false;
        edit, delete Ticket when closed == true;
    }
}

fn main() {}
