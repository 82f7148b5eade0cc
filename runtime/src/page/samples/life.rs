//! Views of what happened to a row.

use super::{filter, frame, states};
use crate::views::{Change, HistoryPage, Left, Past, RestorePage, Restored};

pub(in crate::page) fn history() -> HistoryPage {
    let change = |label: &'static str, before: Option<&'static str>, after: Option<&'static str>| Change {
        label: label.into(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    HistoryPage {
        frame: frame("History of Anna Berg", "Patients", &[("Patients", "/patients"), ("Anna Berg", "/patients/4711")]),
        action: "/patients/4711/history".into(),
        fields: crate::views::Filter { options: states("any"), ..filter("Field", "field", "select") },
        events: (1..6)
            .rev()
            .map(|version| Past {
                version,
                time: "2026-11-20 14:02:11".into(),
                stamp: "2026-11-20T14:02:11.000000Z".into(),
                actor: "ida.kim@example.org".into(),
                what: if version == 1 { "created" } else { "changed" }.into(),
                tone: "t1",
                changes: vec![
                    change("Phone", Some("+49 30 1234567"), None),
                    change("Doctor", Some("Dr Zoe Brown"), Some("Dr Tom Ferri")),
                    change("Email", None, Some("anna.berg@example.org")),
                ],
                restore: (version < 5).then(|| format!("/patients/4711/restore/{version}").into()),
            })
            .collect(),
        older: Some("/patients/4711/history?older=17".into()),
        newest: Some("/patients/4711/history".into()),
        cut_short: true,
    }
}

pub(in crate::page) fn restore() -> RestorePage {
    RestorePage {
        frame: frame("Restore Anna Berg", "Patients", &[("Patients", "/patients"), ("Anna Berg", "/patients/4711")]),
        action: "/patients/4711/restore/17".into(),
        version: 5,
        lead: "The version of 2026-11-20 14:02:11 UTC, by ida.kim@example.org".into(),
        changes: vec![
            Restored { label: "Phone".into(), now: None, then: Some("+49 30 1234567".into()), error: None },
            Restored {
                label: "Email".into(),
                now: Some("anna.berg@example.org".into()),
                then: Some("anna@example.org".into()),
                error: Some("Another one has this already.".into()),
            },
        ],
        left: vec![Left { label: "Born".into(), why: "your role may not edit it".into() }],
        errors: vec!["a visit in the future is not done".into()],
        stale: true,
        cancel: "/patients/4711/history".into(),
    }
}
