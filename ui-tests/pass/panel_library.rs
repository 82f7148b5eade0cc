//! A public library: what somebody reads is nobody's business.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Library {
        database env "DATABASE_URL" or "sqlite:library.db";
        public_url env "PUBLIC_URL" or "https://library.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    choice Condition { Good, Worn, Lost }

    model House { name: String len 1..=80 label; town: String; list name, town; }
    model Writer { name: String len 1..=120 label search; list name; sort name; }
    model Title { name: String len 1..=200 label search; writer: Option<Writer> set_null; year: Option<i32>; list name, writer, year; sort name; }
    model Copy { code: String label unique search; title: Title restrict; house: House restrict; condition: Condition default Good; list code, title, house, condition; filter house, condition; }
    model Reader {
        name: String len 1..=120 label search;
        email: Option<Email> personal;
        born: Date personal past;
        blocked: bool default false;
        list name, blocked;
        filter blocked;
    }
    model Lending { copy: Copy restrict; reader: Reader restrict sensitive; since: Date; until: Date; returned: bool default false; list copy, since, until, returned; filter returned; action extend writes until; }
    model Fee { reader: Reader restrict; amount: Decimal(6, 2) min 0; reason: String; paid: bool default false readonly; author: Actor author; list reader, amount, paid; action cash writes paid; }
    model Wish { reader: Reader cascade; title: Title cascade; wished_on: Date; list reader, title, wished_on; }
    model Event { name: String len 1..=120 label; house: House restrict; day: Date; seats: i32 min 0 default 0; list name, house, day; }

    role Director {
        all *; all Lending;
        extend Lending; cash Fee;
        export Title, Copy, Event;
        assign *, Director; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
    }
    role Librarian under Director {
        view House; view, create, edit Writer, Title, Copy;
        view, create, edit Reader;
        view, create Lending; edit Lending { returned }; extend Lending when returned == false;
        view, create Fee; cash Fee;
        view, create, edit Event; view Wish;
        assign, reset, lock, unlock, revoke Desk, Helper;
        accept scope_is_fixed "a copy that came back by mistake is booked out again" until "2099-12-31";
    }
    role Desk under Librarian {
        view House, Title, Copy, Writer;
        view Reader { name, blocked };
        view, create Lending; edit Lending { returned };
        view Fee; cash Fee when paid == false;
    }
    role Helper under Librarian { view House, Writer, Title; view Copy; edit Copy { condition }; }
    role Planner beside Desk { view House; view, create, edit Event; }
    role Buyer under Director { view Writer, Title; create Title { name, writer, year }; view House; view Copy; create Copy; view Wish { title, wished_on }; }

    forbid Helper, Planner, Buyer view Reader, Lending;
    forbid Librarian, Desk, Helper, Buyer delete *;
    forbid * export Reader, Lending;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, cash;
}

impl LendingActions for Library {
    async fn extend(_: Lending, _: &mut ActionCx<'_>, _: May<Extend, Lending>) -> ActionResult {
        ActionResult::done("Extended")
    }
}

impl FeeActions for Library {
    async fn cash(_: Fee, _: &mut ActionCx<'_>, _: May<Cash, Fee>) -> ActionResult {
        ActionResult::done("Paid")
    }
}
