//! A charity: donors, and people who are helped.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Charity {
        database env "DATABASE_URL" or "sqlite:charity.db";
        public_url env "PUBLIC_URL" or "https://charity.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    choice Channel { Letter, Mail, Telephone }
    choice Stage { Asked, Granted, Refused, Paid }

    model Campaign { name: String len 1..=120 label search; starts: Date; ends: Option<Date>; list name, starts, ends; }
    model Donor {
        name: String len 1..=120 label search;
        email: Option<Email> personal unique;
        address: Text personal default "";
        iban: Option<String> sensitive;
        channel: Channel default Letter;
        list name, channel;
        filter channel;
    }
    model Gift { donor: Donor restrict; campaign: Option<Campaign> set_null; amount: Decimal(10, 2) min 0; given_on: Date; list donor, campaign, amount, given_on; sort given_on desc; }
    model Household { name: String len 1..=120 label search; people: i32 min 1; story: Text sensitive default ""; list name, people; }
    model Aid {
        household: Household restrict;
        purpose: String len 1..=200 label;
        amount: Decimal(10, 2) min 0;
        stage: Stage default Asked readonly;
        author: Actor author;
        list purpose, household, amount, stage;
        filter stage;
        action allow writes stage;
        action refuse writes stage;
        action pay writes stage;
    }
    model Visit { household: Household restrict; day: Date; words: Text sensitive default ""; visitor: Actor author; list household, day, visitor; }
    model Volunteer { name: String len 1..=120 label search; phone: Option<String> personal; active: bool default true; list name, active; filter active; }
    model Event { name: String len 1..=120 label; day: Date; list name, day; }
    model Receipt { gift: Gift restrict; number: String label unique; sent_on: Option<Date>; list number, gift, sent_on; }

    role Chair {
        all *; all Donor, Household, Visit;
        allow, refuse, pay Aid;
        export Gift, Aid;
        export Donor { name, address, channel } reveal "the printers of the yearly letter";
        assign *, Chair; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
        accept one_person "the board signs what the chair does" until "2099-12-31";
    }
    role Treasurer under Chair {
        view Campaign; view Donor { name, iban };
        view, create, edit Gift; view Receipt; create, edit Receipt;
        view Aid; view Household { name }; pay Aid when stage == Granted;
        export Gift;
        factor required;
    }
    role Fundraiser under Chair {
        view, create, edit Campaign, Event;
        view Donor { name, email, address, channel }; create, edit Donor { name, email, address, channel };
        view Gift;
        assign, reset, lock, unlock, revoke Helper;
    }
    role Worker under Chair {
        view Household; create, edit Household;
        view Visit; create Visit; edit Visit { words } when visitor == me;
        view Aid; create Aid { household, purpose, amount }; edit Aid { purpose, amount } when stage == Asked and author == me;
        view Volunteer;
    }
    role Helper under Fundraiser { view Event; view Campaign { name, starts }; }

    forbid Treasurer, Fundraiser, Helper view Household { story };
    forbid Fundraiser, Worker, Helper view Donor { iban };
    forbid Treasurer, Fundraiser, Worker, Helper delete *;
    forbid one_person create Aid, allow Aid;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, allow, pay;
}

impl AidActions for Charity {
    async fn allow(_: Aid, _: &mut ActionCx<'_>, _: May<Allow, Aid>) -> ActionResult {
        ActionResult::done("Allowed")
    }
    async fn refuse(_: Aid, _: &mut ActionCx<'_>, _: May<Refuse, Aid>) -> ActionResult {
        ActionResult::done("Refused")
    }
    async fn pay(_: Aid, _: &mut ActionCx<'_>, _: May<Pay, Aid>) -> ActionResult {
        ActionResult::done("Paid")
    }
}
