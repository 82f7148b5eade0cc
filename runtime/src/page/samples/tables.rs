//! Views that hold many rows: lists, home, audit, policy.

use super::{doctors, filter, frame, option, patient, pick, states, steps};
use crate::views::{
    Accepted, AuditPage, Bar, BulkBar, Change, Chart, Chip, Column, Count, Counter, Empty, Event, Facet, FacetChoice,
    Filter, GrantRow, Hidden, HomePage, Latest, Link, ListPage, Mark, MatrixCell, MatrixRow, OptionView, PolicyPage,
    Preset, RoleView, Seal, SearchView, Size, Subject, Text,
};

pub(in crate::page) fn list() -> ListPage {
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
                pick: Some(pick()),
                active: true,
                ..filter("Doctor", "f.doctor", "select")
            },
            Filter { options: states("any"), ..filter("State", "f.state", "many") },
            Filter {
                input: "date",
                summary: "last 7 days".into(),
                active: true,
                word: "last-7-days".into(),
                nulls: nulls(),
                presets: ["Today", "Last 7 days", "Last 30 days", "This month", "Last month", "This year"]
                    .map(|label| Preset {
                        label: label.into(),
                        href: "/patients?f.created_at=today".into(),
                        current: label == "Last 7 days",
                    })
                    .into(),
                ..filter("Created at", "f.created_at", "range")
            },
            Filter { options: states("any"), nulls: nulls(), ..filter("Last", "f.last", "choice") },
            Filter { nulls: nulls(), ..filter("Phone", "f.phone", "text") },
        ],
        keep: vec![Hidden { name: "sort".into(), value: "-created_at".into() }],
        chips: vec![Chip { label: "Doctor".into(), value: "Dr Sara Nasser 7".into(), remove: "/patients".into() }],
        facets: vec![facet("State", &["Booked", "Arrived", "Done"]), facet("Doctor", &["Dr Sara Nasser 7"])],
        counts: Some("/patients".into()),
        clear: "/patients".into(),
        export: Some("/patients/export?sort=-created_at".into()),
        import: Some("/patients/import".into()),
        bulk: Some(BulkBar {
            action: "/patients/bulk?sort=-created_at".into(),
            choices: vec![OptionView { value: "delete".into(), label: "Delete".into(), selected: true }],
            all: "all 10,000+".into(),
        }),
        ticks: (1..=50).map(|id| format!("{id}.1").into()).collect(),
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
        further: Some("/patients?counts=1&q=ida".into()),
        sizes: ["25", "50", "100", "200"]
            .map(|n| Size { label: n.into(), href: format!("/patients?size={n}").into(), current: n == "50" })
            .into(),
        steps: steps(),
        new: Some("/patients/new".into()),
        empty: nothing(),
    }
}

fn nulls() -> Vec<OptionView> {
    vec![option("", "any", true), option("1", "is empty", false), option("0", "is not empty", false)]
}

fn facet(label: &'static str, choices: &[&'static str]) -> Facet {
    let choice = |label: &&'static str| FacetChoice {
        label: (*label).into(),
        count: "10,000+".into(),
        href: "/patients?counts=1&f.state=Booked".into(),
        current: *label == "Booked",
    };
    Facet { label: label.into(), choices: choices.iter().map(choice).collect() }
}

fn nothing() -> Empty {
    Empty {
        title: "No patient matches".into(),
        text: "Nothing within your view has all of these filters. Take one away, or clear them all.".into(),
        link: Some(Link { label: "Clear all filters".into(), href: "/patients".into() }),
    }
}

pub(in crate::page) fn empty_list() -> ListPage {
    ListPage { rows: Vec::new(), count: Count { text: "0".into() }, ..list() }
}

pub(in crate::page) fn home() -> HomePage {
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

pub(in crate::page) fn empty_home() -> HomePage {
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

pub(in crate::page) fn audit() -> AuditPage {
    let event = |seq: i64, event: &'static str, tone, changes: Vec<Change>| Event {
        seq,
        time: "2026-11-20 14:02:11".into(),
        stamp: "2026-11-20T14:02:11.000000Z".into(),
        actor: "anna@clinic.example".into(),
        what: event.into(),
        tone,
        subject: if changes.is_empty() { "".into() } else { "Patient 4711 Anna Berg".into() },
        href: (!changes.is_empty()).then(|| "/patients/4711".into()),
        summary: if changes.is_empty() { "".into() } else { "phone, email".into() },
        correlation: "0193-4711".into(),
        address: Some("198.51.100.7".into()),
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
        export: Some("/audit/export".into()),
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
        subject: Some(Subject { id: "4711".into(), of: "Patient".into() }),
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

pub(in crate::page) fn policy() -> PolicyPage {
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
        lent: vec![super::loans::line(1, false)],
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
        accepted: Some(vec![Accepted {
            rule: "one_person".into(),
            place: "Owner".into(),
            reason: "a two-person practice".into(),
            until: "2027-06-30".into(),
            overdue: false,
        }]),
    }
}
