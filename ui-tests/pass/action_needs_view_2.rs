//! Not all fields of the row need be visible.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false; action approve pure; }

    role Owner { all *; approve *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Approver under Owner { view Invoice { number }; approve Invoice; }
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}
