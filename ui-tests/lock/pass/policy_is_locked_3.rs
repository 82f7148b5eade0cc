//! Shorter sessions and fewer tries.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { team: Option<i64>; }
    model Invoice { number: String label; paid: bool default false readonly; team: i64; action approve writes paid; }

    role Owner { all *; approve *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice { number, paid } when team == me.team; }
    reauth delete, assign, reset, approve;

    session idle 10min, absolute 4h, at_most 1;
    throttle login 4 per 20min by account, 10 per 10min by address, wait 5s to 15min, cap 50;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
