//! Each mistake of a name or a value: its rule, its fact, where it is underlined, and the second place.

use super::said;

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
fn what_is_said_of_an_adopted_table_stands_at_no_other() {
    let block = |models: &str| format!("panel Shop {{ database \"sqlite:a.db\"; }} {models}");
    let messages = |models: &str| -> Vec<String> {
        said(&block(models)).into_iter().map(|diag| diag.message).filter(|m| m.contains("column")).collect()
    };
    let plain = messages("model Album { title: String column \"Title\"; }");
    assert!(plain.len() == 1 && plain[0].contains("the panel makes `album` itself"), "{plain:?}");
    let twice =
        messages("model Album { table \"order\" adopted key \"Id\"; a: String column \"A\"; b: String column \"a\"; }");
    assert!(twice.len() == 1 && twice[0].contains("the column `a` of table `order` stands here twice"), "{twice:?}");
    let key = messages("model Album { table \"Albums\" adopted key \"Id\"; a: i64 column \"Id\"; }");
    assert!(key.len() == 1 && key[0].contains("stands here twice"), "{key:?}");
    assert_eq!(
        messages("model Album { table \"Albums\" adopted; a: i64 column \"A\"; b: i64; }"),
        Vec::<String>::new()
    );
}

#[test]
fn what_rows_are_known_by_is_a_text_that_somebody_types() {
    let messages = |models: &str| -> Vec<String> {
        let block = format!("panel Shop {{ database \"sqlite:a.db\"; }} {models}");
        said(&block)
            .into_iter()
            .map(|diag| diag.message)
            .filter(|m| m.contains("known by") || m.contains("key"))
            .collect()
    };
    let model =
        |field: &str| format!("model Shop {{ table \"Shops\" adopted key code; code: {field}; name: String; }}");
    assert_eq!(messages(&model("String len ..=64 column \"ShopCode\"")), Vec::<String>::new());
    assert_eq!(messages(&model("String len 2..=5 pattern r\"[A-Z]+\" label search")), Vec::<String>::new());
    for (field, says) in [
        ("i64", "a field that is a key is a `String`"),
        ("Uuid", "a field that is a key is a `String`"),
        ("Option<String> len ..=5", "so that whoever makes one has to type it"),
        ("String len ..=5 default \"x\"", "so that whoever makes one has to type it"),
        ("String len ..=5 readonly", "so that whoever makes one has to type it"),
        ("String", "which may be longer than 64 characters"),
        ("String len ..=65", "which may be longer than 64 characters"),
        ("String len ..=5 personal", "which then stands in addresses and in logs"),
        ("String len ..=5 sensitive", "which then stands in addresses and in logs"),
    ] {
        let said = messages(&model(field));
        assert!(said.len() == 1 && said[0].contains(says), "{field}: {said:?}");
    }
    let unknown = said(
        "panel Shop { database \"sqlite:a.db\"; } model Shop { table \"S\" adopted key cod; code: String len ..=5; }",
    );
    assert!(unknown.iter().any(|diag| diag.message.contains("`cod`")), "a name that is none");
    let twice =
        messages("model A { table \"S\" adopted key code; code: String len ..=5; b: i64 column \"code\"; key: i64; }");
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn links_are_kept_by_numbers() {
    let block = |key: &str| {
        format!(
            "panel Shop {{ database \"sqlite:a.db\"; }} model Tag {{ table \"T\" adopted key {key}; code: String len ..=5 column \"C\"; }} \
             model Card {{ table \"K\" adopted; name: String; tags: many Tag through \"L\" (\"a\", \"b\"); }}"
        )
    };
    let messages = |key: &str| -> Vec<String> {
        said(&block(key)).into_iter().map(|diag| diag.message).filter(|m| m.contains("no number")).collect()
    };
    assert_eq!(messages("\"id\""), Vec::<String>::new());
    for key in ["\"id\" Uuid", "code"] {
        assert_eq!(messages(key), ["`tags` would link rows of `Tag`, which have no number"], "{key}");
    }
}

#[test]
fn a_model_that_is_misspelt_where_it_is_declared_is_told_there_and_once() {
    let block = |declared: &str| {
        format!(
            "panel P {{ public_url \"http://127.0.0.1:8000\"; proxies none; }} model {declared} {{ name: String label; list nme; }} model Visit {{ patient: Patient cascade; }} role Head \
             {{ view, edit Patient; export Patient {{ name }} reveal \"letters\"; all Visit; }} forbid Head delete \
             Patient; dashboard {{ count Patient; latest Patient 5; }}"
        )
    };
    let unknown = |text: &str| -> Vec<(String, String)> {
        said(text).into_iter().filter(|diag| diag.rule == "unknown_name").map(|diag| (diag.at, diag.message)).collect()
    };
    let told = unknown(&block("Patint"));
    assert_eq!(
        told,
        [
            ("nme".to_owned(), "there is no field `nme` in `Patint`".to_owned()),
            (
                "Patint".to_owned(),
                "6 places name a model `Patient`, and `Patint`, which is declared, is named by none".to_owned()
            ),
        ],
        "and what else is wrong stays"
    );
    // What is called something else altogether, or is named somewhere, is told at each place.
    assert_eq!(unknown(&block("Guest")).len(), 7);
    assert_eq!(unknown(&(block("Patint") + " dashboard { count Patint; }")).len(), 7);
    assert_eq!(unknown(&block("Patient")).len(), 1, "the control");
}
