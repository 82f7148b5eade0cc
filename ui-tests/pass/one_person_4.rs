//! To lock somebody out opens no account.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false readonly; action approve writes paid; }

    role Owner {
        view Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
        accept rank_is_monotone "runs the machine";
        accept giver_holds_what_it_gives "runs the machine";
    }
    role Lead under Owner {
        view, create Invoice; lock, unlock, revoke Checker;
        accept rank_is_monotone "writes only";
    }
    role Checker under Lead { view, approve Invoice; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

