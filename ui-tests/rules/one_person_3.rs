//! Over two accounts: one is taken over, and gives the role to another.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false readonly; action approve writes paid; }

    role Owner {
        all *; approve Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
        accept one_person "runs the machine";
    }
    role Lead under Owner { view, create Invoice; reset Desk; accept rank_is_monotone "the desk and its people"; }
    role Desk under Lead {
        view Invoice; assign Checker;
        accept giver_holds_what_it_gives "gives what it has not";
    }
    role Checker under Desk { view, approve Invoice; accept rank_is_monotone "nobody above checks"; }

    forbid one_person create Invoice, approve Invoice;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
