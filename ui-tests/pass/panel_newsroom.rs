//! A newsroom: sources are nobody's but the writer's.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Newsroom {
        brand "#1d4ed8";
        database env "DATABASE_URL" or "sqlite:news.db";
        public_url env "PUBLIC_URL" or "https://desk.example.org";
        proxies "10.1.0.0/16";
        mail env "SMTP_URL" or "file:outbox";
    }

    choice Stage { Draft, Edited, Published, Withdrawn }

    model Desk { name: String len 1..=60 label; list name; }
    model Writer { name: String len 1..=80 label search; email: Option<Email> personal; fee: Decimal(8, 2) sensitive default 0; list name; }
    model Article {
        title: String len 1..=200 label search;
        desk: Desk restrict;
        body: Text default "";
        stage: Stage default Draft readonly;
        owner: Actor author;
        created_at: Timestamp created;
        list title, desk, stage, owner, created_at;
        filter desk, stage;
        sort created_at desc;
        action hand_in writes stage;
        action publish writes stage;
        action withdraw writes stage;
    }
    model Source { code: String len 1..=40 label; contact: Text sensitive default ""; owner: Actor author; list code, owner; }
    model Citation { article: Article cascade; source: Source restrict; quote: Text sensitive default ""; list article, source; }
    model Photo { title: String len 1..=120 label search; article: Option<Article> set_null; credit: String; list title, article, credit; }
    model Comment { article: Article cascade; words: Text; address: Option<String> personal; hidden: bool default true; list article, hidden; filter hidden; }
    model Correction { article: Article restrict; words: Text; published_on: Option<Date>; list article, published_on; }
    model Tag { name: String len 1..=40 label unique; list name; }

    role Publisher {
        all *; all Writer, Source, Citation;
        hand_in, publish, withdraw Article;
        export Article, Correction;
        assign *, Publisher; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
    }
    role Chief under Publisher {
        view Desk, Tag; create, edit, delete Tag;
        view Writer { name, email };
        view Article; edit Article { title, desk, body };
        hand_in, publish, withdraw Article;
        view, create, edit Photo, Correction;
        view, edit, delete Comment;
        view Source { code, owner };
        assign, reset, lock, unlock, revoke Moderator;
        factor required;
    }
    role Reporter beside Moderator {
        view Desk, Tag, Photo, Correction;
        view Article;
        create Article;
        edit Article { title, body } when owner == me and stage == Draft;
        hand_in Article when owner == me and stage == Draft;
        view, create Source { code, contact, owner } when owner == me;
        edit Source { contact } when owner == me;
    }
    role Moderator under Chief {
        view Article { title, desk, stage };
        view Desk;
        view Comment { article, words, hidden };
        edit Comment { hidden };
    }
    role Archivist beside Chief { view Desk, Tag, Photo, Correction; view Article; export Article; }

    forbid Moderator view Comment { address };
    forbid Chief, Moderator, Archivist view Source { contact };
    forbid Reporter, Moderator delete *;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, publish, withdraw;
}

impl ArticleActions for Newsroom {
    async fn hand_in(_: Article, _: &mut ActionCx<'_>, _: May<HandIn, Article>) -> ActionResult {
        ActionResult::done("Handed in")
    }
    async fn publish(_: Article, _: &mut ActionCx<'_>, _: May<Publish, Article>) -> ActionResult {
        ActionResult::done("Published")
    }
    async fn withdraw(_: Article, _: &mut ActionCx<'_>, _: May<Withdraw, Article>) -> ActionResult {
        ActionResult::done("Withdrawn")
    }
}
