//! A help desk: an agent takes a ticket, and then it is theirs.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel HelpDesk {
        database env "DATABASE_URL" or "sqlite:desk.db";
        public_url env "PUBLIC_URL" or "https://desk.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    choice Stage { Waiting, Working, Solved, Closed }
    choice Urgency { Low, Normal, High }

    model Company { name: String len 1..=120 label search; contract: Option<Date>; list name, contract; }
    model Contact { name: String len 1..=120 label search; company: Company restrict; email: Email personal; phone: Option<String> personal; list name, company; }
    model Queue { name: String len 1..=60 label; list name; }
    model Ticket {
        title: String len 1..=200 label search;
        contact: Contact restrict;
        queue: Queue restrict transfers;
        urgency: Urgency default Normal;
        stage: Stage default Waiting readonly;
        owner: Option<Actor> readonly transfers;
        internal: Text sensitive default "";
        created_at: Timestamp created;
        list title, contact, queue, urgency, stage, owner;
        filter queue, stage;
        sort created_at desc;
        action take writes owner, stage;
        action solve writes stage;
        action close writes stage;
    }
    model Reply { ticket: Ticket cascade; words: Text; shown: bool default true; author: Actor author; list ticket, author, shown; }
    model Attachment { ticket: Ticket cascade; name: String label; content: Bytes len ..=262_144; list ticket, name; }
    model Device { serial: String label unique search; company: Company restrict; unlock_code: Option<Secret>; list serial, company; }
    model Article { title: String len 1..=200 label search; body: Text default ""; published: bool default false; list title, published; }
    model Shift { day: Date; agent: Actor; queue: Queue restrict; list day, agent, queue; }

    role Lead {
        all *; all Ticket, Device;
        take, solve, close Ticket;
        export Ticket { title, queue, urgency, stage, created_at };
        export Contact { name, company, email } reveal "the yearly survey";
        assign *, Lead; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
    }
    role Agent under Lead {
        view Company, Queue, Article, Shift;
        view Contact; edit Contact { phone };
        view Ticket; create Ticket { title, contact, queue, urgency };
        edit Ticket { title, queue, urgency, internal } when owner == me;
        take Ticket; solve Ticket when owner == me;
        view Reply; create Reply; edit Reply { words } when author == me;
        view, create Attachment;
        view Device { serial, company };
        may close Ticket when owner == me;
        assign, reset, lock, unlock, revoke FirstLine;
    }
    role FirstLine under Agent {
        view Company, Queue, Article;
        view Contact { name, company };
        view Ticket { title, contact, queue, urgency, stage };
        create Ticket { title, contact, queue, urgency };
        view Reply when shown == true;
    }
    role Editor beside Agent { view, create, edit Article; }
    role Technician under Lead {
        view Company; view Device; edit Device { unlock_code };
        view Contact { name, company }; view Queue;
        view Ticket { title, contact, queue, stage };
    }

    forbid FirstLine view Ticket { internal };
    forbid Agent, FirstLine, Technician delete *;
    forbid Editor view Contact;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, close;
}

impl TicketActions for HelpDesk {
    async fn take(_: Ticket, _: &mut ActionCx<'_>, _: May<Take, Ticket>) -> ActionResult {
        ActionResult::done("Taken")
    }
    async fn solve(_: Ticket, _: &mut ActionCx<'_>, _: May<Solve, Ticket>) -> ActionResult {
        ActionResult::done("Solved")
    }
    async fn close(_: Ticket, _: &mut ActionCx<'_>, _: May<Close, Ticket>) -> ActionResult {
        ActionResult::done("Closed")
    }
}
