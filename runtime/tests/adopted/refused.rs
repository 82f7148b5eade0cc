//! What a table does not take, on every way into it beside the form: rows in another row's form, many at once, an earlier
//! version, a file, an action, a deletion. Twice: where the block knows the rules, and where the table alone has them. Each
//! refusal stands at its field or row, in a sentence, without a word of a driver, and nothing half is kept.

mod club;

use crate::place;
use crate::visitor::{Answer, Form};

use club::Club;

const TAKEN: &str = "Another row has this value already.";
const GONE: &str = "What this points at is gone, or not open to you.";
/// What is said of a rule, by the block, or for the table.
const RANGE: [&str; 2] = ["At most 120.", "a rule of its own"];
const CHECK: [&str; 2] = ["whoever is under 18 has a tutor", "a rule of its own"];
const LONG: [&str; 3] = ["At most 20 characters", "At most 20 characters.", "a rule of its own"];
const TOO_LONG: &str = "Nobody is called as long as this";

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
async fn by_an_action_whose_body_passes_over_it() {
    for mut club in Club::both().await {
        club.shop.run("UPDATE member SET name = 'Passed over' WHERE id = 4").await;
        let before = club.rows().await;
        let page = club.shop.visitor.get("/members/4").await.expect(200);
        let done = club.shop.visitor.submit(&Form::of(&page, "form[action*=promote]")).await;
        // With the statement the whole transaction failed: no body can make it last.
        says(&done.expect(422), TAKEN);
        assert_eq!(club.rows().await, before);
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
            "1 member points at it."
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
