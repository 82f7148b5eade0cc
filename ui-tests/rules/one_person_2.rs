//! A second account does what the first may not.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false readonly; action approve writes paid; }

    role Owner {
        view Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
        accept giver_holds_what_it_gives "runs the machine";
        accept rank_is_monotone "runs the machine";
    }
    role Lead under Owner {
        view, create Invoice; assign Checker;
        accept giver_holds_what_it_gives "the second account is told here";
    }
    role Checker under Lead { view, approve Invoice; accept rank_is_monotone "nobody above checks"; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
