//! A club twice: its rules in the block, and the same tables as of another application, of whose rules the block says nothing.

use crate::place;
use crate::serving::Shop;
use crate::visitor::{Answer, Form};

/// What the body of the action writes, by the name of its row.
macro_rules! promotes {
    ($panel:ident) => {
        impl MemberActions for $panel {
            async fn promote(member: Member, cx: &mut ActionCx<'_>, _may: May<Promote, Member>) -> ActionResult {
                let mut change = MemberChange::default();
                match member.name.as_str() {
                    "Unique" => change.email = Some(Some("ada@example.org".parse().expect("an address"))),
                    "Key" => change.tutor = Some(Some(MemberId(99))),
                    "Range" => change.age = Some(300),
                    "Check" => change.age = Some(10),
                    "Long" => change.name = Some("Longer than any name".repeat(2)),
                    "Passed over" => {
                        change.email = Some(Some("ada@example.org".parse().expect("an address")));
                        let passed_over = cx.update(member.id, change).await;
                        assert!(passed_over.is_err());
                        return ActionResult::done("Promoted");
                    }
                    _ => change.age = Some(50),
                }
                cx.update(member.id, change).await?;
                ActionResult::done("Promoted")
            }
        }
    };
}

/// The block as it is in both; what is said of the tables is not.
macro_rules! club {
    ($panel:ident { $($models:tt)* }) => {
        use bailiwick::prelude::*;

        bailiwick::admin! {
            panel $panel {
                database env "DATABASE_URL" or "sqlite:club.db";
                public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
                proxies none;
            }

            $($models)*

            /// Runs it.
            role Administrator {
                all Section, Member; import Member; promote Member;
                assign *, Administrator; reset *; lock *; unlock *; revoke *;
                view Audit;
                keep 1;
            }

            throttle login 5 per 15min by account, 20 per 10min by address;
        }

        promotes!($panel);
    };
}

mod known {
    club!(Known {
        model Section {
            name: String len 1..=20 label search;
            list name;
            inline Member name, email, age, tutor in form;
        }

        model Member {
            name: String len 1..=20 label search;
            email: Option<Email> unique;
            age: i32 min 0 max 120;
            section: Section restrict;
            tutor: Option<Member> restrict;
            list name, email, age;
            check "whoever is under 18 has a tutor" not (age < 18 and tutor is null);
            /// Moves somebody up.
            action promote writes name, email, age, tutor;
        }
    });
}

mod loose {
    club!(Loose {
        model Section {
            table "section" adopted key "id";
            name: String label search;
            list name;
            inline Member name, email, age, tutor in form;
        }

        model Member {
            table "member" adopted key "id";
            name: String label search;
            email: Option<Email>;
            age: i32;
            section: Section restrict;
            tutor: Option<Member> restrict;
            list name, email, age;
            /// Moves somebody up.
            action promote writes name, email, age, tutor;
        }
    });
}

const NOTHING: [&str; 2] = ["SELECT 1", "SELECT 1"];
/// The same tables as of another application, which has the rules, and a table more.
const CLUB: [&str; 2] = [
    "CREATE TABLE section (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
     CREATE TABLE member (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL CHECK (length(name) <= 20), email TEXT UNIQUE,
       age INTEGER NOT NULL CONSTRAINT an_age_of_people CHECK (age BETWEEN 0 AND 120), section INTEGER NOT NULL REFERENCES section ON DELETE RESTRICT,
       tutor INTEGER REFERENCES member ON DELETE RESTRICT,
       CONSTRAINT young_have_tutors CHECK (age >= 18 OR tutor IS NOT NULL));
     CREATE TABLE locker (door TEXT PRIMARY KEY, member INTEGER NOT NULL REFERENCES member ON DELETE RESTRICT)",
    "CREATE TABLE section (id serial PRIMARY KEY, name varchar(20) NOT NULL);
     CREATE TABLE member (id serial PRIMARY KEY, name varchar(20) NOT NULL, email text UNIQUE,
       age integer NOT NULL CONSTRAINT an_age_of_people CHECK (age BETWEEN 0 AND 120),
       section integer NOT NULL REFERENCES section ON DELETE RESTRICT,
       tutor integer REFERENCES member ON DELETE RESTRICT,
       CONSTRAINT young_have_tutors CHECK (age >= 18 OR tutor IS NOT NULL));
     CREATE TABLE locker (door text PRIMARY KEY, member integer NOT NULL REFERENCES member ON DELETE RESTRICT)",
];

/// Somebody in front of one of the two.
pub(super) struct Club {
    pub(super) shop: Shop,
    /// The block does not know the rules.
    pub(super) loose: bool,
}

impl Club {
    pub(super) async fn both() -> [Self; 2] {
        let known = Shop::open(NOTHING, known::Known::builder()).await;
        let version = "INSERT INTO section (version, name) VALUES (1, 'Rowing'), (1, 'Chess'); INSERT INTO member (version, \
                       name, email, age, section, tutor) VALUES (1, 'Ada', 'ada@example.org', 40, 1, NULL), (1, 'Bea', \
                       'bea@example.org', 30, 1, 1), (1, 'Cyd', 'cyd@example.org', 30, 1, NULL), (1, 'Dov', NULL, 20, 2, NULL)";
        known.run(version).await;
        let loose = Shop::open(CLUB, loose::Loose::builder()).await;
        let plain = "INSERT INTO section (name) VALUES ('Rowing'), ('Chess'); INSERT INTO member (name, email, age, section, \
                     tutor) VALUES ('Ada', 'ada@example.org', 40, 1, NULL), ('Bea', 'bea@example.org', 30, 1, 1), ('Cyd', \
                     'cyd@example.org', 30, 1, NULL), ('Dov', NULL, 20, 2, NULL)";
        loose.run(plain).await;
        [Self { shop: known, loose: false }, Self { shop: loose, loose: true }]
    }

    /// Everything that stands in the two tables.
    pub(super) async fn rows(&self) -> String {
        self.shop
            .text(
                "SELECT (SELECT group_concat(name, ',') FROM section) || ' ' || (SELECT group_concat(name || coalesce(email, \
                 '') || age || section || coalesce(tutor, ''), ',') FROM member)",
                "SELECT (SELECT string_agg(name, ',' ORDER BY id) FROM section) || ' ' || (SELECT string_agg(name || \
                 coalesce(email, '') || age || section || coalesce(tutor::text, ''), ',' ORDER BY id) FROM member)",
            )
            .await
    }

    pub(super) fn says<'a>(&self, of: &[&'a str]) -> &'a str {
        if !self.loose {
            of[0]
        } else if of.len() > 2 {
            place::either(of[2], of[1])
        } else {
            of[1]
        }
    }

    /// Starts what is done with these rows of the members; the page of the job at its end, or the one that says no.
    pub(super) async fn many(&mut self, what: &str, rows: &[i64], write: &[(&str, &str)]) -> Answer {
        let visitor = &mut self.shop.visitor;
        let page = visitor.get("/members").await.expect(200);
        let action = Form::of(&page, "form#bulk").action;
        let ticks: Vec<String> = page.attributes("value");
        let ticks =
            rows.iter().map(|row| ticks.iter().find(|tick| tick.starts_with(&format!("{row}."))).expect("a row"));
        let chosen: Vec<(&str, &str)> = ticks.map(|tick| ("row", tick.as_str())).chain([("do", what)]).collect();
        let question = visitor.post(&action, &chosen).await.expect(200);
        let mut form = Form::of(&question, "main form");
        for (field, value) in write {
            form.force(&format!("set.{field}"), "1").force(field, value);
        }
        let answer = visitor.submit(&form).await;
        if answer.status() == 303 { self.over(answer.location()).await } else { answer }
    }

    pub(super) async fn over(&mut self, job: &str) -> Answer {
        loop {
            let page = self.shop.visitor.get(job).await.expect(200);
            if !page.text.contains("data-poll") {
                return page;
            }
            tokio::task::yield_now().await;
        }
    }
}
