//! A law office: a matter is for those who work on it.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel LawOffice {
        database env "DATABASE_URL" or "sqlite:law.db";
        public_url env "PUBLIC_URL" or "https://law.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    choice Stage { Open, Waiting, Closed }
    choice Court { Local, Regional, Federal }

    model Party { name: String len 1..=160 label search; email: Option<Email> personal; address: Text personal default ""; list name; }
    model Matter {
        number: String len 1..=20 label unique search;
        party: Party restrict;
        opposing: Option<Party> restrict;
        lawyer: Actor transfers;
        court: Court default Local;
        stage: Stage default Open readonly;
        strategy: Text sensitive default "";
        list number, party, lawyer, stage;
        filter stage, court;
        action close_matter writes stage;
    }
    model Filing { matter: Matter restrict; title: String len 1..=200 label search; filed_on: Date; content: Text sensitive default ""; list matter, title, filed_on; }
    model Deadline { matter: Matter restrict; what: String len 1..=200 label; due: Date; met: bool default false; list due, matter, what, met; filter met; sort due; }
    model Hour { matter: Matter restrict; day: Date; minutes: i32 min 1; what: String; author: Actor author; list day, matter, minutes, author; }
    model Fee { number: String label unique; matter: Matter restrict; amount: Decimal(10, 2) min 0; paid: bool default false; list number, matter, amount, paid; }
    model Trust { matter: Matter restrict; amount: Decimal(12, 2); booked_on: Date; author: Actor author; cleared: bool default false readonly; list matter, amount, booked_on, cleared; action clear writes cleared; }
    model Conflict { party: Party restrict; words: Text sensitive default ""; list party; }
    model Room { name: String label; seats: i32 min 1; list name, seats; }

    role Partner {
        all *; all Matter, Filing, Conflict;
        close_matter Matter; clear Trust when author != me;
        export Hour, Fee;
        assign *, Partner; reset *; lock *; unlock *; revoke *;
        view Audit, People; export Audit;
        factor required;
        keep 2;
    }
    role Associate under Partner {
        view Party; create Party; edit Party { email, address };
        view Matter when lawyer == me; edit Matter { party, opposing, court, strategy } when lawyer == me;
        view, create, edit Filing;
        view, create, edit Deadline;
        view Hour when author == me; create Hour; edit Hour { minutes, what } when author == me;
        view Room;
        factor required;
    }
    role Secretary under Partner {
        view Party { name, email, address };
        view Matter { number, party, opposing, lawyer, court, stage };
        view Filing { matter, title, filed_on };
        view, create, edit Deadline;
        view, create, edit Room;
        assign, reset, lock, unlock, revoke Clerk;
    }
    role Clerk under Secretary {
        view Party { name };
        view Matter { number, party, stage };
        view Deadline { matter, what, due };
        view Room;
    }
    role Accounts under Partner {
        view Party { name, address };
        view Matter { number, party };
        view Hour; view, create, edit Fee; view, create Trust;
        export Fee;
        factor required;
    }

    forbid Secretary, Clerk, Accounts view Matter { strategy };
    forbid Secretary, Clerk, Accounts view Filing { content };
    forbid Associate, Secretary, Clerk, Accounts view Conflict;
    forbid Associate, Secretary, Clerk, Accounts delete *;
    forbid * export Matter, Filing;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, clear;
}

impl MatterActions for LawOffice {
    async fn close_matter(_: Matter, _: &mut ActionCx<'_>, _: May<CloseMatter, Matter>) -> ActionResult {
        ActionResult::done("Closed")
    }
}

impl TrustActions for LawOffice {
    async fn clear(_: Trust, _: &mut ActionCx<'_>, _: May<Clear, Trust>) -> ActionResult {
        ActionResult::done("Cleared")
    }
}
