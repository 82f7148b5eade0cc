//! What a role may not read, it does not read anywhere. Marked words stand in the hidden fields; everything that the
//! reception can reach is fetched and none of it may hold them. The manager's crawl, which must find them, shows that
//! the crawl would.

use std::collections::{BTreeSet, VecDeque};

use bailiwick::typed::{Decimal, PersonId};
use bailiwick::value::Value;
use chrono::{Duration, NaiveDate};

use crate::clinic::{Invoice, InvoiceState, NewInvoice, NewPatient, NewVisit, Patient, PatientId, VisitState};
use crate::house::number;
use crate::house::{House, email};
use crate::visitor::{Answer, Visitor};

/// Stand in a patient's notes and in a visit's note, before and after an edit; no page holds them for another reason.
const MARKS: [&str; 3] = ["zebrafinch-quartz", "marzipan-obelisk", "velvet-thunderclap"];
const PAGES: usize = 600;

struct Marked {
    house: House,
    patient: i64,
    visit: i64,
    invoice: i64,
}

async fn marked() -> Marked {
    let house = House::open().await;
    let patient = NewPatient {
        name: "Paula Private".to_owned(),
        email: Some("paula@example.org".to_owned()),
        phone: None,
        born: NaiveDate::from_ymd_opt(1971, 7, 1).expect("a day"),
        doctor: house.doctors[0],
        languages: None,
        notes: Some(format!("Asked not to be told of: {}.", MARKS[0])),
    };
    let created = (Patient::CREATED_AT.field(), Value::Timestamp(house.now()));
    let patient = house.row::<NewPatient>(patient, &[created]).await.id;
    let visit = NewVisit {
        patient: PatientId(number(patient)),
        doctor: house.doctors[0],
        at: house.now() - Duration::days(1),
        state: Some(VisitState::Booked),
        note: Some(MARKS[1].to_owned()),
    };
    let visit = house.row::<NewVisit>(visit, &[]).await.id;
    let author = house.person_id(email("Manager")).await;
    let invoice = NewInvoice {
        patient: PatientId(number(patient)),
        amount: Decimal::new(100, 2),
        state: Some(InvoiceState::Draft),
    };
    let also = [
        (Invoice::AUTHOR.field(), bailiwick::typed::FieldType::into_value(PersonId(author))),
        (Invoice::CREATED_AT.field(), Value::Timestamp(house.now())),
    ];
    let invoice = house.row::<NewInvoice>(invoice, &also).await.id;
    // So that the audit log, too, holds what the reception must not read.
    let mut manager = house.signed_in("Manager").await;
    let mut form = manager.form(&format!("/patients/{patient}/edit")).await;
    form.set("notes", &format!("{} and {}", MARKS[0], MARKS[2]));
    manager.submit(&form).await.expect(303);
    Marked { house, patient: number(patient), visit: number(visit), invoice: number(invoice) }
}

fn marks_in(answer: &Answer) -> Vec<&'static str> {
    MARKS.into_iter().filter(|mark| answer.text.contains(mark)).collect()
}

/// Everything that can be reached by links, and the pages of these paths; gives the marks that were met, with where.
async fn crawl(visitor: &mut Visitor, more: &[String]) -> (usize, BTreeSet<(&'static str, String)>) {
    let mut known = BTreeSet::new();
    let mut waiting: VecDeque<String> = ["/".to_owned()].into_iter().chain(more.iter().cloned()).collect();
    let mut met = BTreeSet::new();
    while let Some(path) = waiting.pop_front() {
        if known.len() >= PAGES || !known.insert(path.clone()) {
            continue;
        }
        let answer = visitor.get(&path).await;
        met.extend(marks_in(&answer).into_iter().map(|mark| (mark, path.clone())));
        waiting.extend(answer.hrefs().into_iter().filter(|href| href.starts_with('/')));
        waiting.extend(answer.attributes("data-pick"));
    }
    (known.len(), met)
}

#[tokio::test]
async fn what_the_reception_may_not_read_is_on_no_page_of_theirs() {
    let Marked { house, patient, visit, invoice } = marked().await;
    let paths: Vec<String> = ["doctors", "patients", "visits", "invoices"]
        .into_iter()
        .flat_map(|slug| [1, patient, visit, invoice].map(|id| (slug, id)))
        .flat_map(|(slug, id)| ["", "/edit", "/delete"].map(|page| format!("/{slug}/{id}{page}")))
        .chain(
            [
                "/audit",
                "/policy",
                "/patients?q=zebra",
                "/patients?q=obelisk",
                "/visits?q=marzipan",
                "/patients?size=200",
            ]
            .map(str::to_owned),
        )
        .collect();
    let mut manager = house.signed_in("Manager").await;
    let (_, met) = crawl(&mut manager, &paths).await;
    let found: BTreeSet<&str> = met.iter().map(|(mark, _)| *mark).collect();
    assert_eq!(found, MARKS.into(), "the crawl finds what is there to be found: {met:?}");
    let mut reception = house.signed_in("Reception").await;
    let (pages, met) = crawl(&mut reception, &paths).await;
    assert!(met.is_empty(), "{met:?}");
    assert!(pages > 60, "{pages} pages: the crawl got somewhere");
}

#[tokio::test]
async fn a_hidden_field_answers_no_question() {
    let Marked { house, patient, visit, .. } = marked().await;
    let mut reception = house.signed_in("Reception").await;
    for path in [
        "/patients?f.notes=zebra",
        "/patients?f.notes.from=a",
        "/patients?f.notes.null=1",
        "/patients?find.notes=zebra",
        "/patients?sort=notes",
        "/patients?sort=-notes",
        "/visits?f.note.null=1",
        "/visits?sort=note",
        // Not hers either: the view of patients does not name it.
        "/patients?f.created_at.from=2026-11-21",
        "/patients?sort=created_at",
    ] {
        let answer = reception.get(path).await.expect(400);
        assert!(answer.words().contains("This list"), "{path}: {}", answer.words());
    }
    // The same words as for a field that does not exist: the answer does not tell that there is one.
    let hidden = reception.get("/patients?f.notes=x").await.words();
    assert_eq!(hidden, reception.get("/patients?f.shoe_size=x").await.words());
    let found = reception.get("/patients?q=zebrafinch").await.expect(200);
    assert!(!found.text.contains("Paula"), "search looked into the notes");
    assert!(reception.get("/patients?q=Paula").await.text.contains("Paula"), "and would have found her");
    reception.get("/patients/pick/notes").await.expect(403);
    let page = reception.get(&format!("/patients/{patient}")).await.expect(200);
    assert!(!page.words().contains("Notes"), "not even that there is such a field");
    let page = reception.get(&format!("/visits/{visit}/edit")).await.expect(200);
    assert!(!page.text.contains("name=\"note\""));
}

#[tokio::test]
async fn a_late_save_shows_nothing_hidden() {
    let Marked { house, patient, .. } = marked().await;
    let mut reception = house.signed_in("Reception").await;
    let mut manager = house.signed_in("Manager").await;
    let path = format!("/patients/{patient}/edit");
    let mut late = reception.form(&path).await;
    let mut form = manager.form(&path).await;
    form.set("notes", &format!("{} again", MARKS[2])).set("phone", "+49 30 11 22 33");
    manager.submit(&form).await.expect(303);
    late.set("phone", "+49 30 99 88 77");
    let refused = reception.submit(&late).await.expect(409);
    assert!(marks_in(&refused).is_empty() && !refused.words().contains("Notes"));
    assert!(refused.text.contains("+49 30 11 22 33") && refused.text.contains("+49 30 99 88 77"));
}

#[tokio::test]
async fn a_field_that_is_not_offered_refuses_the_whole_form() {
    let Marked { house, patient, invoice, .. } = marked().await;
    let refusals = "SELECT count(*) FROM bw_audit WHERE event = 'form.refused' AND row_id = $1";
    let mut reception = house.signed_in("Reception").await;
    let path = format!("/patients/{patient}/edit");
    for (name, value) in [
        ("notes", "overwritten"),
        ("was.notes", "x"),
        ("name", "Renamed"),
        ("id", "7"),
        ("version", "9"),
        ("bw.role", "Owner"),
    ] {
        let before = house.number(refusals, &[patient]).await;
        let mut form = reception.form(&path).await;
        form.set("phone", "+49 30 66 77 88").force(name, value);
        let refused = reception.submit(&form).await.expect(422);
        assert!(refused.words().contains("not open to you"), "{}", refused.words());
        assert_eq!(house.number(refusals, &[patient]).await, before + 1, "{name}: recorded");
    }
    let phone = "SELECT coalesce(phone, 'none') FROM patient WHERE id = $1";
    assert_eq!(house.text(phone, patient).await, "none", "nothing of such a form is saved");
    assert!(house.text("SELECT notes FROM patient WHERE id = $1", patient).await.starts_with(MARKS[0]));

    // Read-only for everybody, whoever asks: only the action may write it.
    for role in ["Owner", "Manager"] {
        let mut visitor = house.signed_in(role).await;
        let mut form = visitor.form(&format!("/invoices/{invoice}/edit")).await;
        assert!(!form.offers("state") && !form.offers("author"));
        visitor.submit(form.clone().force("state", "Paid")).await.expect(422);
        visitor.submit(form.set("amount", "2.00").force("author", "1")).await.expect(422);
        let mut new = visitor.form("/invoices/new").await;
        new.set("patient", &patient.to_string()).set("amount", "1.00").force("state", "Paid");
        visitor.submit(&new).await.expect(422);
    }
    assert_eq!(house.text("SELECT state FROM invoice WHERE id = $1", invoice).await, "Draft");
    assert_eq!(house.number("SELECT count(*) FROM invoice", &[]).await, 1);
    assert_eq!(house.number("SELECT version FROM invoice WHERE id = $1", &[invoice]).await, 1);
}
