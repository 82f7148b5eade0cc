//! A file does without the proof what the action does with it.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Refund { number: String label; paid: bool default false; action pay writes paid; }

    role Owner {
        view Refund; pay Refund; import Refund;
        assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
    }

    reauth pay, delete, assign, reset;
    throttle reauth 5 per 10min by session;
}

impl RefundActions for Shop {
    async fn pay(_: Refund, _: &mut ActionCx<'_>, _: May<Pay, Refund>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
