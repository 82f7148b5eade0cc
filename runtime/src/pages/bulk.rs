//! What is done with many rows at once: the question, and the job. It acts on the ticked rows, at the versions that
//! were seen, or on all that the list's address means; the right is asked for here, and again with every row.

use std::collections::BTreeSet;

use http::StatusCode;

use super::edit_fields::{Controls, Draft, candidates, changeable, secrets};
use super::{frame, is_post, refusal, row, show, terms, words};
use crate::audit::Change;
use crate::authorize::{Terms, verb_in_words};
use crate::condition::{Condition, Term};
use crate::constraint;
use crate::context::Cx;
use crate::error::Error;
use crate::form;
use crate::key::RowKey;
use crate::list_state::ListState;
use crate::panel::{Field, FieldSet, Model, Sensitivity, Verb};
use crate::response::Response;
use crate::route::{Page, Route, WorkPage};
use crate::store::{Count, LARGEST_PAGE, ListQuery, Listed, NewJob, Position, Search, proved};
use crate::value::Value;
use crate::views::{BulkField, BulkPage, Hidden, Link};
use crate::work::{BulkAsked, bulk_verb};

/// Beyond so many rows a word must be typed.
const TYPED_BEYOND: u64 = 100;
/// Rows that are named.
const NAMED: u32 = 20;
/// In front of a field of links: whether these are added or taken out.
const HOW: &str = "how.";
/// Said with the second form.
const SURE: &str = "bw.sure";

pub(super) async fn page(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let state = ListState::read(&cx.query, model, &view, cx.today())?;
    let list = state.address(&cx.link(&Route::Model(model, Page::List)), |_| false, &[]);
    if !is_post(cx) {
        return Ok(Response::see_other(&list));
    }
    let no = || Error::BadRequest("This list does not offer that.".to_owned());
    let what = cx.posted.get("do").unwrap_or_default();
    let verb = bulk_verb(model, what).ok_or_else(no)?;
    let right = terms(cx, verb, model)?;
    let offered = if verb == Verb::Edit {
        changeable(model).intersection(right.fields_somewhere()).intersection(FieldSet(!secrets(model).0))
    } else {
        FieldSet::NONE
    };
    for (name, _) in cx.posted.iter() {
        let is_field = |name: &str| model.field_by_name(name).is_some_and(|field| offered.contains(field.index));
        let known = matches!(name, "do" | "all" | "row" | SURE | form::CONFIRM)
            || is_field(name.strip_prefix("set.").or_else(|| name.strip_prefix(HOW)).unwrap_or(name));
        if !known {
            return Err(no());
        }
    }
    let ticked = if cx.posted.get("all").is_some() { None } else { Some(ticked(cx, model).ok_or_else(no)?) };
    if ticked.as_ref().is_some_and(Vec::is_empty) {
        let text = "Tick the rows that you mean, or all that match, and choose what to do with them.";
        return refusal::with(cx, StatusCode::UNPROCESSABLE_ENTITY, "No row was ticked", text.into());
    }
    let asked = Asked { cx, model, what, verb, view, right, offered, state, ticked, list };
    if cx.posted.get(SURE).is_none() {
        let draft = Draft::new(cx, model, offered);
        return asked.question(&draft, None, StatusCode::OK).await;
    }
    asked.job().await
}

/// Rows with the versions that were seen; none: that is no such list.
fn ticked(cx: &Cx<'_>, model: &Model) -> Option<Vec<(RowKey, i64)>> {
    let mut seen = BTreeSet::new();
    let mut ticked = Vec::new();
    for text in cx.posted.all("row") {
        let (id, version) = text.rsplit_once('.')?;
        let (id, version) = (model.key_of_segment(id)?, version.parse().ok()?);
        if seen.insert(id) {
            ticked.push((id, version));
        }
    }
    (ticked.len() <= LARGEST_PAGE as usize).then_some(ticked)
}

struct Asked<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    what: &'a str,
    verb: Verb,
    view: Terms,
    right: Terms,
    offered: FieldSet,
    state: ListState,
    ticked: Option<Vec<(RowKey, i64)>>,
    list: String,
}

impl Asked<'_> {
    /// The first of the rows, and how many there are.
    async fn rows(&self) -> Result<Listed, Error> {
        let model = self.model;
        let label = model.label.iter().fold(FieldSet::NONE, |set, field| set.with(*field));
        let searched = model.search.iter().fold(FieldSet::NONE, |set, field| set.with(*field));
        let searched = searched.intersection(self.view.fields_somewhere());
        let filter = match &self.ticked {
            None => self.state.condition(),
            Some(ticked) => {
                Condition::In { term: Term::Id, set: ticked.iter().map(|(id, _)| Value::from(*id)).collect() }
            }
        };
        let search = (self.ticked.is_none() && !self.state.q.is_empty() && !searched.is_empty())
            .then_some(Search { text: &self.state.q, fields: searched });
        let query = ListQuery {
            terms: &self.view,
            columns: label.intersection(self.view.fields_somewhere()),
            filter,
            search,
            sort: None,
            position: Position::First,
            size: NAMED,
            labels: &[],
            count: true,
        };
        let mut listed = self.cx.app.store.list(&query).await?;
        if let Some(Count::MoreThan(_)) = listed.count {
            // Whoever says yes to all of them shall know how many that is; if that takes too long, at least so many.
            match self.cx.app.store.count(&query).await {
                Ok(count) => listed.count = Some(Count::Exactly(count)),
                Err(error) => tracing::debug!(%error, "rows were not counted"),
            }
        }
        Ok(listed)
    }

    /// "delete", "change", "approve".
    fn word(&self) -> String {
        if self.verb == Verb::Edit { "change".to_owned() } else { verb_in_words(self.model, self.verb) }
    }

    async fn question(&self, draft: &Draft, error: Option<String>, status: StatusCode) -> Result<Response, Error> {
        let (cx, model) = (self.cx, self.model);
        let rows = self.rows().await?;
        let (count, text) = counted(&rows);
        let plural = model.plural.to_lowercase();
        let word = self.word();
        let named: Vec<_> = rows
            .rows
            .iter()
            .map(|listed| row::name(model, &listed.row, self.view.fields_of(&listed.row)).into())
            .collect();
        let unnamed = count.saturating_sub(u64::try_from(named.len()).unwrap_or(u64::MAX));
        let candidates = candidates(cx, &[(model, draft)]).await?;
        let own = candidates.first().map_or(&[][..], Vec::as_slice);
        let controls = Controls { cx, model, draft, candidates: own, stored: None, prefix: "" };
        let fields = controls.sections().into_iter().flat_map(|section| section.fields).map(|field| BulkField {
            checked: cx.posted.get(&format!("set.{}", field.name)).is_some(),
            removes: cx.posted.get(&format!("{HOW}{}", field.name)) == Some("remove"),
            field,
        });
        let view = BulkPage {
            action: self.state.address(&cx.link(&Route::Model(model, Page::Bulk)), |_| false, &[]).into(),
            cancel: self.list.clone().into(),
            lead: match self.verb {
                Verb::Delete => format!(
                    "{text} {plural} will be gone, and what goes along with each. A row that others hold on to stays; \
                     the result says which."
                ),
                Verb::Edit => format!(
                    "The same is written into {text} {plural}. Rows in which you may not write it stay as they are."
                ),
                _ => format!(
                    "{} is done with {text} {plural}, one by one. Rows in which you may not do it stay as they are.",
                    capital(&word)
                ),
            }
            .into(),
            unnamed: (unnamed > 0)
                .then(|| if text.ends_with('+') { "many".into() } else { words::number(unnamed).into() }),
            named,
            hidden: self.hidden(),
            fields: fields.collect(),
            confirm: (count > TYPED_BEYOND).then(|| word.clone().into()),
            error: error.map(Into::into),
            button: format!("{} {text} {plural}", capital(&word)).into(),
            danger: self.verb == Verb::Delete,
            frame: frame::frame(
                cx,
                format!("{} {plural}?", capital(&word)),
                vec![Link { label: model.plural.into(), href: self.list.clone().into() }],
            ),
        };
        Ok(show(&view)?.with_status(status))
    }

    fn hidden(&self) -> Vec<Hidden> {
        let hidden = |name: &'static str, value: String| Hidden { name: name.into(), value: value.into() };
        let mut all = vec![hidden("do", self.what.to_owned())];
        match &self.ticked {
            None => all.push(hidden("all", "1".to_owned())),
            Some(ticked) => {
                all.extend(ticked.iter().map(|(id, version)| hidden("row", format!("{}.{version}", id.segment()))));
            }
        }
        all
    }

    /// What an edit writes, as it was typed; faults stand in the draft.
    fn values(&self, draft: &mut Draft) -> Vec<(String, String)> {
        let mut values = Vec::new();
        for field in self.model.fields.iter().filter(|field| self.offered.contains(field.index)) {
            if field.links().is_some() {
                values.extend(self.relink(field, draft));
                continue;
            }
            let text = form::one_line_end(self.cx.posted.get(field.name).unwrap_or_default());
            draft.set_text(field.index, text.clone());
            if self.cx.posted.get(&format!("set.{}", field.name)).is_none() {
                continue;
            }
            let fault = match form::read(field, &text) {
                Ok(value) => {
                    let value = constraint::normal(field.kind, value);
                    constraint::violation(self.cx.panel(), field, &value, self.cx.now)
                }
                Err(why) => Some(why),
            };
            draft.errors.extend(fault.map(|why| (field.index, why)));
            values.push((field.name.to_owned(), text));
        }
        values
    }

    /// Which links to add, or to take out, of each row.
    fn relink(&self, field: &'static Field, draft: &mut Draft) -> Option<(String, String)> {
        let posted = &self.cx.posted;
        let links: Vec<&str> = posted.all(field.name).filter(|link| !link.is_empty()).collect();
        draft.set_text(field.index, links.join(","));
        posted.get(&format!("set.{}", field.name))?;
        let sign = match posted.get(&format!("{HOW}{}", field.name)) {
            Some("add") => '+',
            Some("remove") => '-',
            _ => {
                draft.errors.push((field.index, "Choose whether to add these or to take them out.".to_owned()));
                return None;
            }
        };
        let fault = match form::read(field, &links.join(",")) {
            Ok(value) if value.is_nothing() => Some("Choose at least one.".to_owned()),
            Ok(value) => constraint::violation(self.cx.panel(), field, &value, self.cx.now),
            Err(why) => Some(why),
        };
        draft.errors.extend(fault.map(|why| (field.index, why)));
        Some((field.name.to_owned(), format!("{sign}{}", links.join(","))))
    }

    async fn job(self) -> Result<Response, Error> {
        let (cx, model) = (self.cx, self.model);
        let mut draft = Draft::new(cx, model, self.offered);
        let values = self.values(&mut draft);
        let wrong = if !draft.errors.is_empty() {
            Some("Some fields need another look.".to_owned())
        } else if self.verb == Verb::Edit && values.is_empty() {
            Some("Tick at least one field to write.".to_owned())
        } else {
            None
        };
        if wrong.is_some() {
            return self.question(&draft, wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        let rows = self.rows().await?;
        let (count, text) = counted(&rows);
        let word = self.word();
        if count > TYPED_BEYOND && cx.posted.get(form::CONFIRM).map(str::trim) != Some(word.as_str()) {
            let wrong = Some(format!("Type {word}, letter by letter."));
            return self.question(&draft, wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        // The proof is given for the job as a whole, now; its steps can't ask for one.
        proved(&self.right)?;
        let asked = BulkAsked {
            what: self.what.to_owned(),
            list: self.state.fixed(cx.today()),
            ticked: self.ticked.clone(),
            values,
        };
        let params =
            serde_json::to_string(&asked).map_err(|why| Error::Bug(format!("a job does not become JSON: {why}")))?;
        let mut facts = vec![Change::fact("count", Sensitivity::Internal, text.as_str())];
        if let Verb::Act(_) = self.verb {
            facts.push(Change::fact("action", Sensitivity::Internal, self.what));
        }
        let filter = self.state.in_words(self.cx.today());
        match &self.ticked {
            Some(_) => facts.push(Change::fact("rows", Sensitivity::Internal, "ticked")),
            None if filter.is_empty() => facts.push(Change::fact("rows", Sensitivity::Internal, "all")),
            None => facts.push(Change::fact("filter", Sensitivity::Personal, filter)),
        }
        let total = match (&self.ticked, rows.count) {
            (Some(ticked), _) => Some(ticked.len() as u64),
            (None, Some(Count::Exactly(count))) => Some(count),
            (None, _) => None,
        };
        let kind = match self.verb {
            Verb::Delete => "delete",
            Verb::Edit => "edit",
            _ => "act",
        };
        let new = NewJob { kind, model: model.name, params, total, facts };
        let mut write = cx.app.store.write(cx.context()).await?;
        let (job, recorded) = write.start_job(&new).await?;
        write.commit(recorded).await?;
        cx.app.bell.notify_one();
        Ok(Response::see_other(&cx.link(&Route::Work(WorkPage::One(job)))))
    }
}

/// How many rows, as a number that is at least so many, and in words.
fn counted(rows: &Listed) -> (u64, String) {
    match rows.count {
        Some(count @ (Count::Exactly(n) | Count::MoreThan(n))) => (n, words::count(count)),
        None => (0, words::number(0)),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
