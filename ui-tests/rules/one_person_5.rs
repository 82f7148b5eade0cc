//! The way to the second account can be lent.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false readonly; action approve writes paid; }

    role Owner {
        all *; approve Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
        accept one_person "runs the machine";
    }
    role Lead under Owner { view, approve Invoice; may reset Writer; accept rank_is_monotone "checks only"; }
    role Writer under Lead { view, create Invoice; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
