//! Views of one row: its page, its form, the question before it goes.

use super::{cell, doctors, frame, option, pick, reference, states, tagged, when};
use crate::views::{
    Act, Cell, DeletePage, DetailPage, Fact, FactSection, FieldView, FormError, FormPage, FormSection, Goes, Hidden,
    InlineRow, InlineView, Link, More, Named, Note, Related, RowView, Stale, StaleRow, Then, Tick, Tone, Widget,
};

pub(in crate::page) fn detail() -> DetailPage {
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
                    fact("Languages", languages()),
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
        past: "/patients/4711/history".into(),
        history: Some("/audit?model=Patient&id=4711".into()),
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
    vec![person(), care()]
}

fn person() -> FormSection {
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
    }
}

fn languages() -> Cell {
    let links = ["Arabic", "English"].map(|name| Link { label: name.into(), href: "/languages/1".into() });
    Cell { links: links.to_vec(), ..cell("Arabic, English", "") }
}

fn care() -> FormSection {
    FormSection {
        title: "Care".into(),
        fields: vec![
            FieldView {
                widget: Widget::Pick,
                pick: Some(pick()),
                options: doctors("Choose a doctor"),
                required: true,
                was: Some("7".into()),
                ..FieldView::new("doctor", "Doctor")
            },
            FieldView { widget: Widget::Select, options: states("Choose a state"), ..FieldView::new("state", "State") },
            FieldView {
                widget: Widget::Many,
                pick: Some(pick()),
                options: vec![option("1", "Arabic", true), option("2", "English", true), option("3", "French", false)],
                wide: true,
                was: Some("1,2".into()),
                ..FieldView::new("languages", "Languages")
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
    }
}

fn visits() -> InlineView {
    let row = |place: &'static str, legend: &'static str, is_new: bool| InlineRow {
        id: format!("in-0-{place}").into(),
        legend: legend.into(),
        href: (!is_new).then(|| "/visits/12".into()),
        fields: vec![
            FieldView {
                id: format!("f-in-0-{place}-at").into(),
                name: format!("in.0.{place}.at").into(),
                input: "datetime-local",
                required: true,
                error: is_new.then(|| "This is needed.".into()),
                ..FieldView::new("at", "At")
            },
            FieldView {
                id: format!("f-in-0-{place}-state").into(),
                name: format!("in.0.{place}.state").into(),
                widget: Widget::Select,
                options: states("–"),
                ..FieldView::new("state", "State")
            },
        ],
        version: (!is_new).then(|| Hidden { name: format!("in.0.{place}.bw.version").into(), value: "2".into() }),
        remove: (!is_new).then(|| Tick { name: format!("in.0.{place}.bw.remove").into(), checked: false }),
        errors: if is_new { vec!["a visit in the future is not done".into()] } else { Vec::new() },
    };
    InlineView {
        id: "in-0".into(),
        title: "Visits".into(),
        rows: vec![row("12", "Visit 12", false), row("n0", "New visit", true)],
        add: Some(More { value: "0".into(), label: "Add a visit".into() }),
        rest: Some("The first 20 are shown; the other visits are changed on their own pages.".into()),
    }
}

pub(in crate::page) fn form() -> FormPage {
    FormPage {
        frame: frame("Anna Berg", "Patients", &[("Patients", "/patients")]),
        action: "/patients/4711/edit".into(),
        version: Some(3),
        sections: fields(),
        inlines: vec![visits()],
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

pub(in crate::page) fn stale() -> FormPage {
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
            gone: vec!["A visit of this form was removed meanwhile.".into()],
            rows: vec![
                row("f-phone", "Phone", ["", "+47 555 99", "+47 555 01", "yours"], true),
                row("f-email", "Email", ["anna@old.example", "anna@new.example", "anna@old.example", "saved meanwhile"], false),
                row("f-notes", "Notes", ["", "", "Allergic to penicillin.", "yours"], false),
            ],
        }),
        ..form()
    }
}

pub(in crate::page) fn delete() -> DeletePage {
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

pub(in crate::page) fn refused_delete() -> DeletePage {
    DeletePage { refused: vec!["2 invoices point at this patient; delete or move them first.".into()], ..delete() }
}
