//! The controls of a form: one a field, by kind, filled with what was typed or stored. Candidates of foreign keys are
//! only rows that the viewer may see; the value that stands there now is always among them.

mod fillable;
mod links;

pub(crate) use self::fillable::{changeable, fillable, secrets};
use self::links::{each_link, name_links};
use super::keys::Keys;
use super::picker::Source;
use super::shown;
use crate::context::Cx;
use crate::error::Error;
use crate::form::{self, Posted};
use crate::key::RowKey;
use crate::panel::{Field, FieldSet, Kind, Model};
use crate::route::{Page, Route};
use crate::store::{Candidates, Label, ListedRow, PickerQuery};
use crate::value::Row;
use crate::views::{FieldView, FormSection, OptionView, PickView, Text, Widget};

/// Choices up to here are radio buttons.
const RADIOS: usize = 5;
/// Longest text that a single control takes where the block sets no bound; the form's own limit is far below.
const LONGEST_LINE: u32 = 2_000;

/// What stands in a form.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) offered: FieldSet,
    texts: Vec<String>,
    was: Option<Vec<String>>,
    looks: Vec<(usize, String)>,
    pub(crate) errors: Vec<(usize, String)>,
    pub(super) theirs: Vec<(usize, String)>,
    /// Of fields of links: other texts that are shown beside the form.
    pub(super) compared: Vec<(usize, String)>,
    /// Fields of links.
    many: FieldSet,
}

impl Draft {
    /// An empty form of a new row, with the block's defaults and what the address brought along.
    pub(super) fn new(cx: &Cx<'_>, model: &'static Model, offered: FieldSet) -> Self {
        let text = |field: &Field| {
            let brought = cx.query.get(field.name).filter(|_| offered.contains(field.index)).map(str::to_owned);
            let default = || field.default.map(|default| form::spell(field, &default.value(field.kind)));
            brought.or_else(default).unwrap_or_default()
        };
        Self::of(model, offered, model.fields.iter().map(text).collect(), None)
    }

    /// An empty form of a row within another's form.
    pub(super) fn blank(model: &'static Model, offered: FieldSet) -> Self {
        let default = |field: &Field| field.default.map(|default| form::spell(field, &default.value(field.kind)));
        Self::of(model, offered, model.fields.iter().map(|field| default(field).unwrap_or_default()).collect(), None)
    }

    /// The form of a row as it is stored.
    pub(super) fn stored(model: &'static Model, offered: FieldSet, row: &Row) -> Self {
        let texts = spelled(model, row);
        let was = marks(model, &texts);
        Self::of(model, offered, texts, Some(was))
    }

    /// The form as it came; what did not come stands as it is stored.
    pub(crate) fn posted(model: &'static Model, offered: FieldSet, row: Option<&Row>, posted: &Posted) -> Self {
        let stored = row.map_or_else(|| vec![String::new(); model.fields.len()], |row| spelled(model, row));
        let texts =
            stored.iter().enumerate().map(|(field, stored)| posted.text(field).unwrap_or(stored).to_owned()).collect();
        let was = row.map(|_| {
            stored.iter().enumerate().map(|(field, stored)| posted.was(field).unwrap_or(stored).to_owned()).collect()
        });
        let mut draft = Self::of(model, offered, texts, was);
        draft.looks = (0..model.fields.len())
            .filter_map(|field| posted.look(field).map(|text| (field, text.to_owned())))
            .collect();
        draft
    }

    fn of(model: &'static Model, offered: FieldSet, texts: Vec<String>, was: Option<Vec<String>>) -> Self {
        let many = model.many().fold(FieldSet::NONE, |all, (field, _)| all.with(field.index));
        let [looks, errors, theirs, compared] = [const { Vec::new() }; 4];
        Self { offered, texts, was, looks, errors, theirs, compared, many }
    }

    /// What stands in the control of a field.
    pub(super) fn text(&self, field: usize) -> &str {
        self.texts.get(field).map_or("", String::as_str)
    }

    /// Puts another text there.
    pub(super) fn set_text(&mut self, field: usize, text: String) {
        if let Some(slot) = self.texts.get_mut(field) {
            *slot = text;
        }
    }

    /// What the form starts from, from now on.
    pub(super) fn rebase(&mut self, model: &'static Model, row: &Row) {
        self.was = Some(marks(model, &spelled(model, row)));
    }
}

fn marks(model: &'static Model, texts: &[String]) -> Vec<String> {
    model.fields.iter().zip(texts).map(|(field, text)| form::mark(field, text)).collect()
}

fn spelled(model: &'static Model, row: &Row) -> Vec<String> {
    model.fields.iter().map(|f| row.get(f.index).map_or_else(String::new, |value| form::spell(f, value))).collect()
}

/// Candidates of every foreign key of some forms, form by form, as one question to the store. No entry: the viewer may
/// see none.
pub(super) async fn candidates(
    cx: &Cx<'_>,
    forms: &[(&'static Model, &Draft)],
) -> Result<Vec<Vec<(usize, Candidates)>>, Error> {
    let mut sources = Vec::new();
    for (place, (model, draft)) in forms.iter().enumerate() {
        for field in model.fields.iter().filter(|field| draft.offered.contains(field.index)) {
            if matches!(field.kind, Kind::Model(..) | Kind::Actor | Kind::Many(_))
                && let Some(source) = Source::of(cx, field)?
            {
                sources.push((place, *draft, field.index, source));
            }
        }
    }
    let mut offers: Vec<Vec<(usize, Candidates)>> = forms.iter().map(|_| Vec::new()).collect();
    if sources.is_empty() {
        return Ok(offers);
    }
    let key = |place: usize, field: usize| forms.get(place).and_then(|(model, _)| model.fields.get(field))?.kind.key();
    let queries: Vec<PickerQuery<'_>> = sources
        .iter()
        .map(|(place, draft, field, source)| PickerQuery {
            from: source.from(),
            text: draft.looks.iter().find(|(f, _)| f == field).map(|(_, text)| text.as_str()),
            current: key(*place, *field).and_then(|kind| RowKey::read(kind, draft.text(*field))),
        })
        .collect();
    let mut found = cx.app.store.candidates(&queries).await?;
    name_links(cx, &sources, &mut found).await?;
    for ((place, _, field, _), found) in sources.iter().zip(found) {
        if let Some(offer) = offers.get_mut(*place) {
            offer.push((*field, found));
        }
    }
    Ok(offers)
}

/// Everything that the controls of a form are made from.
pub(super) struct Controls<'a> {
    pub(super) cx: &'a Cx<'a>,
    pub(super) model: &'static Model,
    pub(super) draft: &'a Draft,
    pub(super) candidates: &'a [(usize, Candidates)],
    /// The row and the fields of it that the viewer may see; none: a new row.
    pub(super) stored: Option<(&'a ListedRow, FieldSet, &'a Keys)>,
    /// What the names of the controls start with: nothing, or the place of a row within another's form.
    pub(super) prefix: &'a str,
}

impl Controls<'_> {
    /// In the declared groups; a group without a field is left out.
    pub(super) fn sections(&self) -> Vec<FormSection> {
        let sections = self.model.sections.iter().map(|section| FormSection {
            title: section.title.into(),
            fields: section
                .fields
                .iter()
                .filter_map(|index| self.model.fields.get(*index))
                .filter_map(|field| self.field(field))
                .collect(),
        });
        sections.filter(|section| !section.fields.is_empty()).collect()
    }

    pub(super) fn field(&self, field: &'static Field) -> Option<FieldView> {
        let offered = self.draft.offered.contains(field.index);
        let mut view = if offered { self.control(field) } else { self.fixed(field)? };
        if !self.prefix.is_empty() {
            view.id = format!("f-{}{}", self.prefix.replace('.', "-"), field.name).into();
            view.name = format!("{}{}", self.prefix, field.name).into();
            if let Some(pick) = &mut view.pick {
                pick.name = format!("find.{}", view.name).into();
            }
        }
        Some(view)
    }

    /// Seen, not changed: as text.
    fn fixed(&self, field: &'static Field) -> Option<FieldView> {
        let (row, visible, keys) = self.stored?;
        if field.automatic.is_some() || !visible.contains(field.index) {
            return None;
        }
        let cell = shown::of(self.cx, field, row, keys)?;
        Some(FieldView {
            widget: Widget::Fixed,
            value: cell.text,
            wide: field.kind == Kind::Text,
            ..FieldView::new(field.name, field.title)
        })
    }

    fn control(&self, field: &'static Field) -> FieldView {
        let text = self.draft.text(field.index);
        let note = |notes: &[(usize, String)]| -> Option<Text> {
            notes.iter().find(|(f, _)| *f == field.index).map(|(_, note)| note.clone().into())
        };
        let may_be_empty = field.optional || field.kind == Kind::Bool || field.links().is_some() || is_free_text(field);
        let mut view = FieldView {
            value: text.to_owned().into(),
            required: !may_be_empty,
            help: field.help.into(),
            error: note(&self.draft.errors),
            theirs: note(&self.draft.theirs).map(|theirs| self.say(field, &theirs).into()),
            was: self.draft.was.as_ref().and_then(|was| was.get(field.index)).map(|was| was.clone().into()),
            max_len: field.max_len,
            ..FieldView::new(field.name, field.title)
        };
        let bound = |literal: Option<crate::value::Literal>| {
            literal.map(|literal| Text::from(form::spell(field, &literal.value(field.kind))))
        };
        match field.kind {
            Kind::String => view.max_len = field.max_len.or(Some(LONGEST_LINE)),
            Kind::Email => {
                view.input = "email";
                view.max_len = Some(254);
            }
            Kind::Url => {
                view.input = "url";
                view.max_len = field.max_len.or(Some(LONGEST_LINE));
            }
            Kind::Text => {
                view.widget = Widget::Area;
                view.wide = true;
            }
            Kind::Json => {
                view.widget = Widget::Area;
                view.wide = true;
                view.code = true;
            }
            Kind::Bool if field.optional => {
                view.widget = Widget::Select;
                view.options = vec![
                    option("", "–", text.is_empty()),
                    option("true", "Yes", text == "true"),
                    option("false", "No", text == "false"),
                ];
            }
            Kind::Bool => {
                view.widget = Widget::Tick;
                view.checked = text == "true";
            }
            // A number box of a browser sends nothing at all for a text that is no number, and the text would be lost.
            Kind::I32 | Kind::I64 => view.inputmode = Some("numeric"),
            Kind::F64 | Kind::Decimal { .. } => view.inputmode = Some("decimal"),
            Kind::Date => {
                view.input = "date";
                let today = || Text::from(self.cx.now.date_naive().to_string());
                view.min = if field.future { Some(today()) } else { bound(field.min) };
                view.max = if field.past { Some(today()) } else { bound(field.max) };
            }
            Kind::Time => {
                view.input = "time";
                view.step = Some("1".into());
            }
            Kind::Timestamp => {
                view.input = "datetime-local";
                view.unit = Some("UTC".into());
                view.step = Some(if text.contains('.') { "0.001" } else { "1" }.into());
                view.min = bound(field.min);
                view.max = bound(field.max);
            }
            Kind::Choice(choice) => self.choices(field, choice, text, &mut view),
            Kind::Model(..) | Kind::Actor => self.picker(field, text, &mut view),
            Kind::Many(_) => self.ticks(field, text, &mut view),
            Kind::Secret => {
                view.widget = Widget::Secret;
                // Never back to the browser, not even what was typed a moment ago.
                view.value = Text::default();
                view.was = None;
                view.max_len = Some(256);
                if self.stored.is_some() {
                    view.required = false;
                    view.placeholder = "leave empty to keep what is set".into();
                }
            }
            Kind::Uuid | Kind::Bytes => {}
        }
        view
    }

    fn choices(&self, field: &Field, choice: usize, text: &str, view: &mut FieldView) {
        let variants = self.cx.panel().choices.get(choice).map_or(&[][..], |c| c.variants);
        view.widget = if field.optional || variants.len() > RADIOS { Widget::Select } else { Widget::Radio };
        if view.widget == Widget::Select {
            view.options.push(option("", "–", text.is_empty()));
        }
        view.options.extend(variants.iter().map(|v| option(v.name, v.title, v.name == text)));
        // A value of an older build stays what it is until somebody chooses another.
        if !text.is_empty() && !variants.iter().any(|v| v.name == text) {
            view.options.push(OptionView {
                value: text.to_owned().into(),
                label: text.to_owned().into(),
                selected: true,
            });
        }
    }

    fn picker(&self, field: &Field, text: &str, view: &mut FieldView) {
        view.widget = Widget::Select;
        view.options.push(option("", if field.optional { "–" } else { "Choose one" }, text.is_empty()));
        let mut held = text.is_empty();
        if let Some((_, found)) = self.candidates.iter().find(|(f, _)| *f == field.index) {
            for candidate in &found.rows {
                let id = candidate.id.to_string();
                let selected = id == text;
                held |= selected;
                view.options.push(OptionView { value: id.into(), label: candidate.label.clone().into(), selected });
            }
            let looked = self.draft.looks.iter().find(|(f, _)| *f == field.index);
            view.widget = Widget::Pick;
            view.pick = Some(PickView {
                href: self.cx.link(&Route::Model(self.model, Page::Pick(field.index))).into(),
                more: found.more || looked.is_some(),
                name: format!("find.{}", field.name).into(),
                query: looked.map_or_else(String::new, |(_, text)| text.clone()).into(),
            });
        }
        if !held {
            // Left out, the next save would change the key without anybody having asked for it.
            view.options.push(OptionView {
                value: text.to_owned().into(),
                label: self.say(field, text).into(),
                selected: true,
            });
        }
    }

    /// A text of a control as words: a choice by its title, a key by its label.
    pub(super) fn say(&self, field: &Field, text: &str) -> String {
        match field.kind {
            Kind::Bool => match text {
                "true" => "Yes".to_owned(),
                "false" => "No".to_owned(),
                other => other.to_owned(),
            },
            Kind::Choice(choice) => {
                let variants = self.cx.panel().choices.get(choice).map_or(&[][..], |c| c.variants);
                variants.iter().find(|v| v.name == text).map_or(text, |v| v.title).to_owned()
            }
            Kind::Model(..) | Kind::Actor if !text.is_empty() => self.say_key(field, text),
            Kind::Many(_) => {
                let labels: Vec<String> = each_link(text).map(|link| self.say_link(field, link)).collect();
                labels.join(", ")
            }
            Kind::Timestamp => text.replace('T', " "),
            _ => text.to_owned(),
        }
    }

    fn say_key(&self, field: &Field, text: &str) -> String {
        let candidates = self.candidates.iter().find(|(f, _)| *f == field.index);
        let candidate = candidates.and_then(|(_, found)| found.rows.iter().find(|c| c.id.to_string() == text));
        if let Some(candidate) = candidate {
            return candidate.label.clone();
        }
        let stored = self
            .stored
            .filter(|(row, ..)| row.row.get(field.index).is_some_and(|value| form::spell(field, value) == text));
        match stored.and_then(|(row, _, keys)| keys.label(row, field.index)) {
            Some(Label::Text(label)) => label.clone(),
            Some(Label::Hidden) => "not visible to you".to_owned(),
            _ => "another one".to_owned(),
        }
    }
}

/// A text that may be empty without being null.
fn is_free_text(field: &Field) -> bool {
    matches!(field.kind, Kind::String | Kind::Text) && field.min_len.unwrap_or(0) == 0
}

fn option(value: &'static str, label: &'static str, selected: bool) -> OptionView {
    OptionView { value: value.into(), label: label.into(), selected }
}
