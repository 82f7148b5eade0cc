//! An action that asks for no fresh proof any more, and writes more.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { team: Option<i64>; }
    model Invoice { number: String label; paid: bool default false readonly; team: i64; action approve writes paid, number; }

    role Owner { all *; approve *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice { number, paid } when team == me.team; }
    reauth delete, assign, reset;
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
