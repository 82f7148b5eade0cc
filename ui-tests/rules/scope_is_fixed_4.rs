//! A file writes what the form may not.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; closed: bool; }

    role Owner { all *; import *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner {
        view Ticket;
        edit Ticket { title };
        import Ticket;
        delete Ticket when closed == true;
    }
}

fn main() {}
