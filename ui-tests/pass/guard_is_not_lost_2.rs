//! Every way asks.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false; action approve writes paid; }

    role Owner { all *; approve Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    reauth approve, create, edit, delete, assign, reset;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}
