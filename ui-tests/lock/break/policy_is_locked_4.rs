//! Longer sessions for whoever rules over people, more tries, a way back more, a proxy more.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies "10.0.0.0/8"; }
    actor { team: Option<i64>; }
    model Invoice { number: String label; paid: bool default false readonly; team: i64; action approve writes paid; }

    role Owner { all *; approve *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice { number, paid } when team == me.team; }
    reauth delete, assign, reset, approve;

    session idle 30min, absolute 12h;
    throttle login 6 per 15min by account, 20 per 10min by address, wait 1s to 15min, cap 100;
    recovery { link by administrator for 24h; break_glass cli; }
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
