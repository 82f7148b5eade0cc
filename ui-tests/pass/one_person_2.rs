//! Both in one role, but never in one row; and a small practice says so.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; author: Actor author; paid: bool default false readonly; action approve writes paid; }

    role Owner { all *; approve Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; accept one_person "a practice of two"; }
    role Lead under Owner { view, create Invoice; approve Invoice when author != me; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}
