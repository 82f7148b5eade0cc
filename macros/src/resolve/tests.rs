use super::resolve;
use crate::diag::{Diags, Listed};
use crate::panel::{FieldId, Panel};
use crate::parse::parse;

pub(crate) const CLINIC: &str = include_str!("../../tests-data/clinic.txt");

/// A block's text as a panel, and what was said on the way: what tests of rules and of the expansion start from.
pub(crate) fn read(text: &str) -> (Panel, Diags) {
    let mut diags = Diags::new();
    let block = parse(text.parse().expect("the test's text lexes"), &mut diags);
    let panel = resolve(&block, &mut diags);
    (panel, diags)
}

fn said(text: &str) -> Vec<Listed> {
    read(text).1.list()
}

/// The fields of the first cell of a role with this verb's and model's words, by name.
fn names_in(panel: &Panel, role: &str, verb: crate::panel::Verb, model: &str) -> Vec<String> {
    let role = panel.roles.iter().find(|candidate| candidate.name == role).expect("the role is there");
    let cells = role.cells.iter().filter(|cell| cell.verb == verb && panel.model(cell.model).name == model);
    let mut fields: Vec<FieldId> = cells.flat_map(|cell| cell.fields.iter()).collect();
    fields.sort_unstable();
    fields.dedup();
    let model = panel.models.iter().find(|candidate| candidate.name == model).expect("the model is there");
    fields.into_iter().map(|field| model.field(field).name.to_string()).collect()
}

mod clinic {
    use super::*;
    use crate::panel::{By, Kind, OnDelete, PeopleVerb, Sensitivity, ThrottleName, Verb};

    #[test]
    fn it_resolves_without_a_word() {
        let (panel, diags) = read(CLINIC);
        assert_eq!(diags.list(), []);
        assert_eq!(panel.name, "Clinic");
        assert_eq!(panel.models.len(), 4);
        assert_eq!(panel.roles.len(), 5);
        assert_eq!(panel.accepts.len(), 1);
        assert_eq!(panel.throttles.len(), 5);
        assert_eq!(panel.dashboard.len(), 4);
        assert_eq!(panel.reauth.len(), 5);
    }

    #[test]
    fn names_and_kinds() {
        let (panel, _) = read(CLINIC);
        let patient = &panel.models[1];
        assert_eq!(
            (patient.title.as_str(), patient.plural.as_str(), patient.slug.as_str(), patient.table.as_str()),
            ("Patient", "Patients", "patients", "patient")
        );
        assert_eq!(patient.fields[4].kind, Kind::Model(crate::panel::ModelId(0), OnDelete::Restrict));
        assert_eq!(patient.fields[1].sensitivity, Sensitivity::Personal);
        assert_eq!(patient.label, [FieldId(0)]);
        // Two declared groups, and the fields in neither.
        assert_eq!(patient.sections.iter().map(|section| section.fields.len()).collect::<Vec<_>>(), [4, 2, 1]);
        assert_eq!((patient.inlines[0].child.0, patient.inlines[0].key), (2, FieldId(0)));
        assert_eq!(panel.models[3].fields[1].kind, Kind::Decimal { precision: 10, scale: 2 });
        // Nothing in a visit is a line of text.
        assert_eq!(panel.models[2].label, []);
    }

    #[test]
    fn stars_leave_out_what_is_sensitive_and_automatic() {
        let (panel, _) = read(CLINIC);
        assert_eq!(
            names_in(&panel, "Auditor", Verb::View, "Patient"),
            ["name", "email", "phone", "born", "doctor", "created_at"]
        );
        assert!(names_in(&panel, "Manager", Verb::View, "Patient").contains(&"notes".to_owned()));
        assert_eq!(names_in(&panel, "Manager", Verb::Create, "Invoice"), ["patient", "amount"]);
        assert_eq!(names_in(&panel, "Reception", Verb::Edit, "Patient"), ["email", "phone"]);
        assert_eq!(names_in(&panel, "Manager", Verb::Act(crate::panel::ActionId(0)), "Invoice").len(), 5);
    }

    #[test]
    fn a_star_over_people_is_every_role_below() {
        let (panel, _) = read(CLINIC);
        let targets = |role: usize, verb: PeopleVerb| -> Vec<usize> {
            let cells = panel.roles[role].people.iter().filter(|cell| cell.verb == verb);
            cells.map(|cell| cell.target.0).collect()
        };
        assert_eq!(targets(0, PeopleVerb::Assign), [1, 2, 3, 4, 0]);
        assert_eq!(targets(0, PeopleVerb::Reset), [1, 2, 3, 4]);
        assert_eq!(targets(1, PeopleVerb::Lock), [2, 3]);
    }

    #[test]
    fn lending_forbids_and_limits() {
        let (panel, _) = read(CLINIC);
        assert_eq!(panel.roles[2].cells.iter().filter(|cell| cell.lendable).count(), 1);
        assert_eq!(panel.forbids[0].models.len(), 4);
        assert_eq!(panel.forbids[0].text, "forbid Auditor create, edit, delete, export *");
        assert_eq!(panel.one_person[0].steps.len(), 2);
        let login = panel.throttles.iter().find(|throttle| throttle.name == ThrottleName::Login).expect("declared");
        assert_eq!((login.limits[1].by, login.limits[1].window), (By::Address, 600));
        assert_eq!(panel.recovery.by_email.map(|(seconds, _)| seconds), Some(1800));
    }
}

/// One mistake in an otherwise whole panel: the text, the rule, the fact, what is underlined, the second place.
type Case = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

fn check(cases: &[Case]) {
    for (text, rule, message, at, because) in cases {
        let text = format!(
            "panel P {{ public_url \"http://127.0.0.1:8000\"; proxies none; }}
             choice Grade {{ Low, High }}
             model Pupil {{ name: String label; grade: Grade; teacher: Actor; action praise writes grade; }}
             role Head {{ all *; }} {text}"
        );
        let found: Vec<_> =
            said(&text).into_iter().map(|diag| (diag.rule.to_owned(), diag.message, diag.at, diag.because)).collect();
        let expected = ((*rule).to_owned(), (*message).to_owned(), (*at).to_owned(), because.map(str::to_owned));
        assert_eq!(found, [expected], "{text}");
    }
}

#[test]
fn unknown_names() {
    let rule = "unknown_name";
    check(&[
        ("role A under Haed { view Pupil; }", rule, "there is no role `Haed`", "Haed", None),
        ("role A { view Pupli; }", rule, "there is no model `Pupli`", "Pupli", None),
        ("role A { veiw Pupil; }", rule, "there is no verb or action `veiw`", "veiw", None),
        ("role A { view Pupil { nam }; }", rule, "there is no field `nam` in `Pupil`", "nam", None),
        ("role A { view Pupil when grade == Hihg; }", rule, "there is no variant `Hihg` in `Grade`", "Hihg", None),
        ("role A { view Pupil when garde == High; }", rule, "there is no field `garde` in `Pupil`", "garde", None),
        ("role A { view Pupil when teacher == me.teacher; }", rule, "there is no attribute `teacher`", "teacher", None),
        ("role A { assign Haed; }", rule, "there is no role `Haed`", "Haed", None),
        ("model B { name: String; } role A { praise B; }", rule, "there is no action `praise` in `B`", "praise", None),
        ("model B { x: Strin past len 1..=2; }", rule, "there is no type, choice or model `Strin`", "Strin", None),
        ("model B { name: String; list nme; }", rule, "there is no field `nme` in `B`", "nme", None),
        ("model B { name: String; inline Pupl name; }", rule, "there is no model `Pupl`", "Pupl", None),
        ("throttle logn 5 per 15min by account;", rule, "there is no throttle `logn`", "logn", None),
        ("throttle login 5 per 15min by acount;", rule, "there is no key `acount`", "acount", None),
        ("forbid Haed delete *;", rule, "there is no role `Haed`", "Haed", None),
        ("forbid Head delet *;", rule, "there is no verb or action `delet`", "delet", None),
        ("reauth delet;", rule, "there is no verb or action `delet`", "delet", None),
        ("dashboard { count Pupl; }", rule, "there is no model `Pupl`", "Pupl", None),
        ("recovery { link by mail; }", rule, "there is no link `mail`", "mail", None),
        ("role A { edit Audit; }", rule, "there is no verb `edit` in `Audit`", "edit", None),
    ]);
}

#[test]
fn duplicate_names() {
    let rule = "duplicate_name";
    check(&[
        ("role Head { view Pupil; }", rule, "there are two roles named `Head`", "Head", Some("Head")),
        (
            "model pupil { name: String; }",
            rule,
            "model `pupil` has the same name as model `Pupil`",
            "pupil",
            Some("Pupil"),
        ),
        (
            "role Grade { view Pupil; }",
            rule,
            "role `Grade` has the same name as choice `Grade`",
            "Grade",
            Some("Grade"),
        ),
        (
            "model Grade { a: i32; } role A { view Grade; }",
            rule,
            "model `Grade` has the same name as choice `Grade`",
            "Grade",
            Some("Grade"),
        ),
        (
            "model PupilId { name: String; }",
            rule,
            "the name `PupilId`, which model `Pupil` brings along, is taken by model `PupilId`",
            "Pupil",
            Some("PupilId"),
        ),
        (
            "model B { a: i32; action pupil pure; }",
            rule,
            "the name `Pupil`, which action `pupil` brings along, is taken by model `Pupil`",
            "pupil",
            Some("Pupil"),
        ),
        ("model B { a: i32; A: i32; }", rule, "field `A` has the same name as field `a`", "A", Some("a")),
        ("model B { a: i32; list a, a; }", rule, "field `a` is named twice", "a", Some("a")),
        ("choice C { X, X }", rule, "there are two variants named `X`", "X", Some("X")),
        (
            "model B { table \"pupil\"; a: i32; }",
            rule,
            "`B` and `Pupil` share the table `pupil`",
            "\"pupil\"",
            Some("Pupil"),
        ),
        (
            "password min 15; password min 16;",
            rule,
            "`password` stands twice",
            "password min 16",
            Some("password min 15"),
        ),
        (
            "throttle login 5 per 1h by account; throttle login 6 per 1h by account;",
            rule,
            "there are two throttles of `login`",
            "throttle login 6 per 1h by account",
            Some("throttle login 5 per 1h by account"),
        ),
        ("panel Q { }", rule, "`panel` stands twice", "panel Q", Some("panel P")),
    ]);
}

#[test]
fn reserved_names() {
    let rule = "reserved_name";
    check(&[
        (
            "model Audit { a: i32; }",
            rule,
            "model `Audit` cannot have that name: it is a name of the framework",
            "Audit",
            None,
        ),
        ("model B { type: i32; }", rule, "field `type` cannot have that name: it is a word of Rust", "type", None),
        ("model B { order: i32; }", rule, "field `order` cannot have that name: it is a word of SQL", "order", None),
        (
            "model B { id: i32; }",
            rule,
            "field `id` cannot have that name: it is a column that every table has",
            "id",
            None,
        ),
        (
            "model B { a: i32; action view pure; }",
            rule,
            "action `view` cannot have that name: it is a word of roles",
            "view",
            None,
        ),
        ("model Order { a: i32; }", rule, "table `order` of `Order` is a word of SQL", "Order", None),
        (
            "model B { table \"bw_people\"; a: i32; }",
            rule,
            "table `bw_people` of `B` lies in the space of the framework",
            "\"bw_people\"",
            None,
        ),
        (
            "model Session { a: i32; }",
            rule,
            "the pages of `Session` would lie under `/sessions`, a path of the framework",
            "Session",
            None,
        ),
        ("role Неad { view Pupil; }", rule, "role `Неad` mixes letters of several scripts", "Неad", None),
    ]);
}

#[test]
fn values_that_fit_nothing() {
    let rule = "value_fits_field";
    check(&[
        (
            "model B { a: i32 default \"x\"; }",
            rule,
            "the value does not fit: expected a whole number from -2147483648 to 2147483647",
            "\"x\"",
            None,
        ),
        (
            "model B { a: Date past default \"2026-02-30\"; }",
            rule,
            "the value does not fit: expected a day such as \"2026-01-31\"",
            "\"2026-02-30\"",
            None,
        ),
        (
            "model B { a: Decimal(4, 2) max 123.456; }",
            rule,
            "the value does not fit: expected a number of at most 4 digits, 2 of them after the point",
            "123.456",
            None,
        ),
        (
            "model B { a: Decimal(20, 2); }",
            rule,
            "`Decimal` takes how many digits it has in all, 1 to 18, and how many of them follow the point",
            "Decimal(20, 2)",
            None,
        ),
        ("model B { a: String len 5..=2; }", rule, "no length lies between 5 and 2", "len 5..=2", None),
        (
            "model B { a: String len 2..=5 default \"\"; }",
            rule,
            "the default of `a` lies outside of its own bounds",
            "default \"\"",
            None,
        ),
        (
            "model B { a: i32 min 5 max 2; }",
            rule,
            "no value of `a` lies between its `min` and its `max`",
            "max 2",
            None,
        ),
        ("model B { a: String past; }", rule, "`past` does not suit `a`, which is of type `String`", "past", None),
        ("model B { a: Pupil set_null; }", rule, "`a` cannot be set to null: it is required", "set_null", None),
        (
            "model B { a: Pupil restrict cascade; }",
            rule,
            "`restrict` and `cascade` exclude one another",
            "cascade",
            Some("restrict"),
        ),
        (
            "model B { a: Timestamp created default \"2026-01-31T00:00:00Z\"; }",
            rule,
            "`a` has a default, and the panel itself writes it",
            "default \"2026-01-31T00:00:00Z\"",
            None,
        ),
        ("model B { a: i32; inline Pupil name; }", rule, "`Pupil` has no field that points at `B`", "Pupil", None),
        (
            "dashboard { chart Pupil by day of name; }",
            rule,
            "`name` has no day: it is neither a `Date` nor a `Timestamp`",
            "name",
            None,
        ),
        (
            "session at_most 0;",
            "value_in_bounds",
            "a person may have 0 sessions, and 1 to 20 are allowed",
            "at_most",
            None,
        ),
        (
            "model B { a: String pattern \"(\"; }",
            rule,
            "the pattern is no regular expression: unclosed group",
            "\"(\"",
            None,
        ),
        (
            "model B { a: Grade default Medium; }",
            "unknown_name",
            "there is no variant `Medium` in `Grade`",
            "Medium",
            None,
        ),
    ]);
}

#[test]
fn clauses_that_say_nothing() {
    check(&[
        ("role A { delete Pupil { name }; }", "", "`delete` takes a row as a whole", "{ name }", None),
        ("role A { view Pupil { }; }", "", "no field is named", "{ }", None),
        (
            "role A { assign Head when a == 1; }",
            "",
            "authority over people depends on their role alone: `when` has no meaning here",
            "assign Head when a == 1",
            None,
        ),
        ("role A { view Pupil when teacher == null; }", "", "nothing is equal to null", "null", None),
        ("forbid Head assign *;", "", "a forbid is about models, and `assign` is about people", "assign", None),
        ("accept one_person \"why\" until \"2027-02-30\";", "", "`2027-02-30` is not a day", "\"2027-02-30\"", None),
        ("model B { }", "", "model `B` has no field", "model B", None),
    ]);
}

#[test]
fn a_block_without_a_panel_says_how_to_begin() {
    for text in ["", "role Head { all *; }"] {
        let said = said(text);
        assert_eq!(said.iter().map(|diag| diag.message.as_str()).collect::<Vec<_>>(), ["the block declares no panel"]);
    }
}

#[test]
fn what_is_left_out_gets_its_default() {
    let (panel, diags) = read(
        "panel P { public_url \"http://127.0.0.1:8000\"; } model A { title: String; text: Text; } role R { all *; }",
    );
    assert_eq!(diags.list(), []);
    assert_eq!((panel.password.min, panel.password.min_with_factor, panel.password.blocklist), (15, 8, true));
    assert_eq!(
        (panel.session.idle, panel.session.absolute, panel.session.reauth, panel.session.at_most),
        (1800, 43_200, 600, 5)
    );
    assert_eq!((panel.throttles.len(), panel.reauth.len()), (5, 4));
    assert!(panel.proxies.is_none() && panel.recovery.by_email.is_none());
    assert_eq!(panel.database.and_then(|database| database.fallback).as_deref(), Some("sqlite:p.db"));
    let model = &panel.models[0];
    assert_eq!((model.label.as_slice(), model.list.len(), model.sections.len()), ([FieldId(0)].as_slice(), 1, 1));
}

#[test]
fn a_secret_is_written_and_not_read() {
    use crate::panel::Verb;
    let (panel, diags) = read("panel P { } model A { name: String; pin: Secret; } role R { all A; view A { pin }; }");
    assert_eq!(diags.list(), []);
    let fields = |cell: usize| panel.roles[0].cells[cell].fields.iter().map(|field| field.0).collect::<Vec<_>>();
    assert_eq!(panel.roles[0].cells[0].verb, Verb::View);
    assert_eq!(fields(0), [0]);
    assert_eq!(fields(1), [0, 1]);
    // Who names it gets it here, and an error from the rule that no secret is read.
    assert_eq!(fields(4), [1]);
}

#[test]
fn a_star_survives_a_circle_of_ranks() {
    let (panel, diags) = read(
        "panel P { } model M { a: i32; }
         role A under B { assign *; } role B under A { view M; }",
    );
    assert_eq!(diags.list(), []);
    assert_eq!(panel.roles[0].people.iter().map(|cell| cell.target.0).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_word_of_rust_is_reported_once_and_written_out_raw() {
    let (panel, diags) = read("panel P { } model M { type: i32; self: i32; } role R { all *; }");
    assert_eq!(diags.list().len(), 2);
    let names = panel.models[0].fields.iter().map(|field| field.name.to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["r#type", "self_"]);
}
