//! The audit log, newest first. Whoever may read it sees that something happened and who did it; the values only of fields
//! that they may see on the row's own page.

use std::collections::BTreeSet;

use chrono::{Days, NaiveTime};
use form_urlencoded::Serializer;

use super::{frame, show, terms_if_any, words};
use crate::audit::chain::Verified;
use crate::audit::{Change as Kept, Entry, EntryPosition, EntryQuery, EventId};
use crate::authorize::{Terms, authorize_framework};
use crate::condition::Condition;
use crate::context::Cx;
use crate::error::Error;
use crate::form;
use crate::panel::{Framework, Model, Sensitivity, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{NamesQuery, PickFrom, PickerQuery};
use crate::value::timestamp_text;
use crate::views::{AuditPage, Change, Chip, Event, Filter, OptionView, Seal, Step, Subject, Text};

/// Entries a page.
const SIZE: u32 = 40;
/// Model name under which events about people are kept.
const PERSON: &str = "Person";

/// What the address asks for, checked.
#[derive(Debug, Default)]
struct Asked {
    who: String,
    model: String,
    event: Option<EventId>,
    row: Option<i64>,
    from: String,
    to: String,
    position: EntryPosition,
    check: bool,
}

impl Asked {
    fn read(cx: &Cx<'_>) -> Result<Self, Error> {
        let mut asked = Self::default();
        let no = || Error::BadRequest("The audit log has no such filter.".to_owned());
        for (name, value) in cx.query.iter().filter(|(_, value)| !value.is_empty()) {
            match name {
                "who" => asked.who = value.trim().chars().take(254).collect(),
                "model" if value == PERSON || cx.panel().models.iter().any(|model| model.name == value) => {
                    value.clone_into(&mut asked.model);
                }
                "event" => asked.event = Some(EventId::from_text(value).ok_or_else(no)?),
                "id" => asked.row = Some(value.parse().map_err(|_| no())?),
                "from" if form::day(value).is_some() => value.clone_into(&mut asked.from),
                "to" if form::day(value).is_some() => value.clone_into(&mut asked.to),
                "older" => asked.position = EntryPosition::OlderThan(value.parse().map_err(|_| no())?),
                "newer" => asked.position = EntryPosition::NewerThan(value.parse().map_err(|_| no())?),
                "check" => asked.check = true,
                _ => return Err(no()),
            }
        }
        Ok(asked)
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("who", self.who.clone()),
            ("model", self.model.clone()),
            ("event", self.event.map_or_else(String::new, |event| event.text().to_owned())),
            ("id", self.row.map_or_else(String::new, |id| id.to_string())),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn address(&self, path: &str, without: &str, with: Option<(&str, i64)>) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in self.pairs().iter().filter(|(name, _)| *name != without) {
            query.append_pair(name, value);
        }
        if let Some((name, seq)) = with {
            query.append_pair(name, &seq.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

pub(super) async fn page(cx: &Cx<'_>) -> Result<Response, Error> {
    authorize_framework(cx.panel(), &cx.actor, Verb::View, Framework::Audit)?;
    let asked = Asked::read(cx)?;
    let person = if asked.who.is_empty() { None } else { Some(person(cx, &asked.who).await?) };
    let midnight = |text: &str, after: u64| {
        form::day(text)?.checked_add_days(Days::new(after)).map(|day| day.and_time(NaiveTime::MIN).and_utc())
    };
    let query = EntryQuery {
        // Nobody has the id 0: an address that nobody has finds nothing.
        person: person.map(|found| found.unwrap_or(0)),
        event: asked.event,
        model: (!asked.model.is_empty()).then_some(asked.model.as_str()),
        row: asked.row,
        from: midnight(&asked.from, 0),
        to: midnight(&asked.to, 1),
        position: asked.position,
        size: SIZE,
    };
    let found = cx.app.store.entries(&query).await?;
    let path = cx.link(&Route::Audit);
    let seal = seal(cx, &asked, &path).await?;
    let views: Vec<Terms> = cx.panel().models.iter().filter_map(|model| terms_if_any(cx, Verb::View, model)).collect();
    let seen = seen_now(cx, &views, &found.entries).await?;
    let events: Vec<Event> = found.entries.iter().map(|entry| event(cx, &views, &seen, entry)).collect();
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
        who: asked.who.clone().into(),
        filters: filters(cx, &asked),
        from: asked.from.clone().into(),
        to: asked.to.clone().into(),
        subject: asked.row.map(|id| Subject { id: id.to_string().into() }),
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

/// The id of the person with exactly this address, letter case apart.
async fn person(cx: &Cx<'_>, email: &str) -> Result<Option<i64>, Error> {
    let pick = PickerQuery { from: PickFrom::People { only: None }, text: Some(email), current: None };
    let found = cx.app.store.candidates(&[pick]).await?.into_iter().next().unwrap_or_default();
    let exact = found.rows.iter().find(|one| one.label.eq_ignore_ascii_case(email));
    Ok(exact.or(if found.rows.len() == 1 { found.rows.first() } else { None }).map(|one| one.id))
}

/// Reading the whole chain takes as long as the log is long, so it is done when somebody asks for it.
async fn seal(cx: &Cx<'_>, asked: &Asked, path: &str) -> Result<Seal, Error> {
    if !asked.check {
        return Ok(Seal { tone: "", text: "Hash-chained".into(), check: Some(format!("{path}?check=1").into()) });
    }
    Ok(match cx.app.store.verify_audit().await? {
        Verified::Whole { entries } => Seal {
            tone: "good",
            text: format!("Chain whole up to {} UTC, number {}", cx.now.format("%H:%M"), words::number(entries)).into(),
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
        presets: Vec::new(),
        nullable: false,
        null: false,
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
                "id" => "Number",
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

/// An event id in words; one that this build does not know stands as it is.
pub(super) fn in_words(event: &str) -> &str {
    match event {
        "row.created" => "created",
        "row.updated" => "changed",
        "row.deleted" => "deleted",
        "row.restored" => "restored",
        "row.action" => "action",
        "rows.seeded" => "rows loaded",
        "rows.exported" => "rows exported",
        "form.refused" => "form refused",
        "right.refused" => "right refused",
        "rule.excepted" => "exception used",
        "session.started" => "signed in",
        "session.ended" => "session ended",
        "session.proved" => "identity proved",
        "proof.failed" => "identity not proved",
        "proof.throttled" => "proof held off",
        "factor.enrolled" => "second factor set up",
        "factor.removed" => "second factor removed",
        "factor.proved" => "second factor proved",
        "factor.failed" => "wrong code",
        "factor.throttled" => "code held off",
        "codes.issued" => "recovery codes made",
        "code.used" => "recovery code used",
        "signin.failed" => "sign-in failed",
        "signin.throttled" => "sign-in held off",
        "person.created" => "person added",
        "person.updated" => "person changed",
        "person.deleted" => "person removed",
        "person.assigned" => "role given",
        "person.locked" => "locked",
        "person.unlocked" => "unlocked",
        "password.set" => "password set",
        "link.issued" => "link made",
        "link.used" => "link used",
        "grant.lent" => "right lent",
        "grant.renewed" => "loan renewed",
        "grant.ended" => "loan ended",
        "grant.expired" => "loan over",
        "group.created" => "group added",
        "group.joined" => "into a group",
        "group.left" => "out of a group",
        "form.forged" => "form not believed",
        "audit.exported" => "log written out",
        "audit.pruned" => "old entries removed",
        "schema.migrated" => "schema changed",
        other => other,
    }
}

pub(super) fn tone(event: &str) -> &'static str {
    match event {
        "row.created" | "person.created" => "t2",
        "row.updated" | "person.updated" | "person.assigned" => "t1",
        "row.deleted" | "person.deleted" => "t3",
        "form.refused" | "form.forged" | "right.refused" | "signin.failed" | "signin.throttled" | "person.locked"
        | "proof.failed" | "proof.throttled" | "factor.failed" | "factor.throttled" | "factor.removed" => "bad",
        "row.action" | "row.restored" => "t4",
        _ => "t0",
    }
}

/// Rows that entries are about and that the viewer, who may not see every row of their model, may see at this moment; by
/// model and number, in one statement.
async fn seen_now(cx: &Cx<'_>, views: &[Terms], entries: &[Entry]) -> Result<BTreeSet<(usize, i64)>, Error> {
    let asked: Vec<(&Terms, Vec<i64>)> = views
        .iter()
        .filter(|view| view.scope() != Condition::Always)
        .map(|view| {
            let about = entries.iter().filter(|entry| entry.model.as_deref() == Some(view.model().name));
            let ids: BTreeSet<i64> = about.filter_map(|entry| entry.row).collect();
            (view, ids.into_iter().collect())
        })
        .collect();
    if asked.iter().all(|(_, ids)| ids.is_empty()) {
        return Ok(BTreeSet::new());
    }
    let queries: Vec<NamesQuery<'_>> =
        asked.iter().map(|(view, ids)| NamesQuery { from: PickFrom::Model(view), ids }).collect();
    let found = cx.app.store.names(&queries).await?;
    let rows = asked.iter().zip(found).flat_map(|((view, _), rows)| {
        let model = view.model().index;
        rows.into_iter().map(move |row| (model, row.id))
    });
    Ok(rows.collect())
}

fn event(cx: &Cx<'_>, views: &[Terms], seen_now: &BTreeSet<(usize, i64)>, entry: &Entry) -> Event {
    let model = entry.model.as_deref().and_then(|name| cx.panel().models.iter().find(|model| model.name == name));
    let view = model.and_then(|model| views.iter().find(|view| view.model().index == model.index));
    let row_is_seen = view.is_some_and(|view| {
        view.scope() == Condition::Always || entry.row.is_some_and(|row| seen_now.contains(&(view.model().index, row)))
    });
    let view_of_row = view.filter(|_| row_is_seen);
    let seen: Vec<Change> = entry.changes.iter().map(|kept| change(&entry.event, model, view_of_row, kept)).collect();
    let subject = match (&entry.model, entry.row) {
        (Some(name), Some(row)) => format!("{} {row}", model.map_or(name.as_str(), |model| model.title)),
        (Some(name), None) => model.map_or(name.as_str(), |model| model.title).to_owned(),
        (None, _) => String::new(),
    };
    let names: Vec<&str> = seen.iter().map(|change| change.label.as_ref()).collect();
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
        correlation: entry.request.to_string().into(),
        changes: seen,
    }
}

/// One kept change as this viewer may see it; `view` only where they may see the row, now or in any case.
fn change(event: &str, model: Option<&'static Model>, view: Option<&Terms>, kept: &Kept) -> Change {
    let field = model.and_then(|model| model.field_by_name(&kept.field));
    let of_fields =
        [EventId::RowCreated, EventId::RowUpdated, EventId::RowDeleted].iter().any(|about| about.text() == event);
    let readable = match (model, field) {
        // Which fields they may see of this very row is not known here; what they may see of every row is.
        (Some(_), Some(field)) => view.is_some_and(|view| view.fields_everywhere().contains(field.index)),
        // A model or field of an older build: nobody can say any more who may see it.
        _ if of_fields => false,
        // A fact beside the fields, or an event about no model.
        _ => kept.label < Sensitivity::Sensitive,
    };
    let text = |value: &Option<String>| -> Option<Text> {
        let value = value.as_ref()?;
        Some(if readable && kept.label != Sensitivity::Secret {
            value.clone().into()
        } else {
            "not visible to you".into()
        })
    };
    Change {
        label: field.map_or_else(|| kept.field.replace('_', " ").into(), |field| field.title.into()),
        before: text(&kept.before),
        after: text(&kept.after),
    }
}
