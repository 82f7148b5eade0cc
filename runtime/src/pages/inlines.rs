//! Rows of another model in the form of the row that they point at: what of them is offered, what came back, and saving
//! it with the form in one transaction. Each of them asks for its own terms; none is moved to another parent here, and
//! a row that the page did not offer refuses the whole form.
//!
//! Their controls are named `in.N.PLACE.FIELD`: the inline by its place in the block, the row by its number or, a new
//! one, by `n` and a count.

mod child;
mod saving;
mod view;

use super::edit_fields::{Draft, changeable, fillable, secrets};
use super::keys::Keys;
use super::{target, terms_if_any};
use crate::authorize::Terms;
use crate::condition::{Condition, Term};
use crate::context::Cx;
use crate::error::Error;
use crate::fields::Fields;
use crate::form::Posted;
use crate::key::RowKey;
use crate::limits::ROWS_IN_FORM;
use crate::panel::{Field, FieldSet, Inline, Model, Verb};
use crate::predicate::Op;
use crate::store::{ListQuery, ListedRow, Position};
use crate::value::Value;

use child::{Child, Part, Place};
pub(super) use saving::Late;

/// Rows of an inline that a form may bring back.
const MOST: usize = 50;
/// Names the inline to which one more row is added; nothing is saved.
const MORE: &str = "bw.more";
const REMOVE: &str = "bw.remove";

/// One inline and what the asker may do with its rows.
struct InForm {
    number: usize,
    model: &'static Model,
    key: &'static Field,
    columns: FieldSet,
    view: Terms,
    create: Option<Terms>,
    edit: Option<Terms>,
    delete: Option<Terms>,
    keys: Keys,
    children: Vec<Child>,
    /// There are rows that the form does not show.
    more: bool,
}

impl InForm {
    /// None: the asker may not see the rows, or not what they point at.
    fn of(cx: &Cx<'_>, number: usize, inline: &'static Inline) -> Result<Option<Self>, Error> {
        let model = target(cx, inline.model)?;
        let Some(key) = model.fields.get(inline.key) else { return Ok(None) };
        let sees = |terms: &Terms| terms.fields_somewhere().contains(inline.key);
        let Some(view) = terms_if_any(cx, Verb::View, model).filter(sees) else { return Ok(None) };
        let create = terms_if_any(cx, Verb::Create, model).filter(sees);
        let (edit, delete) = (terms_if_any(cx, Verb::Edit, model), terms_if_any(cx, Verb::Delete, model));
        if create.is_none() && edit.is_none() && delete.is_none() {
            return Ok(None);
        }
        let columns = inline.fields.iter().fold(FieldSet::NONE, |set, field| set.with(*field));
        let fetched = columns.with(inline.key).intersection(view.fields_somewhere());
        let keys = Keys::among(cx, model, fetched);
        let columns = columns.intersection(view.fields_somewhere());
        Ok(Some(Self {
            number,
            model,
            key,
            columns,
            view,
            create,
            edit,
            delete,
            keys,
            children: Vec::new(),
            more: false,
        }))
    }

    fn fillable(&self) -> FieldSet {
        let not = secrets(self.model).with(self.key.index);
        FieldSet(fillable(self.model).0 & !not.0)
    }

    /// Fields of a new row: the inline's, and those without which there is none.
    fn of_new(&self) -> FieldSet {
        let Some(create) = &self.create else { return FieldSet::NONE };
        let needed = self.model.fields.iter().filter(|field| {
            // There may be no link at all.
            !field.optional && field.default.is_none() && field.links().is_none()
        });
        needed
            .fold(self.columns, |set, field| set.with(field.index))
            .intersection(self.fillable())
            .intersection(create.fields_somewhere())
    }

    fn of_row(&self, found: &ListedRow) -> FieldSet {
        let may = self.edit.as_ref().map_or(FieldSet::NONE, |edit| edit.fields_of(&found.row));
        may.intersection(self.view.fields_of(&found.row))
            .intersection(self.columns)
            .intersection(self.fillable())
            .intersection(changeable(self.model))
    }

    fn may_remove(&self, found: &ListedRow) -> bool {
        self.delete.as_ref().is_some_and(|delete| delete.covers(&found.row))
    }

    /// Rows that point at the parent: the first, or those of these numbers.
    async fn fetch(
        &self,
        cx: &Cx<'_>,
        parent: RowKey,
        ids: Option<Vec<RowKey>>,
    ) -> Result<(Vec<ListedRow>, bool), Error> {
        if ids.as_ref().is_some_and(Vec::is_empty) {
            return Ok((Vec::new(), false));
        }
        let model = self.model;
        // Whether a control is offered may depend on fields that the viewer may not see; they are fetched, never shown.
        let read_by = |terms: &Option<Terms>| terms.as_ref().map_or(FieldSet::NONE, Terms::reads);
        let label = model.label.iter().fold(FieldSet::NONE, |set, field| set.with(*field));
        let shown = self.columns.union(label).with(self.key.index).intersection(self.view.fields_somewhere());
        let points_here = Condition::Compare {
            left: Term::Field(self.key.index),
            op: Op::Eq,
            right: Term::Value(Value::from(parent)),
        };
        let size = if ids.is_some() { MOST } else { ROWS_IN_FORM };
        let filter = match ids {
            None => points_here,
            Some(ids) => {
                let set = ids.into_iter().map(Value::from).collect();
                points_here.and(Condition::In { term: Term::Id, set })
            }
        };
        let listed = cx
            .app
            .store
            .list(&ListQuery {
                terms: &self.view,
                columns: shown.union(read_by(&self.edit)).union(read_by(&self.delete)),
                filter,
                search: None,
                sort: model.sort.iter().find(|s| self.view.fields_somewhere().contains(s.field)).copied(),
                position: Position::First,
                size: u32::try_from(size).unwrap_or(1),
                labels: &self.keys.labels(),
                count: false,
            })
            .await?;
        Ok((listed.rows, listed.next.is_some()))
    }

    fn blank(&self, count: usize) -> Child {
        Child::of(Place::New(count), None, Draft::blank(self.model, self.of_new()))
    }

    /// Said where there are as many as that, or more.
    fn most(&self) -> String {
        format!("A form takes at most {MOST} {} at once.", self.model.plural.to_lowercase())
    }

    /// Whether one more row may be added, and can be posted.
    fn takes_more(&self) -> bool {
        self.create.is_some() && self.children.len() < MOST
    }

    fn next_new(&self) -> usize {
        let counts = self.children.iter().filter_map(|child| match child.place {
            Place::New(count) => Some(count + 1),
            Place::Row(_) => None,
        });
        counts.max().unwrap_or(0)
    }

    /// A row of the form that came back. None: a name in it was never offered.
    fn child_of(&self, place: Place, found: Option<ListedRow>, mut fields: Fields) -> Option<Child> {
        let remove = fields.get(REMOVE) == Some("1");
        if fields.all(REMOVE).any(|text| text != "1") || fields.all(REMOVE).count() > 1 {
            return None;
        }
        fields = fields.without(REMOVE);
        let (is_row, offered, read) = match (place, &found) {
            (Place::New(_), _) => (false, self.of_new(), self.of_new()),
            (Place::Row(_), Some(found)) => (true, self.of_row(found), self.of_row(found)),
            // It is there no more; what was typed stands in a new one.
            (Place::Row(_), None) => (true, self.of_new(), self.fillable()),
        };
        let posted = Posted::sort_out(self.model, read, &fields).ok()?;
        if posted.version.is_some() != is_row || (!is_row && self.create.is_none()) {
            return None;
        }
        if remove && found.as_ref().is_some_and(|found| !self.may_remove(found)) {
            return None;
        }
        let draft = Draft::posted(self.model, offered, found.as_ref().map(|found| &found.row), &posted);
        Some(Child { posted: Some(posted), remove, ..Child::of(place, found, draft) })
    }
}

/// All inlines of a form.
pub(super) struct Inlines<'a> {
    cx: &'a Cx<'a>,
    forms: Vec<InForm>,
    /// One more row was asked for; nothing is to be saved.
    pub(super) asks_for_more: bool,
    /// The row at which saving stopped: inline, child.
    stopped: Option<(usize, usize)>,
}

impl<'a> Inlines<'a> {
    fn offered(cx: &'a Cx<'a>, model: &'static Model) -> Result<Self, Error> {
        let mut forms = Vec::new();
        for (number, inline) in model.inlines.iter().enumerate().filter(|(_, inline)| inline.in_form) {
            forms.extend(InForm::of(cx, number, inline)?);
        }
        Ok(Self { cx, forms, asks_for_more: false, stopped: None })
    }

    /// As they are stored; of a new parent, one empty row each.
    pub(super) async fn stored(cx: &'a Cx<'a>, model: &'static Model, parent: Option<RowKey>) -> Result<Self, Error> {
        let mut inlines = Self::offered(cx, model)?;
        for form in &mut inlines.forms {
            let (rows, more) = match parent {
                Some(parent) => form.fetch(cx, parent, None).await?,
                None => (Vec::new(), false),
            };
            form.more = more;
            form.children = rows
                .into_iter()
                .map(|found| {
                    let draft = Draft::stored(form.model, form.of_row(&found), &found.row);
                    Child::of(Place::Row(found.row.id), Some(found), draft)
                })
                .collect();
            if form.children.is_empty() && form.create.is_some() {
                form.children.push(form.blank(0));
            }
        }
        Ok(inlines)
    }

    /// As they came back, and what of the form is not theirs.
    ///
    /// # Errors
    /// Within: the names that were never offered.
    pub(super) async fn posted(
        cx: &'a Cx<'a>,
        model: &'static Model,
        parent: Option<RowKey>,
        posted: &Fields,
    ) -> Result<Result<(Self, Fields), Vec<String>>, Error> {
        let mut inlines = Self::offered(cx, model)?;
        let (mut own, mut strange) = (Vec::new(), Vec::new());
        let mut parts: Vec<Part> = Vec::new();
        let mut more = None;
        for (name, text) in posted.iter() {
            if name == MORE {
                more = Some(text);
                continue;
            }
            let (lead, rest) = ["was.", "find."]
                .into_iter()
                .find_map(|lead| name.strip_prefix(lead).map(|rest| (lead, rest)))
                .unwrap_or(("", name));
            let Some(rest) = rest.strip_prefix("in.") else {
                own.push((name.to_owned(), text.to_owned()));
                continue;
            };
            let mut words = rest.splitn(3, '.');
            let number = words.next().and_then(|text| text.parse::<usize>().ok());
            let of = number.and_then(|number| model.inlines.get(number)).map(|inline| inline.model);
            let of = of.and_then(|model| cx.panel().models.get(model));
            let place = words.next().and_then(|text| Place::parse(of?, text));
            let (Some(number), Some(place), Some(field)) = (number, place, words.next()) else {
                strange.push(name.to_owned());
                continue;
            };
            let pair = (format!("{lead}{field}"), text.to_owned());
            match parts.iter_mut().find(|part| part.number == number && part.place == place) {
                Some(part) => part.pairs.push(pair),
                None => parts.push(Part { number, place, pairs: vec![pair] }),
            }
        }
        let offered: Vec<usize> = inlines.forms.iter().map(|form| form.number).collect();
        let unknown = parts.iter().filter(|part| !offered.contains(&part.number));
        strange.extend(unknown.map(|part| format!("in.{}.{}", part.number, part.place.text())));
        if !strange.is_empty() {
            return Ok(Err(strange));
        }
        for form in &mut inlines.forms {
            let mine: Vec<_> = parts.extract_if(.., |part| part.number == form.number).collect();
            if mine.len() > MOST {
                return Err(Error::BadRequest(form.most()));
            }
            let ids = mine.iter().filter_map(|part| match part.place {
                Place::Row(id) => Some(id),
                Place::New(_) => None,
            });
            let (mut rows, _) = match parent {
                Some(parent) => form.fetch(cx, parent, Some(ids.collect())).await?,
                None => (Vec::new(), false),
            };
            for Part { number, place, pairs } in mine {
                if parent.is_none() && matches!(place, Place::Row(_)) {
                    strange.push(format!("in.{number}.{}", place.text()));
                    continue;
                }
                let at = rows.iter().position(|found| place == Place::Row(found.row.id));
                let found = at.map(|at| rows.swap_remove(at));
                match form.child_of(place, found, Fields::of(pairs)) {
                    Some(child) => form.children.push(child),
                    None => strange.push(format!("in.{number}.{}", place.text())),
                }
            }
            if more.is_some_and(|asked| asked == form.number.to_string()) && form.takes_more() {
                let blank = form.blank(form.next_new());
                form.children.push(blank);
            }
        }
        if !strange.is_empty() {
            return Ok(Err(strange));
        }
        inlines.asks_for_more = more.is_some();
        Ok(Ok((inlines, Fields::of(own))))
    }
}
