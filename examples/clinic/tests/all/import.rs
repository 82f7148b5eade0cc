//! What comes in as a file: tried first, held to what a form would be held to, and never by somebody who could not have
//! typed it.

use std::time::{Duration, Instant};

use crate::house::{House, PASSWORD, email};
use crate::place;
use crate::program::{Server, clinic};
use crate::visitor::{Answer, Form, Visitor, over_the_wire};

/// The page of a job when it is over.
pub(crate) async fn over(visitor: &mut Visitor, path: &str) -> Answer {
    loop {
        let page = visitor.get(path).await.expect(200);
        if !page.text.contains("data-poll") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

/// Uploads, keeps to the columns that are guessed and does this step; the job's page when it is over.
pub(crate) async fn bring_in(
    visitor: &mut Visitor,
    list: &str,
    name: &str,
    file: &[u8],
    set: &[(&str, &str)],
) -> Answer {
    visitor.get(&format!("{list}/import")).await.expect(200);
    let kept = visitor.upload(&format!("{list}/import"), name, file).await.expect(303);
    let page = visitor.get(kept.location()).await.expect(200);
    let mut form = Form::of(&page, "main form");
    for (name, value) in set {
        form.force(name, value);
    }
    let job = visitor.submit(&form).await.expect(303);
    over(visitor, job.location()).await
}

const PATIENTS: &str = "SELECT count(*) FROM patient";

#[tokio::test]
async fn a_file_is_tried_and_then_brought_in_and_every_row_recorded() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    let file = "Name;Born;Doctor;Email;Remarks\r\n\
        Anna Berg;1980-02-03;1;anna@example.org;x\r\n\
        '=1+1;1981-02-03;1;;\r\n\
        Future Child;2030-01-01;1;;\r\n\
        ;1980-01-01;1;;\r\n\
        No Doctor;1980-01-01;99;;\r\n\
        Twin;1980-01-01;1;anna@example.org;\r\n";
    let tried =
        bring_in(&mut manager, "/patients", "people.csv", file.as_bytes(), &[("how", "parts"), ("step", "check")])
            .await;
    let words = tried.words();
    for told in [
        "2 could go in, 4 failed",
        "Line 4 Born This must lie in the past.",
        "Line 5 Name This is needed.",
        "Line 6 Doctor There is none of this number that you may see.",
        "Line 7 Email Another row has this value already.",
    ] {
        assert!(words.contains(told), "{told} in {words}");
    }
    assert_eq!(house.number(PATIENTS, &[]).await, 0, "nothing was written");

    let job = manager.submit(&Form::of(&tried, "main form")).await.expect(303);
    let done = over(&mut manager, job.location()).await;
    assert!(done.words().contains("2 done, 4 failed"), "{}", done.words());
    assert_eq!(house.number(PATIENTS, &[]).await, 2);
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE name = '=1+1'", &[]).await, 1, "as it was exported");
    let events = "SELECT count(*) FROM bw_audit WHERE event = 'row.created' AND model = 'Patient' AND actor = $1 AND \
                  CAST(request_id AS TEXT) = (SELECT request_id FROM bw_jobs ORDER BY id DESC LIMIT 1)";
    let me = house.person_id("manager@example.org").await;
    assert_eq!(house.number(events, &[me]).await, 2);
    assert_eq!(house.number("SELECT count(*) FROM bw_uploads", &[]).await, 0, "what was brought in is not kept twice");
    let told = house
        .text("SELECT string_agg(event, ',' ORDER BY seq) FROM bw_audit WHERE event LIKE 'job%' AND $1 = 1", 1)
        .await;
    assert_eq!(told, "job.started,job.ended,job.started,job.ended");
}

#[tokio::test]
async fn all_or_nothing_is_nothing_when_one_row_fails() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    let rows = (0..700).map(|n| format!("P{n},1980-01-01,{}\n", if n == 650 { 99 } else { 1 }));
    let file = std::iter::once("name,born,doctor\n".to_owned()).chain(rows).collect::<Vec<_>>().concat();
    let go = [("how", "one"), ("step", "go")];
    let page = bring_in(&mut manager, "/patients", "p.csv", file.as_bytes(), &go).await;
    assert!(page.words().contains("Nothing was brought in"), "{}", page.words());
    assert!(page.words().contains("Line 652"), "{}", page.words());
    assert_eq!(house.number(PATIENTS, &[]).await, 0);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.created'", &[]).await, 0);
    let file = file.replace(",99\n", ",1\n");
    let page = bring_in(&mut manager, "/patients", "p.csv", file.as_bytes(), &go).await;
    assert!(page.words().contains("700 done, 0 failed"), "{}", page.words());
    assert_eq!(house.number(PATIENTS, &[]).await, 700);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.created'", &[]).await, 700);
}

#[tokio::test]
async fn an_export_comes_back_unchanged_and_changes_what_was_changed_in_it() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    let file =
        "name,born,doctor,phone\nAnna,1980-01-01,1,+49 170 1\n\"=1, \"\"x\"\"\",1981-01-01,1,\nBen,1982-01-01,2,\n";
    bring_in(&mut manager, "/patients", "p.csv", file.as_bytes(), &[("how", "one"), ("step", "go")]).await;
    let fields =
        [("column", "id"), ("column", "name"), ("column", "doctor"), ("column", "doctor.label"), ("format", "csv")];
    let exported = manager.post("/patients/export", &fields).await.expect(200).text;
    let by_id = [("key", "id"), ("how", "one"), ("step", "go")];
    let page = bring_in(&mut manager, "/patients", "p.csv", exported.as_bytes(), &by_id).await;
    assert!(page.words().contains("3 done, 0 failed"), "{}", page.words());
    assert_eq!(house.number("SELECT max(version) FROM patient", &[]).await, 1, "unchanged");
    let changed = exported.replace("Ben", "Benno");
    bring_in(&mut manager, "/patients", "p.csv", changed.as_bytes(), &by_id).await;
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE version = 2 AND name = 'Benno'", &[]).await, 1);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.updated'", &[]).await, 1);
}

#[tokio::test]
async fn without_the_right_nothing_of_the_file_is_kept() {
    let house = House::open().await;
    let file = b"name\nAnna\n";
    for role in ["Clinician", "Reception", "Auditor"] {
        let mut visitor = house.signed_in(role).await;
        visitor.get("/patients/import").await.expect(403);
        visitor.get("/patients/import/template?format=csv").await.expect(403);
        visitor.upload("/patients/import", "p.csv", file).await.expect(403);
    }
    let mut nobody = house.visitor();
    nobody.upload("/patients/import", "p.csv", file).await.expect(303);
    let mut manager = house.signed_in("Manager").await;
    manager.upload_with("/patients/import", "p.csv", file, "forged").await.expect(403);
    manager.upload("/doctors", "p.csv", file).await.expect(415);
    assert_eq!(house.number("SELECT count(*) FROM bw_uploads", &[]).await, 0);
    // Somebody else's upload is not there.
    manager.get("/patients/import").await.expect(200);
    let kept = manager.upload("/patients/import", "p.csv", file).await.expect(303);
    let mut owner = house.signed_in("Owner").await;
    owner.get(kept.location()).await.expect(404);
    owner.get("/doctors/import/1").await.expect(404);
    let mut again = house.signed_in("Manager").await;
    again.get(kept.location()).await.expect(404);
}

#[tokio::test]
async fn a_file_that_does_not_read_is_refused_with_its_line_and_forgotten() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    manager.get("/patients/import").await.expect(200);
    let long = [b"name\n".as_slice(), &vec![b'x'; 3 * 1024 * 1024]].concat();
    let cases: [(&str, &[u8], &str); 5] = [
        ("p.csv", b"name\nAnna\n\xff\n", "Line 3: it is not UTF-8"),
        ("p.csv", b"name\nAn\0na\n", "Line 2: it holds a character that can't be stored"),
        ("p.csv", &long, "Line 2: a row may have at most 1 MiB"),
        ("p.xlsx", b"no workbook", "this is no XLSX workbook"),
        ("p.exe", b"MZ", "must end in .csv, .jsonl or .xlsx"),
    ];
    for (name, file, why) in cases {
        let page = manager.upload("/patients/import", name, file).await.expect(422);
        assert!(page.words().contains(why), "{why} in {}", page.words());
    }
    assert_eq!(house.number("SELECT count(*) FROM bw_uploads", &[]).await, 0);
    let template = manager.get("/patients/import/template?format=csv").await.expect(200);
    assert!(template.text.ends_with("name,email,phone,born,doctor,languages,notes\r\n"), "{}", template.text);
}

#[tokio::test]
async fn a_row_that_stands_twice_in_a_file_is_written_once_wherever_it_stands() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    // The second lies in another part of the file than the first.
    let rows = (0..1_200).map(|n| format!("P{n},1980-01-01,1,{}\n", if n == 1_100 { 10 } else { n }));
    let rows = rows.map(|row| row.replacen(",1,", ",1,p", 1).replace('\n', "@example.org\n"));
    let file = std::iter::once("name,born,doctor,email\n".to_owned()).chain(rows).collect::<Vec<_>>().concat();
    for (step, told) in [("check", "1,199 could go in, 1 failed"), ("go", "1,199 done, 1 failed")] {
        let set = [("key", "email"), ("how", "parts"), ("step", step)];
        let page = bring_in(&mut manager, "/patients", "p.csv", file.as_bytes(), &set).await;
        assert!(page.words().contains(told), "{}", page.words());
        assert!(page.words().contains("Line 1102 An earlier row of the file is found by the same"), "{}", page.words());
    }
    assert_eq!(house.number(PATIENTS, &[]).await, 1_199);
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE version > 1", &[]).await, 0);
    // Found by what they have, they are changed, and an empty cell leaves a default where nothing is typed.
    let changed = "name,born,doctor,email,notes\nNew name,1980-01-01,1,p10@example.org,\n";
    let set = [("key", "email"), ("how", "one"), ("step", "go")];
    let page = bring_in(&mut manager, "/patients", "p.csv", changed.as_bytes(), &set).await;
    assert!(page.words().contains("1 done, 0 failed"), "{}", page.words());
    let named = "SELECT count(*) FROM patient WHERE name = 'New name' AND email = 'p10@example.org' AND version = 2";
    assert_eq!(house.number(named, &[]).await, 1);
    assert_eq!(house.number(PATIENTS, &[]).await, 1_199);
}

#[tokio::test]
async fn nobody_fills_the_database_with_files_and_jobs() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    manager.get("/patients/import").await.expect(200);
    let mut kept = String::new();
    for _ in 0..23 {
        let answer =
            manager.upload("/patients/import", "p.csv", b"name,born,doctor\nA,1980-01-01,1\n").await.expect(303);
        answer.location().clone_into(&mut kept);
    }
    assert_eq!(house.number("SELECT count(*) FROM bw_uploads", &[]).await, 20);
    assert_eq!(house.number("SELECT count(*) FROM bw_upload_parts", &[]).await, 20, "with what was in them");
    place::run(
        &house.url(),
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO bw_jobs (person, \
         session, request_id, kind, model, params, state, created_at, lease_owner, lease_until) SELECT p.id, 1, '', \
         'edit', 'Patient', '', 'running', '2026-11-21 10:00:00+00', 'another', '2999-01-01 00:00:00+00' FROM n, \
         bw_people p WHERE p.email = 'manager@example.org'",
    )
    .await;
    let page = manager.get(&kept).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("step", "go");
    let refused = manager.submit(&form).await.expect(400);
    assert!(refused.words().contains("20 jobs of yours are under way"), "{}", refused.words());
}

/// Of both ways: a process that dies in the middle brings nothing in twice and leaves nothing out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_of_an_import_brings_every_row_in_once() {
    const ROWS: i64 = 6_000;
    let house = House::open().await;
    let rows = (0..ROWS).map(|n| format!("P{n},1980-01-01,1,p{n}@example.org\n"));
    let file = std::iter::once("name,born,doctor,email\n".to_owned()).chain(rows).collect::<Vec<_>>().concat();
    let mut server = Server::start(house.directory());
    let mut manager = Visitor::new(over_the_wire(server.address));
    manager.sign_in_with_code("/sign-in", email("Manager"), PASSWORD, chrono::Utc::now()).await.expect(303);
    for (round, how) in (1..).zip(["parts", "one"]) {
        manager.get("/patients/import").await.expect(200);
        let kept = manager.upload("/patients/import", "p.csv", file.as_bytes()).await.expect(303);
        let page = manager.get(kept.location()).await.expect(200);
        let mut form = Form::of(&page, "main form");
        for (name, value) in [("how", how), ("step", "go"), ("key", "")] {
            form.force(name, value);
        }
        if how == "one" {
            // The same rows again, which now find their addresses taken: without them.
            form.force("m.3", "");
        }
        manager.submit(&form).await.expect(303);
        let begun = "SELECT count(*) FROM bw_jobs WHERE id = $1 AND (seen > 0 OR (lease_owner IS NOT NULL AND kind = \
                     'import' AND params LIKE '%\"as_one\":true%'))";
        while house.number(begun, &[round]).await == 0 {
            tokio::task::yield_now().await;
        }
        server.kill();
        let there = house.number(PATIENTS, &[]).await;
        assert!((ROWS * (round - 1)..ROWS * round).contains(&there), "{how}: {there} in the middle");
        assert_eq!(
            there,
            house.number("SELECT CAST(sum(done) AS BIGINT) FROM bw_jobs", &[]).await,
            "{how}: rows and job are of one mind"
        );
        server = Server::start(house.directory());
        manager = manager.going(over_the_wire(server.address));
        let started = Instant::now();
        while house.text("SELECT state FROM bw_jobs WHERE id = $1", round).await != "done" {
            assert!(started.elapsed() < Duration::from_mins(2), "nobody went on with it");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(house.number(PATIENTS, &[]).await, ROWS * round, "{how}");
        assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.created'", &[]).await, ROWS * round);
        assert_eq!(house.number("SELECT failed FROM bw_jobs WHERE id = $1", &[round]).await, 0);
        assert_eq!(house.number("SELECT count(*) FROM bw_uploads", &[]).await, 0);
    }
    assert!(clinic(house.directory(), &["audit", "verify"]).expect(0).out.contains("whole"));
}
