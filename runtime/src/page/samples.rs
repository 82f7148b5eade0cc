//! One believable view of each page, as full as it gets, for the tests of the templates.

use super::Assets;
use crate::panel::Brand;
use crate::views::{
    Accepted, Act, AuditPage, Bar, Cell, Change, Chart, Chip, ChoosePasswordPage, Column, Count, Counter, DeletePage,
    DetailPage, Empty, Event, Fact, FactSection, FieldView, Filter, FormError, FormPage, FormSection, Frame, Goes,
    GrantRow, Hidden, History, HistoryEvent, HomePage, Latest, Link, ListPage, Mark, MatrixCell, MatrixRow, Named,
    NavItem, Note, OptionView, Person, PickView, PolicyPage, RefusalPage, Related, RoleView, RowView, Seal, SearchView,
    SignInPage, Size, Stale, StaleRow, Step, Subject, Text, Then, Tone, Widget,
};

pub(super) const BRAND: Brand = Brand { light: "#0b6e4f", on_light: "#ffffff", dark: "#4fb88f", on_dark: "#07140f" };

const NAMES: [&str; 12] = [
    "Anna Berg",
    "Omar Haddad",
    "Zoë O'Neill",
    "Tom Ferri & Sons",
    "Karim Brown",
    "Nora Rossi",
    "Lina Petrov",
    "Max Meyer",
    "Ida Kim",
    "Yusuf Olsen",
    "Sara Nasser",
    "Maximiliana von Hohenfels-Bartenstein",
];
const DOCTORS: [&str; 5] = ["Dr Zoe Brown", "Dr Tom Ferri", "Dr Sara Nasser", "Dr Sami Lund", "Dr Yusuf Olsen"];

pub(super) fn frame(title: &'static str, current: &str, crumbs: &[(&'static str, &'static str)]) -> Frame {
    let assets = Assets::for_brand(BRAND);
    let item = |label: &'static str, href: &'static str, icon: &'static str| NavItem {
        label: label.into(),
        href: href.into(),
        icon,
        current: label == current,
    };
    Frame {
        lang: "en",
        dir: "ltr",
        theme: None,
        base: "".into(),
        panel: "Clinic".into(),
        title: title.into(),
        css: format!("/static/{}", assets.css.file).into(),
        js: format!("/static/{}", assets.js.file).into(),
        icons: format!("/static/{}", assets.icons.file).into(),
        csrf: "q3Vn0c6mT2sWb1rY8kXe4uLh7aDf9gJp".into(),
        models: vec![
            item("Doctors", "/doctors", ""),
            item("Patients", "/patients", ""),
            item("Visits", "/visits", ""),
            item("Invoices", "/invoices", ""),
        ],
        tools: vec![item("Home", "/", "home"), item("Audit", "/audit", "audit"), item("Policy", "/policy", "policy")],
        person: Some(Person { email: "anna@clinic.example".into(), role: "Owner".into() }),
        crumbs: crumbs.iter().map(|(label, href)| Link { label: (*label).into(), href: (*href).into() }).collect(),
        notes: Vec::new(),
    }
}

fn door(title: &'static str) -> Frame {
    Frame { models: Vec::new(), tools: Vec::new(), person: None, ..frame(title, "", &[]) }
}

pub(super) fn cell(text: impl Into<Text>, kind: &'static str) -> Cell {
    Cell { text: text.into(), kind, ..Cell::default() }
}

fn tagged(text: &'static str, tone: &'static str) -> Cell {
    Cell { tone: Some(tone), ..cell(text, "") }
}

fn when(stamp: &'static str, text: &'static str) -> Cell {
    Cell { stamp: stamp.into(), title: Some(stamp.into()), ..cell(text, "when") }
}

fn reference(text: &'static str, href: &'static str) -> Cell {
    Cell { href: Some(href.into()), ..cell(text, "") }
}

fn option(value: &'static str, label: &'static str, selected: bool) -> OptionView {
    OptionView { value: value.into(), label: label.into(), selected }
}

fn doctors(any: &'static str) -> Vec<OptionView> {
    let mut options = vec![option("", any, false)];
    options.extend((0..50).map(|n| OptionView {
        value: n.to_string().into(),
        label: format!("{} {n}", DOCTORS[n % 5]).into(),
        selected: n == 7,
    }));
    options
}

fn pick(more: bool) -> Option<PickView> {
    Some(PickView { href: "/patients/pick/doctor".into(), more, name: "find.doctor".into(), query: "".into() })
}

fn filter(label: &'static str, name: &'static str, kind: &'static str) -> Filter {
    Filter {
        label: label.into(),
        name: name.into(),
        kind,
        active: false,
        summary: "any".into(),
        options: Vec::new(),
        pick: None,
        input: "text",
        step: None,
        from: "".into(),
        to: "".into(),
        presets: Vec::new(),
        nullable: false,
        null: false,
    }
}

fn states(any: &'static str) -> Vec<OptionView> {
    vec![
        option("", any, true),
        option("Booked", "Booked", false),
        option("Arrived", "Arrived", false),
        option("Done", "Done", false),
        option("Missed", "Did not come", false),
    ]
}

fn steps() -> Vec<Step> {
    vec![
        Step { label: "First".into(), href: None, icon: "first", rel: "" },
        Step { label: "Previous".into(), href: None, icon: "left", rel: "prev" },
        Step {
            label: "Next".into(),
            href: Some("/patients?sort=-created_at&after=bm90IGEgY3Vyc29y".into()),
            icon: "right",
            rel: "next",
        },
    ]
}

fn patient(n: usize) -> RowView {
    let born = format!("19{:02}-0{}-1{}", 40 + n % 60, 1 + n % 9, n % 10);
    RowView {
        href: format!("/patients/{}", 4711 + n).into(),
        cells: vec![
            cell(NAMES[n % NAMES.len()], ""),
            Cell { href: Some(format!("/doctors/{}", n % 5).into()), ..cell(DOCTORS[n % 5], "") },
            cell(born, ""),
            if n % 4 == 3 { cell("–", "none") } else { tagged("Arrived", ["t0", "t1", "t2"][n % 3]) },
            cell(format!("{}.50", 10 + 37 * n), "num"),
            when("2026-11-20T14:02:11.000000Z", "2026-11-20 14:02"),
        ],
    }
}

pub(super) fn list() -> ListPage {
    let column = |label: &'static str, dir, kind| Column {
        label: label.into(),
        href: Some("/patients?sort=name&size=50".into()),
        dir,
        kind,
    };
    ListPage {
        frame: frame("Patients", "Patients", &[]),
        singular: "patient".into(),
        action: "/patients".into(),
        count: Count { text: "10,000+".into() },
        search: Some(SearchView { value: "".into(), placeholder: "Search name, email".into() }),
        filters: vec![
            Filter {
                options: doctors("any"),
                pick: pick(true),
                active: true,
                ..filter("Doctor", "f.doctor", "select")
            },
            Filter { options: states("any"), ..filter("State", "f.state", "select") },
            Filter {
                input: "date",
                summary: "any".into(),
                nullable: true,
                presets: vec![
                    Link { label: "Today".into(), href: "/patients?f.created_at.from=2026-11-21".into() },
                    Link { label: "7 days".into(), href: "/patients?f.created_at.from=2026-11-14".into() },
                    Link { label: "30 days".into(), href: "/patients?f.created_at.from=2026-10-22".into() },
                ],
                ..filter("Created at", "f.created_at", "range")
            },
            Filter { options: states("any"), nullable: true, ..filter("Last", "f.last", "choice") },
            Filter { nullable: true, ..filter("Phone", "f.phone", "text") },
        ],
        keep: vec![Hidden { name: "sort".into(), value: "-created_at".into() }],
        chips: vec![Chip { label: "Doctor".into(), value: "Dr Sara Nasser 7".into(), remove: "/patients".into() }],
        clear: "/patients".into(),
        columns: vec![
            column("Name", "", ""),
            column("Doctor", "", ""),
            column("Born", "", ""),
            column("State", "", ""),
            column("Owing", "", "num"),
            column("Created at", "descending", ""),
        ],
        rows: (0..50).map(patient).collect(),
        shown: "50 of 10,000+".into(),
        sizes: ["25", "50", "100", "200"]
            .map(|n| Size { label: n.into(), href: format!("/patients?size={n}").into(), current: n == "50" })
            .into(),
        steps: steps(),
        new: Some("/patients/new".into()),
        empty: nothing(),
    }
}

fn nothing() -> Empty {
    Empty {
        title: "No patient matches".into(),
        text: "Nothing within your view has all of these filters. Take one away, or clear them all.".into(),
        link: Some(Link { label: "Clear all filters".into(), href: "/patients".into() }),
    }
}

pub(super) fn empty_list() -> ListPage {
    ListPage { rows: Vec::new(), count: Count { text: "0".into() }, ..list() }
}

pub(super) fn detail() -> DetailPage {
    let fact = |label: &'static str, cell| Fact { label: label.into(), cell, wide: false };
    let mut page_frame = frame("Anna Berg", "Patients", &[("Patients", "/patients")]);
    page_frame.notes.push(Note {
        tone: Tone::Good,
        text: "Anna Berg is saved.".into(),
        link: Some(Link { label: "Make another".into(), href: "/patients/new".into() }),
    });
    DetailPage {
        frame: page_frame,
        version: 3,
        sections: vec![
            FactSection {
                title: "Person".into(),
                facts: vec![
                    fact("Name", cell("Anna Berg", "")),
                    fact(
                        "Email",
                        Cell { href: Some("mailto:anna.berg@example.org".into()), ..cell("anna.berg@example.org", "") },
                    ),
                    fact("Phone", cell("none", "none")),
                    fact("Born", cell("1984-02-11", "")),
                    fact("Active", tagged("Yes", "yes")),
                    fact(
                        "Site",
                        Cell {
                            href: Some("https://example.org".into()),
                            outside: true,
                            ..cell("https://example.org", "")
                        },
                    ),
                ],
            },
            FactSection {
                title: "Care".into(),
                facts: vec![
                    fact("Doctor", reference("Dr Zoe Brown", "/doctors/1")),
                    Fact {
                        wide: true,
                        ..fact(
                            "Notes",
                            cell(
                                "Allergic to penicillin.\nCalls in the morning only; her sister Ida fetches her after treatment.",
                                "long",
                            ),
                        )
                    },
                    Fact { wide: true, ..fact("Payload", cell("{\n  \"blood\": \"0+\"\n}", "code")) },
                ],
            },
        ],
        related: vec![
            Related {
                title: "Visits".into(),
                count: "12".into(),
                columns: vec!["At".into(), "Doctor".into(), "State".into()],
                rows: (0..4)
                    .map(|n| RowView {
                        href: format!("/visits/{n}").into(),
                        cells: vec![
                            when("2026-11-20T14:02:11.000000Z", "2026-11-20 14:02"),
                            reference("Dr Zoe Brown", "/doctors/1"),
                            tagged("Booked", "t0"),
                        ],
                    })
                    .collect(),
                all: Some("/visits?f.patient=4711".into()),
                new: Some("/visits/new?patient=4711".into()),
            },
            Related {
                title: "Invoices".into(),
                count: "0".into(),
                columns: Vec::new(),
                rows: Vec::new(),
                all: None,
                new: None,
            },
        ],
        about: vec![
            fact("Number", cell("4711", "")),
            fact("Version", cell("3", "")),
            fact("Created at", when("2026-11-20T14:02:11.000000Z", "2026-11-20 14:02")),
        ],
        history: Some(History {
            events: vec![
                HistoryEvent {
                    time: "2026-11-20 14:02".into(),
                    stamp: "2026-11-20T14:02:11.000000Z".into(),
                    actor: "tom@clinic.example".into(),
                    text: "Changed phone, email".into(),
                },
                HistoryEvent {
                    time: "2026-11-19 09:40".into(),
                    stamp: "2026-11-19T09:40:00.000000Z".into(),
                    actor: "anna@clinic.example".into(),
                    text: "Created".into(),
                },
            ],
            all: "/audit?model=Patient&id=4711".into(),
        }),
        actions: vec![Act {
            label: "Approve".into(),
            href: "/invoices/7/do/approve".into(),
            help: "Makes the invoice payable.".into(),
        }],
        edit: Some("/patients/4711/edit".into()),
        delete: Some("/patients/4711/delete".into()),
    }
}

fn fields() -> Vec<FormSection> {
    vec![
        FormSection {
            title: "Person".into(),
            fields: vec![
                FieldView {
                    value: "Anna Berg".into(),
                    was: Some("Anna Berg".into()),
                    required: true,
                    max_len: Some(120),
                    help: "As in the passport.".into(),
                    ..FieldView::new("name", "Name")
                },
                FieldView {
                    input: "email",
                    value: "anna.berg@".into(),
                    was: Some("".into()),
                    error: Some("This isn't a mail address: nothing stands after the @.".into()),
                    ..FieldView::new("email", "Email")
                },
                FieldView {
                    value: "+47 555 01".into(),
                    was: Some("".into()),
                    theirs: Some("+47 555 99".into()),
                    help: "6 to 20 digits and spaces, + in front.".into(),
                    ..FieldView::new("phone", "Phone")
                },
                FieldView {
                    input: "date",
                    value: "1984-02-11".into(),
                    was: Some("1984-02-11".into()),
                    required: true,
                    max: Some("2026-11-21".into()),
                    ..FieldView::new("born", "Born")
                },
                FieldView {
                    widget: Widget::Tick,
                    checked: true,
                    was: Some("true".into()),
                    ..FieldView::new("active", "Active")
                },
                FieldView {
                    input: "datetime-local",
                    step: Some("1".into()),
                    unit: Some("UTC".into()),
                    value: "2026-11-20T14:02:11".into(),
                    ..FieldView::new("at", "At")
                },
            ],
        },
        FormSection {
            title: "Care".into(),
            fields: vec![
                FieldView {
                    widget: Widget::Pick,
                    pick: pick(true),
                    options: doctors("Choose a doctor"),
                    required: true,
                    was: Some("7".into()),
                    ..FieldView::new("doctor", "Doctor")
                },
                FieldView {
                    widget: Widget::Select,
                    options: states("Choose a state"),
                    ..FieldView::new("state", "State")
                },
                FieldView {
                    widget: Widget::Radio,
                    options: vec![
                        option("Draft", "Draft", true),
                        option("Approved", "Approved", false),
                        option("Paid", "Paid", false),
                    ],
                    required: true,
                    error: Some("Choose one of the three.".into()),
                    ..FieldView::new("kind", "Kind")
                },
                FieldView {
                    widget: Widget::Fixed,
                    value: "Approved".into(),
                    help: "Changes by the action Approve.".into(),
                    ..FieldView::new("approval", "Approval")
                },
                FieldView {
                    widget: Widget::Secret,
                    placeholder: "set; leave empty to keep it".into(),
                    ..FieldView::new("pin", "Pin")
                },
                FieldView {
                    input: "number",
                    inputmode: Some("decimal"),
                    step: Some("0.01".into()),
                    min: Some("0".into()),
                    value: "12.50".into(),
                    ..FieldView::new("amount", "Amount")
                },
                FieldView {
                    widget: Widget::Area,
                    wide: true,
                    value: "Allergic to penicillin.\n<b>Calls</b> in the morning only.".into(),
                    was: Some("".into()),
                    max_len: Some(20_000),
                    ..FieldView::new("notes", "Notes")
                },
                FieldView {
                    widget: Widget::Area,
                    wide: true,
                    code: true,
                    rows: 3,
                    value: "{}".into(),
                    ..FieldView::new("payload", "Payload")
                },
            ],
        },
    ]
}

pub(super) fn form() -> FormPage {
    FormPage {
        frame: frame("Anna Berg", "Patients", &[("Patients", "/patients")]),
        action: "/patients/4711/edit".into(),
        version: Some(3),
        sections: fields(),
        errors: vec![
            FormError {
                id: "f-email".into(),
                label: "Email".into(),
                text: "This isn't a mail address: nothing stands after the @.".into(),
            },
            FormError { id: "f-kind".into(), label: "Kind".into(), text: "Choose one of the three.".into() },
        ],
        stale: None,
        then: Then { value: "stay", label: "Save and go on".into() },
        cancel: "/patients/4711".into(),
        delete: Some("/patients/4711/delete".into()),
    }
}

pub(super) fn stale() -> FormPage {
    let row = |id: &'static str, label: &'static str, values: [&'static str; 4], conflict| StaleRow {
        id: id.into(),
        label: label.into(),
        base: values[0].into(),
        theirs: values[1].into(),
        yours: values[2].into(),
        taken: values[3].into(),
        conflict,
    };
    FormPage {
        errors: Vec::new(),
        stale: Some(Stale {
            title: "Somebody else saved Anna Berg while you were writing".into(),
            text: "Nothing is lost and nothing is saved yet. Where only one of you changed a field, the form below holds that change; where both did, it holds yours. Look through it and save again.".into(),
            rows: vec![
                row("f-phone", "Phone", ["", "+47 555 99", "+47 555 01", "yours"], true),
                row("f-email", "Email", ["anna@old.example", "anna@new.example", "anna@old.example", "saved meanwhile"], false),
                row("f-notes", "Notes", ["", "", "Allergic to penicillin.", "yours"], false),
            ],
        }),
        ..form()
    }
}

pub(super) fn delete() -> DeletePage {
    DeletePage {
        frame: frame("Delete Anna Berg?", "Patients", &[("Patients", "/patients"), ("Anna Berg", "/patients/4711")]),
        action: "/patients/4711/delete".into(),
        cancel: "/patients/4711".into(),
        version: 3,
        lead: "Anna Berg and 132 records that belong to her go for good. The audit log keeps what they held.".into(),
        refused: Vec::new(),
        goes: vec![
            Goes { label: "Patients".into(), count: "1".into() },
            Goes { label: "Visits".into(), count: "132".into() },
        ],
        named: (0..20)
            .map(|n| Named {
                kind: "Visit".into(),
                label: format!("Visit {n}").into(),
                href: Some(format!("/visits/{n}").into()),
            })
            .collect(),
        unnamed: Some("112".into()),
        kept: vec!["3 letters stay and lose their link to this patient.".into()],
        confirm: Some("Anna Berg".into()),
        confirm_error: Some("Type Anna Berg, letter by letter.".into()),
        button: "Delete 133 records".into(),
    }
}

pub(super) fn refused_delete() -> DeletePage {
    DeletePage { refused: vec!["2 invoices point at this patient; delete or move them first.".into()], ..delete() }
}

pub(super) fn home() -> HomePage {
    HomePage {
        frame: frame("Clinic", "Home", &[]),
        counters: vec![
            Counter { label: "Patients".into(), number: "10,000+".into(), href: "/patients".into() },
            Counter { label: "Visits, booked".into(), number: "312".into(), href: "/visits?f.state=Booked".into() },
            Counter { label: "Invoices".into(), number: "1,204".into(), href: "/invoices".into() },
        ],
        charts: vec![Chart {
            title: "Visits by day".into(),
            width: 600,
            height: 96,
            highest: "29".into(),
            from: "2026-10-23".into(),
            to: "2026-11-21".into(),
            bars: (0..30_u32)
                .map(|n| {
                    let height = u64::from(n * 37 % 29) * 3;
                    Bar {
                        x: n as usize * 20,
                        y: 96 - height,
                        height,
                        day: format!("2026-11-{:02}", n + 1).into(),
                        number: (n * 37 % 29).to_string().into(),
                    }
                })
                .collect(),
        }],
        latest: vec![Latest {
            title: "Latest patients".into(),
            columns: ["Name", "Doctor", "Born", "State", "Owing", "Created at"].map(Text::from).into(),
            rows: (0..5).map(patient).collect(),
            all: Some("/patients".into()),
            new: Some("/patients/new".into()),
        }],
        empty: None,
    }
}

pub(super) fn empty_home() -> HomePage {
    HomePage {
        counters: Vec::new(),
        charts: Vec::new(),
        latest: Vec::new(),
        empty: Some(Empty {
            title: "Nothing here yet".into(),
            text: "Add the first doctor; patients and visits point at one.".into(),
            link: Some(Link { label: "New doctor".into(), href: "/doctors/new".into() }),
        }),
        ..home()
    }
}

pub(super) fn audit() -> AuditPage {
    let event = |seq: i64, event: &'static str, tone, changes: Vec<Change>| Event {
        seq,
        time: "2026-11-20 14:02:11".into(),
        stamp: "2026-11-20T14:02:11.000000Z".into(),
        actor: "anna@clinic.example".into(),
        event: event.into(),
        tone,
        subject: if changes.is_empty() { "".into() } else { "Patient 4711 Anna Berg".into() },
        href: (!changes.is_empty()).then(|| "/patients/4711".into()),
        summary: if changes.is_empty() { "".into() } else { "phone, email".into() },
        correlation: "0193-4711".into(),
        changes,
    };
    let changes = || {
        vec![
            Change { label: "Phone".into(), before: None, after: Some("+47 555 99".into()) },
            Change {
                label: "Email".into(),
                before: Some("anna@old.example".into()),
                after: Some("anna@new.example".into()),
            },
        ]
    };
    AuditPage {
        frame: frame("Audit", "Audit", &[]),
        action: "/audit".into(),
        seal: Seal {
            tone: "good",
            text: "Chain whole up to number 1,234, 14:02".into(),
            check: Some("/audit?check=1".into()),
        },
        who: "".into(),
        filters: vec![
            Filter {
                options: vec![option("", "any", true), option("Patient", "Patients", false)],
                ..filter("Model", "model", "select")
            },
            Filter {
                options: vec![option("", "any", true), option("edit", "changed", false)],
                ..filter("Event", "event", "select")
            },
        ],
        from: "2026-11-01".into(),
        to: "".into(),
        subject: Some(Subject { id: "4711".into() }),
        chips: vec![Chip { label: "From".into(), value: "2026-11-01".into(), remove: "/audit".into() }],
        events: (0..30)
            .map(|n| match n % 5 {
                0 => event(1234 - n, "changed", "t1", changes()),
                1 => event(1234 - n, "created", "t2", changes()),
                2 => event(1234 - n, "signed in", "t0", Vec::new()),
                3 => event(1234 - n, "deleted", "t3", changes()),
                _ => event(1234 - n, "refused", "bad", Vec::new()),
            })
            .collect(),
        shown: "30 of 1,234".into(),
        steps: steps(),
    }
}

pub(super) fn policy() -> PolicyPage {
    let roles: [(&str, &str); 5] = [
        ("r-owner", "Owner"),
        ("r-manager", "Manager"),
        ("r-clinician", "Clinician"),
        ("r-reception", "Reception"),
        ("r-auditor", "Auditor"),
    ];
    let mark = |letter: &'static str, reach| Mark { letter: letter.into(), reach };
    let grant = |anchor: String, rows: Option<&'static str>, fields: Option<&'static str>, lendable| GrantRow {
        anchor: anchor.into(),
        model: "Patient".into(),
        verb: "view, edit".into(),
        rows: rows.map(Into::into),
        fields: fields.map(Into::into),
        lendable,
    };
    PolicyPage {
        frame: frame("Policy", "Policy", &[]),
        roles: roles
            .iter()
            .map(|(anchor, label)| RoleView {
                anchor: (*anchor).into(),
                label: (*label).into(),
                doc: "Runs the practice.".into(),
                rank: "under Owner".into(),
                facts: vec![
                    "May assign, reset, lock and unlock Clinician, Reception".into(),
                    "A second factor is required".into(),
                ],
                grants: vec![
                    grant(format!("g{anchor}-0"), None, None, false),
                    grant(format!("g{anchor}-1"), Some("doctor == me.doctor"), Some("name, phone, email"), true),
                ],
            })
            .collect(),
        rows: ["Doctors", "Patients", "Visits", "Invoices"]
            .map(|label| MatrixRow {
                label: label.into(),
                cells: (0..5)
                    .map(|n| MatrixCell {
                        href: (n != 3).then(|| "#gr-owner-0".into()),
                        title: "Owner on Patients: view, create, edit, delete; export some fields".into(),
                        marks: if n == 3 {
                            Vec::new()
                        } else {
                            vec![
                                mark("V", "all"),
                                mark("C", "all"),
                                mark("E", "some"),
                                mark("D", "some"),
                                mark("X", "may"),
                            ]
                        },
                    })
                    .collect(),
            })
            .into(),
        letters: "V view, C create, E edit, D delete, X export, I import; others are the actions of the model.".into(),
        forbids: vec!["forbid Auditor create, edit, delete, export *".into(), "forbid Reception delete *".into()],
        accepted: vec![Accepted {
            rule: "one_person".into(),
            place: "Owner".into(),
            reason: "a two-person practice".into(),
            until: "2027-06-30".into(),
            overdue: false,
        }],
    }
}

pub(super) fn sign_in() -> SignInPage {
    let mut frame = door("Sign in");
    frame.notes.push(Note {
        tone: Tone::Bad,
        text: "That didn't work. Check the address and the password and try again.".into(),
        link: None,
    });
    SignInPage {
        frame,
        action: "/login".into(),
        email: "anna@clinic.example".into(),
        next: "/patients".into(),
        help: "No way in? Whoever administers this panel can send you a link.".into(),
    }
}

pub(super) fn choose_password() -> ChoosePasswordPage {
    ChoosePasswordPage {
        frame: door("Choose a password"),
        action: "/first".into(),
        token: "tok".into(),
        lead: "You are the first owner of this panel.".into(),
        email: None,
        typed_email: "".into(),
        email_error: Some("An address is needed.".into()),
        password_error: Some("This one is on the list of common passwords.".into()),
        again_error: Some("The two are not the same.".into()),
        min: 15,
    }
}

pub(super) fn refusal(inside: bool) -> RefusalPage {
    RefusalPage {
        frame: if inside { frame("Not yours to change", "Patients", &[]) } else { door("Too many tries") },
        status: if inside { 403 } else { 429 },
        text: if inside {
            "Your role Reception may not delete Patients.".into()
        } else {
            "Signing in is paused for this address.".into()
        },
        steps: vec!["Owner and Manager hold that right; ask one of them to do it.".into()],
        links: vec![
            Link { label: "Back to Patients".into(), href: "/patients".into() },
            Link { label: "Home".into(), href: "/".into() },
        ],
        reference: Some("0193-4711".into()),
    }
}
