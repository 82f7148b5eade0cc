//! What a table does not take, on every way into it beside the form: rows in another row's form, many at once, an earlier
//! version, a file, an action, a deletion. Twice: where the block knows the rules, and where the table alone has them. Each
//! refusal stands at its field or row, in a sentence, without a word of a driver, and nothing half is kept.

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
                    _ => change.age = Some(50),
                }
                cx.update(member.id, change).await?;
                ActionResult::done("Promoted")
            }
        }
    };
}

mod known {
    use bailiwick::prelude::*;

    bailiwick::admin! {
        panel Known {
            database env "DATABASE_URL" or "sqlite:club.db";
            public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
            proxies none;
        }

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

        /// Runs it.
        role Administrator {
            all Section, Member; import Member; promote Member;
            assign *, Administrator; reset *; lock *; unlock *; revoke *;
            view Audit;
            keep 1;
        }

        throttle login 5 per 15min by account, 20 per 10min by address;
    }

    promotes!(Known);
}

mod loose {
    use bailiwick::prelude::*;

    bailiwick::admin! {
        panel Loose {
            database env "DATABASE_URL" or "sqlite:club.db";
            public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
            proxies none;
        }

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

        /// Runs it.
        role Administrator {
            all Section, Member; import Member; promote Member;
            assign *, Administrator; reset *; lock *; unlock *; revoke *;
            view Audit;
            keep 1;
        }

        throttle login 5 per 15min by account, 20 per 10min by address;
    }

    promotes!(Loose);
}

const NOTHING: [&str; 2] = ["SELECT 1", "SELECT 1"];
/// The same tables as of another application, which has the rules, and a table more.
const CLUB: [&str; 2] = [
    "CREATE TABLE section (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
     CREATE TABLE member (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL CHECK (length(name) <= 20), email TEXT UNIQUE,
       age INTEGER NOT NULL CHECK (age BETWEEN 0 AND 120), section INTEGER NOT NULL REFERENCES section ON DELETE RESTRICT,
       tutor INTEGER REFERENCES member ON DELETE RESTRICT, CHECK (age >= 18 OR tutor IS NOT NULL));
     CREATE TABLE locker (door TEXT PRIMARY KEY, member INTEGER NOT NULL REFERENCES member ON DELETE RESTRICT)",
    "CREATE TABLE section (id serial PRIMARY KEY, name varchar(20) NOT NULL);
     CREATE TABLE member (id serial PRIMARY KEY, name varchar(20) NOT NULL, email text UNIQUE,
       age integer NOT NULL CONSTRAINT an_age_of_people CHECK (age BETWEEN 0 AND 120),
       section integer NOT NULL REFERENCES section ON DELETE RESTRICT,
       tutor integer REFERENCES member ON DELETE RESTRICT,
       CONSTRAINT young_have_tutors CHECK (age >= 18 OR tutor IS NOT NULL));
     CREATE TABLE locker (door text PRIMARY KEY, member integer NOT NULL REFERENCES member ON DELETE RESTRICT)",
];

const TAKEN: &str = "Another row has this value already.";
const GONE: &str = "What this points at is gone, or not open to you.";
/// What is said of a rule, by the block, or for the table.
const RANGE: [&str; 2] = ["At most 120.", "a rule of its own"];
const CHECK: [&str; 2] = ["whoever is under 18 has a tutor", "a rule of its own"];
const LONG: [&str; 3] = ["At most 20 characters", "At most 20 characters.", "a rule of its own"];
const TOO_LONG: &str = "Nobody is called as long as this";

/// Somebody in front of one of the two.
struct Club {
    shop: Shop,
    /// The block does not know the rules.
    loose: bool,
}

impl Club {
    async fn both() -> [Self; 2] {
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
    async fn rows(&self) -> String {
        self.shop
            .text(
                "SELECT (SELECT group_concat(name, ',') FROM section) || ' ' || (SELECT group_concat(name || coalesce(email, \
                 '') || age || section || coalesce(tutor, ''), ',') FROM member)",
                "SELECT (SELECT string_agg(name, ',' ORDER BY id) FROM section) || ' ' || (SELECT string_agg(name || \
                 coalesce(email, '') || age || section || coalesce(tutor::text, ''), ',' ORDER BY id) FROM member)",
            )
            .await
    }

    fn says<'a>(&self, of: &[&'a str]) -> &'a str {
        if !self.loose {
            of[0]
        } else if of.len() > 2 {
            place::either(of[2], of[1])
        } else {
            of[1]
        }
    }

    /// Starts what is done with these rows of the members; the page of the job at its end, or the one that says no.
    async fn many(&mut self, what: &str, rows: &[i64], write: &[(&str, &str)]) -> Answer {
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

    async fn over(&mut self, job: &str) -> Answer {
        loop {
            let page = self.shop.visitor.get(job).await.expect(200);
            if !page.text.contains("data-poll") {
                return page;
            }
            tokio::task::yield_now().await;
        }
    }
}

#[track_caller]
fn says(answer: &Answer, words: &str) {
    assert!(answer.words().contains(words), "{words}: {}", answer.words());
    for word in ["SQLite", "PostgreSQL", "sqlx", "constraint failed", "violates", "an_age_of_people", "young_have"] {
        assert!(!answer.text.contains(word), "{word}: {}", answer.words());
    }
}

#[tokio::test]
async fn in_the_form_of_another_row() {
    for mut club in Club::both().await {
        let (range, check, long) = (club.says(&RANGE), club.says(&CHECK), club.says(&LONG));
        let before = club.rows().await;
        // Where it is written, what, what is said, and where that leads to.
        for (control, value, words, at) in [
            ("in.0.3.email", "ada@example.org", TAKEN, "f-in-0-3-email"),
            ("in.0.3.tutor", "99", GONE, "f-in-0-3-tutor"),
            ("in.0.3.age", "300", range, "f-in-0-3-age"),
            ("in.0.3.age", "10", check, "in-0-3"),
            ("in.0.3.name", TOO_LONG, long, "f-in-0-3-name"),
            ("in.0.1.bw.remove", "1", "This can't be deleted: Members point at it (1).", "in-0-1"),
            ("in.0.n0.email", "ada@example.org", TAKEN, "f-in-0-n0-email"),
            ("in.0.n0.age", "300", range, "f-in-0-n0-age"),
            ("in.0.n0.age", "10", check, "in-0-n0"),
            ("in.0.n0.name", TOO_LONG, long, "f-in-0-n0-name"),
        ] {
            let mut form = club.shop.visitor.form("/sections/1/edit").await;
            form.set("name", "Rowing eights");
            if control.contains("n0") {
                for (name, value) in [("name", "Eve"), ("email", ""), ("age", "30"), ("tutor", "")] {
                    form.force(&format!("in.0.n0.{name}"), value);
                }
            }
            form.force(control, value);
            let refused = club.shop.visitor.submit(&form).await;
            assert!(matches!(refused.status(), 409 | 422), "{control}: {} {}", refused.status(), refused.words());
            says(&refused, words);
            assert!(refused.text.contains(&format!("href=\"#{at}\"")), "{control}={value}: {at}: {}", refused.words());
            assert!(refused.text.contains(&format!("id=\"{at}\"")), "{control}={value}: {at} is there");
            let again = Form::of(&refused, "#record");
            assert_eq!(again.value("name"), "Rowing eights", "what was typed is kept");
            if control != "in.0.3.tutor" && !control.contains("remove") {
                assert_eq!(again.value(control), value);
            }
            assert_eq!(club.rows().await, before, "{control}={value}: one transaction");
        }
        // Somebody who is pointed at goes while the form is open.
        let mut form = club.shop.visitor.form("/sections/1/edit").await;
        form.set("in.0.3.tutor", "4");
        club.shop.run("DELETE FROM member WHERE id = 4").await;
        let refused = club.shop.visitor.submit(&form).await.expect(422);
        says(&refused, GONE);
    }
}

#[tokio::test]
async fn many_at_once() {
    for mut club in Club::both().await {
        let (range, check, long) = (club.says(&RANGE), club.says(&CHECK), club.says(&LONG));
        let before = club.rows().await;
        for (field, title, value, words) in [
            ("email", "Email", "ada@example.org", TAKEN),
            ("tutor", "Tutor", "99", GONE),
            ("age", "Age", "300", range),
            ("age", "", "10", check),
            ("name", "Name", TOO_LONG, long),
        ] {
            let page = club.many("edit", &[3, 4], &[(field, value)]).await;
            says(&page, words);
            if page.status() == 200 {
                says(&page, "2 of 2 looked at, 0 done, 2 failed.");
                says(&page, "Member 3");
                let fields = page.texts("td[data-l=Field]");
                assert_eq!(fields, [title, title], "{field}={value}");
            } else {
                // What the block knows is said before anything begins.
                assert!(page.status() == 422 && !club.loose, "{field}={value}: {}", page.words());
            }
            assert_eq!(club.rows().await, before, "{field}={value}");
        }
        // One that is held stays, and the others go.
        if club.loose {
            club.shop.run("INSERT INTO locker VALUES ('B12', 4)").await;
        }
        let page = club.many("delete", &[1, 3, 4], &[]).await;
        says(&page, "This can't be deleted: Members point at it (1).");
        if club.loose {
            says(&page, "1 done, 2 failed.");
            says(&page, "Rows of another table stand in the way");
        } else {
            says(&page, "2 done, 1 failed.");
        }
    }
}

#[tokio::test]
async fn by_an_action_of_ones_own() {
    for mut club in Club::both().await {
        let (range, check, long) = (club.says(&RANGE), club.says(&CHECK), club.says(&LONG));
        for (name, title, words) in [
            ("UPDATE member SET name = 'Unique' WHERE id = 4", "Email: ", TAKEN),
            ("UPDATE member SET name = 'Key' WHERE id = 4", "Tutor: ", GONE),
            ("UPDATE member SET name = 'Range' WHERE id = 4", "Age: ", range),
            ("UPDATE member SET name = 'Check' WHERE id = 4", "", check),
            ("UPDATE member SET name = 'Long' WHERE id = 4", "Name: ", long),
        ] {
            club.shop.run(name).await;
            let before = club.rows().await;
            let page = club.shop.visitor.get("/members/4").await.expect(200);
            let form = Form::of(&page, "form[action*=promote]");
            let refused = club.shop.visitor.submit(&form).await.expect(422);
            says(&refused, &if words.starts_with("a rule") { title.to_owned() } else { format!("{title}{words}") });
            says(&refused, words);
            // Over many rows the same is said of each.
            let page = club.many("promote", &[4], &[]).await;
            says(&page, "0 done, 1 failed.");
            says(&page, words);
            assert_eq!(page.texts("td[data-l=Field]"), [title.trim_end_matches(": ")], "{name}");
            assert_eq!(club.rows().await, before, "{name}");
        }
    }
}

#[tokio::test]
async fn from_a_file() {
    for mut club in Club::both().await {
        let (range, check, long) = (club.says(&RANGE), club.says(&CHECK), club.says(&LONG));
        let file = format!(
            "name,email,age,section,tutor\nEve,eve@example.org,30,1,\nFay,ada@example.org,30,1,\nGus,,30,1,99\nHal,,300,1,\n\
             Ida,,10,1,\n{TOO_LONG},,30,1,\n"
        );
        let failed =
            [("Email", TAKEN), ("Tutor", "There is none of this number"), ("Age", range), ("", check), ("Name", long)];
        for (how, step, done) in
            [("parts", "check", "1 could go in"), ("one", "go", "Nothing was brought in"), ("parts", "go", "1 done")]
        {
            let before = club.rows().await;
            let visitor = &mut club.shop.visitor;
            visitor.get("/members/import").await.expect(200);
            let kept = visitor.upload("/members/import", "members.csv", file.as_bytes()).await.expect(303);
            let page = visitor.get(kept.location()).await.expect(200);
            let mut form = Form::of(&page, "main form");
            form.force("how", how).force("step", step);
            let job = visitor.submit(&form).await.expect(303).location().to_owned();
            let page = club.over(&job).await;
            says(&page, done);
            let lines = page.texts("th[scope=row]");
            assert_eq!(lines, ["Line 3", "Line 4", "Line 5", "Line 6", "Line 7"], "{how} {step}: {}", page.words());
            let (fields, whys) = (page.texts("td[data-l=Field]"), page.texts("td[data-l=Why]"));
            for (at, (field, why)) in failed.iter().enumerate() {
                assert!(fields[at] == *field && whys[at].contains(why), "{field}: {} {}", fields[at], whys[at]);
            }
            assert_eq!(club.rows().await == before, (how, step) != ("parts", "go"), "{how} {step}");
        }
    }
}

#[tokio::test]
async fn an_earlier_version_that_the_table_takes_no_more() {
    const NO_OLDER: [&str; 2] = [
        "CREATE TRIGGER nobody_above_fifty BEFORE UPDATE ON member WHEN new.age > 50 BEGIN SELECT raise(ABORT, 'too old'); END",
        "ALTER TABLE member ADD CONSTRAINT nobody_above_fifty CHECK (age <= 50)",
    ];
    for mut club in Club::both().await {
        for changes in [
            [("email", "one@example.org"), ("tutor", "4"), ("age", "60")],
            [("email", "two@example.org"), ("tutor", ""), ("age", "30")],
        ] {
            let mut form = club.shop.visitor.form("/members/3/edit").await;
            for (field, value) in changes {
                form.set(field, value);
            }
            club.shop.visitor.submit(&form).await.expect(303);
        }
        let history = club.shop.visitor.get("/members/3/history").await.expect(200);
        let mut earlier: Vec<String> = history.hrefs().into_iter().filter(|href| href.contains("restore")).collect();
        let earlier = earlier.pop().unwrap_or_else(|| panic!("{}", history.words()));
        let before = club.rows().await;
        // A rule that is younger than the version; one that the server names is at its field.
        club.shop.run(place::either(NO_OLDER[0], NO_OLDER[1])).await;
        let refused = restore(&mut club, &earlier).await;
        says(&refused, "a rule of its own");
        assert_eq!(place::on_postgres(), refused.text.contains("class=\"error\""), "{}", refused.text);
        club.shop
            .run(place::either(
                "DROP TRIGGER nobody_above_fifty",
                "ALTER TABLE member DROP CONSTRAINT nobody_above_fifty",
            ))
            .await;
        assert_eq!(club.rows().await, before);
        // Somebody else has the value by now.
        club.shop.run("UPDATE member SET email = 'one@example.org' WHERE id = 1").await;
        says(&restore(&mut club, &earlier).await, TAKEN);
        club.shop.run("UPDATE member SET email = 'ada@example.org' WHERE id = 1").await;
        // What it pointed at is gone.
        club.shop.run("DELETE FROM member WHERE id = 4").await;
        says(&restore(&mut club, &earlier).await, GONE);
        assert!(club.rows().await.contains("Cydtwo@example.org30"), "nothing of it was restored");
    }
}

async fn restore(club: &mut Club, earlier: &str) -> Answer {
    let page = club.shop.visitor.get(earlier).await.expect(200);
    club.shop.visitor.submit(&Form::of(&page, "main form")).await.expect(422)
}

#[tokio::test]
async fn a_deletion_that_something_stands_in_the_way_of_says_so_on_its_page() {
    for mut club in Club::both().await {
        let page = club.shop.visitor.get("/members/4/delete").await.expect(200);
        let form = Form::of(&page, "main form");
        // While it is being read.
        let words = if club.loose {
            club.shop.run("INSERT INTO locker VALUES ('B12', 4)").await;
            "Rows of another table stand in the way"
        } else {
            club.shop.run("UPDATE member SET tutor = 4 WHERE id = 3").await;
            "1 members point at it."
        };
        let refused = club.shop.visitor.submit(&form).await.expect(409);
        says(&refused, words);
        assert!(refused.words().contains("Delete"), "the page of the deletion: {}", refused.words());
    }
}

#[tokio::test]
async fn rules_that_somebody_gave_a_table_by_hand_are_told_where_they_hold() {
    for mut club in Club::both().await {
        club.shop.run("CREATE UNIQUE INDEX same_name_and_age ON member (name, age)").await;
        let mut form = club.shop.visitor.form("/members/3/edit").await;
        form.set("name", "Bea");
        let refused = club.shop.visitor.submit(&form).await.expect(422);
        says(&refused, "Another row has these values together already.");
        for field in ["f-name", "f-age"] {
            assert!(refused.text.contains(&format!("href=\"#{field}\"")), "{field}: {}", refused.words());
        }
        club.shop.run("CREATE UNIQUE INDEX same_but_for_case ON member (upper(name))").await;
        form.set("name", "aDA");
        let refused = club.shop.visitor.submit(&form).await.expect(422);
        says(&refused, place::either("Another row has these values already.", TAKEN));
        assert_eq!(place::on_postgres(), refused.text.contains("href=\"#f-name\""), "{}", refused.words());
    }
}
