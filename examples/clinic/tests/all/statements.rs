//! How many SQL statements a page takes, over a few thousand rows. Ten rows or a thousand, the number is the same: no
//! page asks once a row.

use crate::house::House;
use crate::program;
use crate::visitor::Visitor;

async fn seeded() -> House {
    let directory = tempfile::tempdir().expect("a directory");
    program::clinic(directory.path(), &["seed", "--patients", "2000"]).expect(0);
    House::within(directory).await
}

/// Statements that a page takes, the session's own included.
async fn cost(house: &House, visitor: &mut Visitor, path: &str) -> u64 {
    let before = house.store().statements();
    visitor.get(path).await.expect(200);
    house.store().statements() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_keep_to_their_number_of_statements() {
    let house = seeded().await;
    let patients = house.number("SELECT count(*) FROM patient", &[]).await;
    assert_eq!(patients, 2_000);
    let billed = house.number("SELECT patient FROM invoice ORDER BY id LIMIT 1", &[]).await;
    let invoice = house.number("SELECT id FROM invoice WHERE state = 'Draft' ORDER BY id LIMIT 1", &[]).await;
    let mut dear = Vec::new();
    for role in ["Owner", "Manager", "Reception", "Auditor"] {
        let mut visitor = house.signed_in(role).await;
        let mut pages = vec![
            ("list", "/patients".to_owned(), 3),
            ("list", "/patients?size=200".to_owned(), 3),
            ("list", "/patients?q=Anna&sort=-born".to_owned(), 3),
            ("list", "/patients?f.doctor=1".to_owned(), 3),
            ("list", "/patients?at=last".to_owned(), 3),
            ("list", "/visits?f.state=Booked&f.at.from=2026-01-01".to_owned(), 3),
            // Rows with links to many take one statement more for all of their links, however many rows there are.
            ("list", "/doctors".to_owned(), 3 + LINKS),
            ("list", "/patients?f.languages=1".to_owned(), 3 + LINKS),
            ("detail", format!("/patients/{billed}"), 3 + LINKS),
            ("detail", "/visits/1".to_owned(), 3),
        ];
        if role != "Auditor" {
            pages.push(("form", format!("/patients/{billed}/edit"), 3 + LINKS));
            pages.push(("form", "/visits/1/edit".to_owned(), 3));
            pages.push(("form", "/visits/new".to_owned(), 3));
        }
        if role != "Reception" {
            pages.push(("list", "/invoices".to_owned(), 3));
            pages.push(("detail", format!("/invoices/{invoice}"), 3));
        }
        for (what, path, most) in pages {
            let statements = cost(&house, &mut visitor, &path).await;
            if statements > most {
                dear.push(format!("{what} {path} as {role}: {statements} statements, at most {most}"));
            }
        }
    }
    assert!(dear.is_empty(), "{}", dear.join("\n"));
}

/// Of rows with links to many: those of all rows of a page.
const LINKS: u64 = 1;
/// Of a row with links to many: which of those that go its writer sees, those that it has, that it loses and that it
/// gets.
const CHANGED_LINKS: u64 = 4;
/// Who asks, and the row with what may be changed of it: read before a save starts.
const BEFORE: u64 = 2;
/// Within the transaction of a save.
const IN_ONE_TRANSACTION: u64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_save_keeps_to_its_number_of_statements() {
    let house = seeded().await;
    let mut manager = house.signed_in("Manager").await;
    for (path, more, changes) in [
        ("/patients/7/edit", LINKS + 1, &[("phone", "030 123456")][..]),
        ("/patients/7/edit", LINKS + 1, &[("phone", "030 123457"), ("notes", "Changed."), ("doctor", "2")]),
        ("/patients/7/edit", LINKS + CHANGED_LINKS + 1, &[("languages", "3"), ("doctor", "1")]),
        ("/visits/3/edit", 0, &[("state", "Missed"), ("doctor", "3")]),
        ("/patients/new", 0, &[("name", "Newly Made"), ("born", "1990-01-01"), ("doctor", "1")]),
    ] {
        let mut form = manager.form(path).await;
        for (name, value) in changes {
            form.set(name, value);
        }
        let before = house.store().statements();
        manager.submit(&form).await.expect(303);
        let statements = house.store().statements() - before;
        assert!(statements <= BEFORE + IN_ONE_TRANSACTION + more, "{path}: {statements} statements");
    }
    let requests = "SELECT count(DISTINCT request_id) - count(*) FROM bw_audit WHERE event LIKE 'row.%'";
    assert_eq!(house.number(requests, &[]).await, 0, "one event for each save");
}
