//! Values as a reader sees them. A field outside the viewer's terms never gets this far with its value: the caller
//! passes what the terms let through, and everything else is shown as not visible.

use super::keys::Keys;
use crate::context::Cx;
use crate::key::RowKey;
use crate::panel::{Field, Kind, Links};
use crate::route::{Page, Route};
use crate::store::{Candidate, Label, ListedRow};
use crate::value::Value;
use crate::views::{Cell, Link};

/// Marks beside choices, by place in the choice.
const TONES: [&str; 6] = ["t0", "t1", "t2", "t3", "t4", "t5"];
/// Characters of a text in a list; the rest is on the row's page.
const LIST_TEXT: usize = 80;

/// Shown for a value that the viewer may not see in this row.
pub(super) fn hidden() -> Cell {
    Cell { text: "not visible to you".into(), kind: "none", ..Cell::default() }
}

/// A field of a row in a list: one line.
pub(super) fn short(cx: &Cx<'_>, field: &Field, listed: &ListedRow, keys: &Keys) -> Option<Cell> {
    let mut cell = of(cx, field, listed, keys)?;
    cell.links.clear();
    if matches!(cell.kind, "long" | "code") {
        cell.kind = "";
    }
    let one_line = cell.text.split('\n').next().unwrap_or_default();
    if one_line.len() < cell.text.len() || one_line.chars().count() > LIST_TEXT {
        let cut: String = one_line.chars().take(LIST_TEXT).collect();
        cell.text = format!("{}…", cut.trim_end()).into();
    }
    Some(cell)
}

/// A field of a row on the row's own page; none: it was not fetched.
pub(super) fn of(cx: &Cx<'_>, field: &Field, listed: &ListedRow, keys: &Keys) -> Option<Cell> {
    let value = listed.row.get(field.index)?;
    Some(match field.links() {
        Some(links) => linked(cx, links, listed.linked(field.index)),
        None => whole(cx, field, value, keys.label(listed, field.index)),
    })
}

/// Rows that links lead to, of which only those come here that the viewer may see.
fn linked(cx: &Cx<'_>, links: &Links, to: &[Candidate]) -> Cell {
    if to.is_empty() {
        return Cell { text: "–".into(), kind: "none", ..Cell::default() };
    }
    let labels: Vec<&str> = to.iter().map(|one| one.label.as_str()).collect();
    let link = |one: &Candidate, model| Link {
        label: one.label.clone().into(),
        href: cx.link(&Route::Model(model, Page::Detail(one.id))).into(),
    };
    let model = cx.panel().models.get(links.model);
    Cell {
        text: labels.join(", ").into(),
        links: to.iter().filter_map(|one| Some(link(one, model?))).collect(),
        ..Cell::default()
    }
}

/// A value on the row's own page, links apart: see [`of`].
pub(super) fn whole(cx: &Cx<'_>, field: &Field, value: &Value, label: Option<&Label>) -> Cell {
    let text = |text: String, kind| Cell { text: text.into(), kind, ..Cell::default() };
    match (value, field.kind) {
        (Value::Null, _) => text("–".to_owned(), "none"),
        (Value::SecretHash(_), _) | (_, Kind::Secret) => text("set".to_owned(), "none"),
        (Value::Bool(yes), _) => {
            Cell { tone: Some(if *yes { "yes" } else { "no" }), ..text(if *yes { "Yes" } else { "No" }.to_owned(), "") }
        }
        (Value::Text(name), Kind::Choice(choice)) => {
            let variants = cx.panel().choices.get(choice).map_or(&[][..], |c| c.variants);
            match variants.iter().position(|v| v.name == name) {
                Some(place) => Cell {
                    tone: TONES.get(place % TONES.len()).copied(),
                    ..text(variants.get(place).map_or_else(String::new, |v| v.title.to_owned()), "")
                },
                // Stored by an older build; shown as it stands.
                None => text(name.clone(), ""),
            }
        }
        (value, Kind::Model(model, _, _)) => match RowKey::of(value) {
            Some(key) => reference(cx, model, key, label),
            None => hidden(),
        },
        (Value::Int(_), Kind::Actor) => match label {
            Some(Label::Text(email)) => text(email.clone(), ""),
            _ => hidden(),
        },
        (Value::Int(_) | Value::Float(_) | Value::Decimal(_), _) => text(value.to_text(), "num"),
        (Value::Timestamp(at), _) => Cell {
            stamp: value.to_text().into(),
            title: Some(at.format("%Y-%m-%d %H:%M:%S UTC").to_string().into()),
            ..text(at.format("%Y-%m-%d %H:%M").to_string(), "when")
        },
        // Only an address that surely leads to the web becomes a link: a stored one may be anything.
        (Value::Text(url), Kind::Url) if url.starts_with("https://") || url.starts_with("http://") => {
            Cell { href: Some(url.clone().into()), outside: true, ..text(url.clone(), "") }
        }
        (Value::Text(many), Kind::Text) => text(many.clone(), "long"),
        (Value::Json(json), _) => {
            let pretty = serde_json::from_str::<serde_json::Value>(json)
                .and_then(|value| serde_json::to_string_pretty(&value))
                .unwrap_or_else(|_| json.clone());
            text(pretty, "code")
        }
        _ => text(value.to_text(), ""),
    }
}

fn reference(cx: &Cx<'_>, model: usize, id: RowKey, label: Option<&Label>) -> Cell {
    match (label, cx.panel().models.get(model)) {
        (Some(Label::Text(text)), Some(model)) => Cell {
            text: text.clone().into(),
            href: Some(cx.link(&Route::Model(model, Page::Detail(id))).into()),
            ..Cell::default()
        },
        // No label, no link, and no number either: the row may be outside the viewer's scope.
        _ => hidden(),
    }
}
