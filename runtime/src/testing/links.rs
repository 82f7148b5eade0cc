//! Cards with tags, some of which only some people see: what the tests of links stand on.

use crate::authorize::{Actor, Terms, authorize};
use crate::panel::*;
use crate::predicate::{Op, Operand, Predicate};
use crate::store::Store;
use crate::testing::{CLINIC, DOCTORS, INVOICES, MODEL, PATIENTS, SAMPLES, VISITS, actor, command_line, text};
use crate::value::{Literal, Value};

pub(crate) const TAG: usize = 5;
pub(crate) const CARD: usize = 6;

pub(crate) mod tag {
    pub(crate) const NAME: usize = 0;
    pub(crate) const DESK: usize = 1;
}

pub(crate) mod card {
    pub(crate) const TITLE: usize = 0;
    pub(crate) const TAGS: usize = 1;
}

pub(crate) static TAGS_OF_CARDS: Links =
    Links { model: TAG, table: "card_tags", from: "card_id", to: "tag_id", adopted: false };

pub(crate) const TAGS: Model = Model {
    index: TAG,
    name: "Tag",
    title: "Tag",
    plural: "Tags",
    slug: "tags",
    table: "tag",
    fields: &[
        Field { min_len: Some(1), max_len: Some(40), ..Field::new(0, "name", "Name", Kind::String) },
        Field { default: Some(Literal::Bool(true)), ..Field::new(1, "desk", "Desk", Kind::Bool) },
    ],
    label: &[0],
    list: &[0, 1],
    sections: &[Section { title: "", fields: &[0, 1] }],
    ..MODEL
};

pub(crate) const CARDS: Model = Model {
    index: CARD,
    name: "Card",
    title: "Card",
    plural: "Cards",
    slug: "cards",
    table: "card",
    fields: &[
        Field { min_len: Some(1), max_len: Some(40), ..Field::new(0, "title", "Title", Kind::String) },
        Field { max_len: Some(4), ..Field::new(1, "tags", "Tags", Kind::Many(&TAGS_OF_CARDS)) },
        Field { optional: true, unique: true, ..Field::new(2, "seen", "Seen", Kind::I64) },
    ],
    label: &[0],
    list: &[0, 1],
    search: &[0],
    filter: &[1],
    sections: &[Section { title: "", fields: &[0, 1, 2] }],
    ..MODEL
};

const OF_THE_DESK: Predicate =
    Predicate::Compare { left: Operand::Field(tag::DESK), op: Op::Eq, right: Operand::Literal(Literal::Bool(true)) };

pub(crate) const fn of_cards() -> [Cell; 6] {
    let verbs = [Verb::View, Verb::Create, Verb::Edit, Verb::Delete, Verb::Export, Verb::Import];
    let mut cells = [const { Cell::new(Verb::View, CARD, FieldSet::ALL, 0) }; 6];
    let mut i = 0;
    while i < 6 {
        cells[i] = Cell::new(verbs[i], CARD, FieldSet::ALL, 0);
        i += 1;
    }
    cells
}

pub(crate) const EVERYTHING: [Cell; 10] = {
    let [a, b, c, d, e, f] = of_cards();
    [
        a,
        b,
        c,
        d,
        e,
        f,
        Cell::new(Verb::View, TAG, FieldSet::ALL, 0),
        Cell::new(Verb::Create, TAG, FieldSet::ALL, 0),
        Cell::new(Verb::Edit, TAG, FieldSet::ALL, 0),
        Cell::new(Verb::Delete, TAG, FieldSet::ALL, 0),
    ]
};

pub(crate) const AT_THE_DESK: [Cell; 7] = {
    let [a, b, c, d, e, f] = of_cards();
    [a, b, c, d, e, f, Cell { when: Some(OF_THE_DESK), ..Cell::new(Verb::View, TAG, FieldSet::ALL, 0) }]
};

/// Everybody of it sees every card; of the tags the desk sees its own, and the porter none.
pub(crate) static LINKED: Panel = AS_IT_IS;

pub(crate) const AS_IT_IS: Panel = Panel {
    models: &[DOCTORS, PATIENTS, VISITS, INVOICES, SAMPLES, TAGS, CARDS],
    roles: &[
        Role {
            cells: &EVERYTHING,
            framework: &[FrameworkCell { verb: Verb::View, subject: Framework::Audit, grant: 0 }],
            ..CLINIC.roles[0]
        },
        Role { name: "Desk", title: "Desk", cells: &AT_THE_DESK, ..CLINIC.roles[1] },
        Role { name: "Porter", title: "Porter", cells: &const { of_cards() }, ..CLINIC.roles[2] },
    ],
    ..CLINIC
};

/// Somebody of a role of [`LINKED`].
pub(crate) fn of(role: &str) -> Actor {
    Actor { role: LINKED.role_by_name(role).expect("a role of the panel"), ..actor("Owner", None) }
}

/// Their terms.
pub(crate) fn over(who: &Actor, verb: Verb, model: usize) -> Terms {
    authorize(&LINKED, who, verb, &LINKED.models[model]).granted().expect("a right of the panel")
}

/// Inserts rows without terms; their ids.
pub(crate) async fn rows(store: &Store, model: usize, rows: Vec<Vec<(usize, Value)>>) -> Vec<i64> {
    let mut write = store.write(command_line()).await.expect("the writing connection");
    let (ids, recorded) = write.seed(&LINKED.models[model], rows).await.expect("rows that fit");
    write.commit(recorded).await.expect("a commit");
    ids.into_iter().map(super::number).collect()
}

/// Three tags, of which the desk does not see the last, and a card with all of them and one without: the tags' ids and
/// the cards'.
pub(crate) async fn two_cards(store: &Store) -> ([i64; 3], [i64; 2]) {
    let tags = [("Urgent", true), ("Allergic", true), ("Hidden", false)];
    let tags = tags.map(|(name, desk)| vec![(tag::NAME, text(name)), (tag::DESK, Value::Bool(desk))]);
    let tags = rows(store, TAG, tags.to_vec()).await;
    let all = vec![(card::TITLE, text("Anna")), (card::TAGS, Value::links(tags.clone()))];
    let cards = rows(store, CARD, vec![all, vec![(card::TITLE, text("Bert"))]]).await;
    (tags.try_into().expect("three"), cards.try_into().expect("two"))
}

/// As [`LINKED`] before its cards had tags.
pub(crate) static WITHOUT_TAGS: Panel = Panel {
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
                Field { optional: true, unique: true, ..Field::new(1, "seen", "Seen", Kind::I64) },
            ],
            list: &[0],
            filter: &[],
            ..CARDS
        },
    ],
    ..AS_IT_IS
};
