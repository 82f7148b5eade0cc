//! One role for both, and nobody looks over its shoulder.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice {
        number: String label; author: Actor author; paid: bool default false readonly;
        action approve writes paid;
    }

    role Owner {
        view Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
        accept rank_is_monotone "looks on"; accept giver_holds_what_it_gives "looks on";
    }
    role Clerk under Owner { view, create Invoice; approve Invoice when number != "0"; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
