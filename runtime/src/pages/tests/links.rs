//! Links to many rows on the pages: shown, filled in with and without a script, kept through a faulty and a late form,
//! found by, and told in the history, to each as far as they see where the links lead.

use http::StatusCode;

use super::{Clinic, html, refused};
use crate::audit::EntryQuery;
use crate::authorize::Actor;
use crate::panel::Verb;
use crate::store::{GetQuery, Parents, Updated};
use crate::testing::context;
use crate::testing::links::{CARD, LINKED, TAG, card, of, over, tag, two_cards};
use crate::trail::{Reader, Seen};
use crate::value::Value;

async fn opened() -> (Clinic, [i64; 3], [i64; 2]) {
    let clinic = Clinic::of(&LINKED).await;
    let (tags, cards) = two_cards(&clinic.app.store).await;
    (clinic, tags, cards)
}

impl Clinic {
    /// All links of a card, and its version.
    async fn linked(&self, id: i64) -> (Vec<i64>, i64) {
        let terms = over(&of("Owner"), Verb::View, CARD);
        let query = GetQuery { terms: &terms, id: id.into(), columns: terms.fields_somewhere(), labels: &[] };
        let found = self.app.store.get(&query).await.expect("an answer").expect("the card");
        (found.row.get(card::TAGS).expect("links").linked().to_vec(), found.row.version)
    }

    /// Links a card by somebody's hand.
    async fn link(&self, who: &Actor, id: i64, to: &[i64]) {
        let mut write = self.app.store.write(context(who)).await.expect("a transaction");
        let (edit, parents) = (over(who, Verb::Edit, CARD), Parents::Within { views: &[], people: false });
        let values = vec![(card::TAGS, Value::Links(to.to_vec()))];
        let updated = write.update(&edit, id.into(), None, values, parents).await.expect("an update");
        let Updated::Changed(_, recorded) = updated else { panic!("it differs") };
        write.commit(recorded).await.expect("a commit");
    }
}

#[tokio::test]
async fn a_list_and_a_row_show_the_labels_that_one_sees_with_one_statement_more() {
    let (clinic, [urgent, ..], [anna, _]) = opened().await;
    let (owner, desk, porter) = (of("Owner"), of("Desk"), of("Porter"));
    clinic.page(&porter, "/cards").await;
    let before = clinic.app.store.statements();
    let page = clinic.page(&owner, "/cards").await;
    assert_eq!(clinic.app.store.statements() - before, 2, "the rows, and their links");
    assert!(page.contains("Allergic, Hidden, Urgent"));
    assert!(clinic.page(&desk, "/cards").await.contains("Allergic, Urgent"));
    let page = clinic.page(&porter, "/cards").await;
    assert!(page.contains("Anna") && !page.contains("Allergic") && !page.contains("not visible"));

    let path = format!("/cards/{anna}");
    let before = clinic.app.store.statements();
    let page = clinic.page(&owner, &path).await;
    assert_eq!(clinic.app.store.statements() - before, 2);
    assert!(page.contains(&format!("href=\"/tags/{urgent}\"")) && page.contains("Hidden"));
    assert!(!clinic.page(&desk, &path).await.contains("Hidden"));
}

#[tokio::test]
async fn a_list_is_found_by_a_link_and_by_none() {
    let (clinic, [urgent, _, hidden], _) = opened().await;
    let (owner, desk) = (of("Owner"), of("Desk"));
    let page = clinic.page(&owner, &format!("/cards?f.tags={urgent}")).await;
    assert!(page.contains("Anna") && !page.contains("Bert") && page.contains("Urgent</"), "the chip says which");
    let page = clinic.page(&owner, &format!("/cards?f.tags={hidden}&f.tags={urgent}")).await;
    assert!(page.contains("Anna") && !page.contains("Bert"));
    assert!(!clinic.page(&desk, &format!("/cards?f.tags={hidden}")).await.contains("Anna"));
    let page = clinic.page(&owner, "/cards?f.tags.null=1").await;
    assert!(page.contains("Bert") && !page.contains("Anna"));
    assert!(clinic.page(&of("Porter"), "/cards?f.tags.null=1").await.contains("Anna"), "none that they see");
    for wrong in ["f.tags=x", "f.tags.from=1", "f.tags.to=3", "sort=tags"] {
        let status = refused(clinic.get(&owner, &format!("/cards?{wrong}")).await);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_form_ticks_what_is_linked_adds_without_a_script_and_loses_nothing() {
    let (clinic, [urgent, allergic, hidden], [anna, bert]) = opened().await;
    let desk = of("Desk");
    let path = format!("/cards/{anna}/edit");
    let page = clinic.page(&desk, &path).await;
    let ticked = |id: i64| format!("name=\"tags\" value=\"{id}\" checked");
    assert!(page.contains(&ticked(urgent)) && page.contains(&ticked(allergic)) && !page.contains(&ticked(hidden)));
    assert!(page.contains(&format!("name=\"was.tags\" value=\"{urgent},{allergic}\"")) && !page.contains("Hidden"));

    // Asked for one more: nothing is saved, and all that was chosen stands there.
    let path = format!("/cards/{bert}/edit");
    let asked = format!("title=Berta&tags=&tags={urgent}&tags={allergic}&was.tags=&bw.version=1&bw.find=tags");
    let page = html(&clinic.post(&desk, &path, &asked).await.expect("a form"));
    assert!(page.contains(&ticked(urgent)) && page.contains(&ticked(allergic)) && page.contains("Berta"));
    assert_eq!(clinic.linked(bert).await, (Vec::new(), 1));
    // A faulty field does the same.
    let faulty = format!("title=&tags=&tags={urgent}&was.tags=&bw.version=1");
    let answer = clinic.post(&desk, &path, &faulty).await.expect("a form");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html(&answer).contains(&ticked(urgent)));
    let wrong = format!("tags=&tags={urgent}&tags={hidden}&was.tags=&bw.version=1");
    let answer = clinic.post(&desk, &path, &wrong).await.expect("a form");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = html(&answer);
    assert!(
        page.contains("What this points at is gone, or not open to you.")
            && page.contains("another one")
            && !page.contains("Hidden")
    );
    assert_eq!(clinic.linked(bert).await, (Vec::new(), 1));

    let saved = format!("tags=&tags={allergic}&tags={urgent}&was.tags=&bw.version=1");
    assert_eq!(clinic.post(&desk, &path, &saved).await.expect("saved").status, StatusCode::SEE_OTHER);
    assert_eq!(clinic.linked(bert).await, (vec![urgent, allergic], 2));
    // All taken out, as far as one sees them: an empty control says that the field was there.
    let none = format!("tags=&was.tags={urgent},{allergic}&bw.version=1");
    clinic.post(&desk, &format!("/cards/{anna}/edit"), &none).await.expect("saved");
    assert_eq!(clinic.linked(anna).await, (vec![hidden], 2));
    // A form without the field leaves it alone.
    clinic.post(&desk, &path, "title=Bertram&bw.version=2").await.expect("saved");
    assert_eq!(clinic.linked(bert).await, (vec![urgent, allergic], 3));
    let new = format!("title=Cleo&tags=&tags={urgent}");
    let made = clinic.post(&desk, "/cards/new", &new).await.expect("made");
    assert_eq!((made.status, clinic.linked(bert + 1).await), (StatusCode::SEE_OTHER, (vec![urgent], 1)));
    assert!(clinic.page(&desk, &format!("/cards/new?tags={allergic}")).await.contains(&ticked(allergic)));
}

#[tokio::test]
async fn a_late_form_shows_all_three_versions_of_the_links() {
    let (clinic, [urgent, allergic, _], [anna, _]) = opened().await;
    let desk = of("Desk");
    clinic.link(&of("Owner"), anna, &[allergic]).await;
    let late = format!("tags=&tags={urgent}&was.tags={urgent},{allergic}&bw.version=1");
    let answer = clinic.post(&desk, &format!("/cards/{anna}/edit"), &late).await.expect("a form");
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let page = html(&answer);
    for cell in [
        "\"When you opened it\">Urgent, Allergic<",
        "\"Saved meanwhile\">Allergic<",
        "\"Yours\">Urgent<",
        "yours; both changed it",
    ] {
        assert!(page.contains(cell), "{cell} in {page}");
    }
    assert!(!page.contains("Hidden"));
    assert_eq!(clinic.linked(anna).await.0, [allergic]);
}

/// Lets the desk see a tag, by the owner's hand.
async fn show(clinic: &Clinic, id: i64) {
    let owner = of("Owner");
    let mut write = clinic.app.store.write(context(&owner)).await.expect("a transaction");
    let shown = vec![(tag::DESK, Value::Bool(true))];
    let updated = write.update(&over(&owner, Verb::Edit, TAG), id.into(), None, shown, Parents::AnyThatExists).await;
    let Updated::Changed(_, recorded) = updated.expect("an update") else { panic!("it differs") };
    write.commit(recorded).await.expect("a commit");
}

#[tokio::test]
async fn a_link_that_shows_once_the_form_is_open_is_not_taken_away_by_it() {
    let desk = of("Desk");
    // Untouched; another taken out; another put in again; and the one that shows by now, chosen by whoever knows it.
    let cases = [("0,1", "0,1", "0,1,2"), ("0,1", "1", "1,2"), ("0", "0,1", "0,1,2"), ("0,1", "0,1,2", "0,1,2")];
    for (was, form, after) in cases {
        let (clinic, tags, [anna, _]) = opened().await;
        show(&clinic, tags[2]).await;
        let ids =
            |of: &str| of.split(',').map(|place| tags[place.parse::<usize>().expect("a place")]).collect::<Vec<_>>();
        let posted = ids(form).iter().map(|id| format!("&tags={id}")).collect::<Vec<_>>().concat();
        let was = ids(was).iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let form = format!("tags={posted}&was.tags={was}&title=Annabel&was.title=Anna&bw.version=1");
        let answer = clinic.post(&desk, &format!("/cards/{anna}/edit"), &form).await.expect("saved");
        assert_eq!((answer.status, clinic.linked(anna).await), (StatusCode::SEE_OTHER, (ids(after), 2)), "{form}");
    }
    // A form of so many links that their text is long tells them apart as well.
    let (clinic, tags, [anna, _]) = opened().await;
    show(&clinic, tags[2]).await;
    let long = (1_000..1_400).map(|id| format!(",{id}")).collect::<Vec<_>>().concat();
    let form = format!("tags=&tags={}&was.tags={},{}{long}&bw.version=1", tags[0], tags[0], tags[1]);
    clinic.post(&desk, &format!("/cards/{anna}/edit"), &form).await.expect("saved");
    assert_eq!(clinic.linked(anna).await.0, [tags[0], tags[2]]);
    assert_eq!(crate::form::mark(&LINKED.models[CARD].fields[card::TAGS], &long), long, "and it is kept whole");
    // The control: one that showed when the form was opened can be taken out.
    let form = format!("tags=&tags={}&was.tags={},{}&bw.version=2", tags[0], tags[0], tags[2]);
    clinic.post(&desk, &format!("/cards/{anna}/edit"), &form).await.expect("saved");
    assert_eq!(clinic.linked(anna).await.0, [tags[0]]);
}

#[tokio::test]
async fn the_history_tells_links_by_name_and_an_earlier_version_comes_back_as_far_as_one_sees_it() {
    let (clinic, [urgent, allergic, hidden], [_, bert]) = opened().await;
    let (owner, desk) = (of("Owner"), of("Desk"));
    clinic.link(&owner, bert, &[urgent, hidden]).await;
    let entry = clinic.app.store.ask_for_test("SELECT CAST(max(seq) AS TEXT) FROM bw_audit").await;
    clinic.link(&owner, bert, &[urgent]).await;
    clinic.link(&owner, bert, &[allergic, hidden]).await;
    let path = format!("/cards/{bert}/history");
    let page = clinic.page(&owner, &path).await;
    assert!(page.contains("Hidden, Urgent") && page.contains("Allergic, Hidden") && page.contains("Version 3"));
    let page = clinic.page(&desk, &path).await;
    assert!(page.contains("Urgent") && page.contains("Allergic") && !page.contains("Hidden"));
    assert!(!page.contains("Version 3"), "a change of which they see nothing");

    let restore = format!("/cards/{bert}/restore/{entry}");
    let page = clinic.page(&desk, &restore).await;
    assert!(page.contains("Urgent") && !page.contains("Hidden"));
    clinic.post(&desk, &restore, "bw.version=4").await.expect("restored");
    assert_eq!(clinic.linked(bert).await, (vec![urgent, hidden], 5), "theirs is as it was, the other as it is");
    let page = clinic.page(&desk, &restore).await;
    assert!(!page.contains("<button class=\"btn primary\""), "nothing differs that they see");
}

#[tokio::test]
async fn the_picker_offers_what_may_be_linked() {
    let (clinic, ..) = opened().await;
    let options = |answer: crate::response::Response| html(&answer);
    let found = options(clinic.get(&of("Desk"), "/cards/pick/tags").await.expect("candidates"));
    assert!(found.contains("Urgent") && found.contains("Allergic") && !found.contains("Hidden"));
    let found = options(clinic.get(&of("Owner"), "/cards/pick/tags?q=hid").await.expect("candidates"));
    assert!(found.contains("Hidden") && !found.contains("Urgent"));
    assert_eq!(refused(clinic.get(&of("Porter"), "/cards/pick/tags").await), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_log_tells_links_to_who_sees_all_that_they_may_lead_to() {
    let (clinic, [urgent, ..], [anna, _]) = opened().await;
    clinic.link(&of("Owner"), anna, &[urgent]).await;
    let query = EntryQuery { size: 1, ..EntryQuery::default() };
    let entry = clinic.app.store.entries(&query).await.expect("an answer").entries.remove(0);
    for (role, reads) in [("Owner", true), ("Desk", false), ("Porter", false)] {
        let told = Reader::of(&LINKED, &of(role)).told(&Seen::default(), &entry);
        let told: Vec<(&str, bool)> = told.iter().map(|one| (one.change.field.as_str(), one.readable)).collect();
        assert_eq!(told, [("tags", reads)], "{role}");
    }
}
