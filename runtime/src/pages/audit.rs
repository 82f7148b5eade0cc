//! The audit log, newest first. Whoever may read it sees that something happened and who did it; the values only of
//! fields that they may see on the row's own page ([`crate::trail`]).

mod asked;
pub(super) mod export;
mod words;

use self::asked::Asked;
pub(super) use self::words::{in_words, tone};
use super::words::number;
use super::{frame, show};
use crate::audit::chain::Verified;
use crate::audit::{Entry, EntryPosition, EventId};
use crate::authorize::authorize_framework;
use crate::context::Cx;
use crate::error::Error;
use crate::panel::{Framework, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::trail::{Reader, Seen, Told};
use crate::value::timestamp_text;
use crate::views::{AuditPage, Change, Chip, Event, Filter, OptionView, Seal, Step, Subject, Text};

/// Entries a page.
const SIZE: u32 = 40;
/// Model name under which events about people are kept.
const PERSON: &str = "Person";

pub(super) async fn page(cx: &Cx<'_>) -> Result<Response, Error> {
    authorize_framework(cx.panel(), &cx.actor, Verb::View, Framework::Audit)?;
    let asked = Asked::read(cx)?;
    let found = cx.app.store.entries(&asked.query(cx, SIZE).await?).await?;
    let path = cx.link(&Route::Audit);
    let seal = seal(cx, &asked, &path).await?;
    let reader = Reader::of(cx.panel(), &cx.actor);
    let seen = reader.seen_now(&cx.app.store, &found.entries).await?;
    let events: Vec<Event> = found.entries.iter().map(|entry| event(cx, &reader, &seen, entry)).collect();
    let may_export = authorize_framework(cx.panel(), &cx.actor, Verb::Export, Framework::Audit).is_ok();
    let export = may_export.then(|| asked.address(&cx.link(&Route::AuditExport), "", None).into());
    let step = |label: &'static str, icon, rel, with: Option<(&str, i64)>| Step {
        label: label.into(),
        href: with.map(|with| asked.address(&path, "", Some(with)).into()),
        icon,
        rel,
    };
    show(&AuditPage {
        frame: frame::frame(cx, "Audit", Vec::new()),
        action: path.clone().into(),
        seal,
        export,
        who: asked.who.clone().into(),
        filters: filters(cx, &asked),
        from: asked.from.clone().into(),
        to: asked.to.clone().into(),
        subject: (!asked.row.is_empty())
            .then(|| Subject { id: asked.row.clone().into(), of: asked.model.clone().into() }),
        chips: chips(cx, &asked, &path),
        shown: match (found.entries.first(), found.entries.last()) {
            (Some(newest), Some(oldest)) => format!("Numbers {} to {}", newest.seq, oldest.seq).into(),
            _ => "".into(),
        },
        steps: vec![
            Step {
                label: "Newest".into(),
                href: (asked.position != EntryPosition::Newest).then(|| asked.address(&path, "", None).into()),
                icon: "first",
                rel: "",
            },
            step("Newer", "left", "prev", found.newer.map(|seq| ("newer", seq))),
            step("Older", "right", "next", found.older.map(|seq| ("older", seq))),
        ],
        events,
    })
}

/// Reading the whole chain takes as long as the log is long, so it is done when somebody asks for it.
async fn seal(cx: &Cx<'_>, asked: &Asked, path: &str) -> Result<Seal, Error> {
    if !asked.check {
        return Ok(Seal { tone: "", text: "Hash-chained".into(), check: Some(format!("{path}?check=1").into()) });
    }
    Ok(match cx.app.store.verify_audit().await? {
        Verified::Whole { entries } => Seal {
            tone: "good",
            text: format!("Chain whole up to {} UTC, number {}", cx.now.format("%H:%M"), number(entries)).into(),
            check: None,
        },
        Verified::Broken { seq, why } => {
            Seal { tone: "bad", text: format!("Chain broken at number {seq}: {why}").into(), check: None }
        }
    })
}

fn filters(cx: &Cx<'_>, asked: &Asked) -> Vec<Filter> {
    let option = |value: &'static str, label: Text, chosen: &str| OptionView {
        value: value.into(),
        label,
        selected: value == chosen,
    };
    let filter = |label: &'static str, name: &'static str, options: Vec<OptionView>| Filter {
        label: label.into(),
        name: name.into(),
        kind: "select",
        active: !options.first().is_none_or(|any| any.selected),
        summary: "".into(),
        options,
        pick: None,
        input: "text",
        step: None,
        from: "".into(),
        to: "".into(),
        has: "".into(),
        word: "".into(),
        presets: Vec::new(),
        nulls: Vec::new(),
    };
    let mut models = vec![option("", "any".into(), &asked.model)];
    models.extend(cx.panel().models.iter().map(|model| option(model.name, model.plural.into(), &asked.model)));
    models.push(option(PERSON, "People".into(), &asked.model));
    let chosen = asked.event.map_or("", EventId::text);
    let mut events = vec![option("", "any".into(), chosen)];
    events.extend(EventId::ALL.iter().map(|id| option(id.text(), in_words(id.text()).into(), chosen)));
    vec![filter("Model", "model", models), filter("Event", "event", events)]
}

fn chips(cx: &Cx<'_>, asked: &Asked, path: &str) -> Vec<Chip> {
    asked
        .pairs()
        .into_iter()
        .map(|(name, value)| Chip {
            label: match name {
                "who" => "Who",
                "model" => "Model",
                "event" => "Event",
                "id" => asked.key(cx).title(),
                "from" => "From",
                _ => "To",
            }
            .into(),
            remove: asked.address(path, name, None).into(),
            value: match name {
                "model" => cx
                    .panel()
                    .models
                    .iter()
                    .find(|model| model.name == value)
                    .map_or("People", |model| model.plural)
                    .into(),
                "event" => in_words(&value).to_owned().into(),
                _ => value.into(),
            },
        })
        .collect()
}

fn event(cx: &Cx<'_>, reader: &Reader, seen: &Seen, entry: &Entry) -> Event {
    let (model, view) = reader.about(entry);
    let changes: Vec<Change> = reader.told(seen, entry).iter().map(change).collect();
    let subject = match (&entry.model, entry.row) {
        (Some(name), Some(row)) => format!("{} {row}", model.map_or(name.as_str(), |model| model.title)),
        (Some(name), None) => model.map_or(name.as_str(), |model| model.title).to_owned(),
        (None, _) => String::new(),
    };
    let names: Vec<&str> = changes.iter().map(|change| change.label.as_ref()).collect();
    Event {
        seq: entry.seq,
        time: entry.at.format("%Y-%m-%d %H:%M:%S").to_string().into(),
        stamp: timestamp_text(entry.at).into(),
        actor: entry.actor.as_ref().map_or("–".into(), |actor| actor.email.clone().into()),
        what: in_words(&entry.event).to_owned().into(),
        tone: tone(&entry.event),
        subject: subject.into(),
        href: match (model, view, entry.row) {
            (Some(model), Some(_), Some(row)) if entry.event != EventId::RowDeleted.text() => {
                Some(cx.link(&Route::Model(model, Page::Detail(row))).into())
            }
            _ => None,
        },
        summary: names.join(", ").to_lowercase().into(),
        correlation: entry.origin.request.to_string().into(),
        address: entry.origin.address.clone().map(Into::into),
        changes,
    }
}

fn change(told: &Told<'_>) -> Change {
    let text = |value: &Option<String>| -> Option<Text> {
        let value = value.as_ref()?;
        Some(if told.readable { value.clone().into() } else { "not visible to you".into() })
    };
    let kept = told.change;
    Change {
        label: told.field.map_or_else(|| kept.field.replace('_', " ").into(), |field| field.title.into()),
        before: text(&kept.before),
        after: text(&kept.after),
    }
}
