//! Whoever takes a ticket may then delete it.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; owner: Option<Actor> readonly; action take writes owner; }

    role Owner { all *; take *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Agent under Owner { view, take Ticket; delete Ticket when owner == me; }
}

impl TicketActions for Shop {
    async fn take(_: Ticket, _: &mut ActionCx<'_>, _: May<Take, Ticket>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
