//! The button asks for the password, and the form does not.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false; action approve writes paid; }

    role Owner { all *; approve Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice; edit Invoice { number, paid }; }

    reauth approve, delete, export, assign, reset;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
