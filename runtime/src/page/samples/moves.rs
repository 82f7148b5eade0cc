//! Pages about many rows at once.

use super::frame;
use crate::views::{
    Again, BulkField, BulkPage, ColumnView, ColumnsPage, ExportColumn, ExportPage, FaultView, FieldView, FormatView,
    Hidden, ImportPage, JobLine, JobPage, Link, OptionView, WorkPage,
};

pub(in crate::page) fn export() -> ExportPage {
    let columns = ["id", "name", "doctor", "doctor.label", "created_at"];
    ExportPage {
        frame: frame("Export of patients", "Patients", &[("Patients", "/patients")]),
        action: "/patients/export?f.doctor=3".into(),
        cancel: "/patients?f.doctor=3".into(),
        lead: "10,000+ patients that match leave the panel as a file. That is recorded.".into(),
        filter: "Doctor: 3".into(),
        reasons: vec!["the yearly letter to patients".into()],
        columns: columns.map(|name| ExportColumn { name: name.into(), label: name.into(), checked: true }).into(),
        formats: ["csv", "jsonl", "xlsx"]
            .map(|word| FormatView { word, label: word, help: "Opens in any spreadsheet.", checked: word == "csv" })
            .into(),
        error: Some("Choose at least one column.".into()),
    }
}

fn option(value: &'static str, selected: bool) -> OptionView {
    OptionView { value: value.into(), label: value.into(), selected }
}

fn link(label: &'static str, href: &'static str) -> Link {
    Link { label: label.into(), href: href.into() }
}

pub(in crate::page) fn import() -> ImportPage {
    ImportPage {
        frame: frame("Import of patients", "Patients", &[("Patients", "/patients")]),
        action: "/patients/import".into(),
        cancel: "/patients".into(),
        lead: "Bring patients in from a file.".into(),
        columns: vec![link("name", "one line; needed"), link("doctor", "the number of a doctor; needed")],
        templates: vec![link("CSV", "/patients/import/template?format=csv")],
        error: Some("Line 3: it is not UTF-8.".into()),
    }
}

pub(in crate::page) fn columns() -> ColumnsPage {
    let column = |name: &'static str, label: &'static str| ColumnView {
        name: name.into(),
        label: label.into(),
        samples: vec!["Anna Berg".into(), "Omar Haddad".into()],
        options: vec![option("", false), option("name", true)],
    };
    ColumnsPage {
        frame: frame("Columns of patients.csv", "Patients", &[("Patients", "/patients")]),
        action: "/patients/import/7".into(),
        cancel: "/patients/import".into(),
        lead: "1,204 rows in patients.csv.".into(),
        columns: vec![column("m.0", "Name"), column("m.1", "Doctor")],
        keys: vec![option("", true), option("id", false), option("email", false)],
        as_one: true,
        error: Some("Two columns are taken for Name.".into()),
    }
}

pub(in crate::page) fn bulk() -> BulkPage {
    let hidden = |name: &'static str, value: &'static str| Hidden { name: name.into(), value: value.into() };
    BulkPage {
        frame: frame("Delete patients?", "Patients", &[("Patients", "/patients")]),
        action: "/patients/bulk?f.doctor=3".into(),
        cancel: "/patients?f.doctor=3".into(),
        lead: "10,000+ patients will be gone, and what goes along with each.".into(),
        named: vec!["Anna Berg".into(), "Omar Haddad".into()],
        unnamed: Some("many".into()),
        hidden: vec![hidden("do", "delete"), hidden("all", "1")],
        fields: vec![BulkField { checked: true, removes: false, field: FieldView::new("phone", "Phone") }],
        confirm: Some("delete".into()),
        error: Some("Type delete, letter by letter.".into()),
        button: "Delete 10,000+ patients".into(),
        danger: true,
    }
}

pub(in crate::page) fn work() -> WorkPage {
    WorkPage {
        frame: frame("Your work in progress", "Your work", &[]),
        jobs: vec![JobLine {
            href: "/work/7".into(),
            label: "Import of patients".into(),
            count: "1,201 done, 3 failed".into(),
            state: "under way",
            tone: "t1",
            at: "2026-11-21 12:00".into(),
            stamp: "2026-11-21T12:00:00Z".into(),
        }],
    }
}

pub(in crate::page) fn job() -> JobPage {
    let again = link("Back to the columns", "/patients/import/7");
    JobPage {
        frame: frame("Trial import of patients", "Your work", &[("Your work", "/work")]),
        state: "under way",
        tone: "t1",
        running: true,
        seen: 500,
        total: Some(1_204),
        counts: "500 of 1,204 looked at, 497 could go in, 3 failed.".into(),
        note: "Ended by hand; what was done before stays.".into(),
        faults: vec![FaultView {
            label: "Line 17".into(),
            href: None,
            field: "Born".into(),
            text: "This must lie in the past.".into(),
        }],
        unnamed: Some("2".into()),
        cancel: Some("/work/7/cancel".into()),
        again: Some(Again {
            action: "/patients/import/7".into(),
            fields: vec![Hidden { name: "m.0".into(), value: "name".into() }],
            label: "Import 497 rows".into(),
            back: again,
        }),
        back: link("To patients", "/patients"),
    }
}
