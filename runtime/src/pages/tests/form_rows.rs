//! Rows in the form of another as a browser sends them back: untouched, shortened, removed by somebody else meanwhile,
//! and as many as a form takes.

use http::StatusCode;

use super::{Clinic, html};
use crate::audit::{Context, EventId};
use crate::authorize::{Actor, authorize};
use crate::form::moment;
use crate::panel::{Cell, Field, FieldSet, Inline, KeyKind, Kind, Model, OnDelete, Panel, Role, Section, Verb};
use crate::store::{Parents, Updated};
use crate::testing::{
    CLINIC, DOCTOR, DOCTORS, INVOICES, MODEL, PATIENTS, SAMPLES, VISITS, actor, context, now, nowhere, number, text,
};
use crate::value::Value;

const BOARD: usize = 5;
const CARD: usize = 6;

mod board {
    pub(super) const AT: usize = 1;
    pub(super) const HOUR: usize = 2;
}

mod card {
    pub(super) const TITLE: usize = 0;
    pub(super) const FLAG: usize = 1;
    pub(super) const DUE: usize = 2;
    pub(super) const HOUR: usize = 3;
    pub(super) const BOARD: usize = 4;
}

const fn moment_to_come(index: usize, name: &'static str) -> Field {
    Field { optional: true, future: true, ..Field::new(index, name, "Due", Kind::Timestamp) }
}

const fn doctor(index: usize, name: &'static str) -> Field {
    Field { optional: true, ..Field::new(index, name, name, Kind::Model(DOCTOR, OnDelete::SetNull, KeyKind::Number)) }
}

const fn named(index: usize, name: &'static str) -> Field {
    Field { min_len: Some(1), max_len: Some(40), ..Field::new(index, name, "Name", Kind::String) }
}

const fn hour(index: usize) -> Field {
    Field { optional: true, ..Field::new(index, "hour", "Hour", Kind::Time) }
}

const BOARDS: Model = Model {
    index: BOARD,
    name: "Board",
    title: "Board",
    plural: "Boards",
    slug: "boards",
    table: "board",
    fields: &[named(0, "name"), moment_to_come(board::AT, "at"), hour(board::HOUR)],
    label: &[0],
    list: &[0],
    sections: &[Section { title: "", fields: &[0, 1, 2] }],
    inlines: &[Inline { model: CARD, key: card::BOARD, fields: &[0, 1, 2, 3, 5, 6, 7, 8, 9, 10], in_form: true }],
    ..MODEL
};

const CARDS: Model = Model {
    index: CARD,
    name: "Card",
    title: "Card",
    plural: "Cards",
    slug: "cards",
    table: "card",
    fields: &[
        named(card::TITLE, "title"),
        Field::new(card::FLAG, "flag", "Flag", Kind::Bool),
        moment_to_come(card::DUE, "due"),
        hour(card::HOUR),
        Field::new(card::BOARD, "board", "Board", Kind::Model(BOARD, OnDelete::Cascade, KeyKind::Number)),
        doctor(5, "a"),
        doctor(6, "b"),
        doctor(7, "c"),
        doctor(8, "d"),
        doctor(9, "e"),
        doctor(10, "f"),
    ],
    label: &[0],
    list: &[0],
    sections: &[Section { title: "", fields: &[0, 1, 2, 3, 4] }],
    ..MODEL
};

static PANEL: Panel = Panel {
    models: &[DOCTORS, PATIENTS, VISITS, INVOICES, SAMPLES, BOARDS, CARDS],
    roles: &[Role {
        cells: &[
            Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0),
            Cell::new(Verb::View, BOARD, FieldSet::ALL, 0),
            Cell::new(Verb::Create, BOARD, FieldSet::ALL, 0),
            Cell::new(Verb::Edit, BOARD, FieldSet::ALL, 0),
            Cell::new(Verb::View, CARD, FieldSet::ALL, 0),
            Cell::new(Verb::Create, CARD, FieldSet::ALL, 0),
            Cell::new(Verb::Edit, CARD, FieldSet::ALL, 0),
            Cell::new(Verb::Delete, CARD, FieldSet::ALL, 0),
        ],
        ..CLINIC.roles[0]
    }],
    ..CLINIC
};

fn owner() -> Actor {
    Actor { role: &PANEL.roles[0], ..actor("Owner", None) }
}

fn at(text: &str) -> Value {
    Value::Timestamp(moment(text).expect("a moment"))
}

fn time(text: &str) -> Value {
    Value::Time(text.parse().expect("a time"))
}

/// A board with a card; both were due an hour ago, which was ahead when they were written.
struct Ward {
    clinic: Clinic,
    board: i64,
    card: i64,
    path: String,
}

impl Ward {
    async fn new() -> Self {
        let clinic = Clinic::of(&PANEL).await;
        let yesterday = Context::of_nobody(nowhere(), now() - chrono::Duration::days(1));
        let mut write = clinic.app.store.write(yesterday).await.expect("a transaction");
        let hour = || time("14:02:00");
        let ward = vec![(0, text("Ward")), (board::AT, at("2026-11-21T11:00")), (board::HOUR, hour())];
        let (ids, _) = write.seed(&PANEL.models[BOARD], vec![ward]).await.expect("a board");
        let anna = vec![
            (card::TITLE, text("Anna")),
            (card::FLAG, Value::Bool(false)),
            (card::DUE, at("2026-11-21T11:00")),
            (card::HOUR, hour()),
            (card::BOARD, ids[0].into()),
        ];
        let (cards, recorded) = write.seed(&PANEL.models[CARD], vec![anna]).await.expect("a card");
        write.commit(recorded).await.expect("a commit");
        let (board, card) = (number(ids[0]), number(cards[0]));
        Self { clinic, board, card, path: format!("/boards/{board}/edit") }
    }

    async fn post(&self, form: &str) -> (StatusCode, String) {
        let form = format!("bw.version=1&name=Ward&was.name=Ward&{form}");
        let answer = self.clinic.post(&owner(), &self.path, &form).await.expect("an answer");
        let page = if answer.status == StatusCode::SEE_OTHER { String::new() } else { html(&answer) };
        (answer.status, page)
    }

    /// How many cards there are, and how often rows were changed.
    async fn there(&self) -> (String, usize) {
        let cards = self.clinic.app.store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM card").await;
        (cards, self.clinic.events(EventId::RowUpdated).await)
    }

    /// By somebody else's hand.
    async fn change(&self, model: usize, id: i64, values: Vec<(usize, Value)>) {
        let owner = owner();
        let edit = authorize(&PANEL, &owner, Verb::Edit, &PANEL.models[model]).granted().expect("a right");
        let mut write = self.clinic.app.store.write(context(&owner)).await.expect("a transaction");
        let updated = write.update(&edit, id.into(), None, values, Parents::AnyThatExists).await;
        let Updated::Changed(_, recorded) = updated.expect("an update") else { panic!("it differs") };
        write.commit(recorded).await.expect("a commit");
    }

    async fn remove(&self) {
        let owner = owner();
        let delete = authorize(&PANEL, &owner, Verb::Delete, &PANEL.models[CARD]).granted().expect("a right");
        let mut write = self.clinic.app.store.write(context(&owner)).await.expect("a transaction");
        let recorded = write.delete(&delete, self.card.into(), None).await.expect("a delete");
        write.commit(recorded).await.expect("a commit");
    }

    /// The card as a browser sends it back.
    fn untouched(&self) -> String {
        let lead = format!("in.0.{}.", self.card);
        format!(
            "{lead}bw.version=1&{lead}title=Anna&was.{lead}title=Anna&{lead}flag=false&was.{lead}flag=false\
             &{lead}due=2026-11-21T11:00&was.{lead}due=2026-11-21T11:00:00&{lead}hour=14:02&was.{lead}hour=14:02:00"
        )
    }
}

#[tokio::test]
async fn a_row_that_nobody_touched_is_no_row_although_its_tick_says_no() {
    let ward = Ward::new().await;
    let blank = "in.0.n0.title=&in.0.n0.flag=false&in.0.n0.due=&in.0.n0.hour=";
    assert_eq!(ward.post(blank).await.0, StatusCode::SEE_OTHER);
    let answer = ward.clinic.post(&owner(), "/boards/new", &format!("name=Other&at=&hour=&{blank}")).await;
    assert_eq!(answer.expect("an answer").status, StatusCode::SEE_OTHER);
    assert_eq!(ward.there().await.0, "1");
    // Ticked, it is filled in, and lacks its title.
    let ticked = "in.0.n0.title=&in.0.n0.flag=false&in.0.n0.flag=true&in.0.n0.due=&in.0.n0.hour=";
    let (status, page) = ward.post(ticked).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("id=\"f-in-0-n0-title-error\""), "{page}");
    assert_eq!(ward.post(&ticked.replace("title=", "title=Bert")).await.0, StatusCode::SEE_OTHER);
    assert_eq!(ward.there().await.0, "2");
}

#[tokio::test]
async fn moments_and_times_that_a_browser_shortens_are_untouched() {
    let ward = Ward::new().await;
    let form =
        format!("at=2026-11-21T11:00&was.at=2026-11-21T11:00:00&hour=14:02&was.hour=14:02:00&{}", ward.untouched());
    // Both were due ahead, and are no more.
    let before = ward.clinic.app.store.statements();
    assert_eq!(ward.post(&form).await.0, StatusCode::SEE_OTHER);
    assert_eq!(ward.clinic.app.store.statements() - before, 2, "the board and its cards; nothing is begun");
    assert_eq!(ward.there().await, ("1".to_owned(), 0));
    // What somebody else moved stays where they put it.
    ward.change(BOARD, ward.board, vec![(board::AT, at("2026-12-01T09:30")), (board::HOUR, time("16:45:00"))]).await;
    ward.change(CARD, ward.card, vec![(card::DUE, at("2026-12-02T10:40")), (card::HOUR, time("17:55:00"))]).await;
    let (status, page) = ward.post(&form).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for theirs in ["2026-12-01T09:30:00", "16:45:00", "2026-12-02T10:40:00", "17:55:00"] {
        assert!(
            page.contains(&format!("type=\"datetime-local\" value=\"{theirs}\""))
                || page.contains(&format!("type=\"time\" value=\"{theirs}\"")),
            "{theirs} in {page}"
        );
    }
    assert!(page.contains("what was saved meanwhile") && !page.contains(">yours"), "{page}");
    // A program may say as briefly what it started from.
    let (_, page) = ward.post(&form.replace("was.hour=14:02:00", "was.hour=14:02")).await;
    assert!(!page.contains(">yours") && !page.contains("both changed it"), "{page}");
    // What says nothing stays as it was typed.
    let (status, page) = ward.post(&form.replace("T11:00&", "T11h&")).await;
    assert!(status == StatusCode::CONFLICT && page.contains("value=\"2026-11-21T11h\""), "{page}");
}

#[tokio::test]
async fn a_row_that_somebody_else_removed_stays_removed_unless_it_was_changed() {
    let ward = Ward::new().await;
    ward.remove().await;
    let (status, page) = ward.post(&ward.untouched()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("removed by somebody else") && !page.contains("Anna"), "{page}");
    assert!(!page.contains("in.0.n0."), "{page}");
    // What was typed into it is kept as a new one, and can be left out.
    let changed = ward.untouched().replace("title=Anna&was", "title=Annabel&was");
    let (status, page) = ward.post(&changed).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for part in [
        "somebody else meanwhile. What you typed",
        "name=\"in.0.n0.title\" type=\"text\" value=\"Annabel\"",
        "name=\"in.0.n0.bw.remove\"",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let again = "in.0.n0.title=Annabel&in.0.n0.flag=false&in.0.n0.due=&in.0.n0.hour=14:02";
    for (form, cards) in [(format!("{again}&in.0.n0.bw.remove=1"), "0"), (again.to_owned(), "1")] {
        assert_eq!(ward.post(&form).await.0, StatusCode::SEE_OTHER);
        assert_eq!(ward.there().await.0, cards);
    }
}

#[tokio::test]
async fn a_new_row_that_holds_something_can_be_taken_out() {
    let ward = Ward::new().await;
    assert!(!ward.clinic.page(&owner(), "/boards/new").await.contains("in.0.n0.bw.remove"), "it holds nothing");
    let ticked = "in.0.n0.title=&in.0.n0.flag=false&in.0.n0.flag=true&in.0.n1.title=Cleo&in.0.n1.flag=false";
    let (_, page) = ward.post(ticked).await;
    assert!(page.contains("name=\"in.0.n0.bw.remove\" value=\"1\"> Remove New card<"), "{page}");
    // It is remembered while something else is wrong.
    let out = format!("{ticked}&in.0.n0.bw.remove=1");
    let (status, page) = ward.post(&format!("{out}&hour=late")).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && !page.contains("f-in-0-n0-title-error"), "{page}");
    assert!(page.contains("name=\"in.0.n0.bw.remove\" value=\"1\" checked"), "{page}");
    assert_eq!(ward.post(&out).await.0, StatusCode::SEE_OTHER);
    assert_eq!(ward.there().await.0, "2", "Anna and Cleo");
    // Nothing but "1" takes one out.
    assert_eq!(ward.post(&format!("{ticked}&in.0.n0.bw.remove=0")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

/// So many new rows, as a browser sends them.
fn rows(count: usize, more: &str) -> String {
    let row = |n: usize| {
        format!("in.0.n{n}.title=Card+{n}&in.0.n{n}.flag=false{}", more.replace("ROW", &format!("in.0.n{n}")))
    };
    (0..count).map(row).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn a_form_of_as_many_rows_as_it_takes_offers_no_more() {
    let ward = Ward::new().await;
    let (status, page) = ward.post(&format!("{}&bw.more=0", rows(49, ""))).await;
    assert!(status == StatusCode::OK && page.contains("in.0.n49.title"));
    assert!(!page.contains("bw.more") && page.contains("A form takes at most 50 cards"), "{page}");
    let fifty = rows(50, "");
    let (status, page) = ward.post(&format!("{fifty}&bw.more=0")).await;
    assert!(status == StatusCode::OK && page.contains("in.0.n49.title") && !page.contains("in.0.n50."), "{page}");
    assert_eq!(ward.post(&fifty).await.0, StatusCode::SEE_OTHER);
    assert_eq!(ward.there().await.0, "51");
}

#[tokio::test]
async fn many_rows_with_many_keys_come_back_with_what_was_chosen() {
    let ward = Ward::new().await;
    let (first, second) = ward.clinic.doctors;
    let keys = ["a", "b", "c", "d", "e"].map(|key| format!("&ROW.{key}={first}")).concat();
    let form = rows(50, &format!("{keys}&ROW.f={second}"));
    let (status, page) = ward.post(&format!("{form}&bw.find=in.0.n0.a")).await;
    assert_eq!(status, StatusCode::OK);
    let chosen = |id: i64, name: &str| page.matches(&format!("<option value=\"{id}\" selected>{name}")).count();
    assert_eq!((chosen(first, "Berg"), chosen(second, "Adams")), (250, 50));
    assert_eq!(ward.post(&form).await.0, StatusCode::SEE_OTHER);
    assert_eq!(ward.there().await.0, "51");
}
