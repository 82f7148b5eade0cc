//! A field that no form writes, and an action of theirs does.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Customer { name: String label; }
    model Booking { number: String label; customer: Option<Customer> set_null readonly; action detach writes customer; }

    role Owner { all *; detach Booking; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view, delete Customer; view, detach Booking; }
}

impl BookingActions for Shop {
    async fn detach(_: Booking, _: &mut ActionCx<'_>, _: May<Detach, Booking>) -> ActionResult {
        ActionResult::done("Done")
    }
}
