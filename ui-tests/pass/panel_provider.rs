//! A provider of internet access: lines, devices, and who may look into a connection.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Provider {
        database env "DATABASE_URL" or "sqlite:net.db";
        public_url env "PUBLIC_URL" or "https://net.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    choice LineState { Planned, Active, Blocked, Ended }
    choice Size { Small, Medium, Large }

    model Region { name: String len 1..=60 label; list name; }
    model Plan { name: String len 1..=60 label search; size: Size; price: Decimal(8, 2) min 0; list name, size, price; }
    model Subscriber {
        name: String len 1..=120 label search;
        email: Email personal unique;
        phone: Option<String> personal;
        iban: Option<String> sensitive;
        region: Region restrict;
        list name, region;
        filter region;
    }
    model Line {
        number: String len 1..=20 label unique search;
        subscriber: Subscriber restrict;
        plan: Plan restrict;
        state: LineState default Planned readonly;
        list number, subscriber, plan, state;
        filter state, plan;
        action activate writes state;
        action block writes state;
    }
    model Router { serial: String label unique search; line: Option<Line> set_null; admin_code: Option<Secret>; list serial, line; }
    model Lookup { line: Line restrict; reason: String len 10..=400; author: Actor author; made_at: Timestamp created; list line, author, made_at; }
    model Connection { line: Line cascade; address: String sensitive; started: Timestamp; list line, started; }
    model Invoice { number: String label unique; subscriber: Subscriber restrict; amount: Decimal(10, 2) min 0; paid: bool default false; list number, subscriber, amount, paid; filter paid; }
    model Fault { title: String len 1..=200 label search; line: Option<Line> set_null; solved: bool default false; engineer: Option<Actor>; list title, line, solved, engineer; filter solved; }

    role Owner {
        all *; all Subscriber, Router, Connection;
        activate, block Line;
        export Invoice, Fault;
        assign *, Owner; reset *; lock *; unlock *; revoke *;
        view Audit, People; export Audit;
        factor required;
        keep 1;
    }
    role Support under Owner {
        view Region, Plan;
        view Subscriber { name, email, phone, region }; edit Subscriber { email, phone };
        view Line; create Line;
        view Router { serial, line };
        view, create, edit Fault;
        view Invoice;
        assign, reset, lock, unlock, revoke Shop;
    }
    role Engineer under Owner {
        view Region, Plan; view Subscriber { name, region };
        view Line; activate Line when state == Planned;
        view Router; create Router; edit Router { line, admin_code };
        view, edit Fault;
        view, create Lookup;
        view Connection;
        factor required;
    }
    role Shop under Support {
        view Region, Plan;
        view Subscriber { name, region };
        view Line { number, subscriber, plan, state };
    }
    role Billing under Owner {
        view Region; view Subscriber { name, email, iban, region };
        view Line; view Plan; view, create, edit Invoice; export Invoice;
        block Line when state == Active;
        factor required;
    }
    role Auditor beside Engineer { view *; view Audit; export Audit; factor required; }

    forbid Support, Shop, Billing, Auditor view Connection { address };
    forbid Support, Shop, Engineer view Subscriber { iban };
    forbid Support, Engineer, Shop, Billing delete *;
    forbid * export Connection;
    forbid Auditor create, edit, delete, import *;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, block;
}

impl LineActions for Provider {
    async fn activate(_: Line, _: &mut ActionCx<'_>, _: May<Activate, Line>) -> ActionResult {
        ActionResult::done("Active")
    }
    async fn block(_: Line, _: &mut ActionCx<'_>, _: May<Block, Line>) -> ActionResult {
        ActionResult::done("Blocked")
    }
}
