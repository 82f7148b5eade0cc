//! Links of rows that are filled in within another's form: cards, and their tags, in the form of their board. What holds
//! for them in a card's own form holds here.

use http::StatusCode;

use super::{Clinic, html, refused};
use crate::audit::EventId;
use crate::authorize::{Actor, authorize};
use crate::panel::{Cell, Field, FieldSet, Inline, KeyKind, Kind, Model, OnDelete, Panel, Role, Section, Verb};
use crate::store::{GetQuery, Parents, Updated};
use crate::testing::links::{
    AS_IT_IS, AT_THE_DESK, CARD, CARDS, EVERYTHING, TAG, TAGS, TAGS_OF_CARDS, card, of_cards, tag,
};
use crate::testing::{DOCTORS, INVOICES, MODEL, PATIENTS, SAMPLES, VISITS, actor, context, seed, text};
use crate::value::Value;

const BOARD: usize = 7;
const OF_BOARD: usize = 3;
const MAIN: usize = 4;

const BOARDS: Model = Model {
    index: BOARD,
    name: "Board",
    title: "Board",
    plural: "Boards",
    slug: "boards",
    table: "board",
    fields: &[Field { min_len: Some(1), max_len: Some(40), ..Field::new(0, "name", "Name", Kind::String) }],
    label: &[0],
    list: &[0],
    sections: &[Section { title: "", fields: &[0] }],
    inlines: &[Inline { model: CARD, key: OF_BOARD, fields: &[card::TITLE, card::TAGS], in_form: true }],
    ..MODEL
};

const fn on_boards(verb: Verb) -> Cell {
    Cell::new(verb, BOARD, FieldSet::ALL, 0)
}

const OWNS: [Cell; 13] = {
    let [a, b, c, d, e, f, g, h, i, j] = EVERYTHING;
    [a, b, c, d, e, f, g, h, i, j, on_boards(Verb::View), on_boards(Verb::Create), on_boards(Verb::Edit)]
};
const SITS_AT_THE_DESK: [Cell; 9] = {
    let [a, b, c, d, e, f, g] = AT_THE_DESK;
    [a, b, c, d, e, f, g, on_boards(Verb::View), on_boards(Verb::Edit)]
};
const CARRIES: [Cell; 8] = {
    let [a, b, c, d, e, f] = of_cards();
    [a, b, c, d, e, f, on_boards(Verb::View), on_boards(Verb::Edit)]
};

/// As the panel of links, its cards on boards. Each has a main tag, which only a new one has a control for here.
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
                Field { max_len: Some(4), ..Field::new(1, "tags", "Tags", Kind::Many(&TAGS_OF_CARDS)) },
                Field { optional: true, unique: true, ..Field::new(2, "seen", "Seen", Kind::I64) },
                Field::new(OF_BOARD, "board", "Board", Kind::Model(BOARD, OnDelete::Cascade, KeyKind::Number)),
                Field::new(MAIN, "main", "Main tag", Kind::Model(TAG, OnDelete::Restrict, KeyKind::Number)),
            ],
            ..CARDS
        },
        BOARDS,
    ],
    roles: &[
        Role { cells: &OWNS, ..AS_IT_IS.roles[0] },
        Role { cells: &SITS_AT_THE_DESK, ..AS_IT_IS.roles[1] },
        Role { cells: &CARRIES, ..AS_IT_IS.roles[2] },
    ],
    ..AS_IT_IS
};

fn of(role: &str) -> Actor {
    Actor { role: PANEL.role_by_name(role).expect("a role of the panel"), ..actor("Owner", None) }
}

/// A board with two cards of the first id's: one with all tags, of which the desk does not see the last, and one without.
struct Desk {
    clinic: Clinic,
    tags: [i64; 3],
    cards: [i64; 2],
    path: String,
}

impl Desk {
    async fn new() -> Self {
        let clinic = Clinic::of(&PANEL).await;
        let store = &clinic.app.store;
        let tags = [("Urgent", true), ("Allergic", true), ("Hidden", false)];
        let tags = tags.map(|(name, desk)| vec![(tag::NAME, text(name)), (tag::DESK, Value::Bool(desk))]);
        let tags: [i64; 3] = seed(store, TAG, tags.to_vec()).await.try_into().expect("three");
        let board = seed(store, BOARD, vec![vec![(0, text("Ward"))]]).await[0];
        let on = [(OF_BOARD, Value::Int(board)), (MAIN, Value::Int(tags[0]))];
        let all = [(card::TITLE, text("Anna")), (card::TAGS, Value::links(tags.to_vec()))];
        let cards = vec![[&on[..], &all].concat(), [&on[..], &[(card::TITLE, text("Bert"))]].concat()];
        let cards = seed(store, CARD, cards).await.try_into().expect("two");
        Self { clinic, tags, cards, path: format!("/boards/{board}/edit") }
    }

    /// All links of a card, and its version.
    async fn linked(&self, id: i64) -> (Vec<i64>, i64) {
        let terms = authorize(&PANEL, &of("Owner"), Verb::View, &PANEL.models[CARD]).granted().expect("a right");
        let query = GetQuery { terms: &terms, id: id.into(), columns: terms.fields_somewhere(), labels: &[] };
        let found = self.clinic.app.store.get(&query).await.expect("an answer").expect("the card");
        (found.row.get(card::TAGS).expect("links").linked().to_vec(), found.row.version)
    }

    async fn cards(&self) -> String {
        self.clinic.app.store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM card").await
    }

    /// Links a card by the owner's hand.
    async fn link(&self, id: i64, to: &[i64]) {
        let owner = of("Owner");
        let edit = authorize(&PANEL, &owner, Verb::Edit, &PANEL.models[CARD]).granted().expect("a right");
        let mut write = self.clinic.app.store.write(context(&owner)).await.expect("a transaction");
        let values = vec![(card::TAGS, Value::Links(to.to_vec()))];
        let updated = write.update(&edit, id.into(), None, values, Parents::Within { views: &[], people: false }).await;
        let Updated::Changed(_, recorded) = updated.expect("an update") else { panic!("it differs") };
        write.commit(recorded).await.expect("a commit");
    }

    async fn post(&self, role: &str, form: &str) -> (StatusCode, String) {
        let form = format!("bw.version=1&name=Ward&{form}");
        let answer = self.clinic.post(&of(role), &self.path, &form).await.expect("an answer");
        let page = if answer.status == StatusCode::SEE_OTHER { String::new() } else { html(&answer) };
        (answer.status, page)
    }
}

#[tokio::test]
async fn each_row_offers_what_its_own_form_would_in_one_statement_for_all_links() {
    let desk = Desk::new().await;
    let ([urgent, allergic, hidden], [anna, bert]) = (desk.tags, desk.cards);
    let before = desk.clinic.app.store.statements();
    let page = desk.clinic.page(&of("Desk"), &desk.path).await;
    assert_eq!(desk.clinic.app.store.statements() - before, 4, "the row, its cards, their links, all candidates");
    let ticked = |id: i64| format!("name=\"in.0.{anna}.tags\" value=\"{id}\" checked");
    assert!(page.contains(&ticked(urgent)) && page.contains(&ticked(allergic)) && !page.contains(&ticked(hidden)));
    for part in [
        format!("name=\"was.in.0.{anna}.tags\" value=\"{urgent},{allergic}\""),
        format!("<input type=\"hidden\" name=\"in.0.{bert}.tags\" value=\"\">"),
        "data-pick=\"/cards/pick/tags\"".to_owned(),
        format!("name=\"bw.find\" value=\"in.0.{bert}.tags\""),
    ] {
        assert!(page.contains(&part), "{part} in {page}");
    }
    assert!(!page.contains("Hidden"));
    // Each control has a name of its own.
    for label in ["\"Add to Tags, Anna\"", "\"Add to Tags, Bert\""] {
        assert_eq!(page.matches(&format!("aria-label={label}")).count(), 2, "{label}: the list and its button");
    }
    // Who sees no tag has nothing to tick and nothing to choose from.
    let page = desk.clinic.page(&of("Porter"), &desk.path).await;
    assert!(page.contains(&format!("in.0.{anna}.title")) && !page.contains("Urgent") && !page.contains("data-many"));
    // A card has no control for links here where the inline does not name them.
    assert!(!desk.clinic.page(&of("Owner"), &format!("/tags/{urgent}/edit")).await.contains("in.0."));
}

#[tokio::test]
async fn links_are_saved_with_the_form_and_what_somebody_does_not_see_stays() {
    let desk = Desk::new().await;
    let ([urgent, allergic, hidden], [anna, bert]) = (desk.tags, desk.cards);
    let (updated, created) =
        (desk.clinic.events(EventId::RowUpdated).await, desk.clinic.events(EventId::RowCreated).await);
    let form = format!(
        "in.0.{anna}.bw.version=1&in.0.{anna}.tags=&in.0.{anna}.tags={urgent}&was.in.0.{anna}.tags={urgent},{allergic}\
         &in.0.{bert}.bw.version=1&in.0.{bert}.title=Bert&in.0.{bert}.tags=&in.0.{bert}.tags=\
         &in.0.n0.title=Cleo&in.0.n0.tags=&in.0.n0.tags={allergic}&in.0.n0.tags={urgent}&in.0.n0.main={urgent}\
         &in.0.n1.title=&in.0.n1.tags=&in.0.n1.tags=&in.0.n1.main="
    );
    assert_eq!(desk.post("Desk", &form).await.0, StatusCode::SEE_OTHER);
    assert_eq!(desk.linked(anna).await, (vec![urgent, hidden], 2));
    assert_eq!(desk.linked(bert).await, (Vec::new(), 1), "nothing of it differs");
    assert_eq!(desk.linked(bert + 1).await, (vec![urgent, allergic], 1));
    assert_eq!(desk.cards().await, "3", "a row that nobody touched is no row");
    assert_eq!(desk.clinic.events(EventId::RowUpdated).await, updated + 1);
    assert_eq!(desk.clinic.events(EventId::RowCreated).await, created + 1);
    let history = desk.clinic.page(&of("Desk"), &format!("/cards/{anna}/history")).await;
    assert!(history.contains("Allergic, Urgent") && !history.contains("Hidden"), "{history}");

    // All taken away that they see; and who sees none takes none away.
    let none = |version: i64| format!("in.0.{anna}.bw.version={version}&in.0.{anna}.tags=");
    assert_eq!(desk.post("Desk", &none(2)).await.0, StatusCode::SEE_OTHER);
    assert_eq!(desk.linked(anna).await, (vec![hidden], 3));
    assert_eq!(desk.post("Porter", &none(3)).await.0, StatusCode::SEE_OTHER);
    assert_eq!(desk.linked(anna).await, (vec![hidden], 3));
    // A row that links alone fill in is one.
    let lonely = format!("in.0.n0.title=&in.0.n0.tags=&in.0.n0.tags={urgent}&in.0.n0.main=");
    assert_eq!(desk.post("Desk", &lonely).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_link_that_shows_once_the_form_is_open_is_not_taken_away_by_it() {
    let desk = Desk::new().await;
    let ([urgent, allergic, hidden], [anna, _]) = (desk.tags, desk.cards);
    let owner = of("Owner");
    let edit = authorize(&PANEL, &owner, Verb::Edit, &PANEL.models[TAG]).granted().expect("a right");
    let mut write = desk.clinic.app.store.write(context(&owner)).await.expect("a transaction");
    let shown = vec![(tag::DESK, Value::Bool(true))];
    let updated = write.update(&edit, hidden.into(), None, shown, Parents::AnyThatExists).await;
    let Updated::Changed(_, recorded) = updated.expect("an update") else { panic!("it differs") };
    write.commit(recorded).await.expect("a commit");
    let was = format!("was.in.0.{anna}.tags={urgent},{allergic}");
    let untouched = format!("in.0.{anna}.tags=&in.0.{anna}.tags={urgent}&in.0.{anna}.tags={allergic}&{was}");
    let before = desk.clinic.app.store.statements();
    assert_eq!(desk.post("Desk", &format!("in.0.{anna}.bw.version=1&{untouched}")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(desk.clinic.app.store.statements() - before, 3, "nothing is begun");
    assert_eq!(desk.linked(anna).await, (desk.tags.to_vec(), 1));
    let less = format!("in.0.{anna}.bw.version=1&in.0.{anna}.tags=&in.0.{anna}.tags={allergic}&{was}");
    assert_eq!(desk.post("Desk", &less).await.0, StatusCode::SEE_OTHER);
    assert_eq!(desk.linked(anna).await, (vec![allergic, hidden], 2));
}

#[tokio::test]
async fn ticks_in_the_order_of_their_labels_change_nothing() {
    let desk = Desk::new().await;
    let ([urgent, allergic, _], [anna, _]) = (desk.tags, desk.cards);
    let form = format!(
        "in.0.{anna}.bw.version=1&in.0.{anna}.title=Anna&in.0.{anna}.tags=&in.0.{anna}.tags={allergic}&in.0.{anna}.tags={urgent}"
    );
    let before = desk.clinic.app.store.statements();
    assert_eq!(desk.post("Desk", &form).await.0, StatusCode::SEE_OTHER);
    assert_eq!(desk.clinic.app.store.statements() - before, 3, "nothing is written, and nothing is begun");
    // Nor do they clash with what somebody else saved.
    desk.link(anna, &[allergic]).await;
    let (status, page) =
        desk.post("Desk", &format!("{form}&was.in.0.{anna}.tags={urgent},{allergic}&in.0.{anna}.tags=")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("what was saved meanwhile") && !page.contains("both changed it"), "{page}");
    assert!(!page.contains(&format!("name=\"in.0.{anna}.tags\" value=\"{urgent}\" checked")));
}

#[tokio::test]
async fn what_may_not_be_linked_is_said_at_the_field_whether_it_is_linked_or_not() {
    let desk = Desk::new().await;
    let ([urgent, allergic, hidden], [anna, bert]) = (desk.tags, desk.cards);
    let mut told = Vec::new();
    for (id, wrong) in [(anna, hidden), (bert, hidden), (bert, 99)] {
        let form = format!(
            "in.0.{id}.bw.version=1&in.0.{id}.title=Typed&in.0.{id}.tags=&in.0.{id}.tags={allergic}&in.0.{id}.tags={wrong}"
        );
        let (status, page) = desk.post("Desk", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in [
            format!("id=\"f-in-0-{id}-tags-error\""),
            format!("href=\"#f-in-0-{id}-tags\""),
            format!("name=\"in.0.{id}.tags\" value=\"{allergic}\" checked"),
            "What this points at is gone, or not open to you.".to_owned(),
            "Typed".to_owned(),
            "another one".to_owned(),
        ] {
            assert!(page.contains(&part), "{part} in {page}");
        }
        assert!(!page.contains("Hidden"));
        told.push(page.matches("another one").count());
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
    // Who sees no tag can name none.
    let form = format!("in.0.{bert}.bw.version=1&in.0.{bert}.tags=&in.0.{bert}.tags={urgent}");
    assert_eq!(desk.post("Porter", &form).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    // Of a new row, and more than there may be; what was right of the form is undone with it.
    let five = [urgent, allergic, hidden, urgent + 10, urgent + 11].map(|tag| format!("&in.0.n0.tags={tag}")).concat();
    for tags in [format!("&in.0.n0.tags={hidden}"), five] {
        let form = format!(
            "in.0.{bert}.bw.version=1&in.0.{bert}.title=Berta&in.0.n0.title=Cleo&in.0.n0.tags={tags}&in.0.n0.main={urgent}"
        );
        let (status, page) = desk.post("Desk", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("id=\"f-in-0-n0-tags-error\"") && page.contains("New card, Tags"), "{page}");
    }
    assert_eq!(
        (desk.linked(anna).await.1, desk.linked(bert).await, desk.cards().await.as_str()),
        (1, (vec![], 1), "2")
    );
}

#[tokio::test]
async fn one_more_link_or_row_is_asked_for_without_a_script_and_nothing_chosen_is_lost() {
    let desk = Desk::new().await;
    let ([urgent, allergic, _], [_, bert]) = (desk.tags, desk.cards);
    let form = format!(
        "in.0.{bert}.bw.version=1&in.0.{bert}.tags=&in.0.{bert}.tags={allergic}&was.in.0.{bert}.tags=\
         &in.0.n0.title=Cleo&in.0.n0.tags=&in.0.n0.tags={urgent}&in.0.n0.main={allergic}"
    );
    let kept = [
        format!("name=\"in.0.{bert}.tags\" value=\"{allergic}\" checked> Allergic"),
        format!("name=\"in.0.n0.tags\" value=\"{urgent}\" checked> Urgent"),
        "Cleo".to_owned(),
    ];
    for asked in [format!("&bw.find=in.0.{bert}.tags"), "&bw.more=0".to_owned()] {
        let (status, page) = desk.post("Desk", &format!("{form}{asked}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(kept.iter().all(|part| page.contains(part)), "{page}");
        assert_eq!(page.contains("in.0.n1.tags"), asked.contains("more"));
        // Two new rows are told apart.
        assert_eq!(page.contains("Add to Tags, New card 2"), asked.contains("more"));
    }
    // What is looked for in one row is found in that row.
    let (_, page) = desk
        .post("Desk", &format!("{form}&bw.find=in.0.{bert}.tags&find.in.0.{bert}.tags=urg&find.in.0.n0.tags="))
        .await;
    let of = |name: &str| {
        let from = page.find(&format!("<select name=\"{name}\"")).expect("a list");
        page[from..].split("</select>").next().unwrap_or_default().to_owned()
    };
    assert!(of(&format!("in.0.{bert}.tags")).contains("Urgent") && !of("in.0.n0.tags").contains("Urgent"), "{page}");
    assert_eq!((desk.linked(bert).await, desk.cards().await.as_str()), ((Vec::new(), 1), "2"));
}

#[tokio::test]
async fn a_late_row_shows_all_three_versions_of_its_links_by_name() {
    let desk = Desk::new().await;
    let ([urgent, allergic, hidden], [anna, _]) = (desk.tags, desk.cards);
    desk.link(anna, &[allergic, hidden]).await;
    let form = format!(
        "in.0.{anna}.bw.version=1&in.0.{anna}.tags=&in.0.{anna}.tags={urgent}&was.in.0.{anna}.tags={urgent},{allergic}"
    );
    let (status, page) = desk.post("Desk", &form).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for part in [
        "\"When you opened it\">Urgent, Allergic<",
        "\"Saved meanwhile\">Allergic<",
        "\"Yours\">Urgent<",
        "yours; both changed it",
        "Card Anna: Tags",
        &format!("href=\"#f-in-0-{anna}-tags\""),
        &format!("name=\"in.0.{anna}.tags\" value=\"{urgent}\" checked"),
        &format!("name=\"in.0.{anna}.bw.version\" value=\"2\""),
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("Hidden"));
    assert_eq!(desk.linked(anna).await, (vec![allergic, hidden], 2));
    // A tag that only somebody else sees is no news to them: the row is late, and that is all that is said.
    desk.link(anna, &[allergic]).await;
    let same = format!(
        "in.0.{anna}.bw.version=2&in.0.{anna}.tags=&in.0.{anna}.tags={allergic}&was.in.0.{anna}.tags={allergic}"
    );
    let (status, page) = desk.post("Desk", &same).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Card Anna was saved by somebody else meanwhile.") && !page.contains("Versions compared"));
}

#[tokio::test]
async fn a_form_of_rows_with_links_has_room_for_all_of_them() {
    let limits = crate::limits::Limits::of(&PANEL);
    assert_eq!(limits.fields, 1_000 + 20 * 4, "20 cards of 4 tags each");
    assert!(limits.largest() >= 64 * 1024 + 20 * 4 * 128);
}

#[tokio::test]
async fn a_row_that_nobody_may_change_shows_its_links_as_text() {
    const LOOKS: [Cell; 4] = {
        let [view, create, ..] = of_cards();
        let [.., tags] = AT_THE_DESK;
        [view, create, tags, on_boards(Verb::View)]
    };
    static READS: Role = Role {
        cells: &{
            let [a, b, c, d] = LOOKS;
            [a, b, c, d, on_boards(Verb::Edit)]
        },
        ..AS_IT_IS.roles[1]
    };
    let desk = Desk::new().await;
    let who = Actor { role: &READS, ..actor("Owner", None) };
    let page = desk.clinic.page(&who, &desk.path).await;
    let id = format!("f-in-0-{}-tags", desk.cards[0]);
    assert!(page.contains(&format!("id=\"{id}\">Allergic, Urgent</p>")) && !page.contains("Hidden"), "{page}");
    let form = format!("bw.version=1&in.0.{}.bw.version=1&in.0.{}.tags=", desk.cards[0], desk.cards[0]);
    assert_eq!(refused(desk.clinic.post(&who, &desk.path, &form).await), StatusCode::UNPROCESSABLE_ENTITY);
}
