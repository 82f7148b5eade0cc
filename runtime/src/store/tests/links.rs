//! Links to many rows: what whoever asks sees of them, what a save makes of those that they do not see, and what
//! becomes of links when a row goes.

use crate::audit::{EntryQuery, EventId};
use crate::authorize::{Actor, authorize};
use crate::condition::Condition;
use crate::error::Error;
use crate::panel::{Field, FieldSet, Kind, Links, Model, Panel, Verb};
use crate::store::{GetQuery, ListQuery, Parents, Store, Updated};
use crate::testing::links::{
    AS_IT_IS, CARD, CARDS, LINKED, TAG, TAGS, WITHOUT_TAGS, card, of, over, rows, tag, two_cards,
};
use crate::testing::{self, DOCTORS, INVOICES, PATIENTS, SAMPLES, VISITS, context, place, text};
use crate::value::Value;

async fn seen(store: &Store, who: &Actor, id: i64) -> (Value, Vec<String>, i64) {
    let terms = over(who, Verb::View, CARD);
    let query = GetQuery { terms: &terms, id: id.into(), columns: FieldSet::ALL, labels: &[] };
    let found = store.get(&query).await.unwrap().unwrap();
    let labels = found.linked(card::TAGS).iter().map(|one| one.label.clone()).collect();
    (found.row.get(card::TAGS).cloned().unwrap(), labels, found.row.version)
}

async fn save(store: &Store, who: &Actor, id: i64, version: i64, to: &[i64]) -> Result<bool, Error> {
    let mut write = store.write(context(who)).await?;
    let parents = Parents::Within { views: &[], people: false };
    let values = vec![(card::TAGS, Value::Links(to.to_vec()))];
    match write.update(&over(who, Verb::Edit, CARD), id.into(), Some(version), values, parents).await? {
        Updated::Changed(_, recorded) => write.commit(recorded).await.map(|()| true),
        Updated::Unchanged(_) => Ok(false),
    }
}

async fn listed(store: &Store, who: &Actor, filter: Condition) -> Vec<i64> {
    let terms = over(who, Verb::View, CARD);
    let query = ListQuery { columns: FieldSet::NONE.with(card::TITLE), filter, ..testing::all(&terms) };
    store.list(&query).await.unwrap().rows.iter().map(|one| crate::testing::number(one.row.id)).collect()
}

fn leads(to: Option<Vec<i64>>) -> Condition {
    Condition::Linked { field: card::TAGS, to, among: None }
}

#[tokio::test]
async fn each_sees_the_links_whose_labels_they_may_view_in_the_order_of_those() {
    let (_directory, store) = testing::store_of(&LINKED).await;
    let ([urgent, allergic, hidden], [anna, bert]) = two_cards(&store).await;
    let (owner, desk, porter) = (of("Owner"), of("Desk"), of("Porter"));
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        seen(&store, &owner, anna).await,
        (Value::links(vec![urgent, allergic, hidden]), names(&["Allergic", "Hidden", "Urgent"]), 1)
    );
    assert_eq!(
        seen(&store, &desk, anna).await,
        (Value::links(vec![urgent, allergic]), names(&["Allergic", "Urgent"]), 1)
    );
    assert_eq!(seen(&store, &porter, anna).await, (Value::Links(Vec::new()), Vec::new(), 1));
    assert_eq!(seen(&store, &owner, bert).await, (Value::Links(Vec::new()), Vec::new(), 1));
}

#[tokio::test]
async fn a_save_replaces_what_its_writer_sees_and_loses_nothing_else() {
    let (_directory, store) = testing::store_of(&LINKED).await;
    let ([urgent, allergic, hidden], [anna, _]) = two_cards(&store).await;
    let (owner, desk, porter) = (of("Owner"), of("Desk"), of("Porter"));
    assert!(save(&store, &desk, anna, 1, &[urgent]).await.unwrap());
    assert_eq!(seen(&store, &owner, anna).await.0, Value::links(vec![urgent, hidden]));
    assert!(!save(&store, &desk, anna, 2, &[urgent]).await.unwrap(), "nothing that they see differs");
    assert!(!save(&store, &porter, anna, 2, &[]).await.unwrap(), "who sees none takes none away");
    // What they may not see they may not link, whether it is there or not.
    // (accepted there and refused elsewhere, it would tell which rows it is linked to).
    for to in [vec![urgent, hidden + 1], vec![urgent, 99], vec![urgent, hidden], vec![hidden]] {
        let refused = save(&store, &desk, anna, 2, &to).await;
        assert!(matches!(&refused, Err(Error::Fields(faults)) if faults[0].field == card::TAGS), "{refused:?}");
    }
    let refused = save(&store, &porter, anna, 2, &[allergic]).await;
    assert!(matches!(refused, Err(Error::Fields(_))), "{refused:?}");
    assert!(matches!(save(&store, &desk, anna, 1, &[]).await, Err(Error::Stale(_))), "links raise the version");
    assert!(save(&store, &owner, anna, 2, &[]).await.unwrap());
    assert_eq!(seen(&store, &owner, anna).await.0, Value::Links(Vec::new()));
    let more = rows(&store, TAG, vec![vec![(tag::NAME, text("Four"))], vec![(tag::NAME, text("Five"))]]).await;
    let five = [urgent, allergic, hidden, more[0], more[1]];
    let refused = save(&store, &owner, anna, 3, &five).await;
    assert!(matches!(&refused, Err(Error::Fields(faults)) if faults[0].message == "At most 4 of them."), "{refused:?}");
}

#[tokio::test]
async fn a_change_of_links_stands_in_the_log_with_before_and_after() {
    let (_directory, store) = testing::store_of(&LINKED).await;
    let ([urgent, allergic, hidden], [anna, _]) = two_cards(&store).await;
    save(&store, &of("Desk"), anna, 1, &[allergic]).await.unwrap();
    let entry = store.entries(&EntryQuery { size: 1, ..EntryQuery::default() }).await.unwrap().entries.remove(0);
    assert_eq!(entry.event, EventId::RowUpdated.text());
    let change = &entry.changes[0];
    let joined = |ids: &[i64]| Some(Value::links(ids.to_vec()).to_text());
    assert_eq!((change.field.as_str(), entry.changes.len()), ("tags", 1));
    assert_eq!((&change.before, &change.after), (&joined(&[urgent, allergic, hidden]), &joined(&[allergic, hidden])));
}

#[tokio::test]
async fn a_filter_finds_by_what_its_asker_sees_linked() {
    let (_directory, store) = testing::store_of(&LINKED).await;
    let ([urgent, _, hidden], [anna, bert]) = two_cards(&store).await;
    let (owner, desk, porter) = (of("Owner"), of("Desk"), of("Porter"));
    let not = |condition| Condition::Not(Box::new(condition));
    assert_eq!(listed(&store, &desk, leads(Some(vec![urgent]))).await, [anna]);
    assert_eq!(listed(&store, &owner, leads(Some(vec![hidden, 99]))).await, [anna]);
    assert_eq!(listed(&store, &desk, leads(Some(vec![hidden]))).await, [0; 0], "not even that it is there");
    assert_eq!(listed(&store, &owner, not(leads(None))).await, [bert]);
    assert_eq!(listed(&store, &porter, not(leads(None))).await, [bert, anna], "to them nothing is linked");
    assert_eq!(listed(&store, &porter, leads(Some(vec![urgent]))).await, [0; 0]);
    assert_eq!(listed(&store, &owner, leads(Some(Vec::new()))).await, [0; 0]);
}

#[tokio::test]
async fn a_row_that_goes_takes_its_links_along_and_is_missed_where_they_came_from() {
    let (_directory, store) = testing::store_of(&LINKED).await;
    let ([urgent, allergic, hidden], [anna, _]) = two_cards(&store).await;
    let owner = of("Owner");
    let (delete, views) = (over(&owner, Verb::Delete, TAG), [over(&owner, Verb::View, CARD)]);
    let preview = store.delete_preview(&delete, urgent.into(), &views).await.unwrap().unwrap();
    let told: Vec<_> = preview.groups.iter().map(|g| (g.model, g.key, g.count, g.labels[0].label.as_str())).collect();
    assert_eq!((told, preview.held), (vec![(CARD, card::TAGS, 1, "Anna")], false));
    let mut write = store.write(context(&owner)).await.unwrap();
    let recorded = write.delete(&delete, urgent.into(), None).await.unwrap();
    write.commit(recorded).await.unwrap();
    let (left, _, version) = seen(&store, &owner, anna).await;
    assert_eq!((left, version), (Value::links(vec![allergic, hidden]), 2));
    let entries = store.entries(&EntryQuery { size: 2, ..EntryQuery::default() }).await.unwrap().entries;
    let said: Vec<_> = entries.iter().map(|e| (e.event.as_str(), e.model.as_deref().unwrap_or_default())).collect();
    assert_eq!(said, [(EventId::RowDeleted.text(), "Tag"), (EventId::RowUpdated.text(), "Card")]);
    // And the other way round: a card goes with its links.
    let mut write = store.write(context(&owner)).await.unwrap();
    let recorded = write.delete(&over(&owner, Verb::Delete, CARD), anna.into(), None).await.unwrap();
    write.commit(recorded).await.unwrap();
    assert_eq!(store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM card_tags").await, "0");
}

#[tokio::test]
async fn the_table_of_links_is_planned_kept_and_never_dropped_unsaid() {
    let (directory, store) = testing::store_of(&LINKED).await;
    assert!(store.plan().await.unwrap().is_empty(), "nothing is lacking");
    drop(store);
    // The same file under a block without the field.
    let before = Store::open(&WITHOUT_TAGS, &testing::url(&directory)).await.unwrap();
    let Err(Error::Setup(why)) = before.plan().await else { panic!("the links would be left over") };
    assert!(why.contains("DROP TABLE \"card_tags\""), "{why}");
    before.execute_for_test("DROP TABLE card_tags").await;
    assert!(before.plan().await.unwrap().is_empty());
    before.execute_for_test("CREATE TABLE card_tags (one text, two text)").await;
    let store = Store::open(&LINKED, &testing::url(&directory)).await.unwrap();
    let Err(Error::Setup(why)) = store.plan().await else { panic!("it is another table") };
    assert!(why.contains("card_tags") && why.contains("tag_id"), "{why}");
    store.execute_for_test("DROP TABLE card_tags").await;
    let plan = store.plan().await.unwrap();
    let what: Vec<&str> = plan.steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(what, ["create table card_tags for tags of card", "create index ix_card_tags_tag_id"]);
}

#[tokio::test]
async fn a_change_of_links_adds_and_takes_out_whatever_else_is_linked() {
    let (_directory, store) = testing::store_of(&LINKED).await;
    let ([urgent, allergic, hidden], [anna, bert]) = two_cards(&store).await;
    let desk = of("Desk");
    let relink = async |id: i64, add: Vec<i64>, remove: Vec<i64>| {
        let mut write = store.write(context(&desk)).await?;
        let parents = Parents::Within { views: &[], people: false };
        let values = vec![(card::TAGS, Value::Relink { add, remove })];
        match write.update(&over(&desk, Verb::Edit, CARD), id.into(), None, values, parents).await? {
            Updated::Changed(_, recorded) => write.commit(recorded).await.map(|()| true),
            Updated::Unchanged(_) => Ok(false),
        }
    };
    assert!(relink(anna, Vec::new(), vec![urgent, hidden]).await.unwrap());
    assert_eq!(
        seen(&store, &of("Owner"), anna).await.0,
        Value::links(vec![allergic, hidden]),
        "what they do not see stays"
    );
    assert!(relink(bert, vec![allergic], Vec::new()).await.unwrap());
    assert!(!relink(bert, vec![allergic], vec![urgent]).await.unwrap());
    assert!(matches!(relink(bert, vec![hidden], Vec::new()).await, Err(Error::Fields(_))));
    assert_eq!(seen(&store, &of("Owner"), bert).await.0, Value::links(vec![allergic]));
}

/// Something else wrote the table: a link twice, to a row that is gone, from nowhere, to nowhere.
#[tokio::test]
async fn a_loose_table_of_links_reads_one_way() {
    static LOOSE: Links = Links { model: TAG, table: "Card Tags", from: "Card", to: "Tag", adopted: true };
    static PANEL: Panel = Panel {
        models: &[
            DOCTORS,
            PATIENTS,
            VISITS,
            INVOICES,
            SAMPLES,
            TAGS,
            Model {
                fields: &[
                    Field { min_len: Some(1), max_len: Some(40), ..Field::new(0, "title", "Title", Kind::String) },
                    Field { max_len: Some(4), ..Field::new(1, "tags", "Tags", Kind::Many(&LOOSE)) },
                    Field { optional: true, unique: true, ..Field::new(2, "seen", "Seen", Kind::I64) },
                ],
                ..CARDS
            },
        ],
        ..AS_IT_IS
    };
    let directory = tempfile::tempdir().unwrap();
    let url = testing::url(&directory);
    drop(Store::open(&WITHOUT_TAGS, &url).await.unwrap());
    place::run(&url, "CREATE TABLE \"Card Tags\" (\"Card\" INTEGER, \"Tag\" INTEGER)").await;
    let store = Store::open(&PANEL, &url).await.unwrap();
    store.migrate(testing::command_line()).await.unwrap();
    let tags = rows(&store, TAG, vec![vec![(tag::NAME, text("Urgent"))], vec![(tag::NAME, text("Allergic"))]]).await;
    let cards = ["Anna", "Bert", "Cleo"].map(|name| vec![(card::TITLE, text(name))]);
    let cards = testing::seed(&store, CARD, cards.to_vec()).await;
    assert_eq!((&tags[..], &cards[..]), (&[1, 2][..], &[1, 2, 3][..]));
    place::run(&url, "INSERT INTO \"Card Tags\" VALUES (1, 1), (1, 1), (2, 999), (NULL, 1), (3, NULL)").await;
    let owner = of("Owner");
    let terms = |verb| authorize(&PANEL, &owner, verb, &PANEL.models[CARD]).granted().unwrap();
    let view = terms(Verb::View);
    let all = store.list(&testing::all(&view)).await.unwrap().rows;
    let told = |place: usize| all[place].linked(card::TAGS).iter().map(|one| one.label.as_str()).collect::<Vec<_>>();
    assert_eq!((told(0), told(1), told(2)), (vec![], vec![], vec!["Urgent"]), "newest first, each link once");
    let not = |condition| Condition::Not(Box::new(condition));
    for condition in
        [leads(None), leads(Some(vec![1])), leads(Some(vec![1, 999])), leads(Some(vec![999])), leads(Some(vec![2]))]
    {
        for condition in [condition.clone(), not(condition)] {
            let by_hand: Vec<_> = all
                .iter()
                .filter(|one| condition.lets_through(&one.row))
                .map(|one| testing::number(one.row.id))
                .collect();
            let query = ListQuery { filter: condition.clone(), ..testing::all(&view) };
            let found: Vec<_> =
                store.list(&query).await.unwrap().rows.iter().map(|one| testing::number(one.row.id)).collect();
            assert_eq!(found, by_hand, "{condition:?}");
        }
    }
    // Each can be edited, and what leads to nothing stays as it is.
    let edit = terms(Verb::Edit);
    for card in &cards {
        let mut write = store.write(context(&owner)).await.unwrap();
        let values = vec![(card::TAGS, Value::Links(vec![2]))];
        let parents = Parents::Within { views: &[], people: false };
        let updated = write.update(&edit, (*card).into(), None, values, parents).await.unwrap();
        let Updated::Changed(_, recorded) = updated else { panic!("it differs") };
        write.commit(recorded).await.unwrap();
    }
    let left = "SELECT CAST(count(*) AS TEXT) FROM \"Card Tags\" WHERE \"Card\" IN (1, 2, 3) AND \"Tag\" IS NOT NULL";
    assert_eq!(store.ask_for_test(left).await, "4", "three new ones, and the one that leads to nothing");
}
