//! A new row is paid from the start.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false; action approve writes paid; }

    role Owner {
        view, create Invoice; edit Invoice { number }; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
        accept rank_is_monotone "writes, and leaves the approving to others";
        accept giver_holds_what_it_gives "writes, and leaves the approving to others";
        accept one_person "is watched";
    }
    role Checker under Owner { view, approve Invoice; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
