//! Rows that no key of the panel can name, and keys that a database compares otherwise than by bytes: nothing of it is
//! taken for what it is not, and no delete takes it along unseen.

use super::{Yard, rows, yard};
use crate::serving::Shop;
use crate::visitor::{Answer, Form};
use crate::{left_by_another, place};

/// Sections of a handbook, one below the other, and remarks on them.
const SECTIONS: [&str; 2] = [
    "CREATE TABLE sections (code TEXT PRIMARY KEY, name VARCHAR(40) NOT NULL, above TEXT REFERENCES sections ON DELETE CASCADE); \
     CREATE TABLE remarks (code TEXT PRIMARY KEY, text VARCHAR(40) NOT NULL, about TEXT REFERENCES sections ON DELETE SET NULL); \
     INSERT INTO sections VALUES ('a', 'Alpha', NULL), ('b', 'Beta', 'a'), ('p', 'Pi', 'q'), ('q', 'Qoppa', 'p'), ('z', 'Zeta', NULL);",
    "CREATE TABLE sections (code text PRIMARY KEY, name varchar(40) NOT NULL, above text REFERENCES sections ON DELETE CASCADE); \
     CREATE TABLE remarks (code text PRIMARY KEY, text varchar(40) NOT NULL, about text REFERENCES sections ON DELETE SET NULL); \
     INSERT INTO sections VALUES ('a', 'Alpha', NULL), ('b', 'Beta', 'a'), ('p', 'Pi', NULL), ('q', 'Qoppa', 'p'), ('z', 'Zeta', NULL); \
     UPDATE sections SET above = 'q' WHERE code = 'p';",
];

bailiwick::admin! {
    panel Handbook {
        database env "DATABASE_URL" or "sqlite:handbook.db";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    model Section {
        table "sections" adopted key code;
        code: String len ..=64;
        name: String len ..=40 label search;
        above: Option<Section> cascade;
        list code, name, above;
    }

    model Remark {
        table "remarks" adopted key code;
        code: String len ..=64;
        text: String len ..=40 label search;
        about: Option<Section> set_null;
        list code, text, about;
    }

    /// Runs it.
    role Administrator {
        all *;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

const COUNT: &str = "SELECT CAST(count(*) AS text) FROM sections";

async fn delete(shop: &mut Shop, row: &str) -> Answer {
    let page = shop.visitor.get(&format!("{row}/delete")).await.expect(200);
    shop.visitor.submit(&Form::of(&page, "main form")).await
}

#[tokio::test]
async fn what_no_page_shows_holds_what_it_points_at() {
    let mut shop = Shop::open(SECTIONS, Handbook::builder()).await;
    for (put, taken) in [
        ("INSERT INTO sections VALUES ('', 'No key', 'a')", "DELETE FROM sections WHERE code = ''"),
        (
            "INSERT INTO sections VALUES ('12345678901234567890123456789012345678901234567890123456789012345', 'Long', 'b')",
            "DELETE FROM sections WHERE name = 'Long'",
        ),
        ("INSERT INTO remarks VALUES ('', 'No key', 'b')", "DELETE FROM remarks WHERE code = ''"),
    ] {
        shop.run(put).await;
        let before = shop.text(COUNT, COUNT).await;
        let kept = shop.visitor.get("/sections").await.expect(200).words();
        assert!(!kept.contains("No key") && !kept.contains("Long"), "{kept}");
        let held = delete(&mut shop, "/sections/~a").await.expect(409).words();
        let many = if put.contains("remarks") { "1 remark" } else { "1 section" };
        assert!(held.contains(&format!("that this panel can't show, for its key, points at it: {many}.")), "{held}");
        assert_eq!(shop.text(COUNT, COUNT).await, before, "{put}");
        shop.run(taken).await;
    }
    delete(&mut shop, "/sections/~a").await.expect(303);
    assert_eq!(shop.text(COUNT, COUNT).await, "3");
}

#[tokio::test]
async fn of_rows_that_point_at_each_other_each_leaves_its_entry() {
    const ENTRIES: &str = "SELECT CAST(count(*) AS text) FROM bw_audit WHERE event = 'row.deleted'";
    let mut shop = Shop::open(SECTIONS, Handbook::builder()).await;
    delete(&mut shop, "/sections/~p").await.expect(303);
    assert_eq!(shop.text(COUNT, COUNT).await, "3");
    assert_eq!(shop.text(ENTRIES, ENTRIES).await, "2");
    let log = shop.visitor.get("/audit").await.expect(200).words();
    assert!(log.contains("Section p") && log.contains("Section q"), "{log}");
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn what_sqlite_keeps_in_any_column_fails_no_page() {
    if place::on_postgres() {
        return;
    }
    let mut shop = yard().await;
    shop.run(
        "INSERT INTO carriers VALUES ('in' || char(0) || 'side', 'Null'), (x'626c6f62', 'Blob'); \
         INSERT INTO parcels VALUES ('0B6E4F00-0000-4000-8000-0000000000A9', '0b6e4f00-0000-4000-8000-000000000002', NULL, 'Capital')",
    )
    .await;
    let carriers = shop.visitor.get("/carriers").await.expect(200);
    assert_eq!(rows(&carriers, "/carriers").len(), 5, "{}", carriers.words());
    for page in ["/carriers?q=Null", "/carriers?sort=name", "/parcels/new"] {
        shop.visitor.get(page).await.expect(200);
    }
    // It is not listed as a row that is not found then, and goes along with nothing.
    let parcels = shop.visitor.get("/parcels").await.expect(200).words();
    assert!(!parcels.contains("Capital"), "{parcels}");
    let held = delete(&mut shop, "/depots/0b6e4f00-0000-4000-8000-000000000002").await.expect(409).words();
    assert!(held.contains("points at it: 1 parcel."), "{held}");
}

/// Keys that a database compares without regard to case.
const FOLDED: [&str; 2] = [
    "CREATE TABLE carriers (code TEXT COLLATE NOCASE PRIMARY KEY, name VARCHAR(40) NOT NULL); \
     CREATE TABLE depots (id UUID PRIMARY KEY NOT NULL, name VARCHAR(60) NOT NULL, opened DATE); \
     CREATE TABLE parcels (id UUID PRIMARY KEY NOT NULL, depot_id UUID NOT NULL REFERENCES depots ON DELETE CASCADE, \
     carrier_code TEXT REFERENCES carriers ON DELETE SET NULL, label VARCHAR(40) NOT NULL)",
    "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
     CREATE TABLE carriers (code text COLLATE folded PRIMARY KEY, name varchar(40) NOT NULL); \
     CREATE TABLE depots (id uuid PRIMARY KEY, name varchar(60) NOT NULL, opened date); \
     CREATE TABLE parcels (id uuid PRIMARY KEY, depot_id uuid NOT NULL REFERENCES depots ON DELETE CASCADE, \
     carrier_code text REFERENCES carriers ON DELETE SET NULL, label varchar(40) NOT NULL)",
];

/// The same by a type of its own.
const CITEXT: [&str; 2] = [
    FOLDED[0],
    "CREATE EXTENSION citext; CREATE TABLE carriers (code citext PRIMARY KEY, name varchar(40) NOT NULL); \
     CREATE TABLE depots (id uuid PRIMARY KEY, name varchar(60) NOT NULL, opened date); \
     CREATE TABLE parcels (id uuid PRIMARY KEY, depot_id uuid NOT NULL REFERENCES depots ON DELETE CASCADE, \
     carrier_code citext REFERENCES carriers ON DELETE SET NULL, label varchar(40) NOT NULL)",
];

#[tokio::test]
async fn keys_that_are_not_compared_by_bytes_are_refused() {
    for (made, how) in [(FOLDED, place::either("NOCASE", "folded")), (CITEXT, place::either("NOCASE", "citext"))] {
        let (directory, url) = left_by_another(made).await;
        let adopted = bailiwick::adopt::adopt(&url).await.expect("a database with tables");
        let says = |words: &str| adopted.said.iter().any(|line| line.contains(words));
        assert!(says("table carriers is left out: of its key code") && says(how), "{:?}", adopted.said);
        let mail = format!("file:{}", directory.path().join("outbox").display());
        let refused = Yard::builder().public_url("http://127.0.0.1:8000").mail(mail).service(&url).await;
        let refused = refused.expect_err("no panel over such a table").to_string();
        assert!(refused.contains("by its key code") && refused.contains(how), "{refused}");
    }
}
