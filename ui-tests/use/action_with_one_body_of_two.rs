//! Two actions are declared and one has a body.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Office {
        database "sqlite:office.db";
        public_url "http://127.0.0.1:8000";
        proxies none;
    }

    model Letter {
        subject: String len 1..=80 label;
        sent: bool default false readonly;
        list subject, sent;
        action send writes sent;
        action recall writes sent;
    }

    role Owner {
        all Letter;
        send Letter;
        recall Letter;
        view Audit;
        assign *, Owner; reset *; lock *; unlock *; revoke *;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    throttle reauth 5 per 10min by session;
    throttle factor 5 per 10min by session;
    recovery { break_glass cli; }
}

impl LetterActions for Office {
    async fn send(letter: Letter, cx: &mut ActionCx<'_>, _may: May<Send, Letter>) -> ActionResult {
        cx.update(letter.id, LetterChange { sent: Some(true), ..Default::default() }).await?;
        ActionResult::done("Sent")
    }
}

fn main() {}
