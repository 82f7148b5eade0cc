//! An action moves a row on in its work; and that a ticket can be taken is meant.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Open, Closed }
    model Ticket {
        title: String label; owner: Option<Actor> readonly transfers; state: State default Open readonly;
        action take writes owner; action close writes state;
    }

    role Owner { all *; take, close *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Agent under Owner {
        view, take Ticket;
        close Ticket when owner == me;
        delete Ticket when owner == me and state == Closed;
    }
}

impl TicketActions for Shop {
    async fn take(_: Ticket, _: &mut ActionCx<'_>, _: May<Take, Ticket>) -> ActionResult {
        ActionResult::done("Done")
    }
    async fn close(_: Ticket, _: &mut ActionCx<'_>, _: May<Close, Ticket>) -> ActionResult {
        ActionResult::done("Done")
    }
}
