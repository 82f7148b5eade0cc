//! Pages about many rows at once.

use super::frame;
use crate::views::{ExportColumn, ExportPage, FormatView};

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
