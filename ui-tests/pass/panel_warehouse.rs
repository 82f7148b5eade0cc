//! A warehouse for several clients: who counts does not write off.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Warehouse {
        database env "DATABASE_URL" or "sqlite:depot.db";
        public_url env "PUBLIC_URL" or "https://depot.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    actor { site: Option<Site>; }

    choice State { Announced, Received, Stored, Shipped }
    choice Reason { Broken, Lost, Expired }

    model Site { name: String len 1..=60 label search; town: String; list name, town; }
    model Client { name: String len 1..=120 label search; email: Option<Email> personal; rate: Decimal(8, 2) sensitive default 0; list name; }
    model Shelf { code: String len 1..=20 label unique search; site: Site restrict; places: i32 min 1; list code, site, places; filter site; }
    model Article { code: String len 1..=40 label search; client: Client restrict; weight: f64 min 0; list code, client, weight; filter client; }
    model Delivery {
        number: String len 1..=20 label unique search;
        client: Client restrict;
        site: Site restrict;
        state: State default Announced readonly;
        due: Option<Date>;
        list number, client, site, state, due;
        filter site, state;
        action receive writes state;
        action ship writes state;
    }
    model Pallet {
        code: String len 1..=20 label unique search;
        article: Article restrict;
        shelf: Option<Shelf> set_null;
        site: Site restrict;
        pieces: i32 min 0 default 0;
        list code, article, shelf, pieces;
        filter site;
    }
    model Count { pallet: Pallet restrict; pieces: i32 min 0; counted_on: Date; author: Actor author; list pallet, pieces, counted_on, author; }
    model WriteOff { pallet: Pallet restrict; pieces: i32 min 1; reason: Reason; author: Actor author; booked: bool default false readonly; list pallet, pieces, reason, booked; action book writes booked; }
    model Damage { pallet: Pallet restrict; words: Text default ""; picture: Option<Bytes> len ..=262_144; list pallet; }

    role Owner {
        all *; all Client;
        receive, ship Delivery; book WriteOff;
        export Article, Delivery, Pallet, Count;
        import Article, Pallet;
        assign *, Owner; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
    }
    role SiteLead under Owner {
        view Site, Shelf, Article; view Client { name };
        create, edit Shelf;
        view Delivery; create Delivery { number, client, site, due } when site == me.site;
        edit Delivery { number, client, due } when site == me.site;
        receive, ship Delivery when site == me.site;
        view, create, edit Pallet;
        view, create Count;
        view, create WriteOff; book WriteOff when author != me;
        view, create Damage;
        export Pallet;
        assign, reset, lock, unlock, revoke Counter; lock, unlock, revoke Picker;
    }
    role Picker under SiteLead {
        view Site, Shelf, Article; view Client { name };
        view Delivery when site == me.site;
        ship Delivery when site == me.site and state == Stored;
        view Pallet; edit Pallet { shelf } when site == me.site;
        view, create Damage;
    }
    role Counter under SiteLead {
        view Site, Shelf, Article; view Client { name };
        view Pallet { code, article, shelf, site };
        view Count { pallet, counted_on, author };
        create Count { pallet, pieces, counted_on };
    }
    role Broker beside SiteLead { view Site, Client, Article, Delivery; create Delivery { number, client, site, due }; }

    forbid Picker, Counter delete *;
    forbid SiteLead, Picker, Counter view Client { rate };
    forbid Counter view Count { pieces };

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, import, assign, reset, book;
}

impl DeliveryActions for Warehouse {
    async fn receive(_: Delivery, _: &mut ActionCx<'_>, _: May<Receive, Delivery>) -> ActionResult {
        ActionResult::done("Received")
    }
    async fn ship(_: Delivery, _: &mut ActionCx<'_>, _: May<Ship, Delivery>) -> ActionResult {
        ActionResult::done("Shipped")
    }
}

impl WriteOffActions for Warehouse {
    async fn book(_: WriteOff, _: &mut ActionCx<'_>, _: May<Book, WriteOff>) -> ActionResult {
        ActionResult::done("Booked")
    }
}
