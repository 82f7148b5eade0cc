//! That one person does both is accepted, and still there is only one.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false readonly; action approve writes paid; }

    role Owner {
        all *; approve Invoice; assign *; reset *; unlock *; revoke *; view Audit;
        accept one_person "the two owners agree among themselves";
    }
    role Clerk under Owner { view Invoice; }

    forbid one_person edit Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
