//! What a program changes goes the way of a form: the same rights, readers, checks and versions, recorded with the token.

use http::Method;

use super::{ANNA, DESK, OWNER, Program, clinic, make, of};
use crate::audit::{EntryQuery, EventId, TOKEN};
use crate::key::RowKey;
use crate::panel::{Panel, Sensitivity};
use crate::testing::{actor, links};
use crate::trail::{Reader, Seen};

#[tokio::test]
async fn a_row_is_made_changed_and_read_and_its_entries_name_the_token() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let body = format!(
        "{{\"name\":\"Kai \\\"K\\\" Moe\",\"born\":\"1990-05-06\",\"doctor\":{},\"pin\":\"4711\"}}",
        clinic.berg
    );
    let made = owner.post("/api/patients", &body).await;
    let row = made.is(201);
    assert_eq!(row["name"], "Kai \"K\" Moe");
    assert!(!made.text.contains("4711"), "a secret is never read");
    let path = made.location().to_owned();
    assert_eq!(path, format!("/api/patients/{}", row["id"]));
    let changed = owner.patch(&path, "{\"email\":\"Kai@Example.ORG\",\"version\":\"1\"}").await;
    let row = changed.is(200);
    assert_eq!((row["email"].as_str(), row["version"].as_str()), (Some("kai@example.org"), Some("2")));
    assert_eq!((row["name"].as_str(), changed.header("etag")), (Some("Kai \"K\" Moe"), "\"2\""));
    // The same again changes nothing.
    let same = owner.clone().with("if-match", "\"2\"").patch(&path, "{\"email\":\"kai@example.org\"}").await.is(200);
    assert_eq!(same["version"], "2");
    assert_eq!(owner.get(&path).await.is(200), same);

    let id = row["id"].as_i64();
    let query = EntryQuery { model: Some("Patient"), row: id.map(RowKey::Number), size: 9, ..EntryQuery::default() };
    let entries = clinic.house.app().store.entries(&query).await.unwrap().entries;
    assert_eq!(entries.len(), 2);
    for (entry, answer) in entries.iter().zip([&changed, &made]) {
        let by = entry.actor.as_ref().unwrap();
        assert_eq!((by.email.as_str(), by.session), (OWNER, None));
        assert_eq!(entry.origin.request.to_string(), answer.header("x-request-id"));
        assert_eq!(entry.origin.address.as_deref(), Some("198.51.100.7"));
        let fact = entry.changes.iter().find(|change| change.field == TOKEN).unwrap();
        assert!(fact.after.as_deref().is_some_and(|text| text.ends_with(" Nightly")), "{:?}", fact.after);
        assert_eq!(fact.label, Sensitivity::Personal);
        // Whoever reads the log is told, whatever they may see of the row.
        let told = Reader::of(clinic.house.app().panel, &actor("Reception", None)).told(&Seen::default(), entry);
        assert!(told.iter().any(|told| told.change.field == TOKEN && told.readable));
    }
    assert!(matches!(
        clinic.house.app().store.verify_audit().await.unwrap(),
        crate::audit::chain::Verified::Whole { .. }
    ));
}

#[tokio::test]
async fn what_one_may_not_write_is_named_and_nothing_is_saved() {
    let clinic = clinic().await;
    let desk = clinic.program(DESK).await;
    let new = |more: &str| format!("{{\"name\":\"Kai\",\"born\":\"1990-05-06\",\"doctor\":{},{more}}}", clinic.berg);
    let no = "This is no field that you may write here.";
    for name in ["notes", "nonsense", "id", "created_at", "pin", "bw.version", "was.name"] {
        let answer = desk.post("/api/patients", &new(&format!("\"{name}\":\"x\""))).await.is(422);
        assert_eq!(answer["errors"], serde_json::json!({ name: no }), "hidden, unknown and read-only look alike");
    }
    let row = format!("/api/patients/{}", clinic.of_berg);
    let answer = desk.patch(&row, "{\"name\":\"Other\",\"version\":\"1\"}").await.is(422);
    assert_eq!(answer["errors"]["name"], no, "they may change the address of mail alone");
    let query = EntryQuery { event: Some(EventId::FormRefused), size: 20, ..EntryQuery::default() };
    assert_eq!(clinic.house.app().store.entries(&query).await.unwrap().entries.len(), 8);
    // A verb that they do not hold.
    let answer = desk.send(Method::DELETE, &format!("{row}?version=1"), "").await.is(403);
    assert!(answer["detail"].as_str().unwrap().contains("may not delete Patients"), "{answer}");
    desk.post("/api/doctors", "{\"name\":\"x\"}").await.is(403);
    let query = EntryQuery { event: Some(EventId::RightRefused), size: 20, ..EntryQuery::default() };
    assert_eq!(clinic.house.app().store.entries(&query).await.unwrap().entries.len(), 2);
    // Out of one's rows: as if it were not there; and what one makes has to lie within them.
    let anna = clinic.program(ANNA).await;
    anna.patch(&format!("/api/patients/{}", clinic.of_adams), "{\"email\":\"a@b.example\",\"version\":\"1\"}")
        .await
        .is(404);
    let outside =
        new("\"notes\":\"x\"").replace(&format!("\"doctor\":{}", clinic.berg), &format!("\"doctor\":{}", clinic.adams));
    anna.post("/api/patients", &outside).await.is(403);
    // The control: what is within them goes in, with the field that is not open to the desk.
    anna.post("/api/patients", &new("\"notes\":\"x\"")).await.is(201);
}

#[tokio::test]
async fn faults_come_back_at_their_fields() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let answer = owner.post("/api/patients", "{\"name\":\"\",\"born\":\"3000-01-01\",\"doctor\":\"1\"}").await.is(422);
    let errors = answer["errors"].as_object().unwrap();
    assert_eq!(errors.keys().collect::<Vec<_>>(), ["doctor", "name", "born"], "{answer}");
    assert_eq!(errors["doctor"], "This must be a whole number.");
    let answer = owner.post("/api/patients", "{}").await.is(422);
    assert_eq!(answer["errors"]["name"], "This is needed.");
    // A key to a row that is not there; a value that somebody has.
    let new = |doctor: i64, email: &str| {
        format!("{{\"name\":\"Kai\",\"born\":\"1990-05-06\",\"doctor\":{doctor},\"email\":\"{email}\"}}")
    };
    let answer = owner.post("/api/patients", &new(4_711, "kai@example.org")).await.is(422);
    assert!(answer["errors"]["doctor"].is_string(), "{answer}");
    owner.post("/api/patients", &new(clinic.berg, "kai@example.org")).await.is(201);
    let answer = owner.post("/api/patients", &new(clinic.berg, "KAI@example.org")).await.is(422);
    assert!(answer["errors"]["email"].is_string(), "{answer}");
    // A check over the row as a whole.
    let visit = format!("{{\"patient\":{},\"at\":\"2027-01-01T00:00:00Z\",\"state\":\"Done\"}}", clinic.of_berg);
    let answer = owner.post("/api/visits", &visit).await.is(422);
    assert_eq!(answer["detail"], "a visit in the future is not done");
    let count = "SELECT count(*) FROM patients";
    assert_eq!(clinic.house.app().store.ask_for_test(count).await, "3");
}

#[tokio::test]
async fn a_late_change_is_told_with_all_three_sides_and_saves_nothing() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let row = format!("/api/patients/{}", clinic.of_berg);
    owner.patch(&row, "{\"name\":\"Other\"}").await.is(428);
    for (version, status) in [("\"*\"", 400), ("\"01\"", 400), ("1", 400), ("\"1\"", 400)] {
        // The last: the header and the body name different ones.
        let body = "{\"name\":\"Ida\",\"version\":\"2\"}";
        owner.clone().with("if-match", version).patch(&row, body).await.is(status);
    }
    owner.patch(&row, "{\"name\":\"Ida H.\",\"email\":\"ida@example.org\",\"version\":\"1\"}").await.is(200);
    let late = owner.patch(&row, "{\"name\":\"Ida Holm-Lund\",\"version\":\"1\"}").await.is(409);
    assert_eq!(late["version"], "2");
    let sides = serde_json::json!({
        "name": { "yours": "Ida Holm-Lund", "theirs": "Ida H.", "base": "Ida Holm" },
        "email": { "theirs": "ida@example.org", "base": null },
    });
    assert_eq!(late["fields"], sides);
    assert_eq!(owner.get(&row).await.is(200)["name"], "Ida H.");
    // Who does not see a field hears nothing of it.
    owner.patch(&row, "{\"notes\":\"cats\",\"version\":\"2\"}").await.is(200);
    let desk = clinic.program(DESK).await;
    let late = desk.patch(&row, "{\"email\":\"other@example.org\",\"version\":\"2\"}").await;
    assert!(!late.text.contains("notes") && !late.text.contains("cats"), "{}", late.text);
    assert_eq!(late.is(409)["fields"]["email"]["yours"], "other@example.org");
}

/// The log knows all links that a row had: who does not see where some of them led hears of none of these.
#[tokio::test]
async fn a_late_change_tells_of_no_link_that_its_reader_may_not_see() {
    static LINKED: Panel = Panel { throttles: super::PARTS.throttles, ..links::AS_IT_IS };
    let house = of(&LINKED).await;
    let ([urgent, allergic, hidden], [card, bare]) = links::two_cards(&house.app().store).await;
    let mut programs = Vec::new();
    for (email, role) in [(OWNER, "Owner"), (DESK, "Desk"), (ANNA, "Porter")] {
        house.person(email, role).await;
        let mut browser = house.signed_in(email).await;
        programs.push(Program::of(&house, Some(make(&mut browser, "write").await)));
    }
    let [owner, desk, porter] = &programs[..] else { panic!("three") };
    let row = format!("/api/cards/{card}");
    let late = |version: u32| format!("{{\"title\":\"Ann\",\"version\":\"{version}\"}}");
    owner.patch(&row, &format!("{{\"tags\":[{urgent}],\"version\":\"1\"}}")).await.is(200);
    let told = desk.patch(&row, &late(1)).await.is(409);
    let seen = serde_json::json!({ "theirs": [urgent], "base": [urgent, allergic] });
    assert_eq!(told["fields"]["tags"], seen);
    let told = porter.patch(&row, &late(1)).await.is(409);
    assert!(told["fields"].get("tags").is_none(), "{told}");
    // The control: whoever sees them all is told of all.
    let told = owner.patch(&row, &late(1)).await.is(409);
    assert_eq!(told["fields"]["tags"]["base"], serde_json::json!([urgent, allergic, hidden]));
    // Nor can they ask by one of these, or write it; and those that they don't see stay when they write the others.
    let asked = desk.get(&format!("/api/cards?f.tags={hidden}")).await;
    assert!(asked.status == 400 || asked.json()["count"]["exact"] == 0, "{}", asked.text);
    owner.patch(&row, &format!("{{\"tags\":[{urgent},{hidden}],\"version\":\"2\"}}")).await.is(200);
    let asked = desk.get(&format!("/api/cards?f.tags={hidden}")).await;
    assert!(asked.status == 400 || asked.json()["count"]["exact"] == 0, "{}", asked.text);
    // Whether the row has it or not, and the same words: else they could find out which it has.
    let named = format!("{{\"tags\":[{urgent},{hidden}],\"version\":\"3\"}}");
    let of_this = desk.patch(&row, &named).await;
    let other = format!("/api/cards/{bare}");
    let of_another = desk.patch(&other, &named.replace("\"3\"", "\"1\"")).await;
    assert_eq!((of_this.status.as_u16(), &of_this.text), (422, &of_another.text));
    desk.patch(&row, "{\"tags\":[],\"version\":\"3\"}").await.is(200);
    assert_eq!(owner.get(&row).await.is(200)["tags"], serde_json::json!([hidden]));
    owner.patch(&row, &format!("{{\"tags\":[{urgent}],\"version\":\"4\"}}")).await.is(200);
    // Nor do they hear that one of these came.
    owner.patch(&row, &format!("{{\"tags\":[{urgent},{hidden}],\"version\":\"5\"}}")).await.is(200);
    let told = desk.patch(&row, &late(5)).await.is(409);
    assert!(told["fields"].get("tags").is_none(), "{told}");
}

#[tokio::test]
async fn a_delete_says_what_goes_along_and_what_is_in_the_way() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let delete = async |path: String| owner.send(Method::DELETE, &path, "").await;
    let held = format!("/api/patients/{}", clinic.of_adams);
    delete(held.clone()).await.is(428);
    let answer = delete(format!("{held}?version=1")).await.is(409);
    assert_eq!(answer["held_by"], serde_json::json!({ "invoices": 1 }));
    let goes = format!("/api/patients/{}", clinic.of_berg);
    let answer = delete(format!("{goes}?version=1")).await.is(409);
    assert_eq!((answer["goes_along"]["visits"].as_u64(), answer["along"].as_u64()), (Some(1), Some(1)));
    for query in ["version=1&along=2", "version=2&along=1"] {
        delete(format!("{goes}?{query}")).await.is(409);
    }
    delete(format!("{goes}?version=1&sure=1")).await.is(400);
    assert_eq!(delete(format!("{goes}?version=1&along=1")).await.is(204), serde_json::Value::Null);
    owner.get(&goes).await.is(404);
    assert_eq!(clinic.house.app().store.ask_for_test("SELECT count(*) FROM visits").await, "0");
    let query = EntryQuery { event: Some(EventId::RowDeleted), size: 9, ..EntryQuery::default() };
    let entries = clinic.house.app().store.entries(&query).await.unwrap().entries;
    assert!(entries.len() == 2 && entries.iter().all(|entry| entry.changes.iter().any(|one| one.field == TOKEN)));
    owner.clone().with("if-match", "\"1\"").send(Method::DELETE, &held, "").await.is(409);
}

#[tokio::test]
async fn an_action_runs_with_the_right_and_at_the_version_that_was_seen() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let path = format!("/api/invoices/{}/approve", clinic.invoice);
    owner.post(&path, "{\"version\":\"7\"}").await.is(409);
    owner.post(&path, "{\"amount\":1}").await.is(400);
    owner.post(&format!("/api/invoices/{}/pay", clinic.invoice), "").await.is(404);
    assert_eq!(owner.post(&path, "").await.is(200)["message"], "Approved.");
    clinic.program(ANNA).await.post(&path, "").await.is(403);
    let query = EntryQuery { event: Some(EventId::RowActed), size: 9, ..EntryQuery::default() };
    assert_eq!(clinic.house.app().store.entries(&query).await.unwrap().entries.len(), 1);
}
