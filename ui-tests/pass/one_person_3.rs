//! The accounts that may be reset do neither step; the first role may give itself, since it takes two of them.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice {
        number: String label; author: Actor author; paid: bool default false readonly;
        action approve writes paid;
    }

    role Owner {
        all *; approve Invoice when author != me;
        assign *, Owner; reset *; unlock *; revoke *; view Audit;
        accept one_person "gives leads, who may write and check";
    }
    role Lead under Owner { view, create Invoice; approve Invoice when author != me; assign, reset Desk; }
    role Desk under Lead { view Invoice; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

