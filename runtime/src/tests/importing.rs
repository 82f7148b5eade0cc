//! Nobody imports what they could not type: rows are read from a file and, one by one, as the same person would have
//! sent them by form; what the form refuses the import refuses, whichever the role.

use crate::authorize::{Actor, Terms, authorize};
use crate::error::Error;
use crate::form;
use crate::import::{Asked, Mapping, fields};
use crate::panel::KeyKind;
use crate::panel::{Cell, FieldSet, Panel, Role, Verb};
use crate::store::{Came, Importing, Incoming, Met, Parents, Store, refused};
use crate::testing::{
    AT_THE_DESK, CLINIC, DOCTOR, MINE, PATIENT, actor, add_patient, context, new_patient, patient, store_of, text,
    two_doctors,
};
use crate::value::Value;

const OWNERS: &[Cell] = &[
    Cell::new(Verb::Import, PATIENT, FieldSet::ALL, 0),
    Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0),
    Cell::new(Verb::Create, PATIENT, FieldSet::ALL, 0),
    Cell::new(Verb::Edit, PATIENT, FieldSet::ALL, 0),
    Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0),
];
const CLINICIANS: &[Cell] = &[
    Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0),
    Cell { when: Some(MINE), ..Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0) },
    Cell { when: Some(MINE), ..Cell::new(Verb::Edit, PATIENT, FieldSet::ALL, 0) },
    Cell { when: Some(MINE), ..Cell::new(Verb::Create, PATIENT, FieldSet::ALL, 0) },
    Cell::new(Verb::Import, PATIENT, FieldSet::ALL, 0),
];
const RECEPTIONISTS: &[Cell] = &[
    Cell::new(Verb::View, PATIENT, AT_THE_DESK, 0),
    Cell::new(Verb::Create, PATIENT, AT_THE_DESK, 0),
    Cell::new(Verb::Edit, PATIENT, FieldSet(1 << patient::EMAIL), 0),
    Cell::new(Verb::Import, PATIENT, FieldSet(0b0000_1111), 0),
];

static IMPORTING: Panel = Panel {
    roles: &[
        Role { cells: OWNERS, ..CLINIC.roles[0] },
        Role { cells: CLINICIANS, ..CLINIC.roles[1] },
        Role { cells: RECEPTIONISTS, ..CLINIC.roles[2] },
    ],
    ..CLINIC
};

struct Rights {
    import: Terms,
    create: Terms,
    edit: Terms,
    views: Vec<Terms>,
}

fn rights(role: &str, doctor: Option<i64>) -> (Actor, Rights) {
    let mut actor = actor(role, doctor);
    actor.role = IMPORTING.role_by_name(role).expect("a role");
    let of = |verb, model: usize| authorize(&IMPORTING, &actor, verb, &IMPORTING.models[model]).granted();
    let all = |verb| of(verb, PATIENT).expect("a right");
    let rights = Rights {
        import: all(Verb::Import),
        create: all(Verb::Create),
        edit: all(Verb::Edit),
        views: (0..2).filter_map(|model| of(Verb::View, model).ok()).collect(),
    };
    (actor, rights)
}

/// One of each, by a number that goes through all of them.
struct Dice(u64);

impl Dice {
    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        of[usize::try_from(self.0 >> 33).expect("small") % of.len()]
    }
}

const COLUMNS: [&str; 6] = ["name", "email", "born", "doctor", "notes", "second"];

/// A row for the form: what its page would have sent.
fn typed(rights: &Rights, terms: &Terms, cells: &[Option<String>]) -> Result<Vec<(usize, Value)>, usize> {
    let offered = fields(&rights.import, Some(&rights.create), Some(&rights.edit));
    let mut values = Vec::new();
    for (name, cell) in COLUMNS.iter().zip(cells) {
        let (Some(field), Some(cell)) = (offered.iter().find(|field| field.name == *name), cell) else { continue };
        if cell.is_empty() && field.default.is_some() && terms.verb() == Verb::Create {
            continue;
        }
        values.push((field.index, form::read(field, cell).map_err(|_| field.index)?));
    }
    Ok(values)
}

async fn by_form(store: &Store, who: &Actor, rights: &Rights, id: Option<i64>, cells: &[Option<String>]) -> bool {
    let terms = if id.is_some() { &rights.edit } else { &rights.create };
    let Ok(values) = typed(rights, terms, cells) else { return false };
    let mut write = store.write(context(who)).await.expect("a transaction");
    let parents = Parents::Within { views: &rights.views, people: false };
    let done: Result<(), Error> = match id {
        Some(id) => write.update(terms, id.into(), None, values, parents).await.map(drop),
        None => write.insert(terms, values, parents).await.map(drop),
    };
    let fits = done.is_ok();
    done.or_else(|error| refused(error).map(drop)).expect("a fault of the row");
    write.roll_back().await.expect("undone");
    fits
}

async fn by_file(store: &Store, who: &Actor, rights: &Rights, key: bool, cells: &[Option<String>]) -> Came {
    let offered = fields(&rights.import, Some(&rights.create), Some(&rights.edit));
    let named = |name: &str| offered.iter().any(|field| field.name == name).then(|| name.to_owned());
    let asked = Asked {
        upload: 1,
        columns: COLUMNS.into_iter().map(named).chain([Some("id".to_owned())]).collect(),
        key: key.then(|| "id".to_owned()),
        as_one: false,
        dry: true,
    };
    let mapping = Mapping::new(&asked, KeyKind::Number, &offered).expect("columns that are offered");
    let row: Incoming = match mapping.read(&IMPORTING, cells, crate::testing::now()) {
        Ok(row) => row,
        Err(why) => return Came::Refused(why),
    };
    let how = Importing {
        import: &rights.import,
        create: Some(&rights.create),
        edit: Some(&rights.edit),
        key: mapping.key(),
        parents: Parents::Within { views: &rights.views, people: false },
        dry: true,
    };
    let mut write = store.write(context(who)).await.expect("a transaction");
    let mut came = write.import_rows(&how, &mut Met::default(), vec![row]).await.expect("rows one by one");
    write.roll_back().await.expect("undone");
    came.remove(0)
}

#[tokio::test]
async fn what_a_form_refuses_an_import_refuses() {
    let (_directory, store) = store_of(&IMPORTING).await;
    let (mine, other) = two_doctors(&store).await;
    let (mine_text, other_text) = (mine.to_string(), other.to_string());
    let mut there = vec![(patient::EMAIL, text("taken@example.org"))];
    there.extend(new_patient("There", mine));
    let seen = add_patient(&store, there).await;
    let elsewhere = add_patient(&store, new_patient("Elsewhere", other)).await;
    let (mut in_both, mut in_none) = (0, 0);
    for (role, doctor) in [("Owner", None), ("Clinician", Some(mine)), ("Clinician", None), ("Reception", None)] {
        let (who, rights) = rights(role, doctor);
        let mut dice = Dice(7);
        for _ in 0..400 {
            let id = match dice.pick(&["new", "new", "seen", "elsewhere", "none"]) {
                "seen" => Some(seen),
                "elsewhere" => Some(elsewhere),
                "none" => Some(9_999),
                _ => None,
            };
            let given = |text: &str| (text != "-").then(|| text.to_owned());
            let mut cells = vec![
                given(dice.pick(&["Anna", "Anna", "Ben", "Dora", "Emil", "Falk", "Zoë", "", "two\nlines", "-"])),
                given(dice.pick(&[
                    "-",
                    "",
                    "anna@example.org",
                    "-",
                    "ben@example.org",
                    "Taken@example.org",
                    "no address",
                ])),
                given(dice.pick(&[
                    "1980-02-03",
                    "1981-02-03",
                    "1982-02-03",
                    "1983-02-03",
                    "2999-01-01",
                    "yesterday",
                    "",
                    "-",
                ])),
                given(dice.pick(&[
                    &mine_text,
                    &mine_text,
                    &mine_text,
                    &mine_text,
                    &other_text,
                    &other_text,
                    "9999",
                    "x",
                    "",
                    "-",
                ])),
                given(dice.pick(&["-", "-", "-", "-", "", "a note"])),
                given(dice.pick(&["-", "-", "-", "-", "", &other_text, "9999"])),
            ];
            cells.push(id.map(|id| id.to_string()));
            let fits = by_form(&store, &who, &rights, id, &cells).await;
            let came = by_file(&store, &who, &rights, id.is_some(), &cells).await;
            let comes_in = !matches!(came, Came::Refused(_));
            // Reception's import names fewer fields than its forms do, and never a row's second doctor.
            assert!(!comes_in || fits, "{role} imports what no form takes: {id:?} {cells:?} {came:?}");
            assert!(!fits || comes_in, "{role} may type it: {id:?} {cells:?} {came:?}");
            if comes_in { in_both += 1 } else { in_none += 1 }
        }
    }
    assert!(in_both > 50 && in_none > 50, "{in_both} came in, {in_none} did not: both are tried");
}

#[tokio::test]
async fn an_import_never_reaches_fields_or_rows_of_a_narrower_right() {
    let (_directory, store) = store_of(&IMPORTING).await;
    let (mine, other) = two_doctors(&store).await;
    let (_, reception) = rights("Reception", None);
    let names: Vec<&str> =
        fields(&reception.import, Some(&reception.create), Some(&reception.edit)).iter().map(|f| f.name).collect();
    assert_eq!(names, ["name", "email", "born", "doctor"], "notes are hidden, the second doctor is not imported");
    let (clinician, rights) = rights("Clinician", Some(mine));
    let row = |doctor: i64| {
        [Some("Anna"), None, Some("1980-01-01"), Some(&*doctor.to_string()), None, None].map(|c| c.map(str::to_owned))
    };
    assert_eq!(by_file(&store, &clinician, &rights, false, &row(mine)).await, Came::Created);
    assert!(matches!(by_file(&store, &clinician, &rights, false, &row(other)).await, Came::Refused(_)));
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_row_is_told_at_once() {
    let (_directory, store) = store_of(&IMPORTING).await;
    let (who, rights) = rights("Owner", None);
    let cells: Vec<Option<String>> = COLUMNS
        .into_iter()
        .map(|name| match name {
            "email" => Some("nomail".to_owned()),
            "born" => Some("1990-13-01".to_owned()),
            "name" => Some("Anna".to_owned()),
            _ => None,
        })
        .collect();
    let Came::Refused(why) = by_file(&store, &who, &rights, false, &cells).await else { panic!("it can't go in") };
    let mut fields: Vec<usize> = why.into_iter().filter_map(|(field, _)| field).collect();
    fields.sort_unstable();
    assert_eq!(fields, [patient::EMAIL, patient::BORN]);
}
