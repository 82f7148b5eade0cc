//! The rows of an inline as the form shows them.

use super::{Child, InForm, Inlines, Place};
use crate::form::{self, VERSION};
use crate::limits::ROWS_IN_FORM;
use crate::pages::edit_fields::{Controls, Draft};
use crate::pages::{row, stale};
use crate::panel::{Kind, Model};
use crate::route::{Page, Route};
use crate::store::{Candidates, ListedRow};
use crate::views::{FieldView, FormError, Hidden, InlineRow, InlineView, More, StaleRow, Tick};

/// A field of a form and what may be chosen in it.
type Offer = (usize, Candidates);
type WithOffers<'s, 'c> = (&'s Child, &'c [Offer]);

impl InForm {
    /// What the names of this row's controls start with.
    pub(super) fn prefix(&self, child: &Child) -> String {
        format!("in.{}.{}.", self.number, child.place.text())
    }

    /// What a row is called: each new one apart, so that no two controls of a page have one name.
    fn legend(&self, child: &Child) -> String {
        match (&child.found, child.place) {
            (Some(found), _) => row::name(self.model, &found.row, self.view.fields_of(&found.row)),
            (None, Place::New(count)) if count > 0 => format!("New {} {}", self.model.title.to_lowercase(), count + 1),
            (None, _) => format!("New {}", self.model.title.to_lowercase()),
        }
    }

    /// Said below the rows where there are others, or can be no more.
    fn rest(&self) -> Option<String> {
        if self.more {
            let plural = self.model.plural.to_lowercase();
            return Some(format!(
                "The first {ROWS_IN_FORM} are shown; the other {plural} are changed on their own pages."
            ));
        }
        (self.create.is_some() && !self.takes_more()).then(|| self.most())
    }

    /// Whether something was looked for in this row, it points at something else than is stored, or links that it has
    /// no more are told of: the candidates that all rows share may lack it.
    fn needs_own(&self, child: &Child) -> bool {
        let Some(posted) = &child.posted else { return false };
        let keys = self
            .model
            .fields
            .iter()
            .filter(|field| matches!(field.kind, Kind::Model(..) | Kind::Actor | Kind::Many(_)));
        keys.filter(|field| child.draft.offered.contains(field.index)).any(|field| {
            let stored = child.found.as_ref().and_then(|found| found.row.get(field.index));
            let stored = stored.map_or_else(String::new, |value| form::spell(field, value));
            posted.look(field.index).is_some() || child.draft.text(field.index) != stored
        }) || !child.draft.compared.is_empty()
    }
}

impl Inlines<'_> {
    /// The drafts whose candidates are wanted: for each inline an empty row, and the rows that need their own.
    pub(in crate::pages) fn blanks(&self) -> Vec<Draft> {
        self.forms
            .iter()
            .map(|form| Draft::blank(form.model, form.fillable().intersection(form.columns.union(form.of_new()))))
            .collect()
    }

    /// Models and drafts to be asked for candidates, in the order in which [`Inlines::views`] takes the answers.
    pub(in crate::pages) fn asking<'d>(&'d self, blanks: &'d [Draft]) -> Vec<(&'static Model, &'d Draft)> {
        let shared = self.forms.iter().zip(blanks).map(|(form, blank)| (form.model, blank));
        let own = self.forms.iter().flat_map(|form| {
            form.children.iter().filter(|child| form.needs_own(child)).map(|child| (form.model, &child.draft))
        });
        shared.chain(own).collect()
    }

    /// `candidates` are the answers to [`Inlines::asking`].
    pub(in crate::pages) fn views(&self, candidates: &[Vec<Offer>]) -> Vec<InlineView> {
        let forms = self.with_candidates(candidates).into_iter().map(|(form, children)| {
            let rows = children.into_iter().map(|(child, candidates)| self.row(form, child, candidates));
            InlineView {
                id: format!("in-{}", form.number).into(),
                title: form.model.plural.into(),
                rows: rows.collect(),
                add: form.takes_more().then(|| More {
                    value: form.number.to_string().into(),
                    label: format!("Add a {}", form.model.title.to_lowercase()).into(),
                }),
                rest: form.rest().map(Into::into),
            }
        });
        forms.filter(|view| !view.rows.is_empty() || view.add.is_some()).collect()
    }

    /// Each row of each inline with the answers that are its own.
    fn with_candidates<'s, 'c>(&'s self, candidates: &'c [Vec<Offer>]) -> Vec<(&'s InForm, Vec<WithOffers<'s, 'c>>)> {
        let mut own = candidates.iter().skip(self.forms.len());
        let forms = self.forms.iter().enumerate().map(|(at, form)| {
            let shared = candidates.get(at).map_or(&[][..], Vec::as_slice);
            let children = form.children.iter().map(|child| {
                let offers = if form.needs_own(child) { own.next().map_or(shared, Vec::as_slice) } else { shared };
                (child, offers)
            });
            (form, children.collect())
        });
        forms.collect()
    }

    fn controls<'s>(
        &'s self,
        form: &'s InForm,
        child: &'s Child,
        candidates: &'s [Offer],
        prefix: &'s str,
    ) -> Controls<'s> {
        let stored = child.found.as_ref().map(|found| (found, form.view.fields_of(&found.row), &form.keys));
        Controls { cx: self.cx, model: form.model, draft: &child.draft, candidates, stored, prefix }
    }

    /// The lines of the table of versions that are about these rows; after [`Inlines::late`].
    pub(in crate::pages) fn compared(&self, candidates: &[Vec<Offer>]) -> Vec<StaleRow> {
        let mut lines = Vec::new();
        for (form, children) in self.with_candidates(candidates) {
            for (child, offers) in children.into_iter().filter(|(child, _)| !child.compared.is_empty()) {
                let (prefix, name) = (form.prefix(child), form.legend(child));
                let told = stale::view(&self.controls(form, child, offers, &prefix), &name, &child.compared).rows;
                lines.extend(told.into_iter().map(|line| {
                    StaleRow {
                        id: format!("f-{}{}", prefix.replace('.', "-"), line.id.strip_prefix("f-").unwrap_or_default())
                            .into(),
                        label: format!("{} {name}: {}", form.model.title, line.label).into(),
                        ..line
                    }
                }));
            }
        }
        lines
    }

    fn row(&self, form: &InForm, child: &Child, candidates: &[Offer]) -> InlineRow {
        let (prefix, legend) = (form.prefix(child), form.legend(child));
        let model = form.model;
        let controls = self.controls(form, child, candidates, &prefix);
        let shown = child.draft.offered.union(form.columns);
        let fields = model.fields.iter().filter(|f| shown.contains(f.index) && f.index != form.key.index);
        let of_row = |field| Some(FieldView { row: legend.clone().into(), ..controls.field(field)? });
        let page = |found: &ListedRow| self.cx.link(&Route::Model(model, Page::Detail(found.row.id))).into();
        InlineRow {
            id: prefix.trim_end_matches('.').replace('.', "-").into(),
            href: child.found.as_ref().map(page),
            fields: fields.filter_map(of_row).collect(),
            legend: legend.into(),
            version: child.found.as_ref().map(|found| Hidden {
                name: format!("{prefix}{VERSION}").into(),
                value: found.row.version.to_string().into(),
            }),
            remove: match &child.found {
                Some(found) => form.may_remove(found),
                // Not everything that was filled in can be emptied again.
                None => !child.is_blank(model),
            }
            .then(|| Tick { name: format!("{prefix}{}", super::REMOVE).into(), checked: child.remove }),
            errors: child.errors.iter().map(|text| text.clone().into()).collect(),
        }
    }

    /// Everything that is wrong in these rows, for the summary on top.
    pub(in crate::pages) fn errors(&self) -> Vec<FormError> {
        let mut errors = Vec::new();
        for form in &self.forms {
            for (at, child) in form.children.iter().enumerate() {
                let row = match child.place {
                    Place::Row(_) => format!("{} {}", form.model.title, at + 1),
                    Place::New(_) => form.legend(child),
                };
                let id = form.prefix(child).replace('.', "-");
                errors.extend(child.errors.iter().map(|text| FormError {
                    id: id.trim_end_matches('-').to_owned().into(),
                    label: row.clone().into(),
                    text: text.clone().into(),
                }));
                errors.extend(child.draft.errors.iter().filter_map(|(index, text)| {
                    let field = form.model.fields.get(*index)?;
                    let offered = child.draft.offered.contains(*index);
                    Some(FormError {
                        id: if offered { format!("f-{id}{}", field.name) } else { id.trim_end_matches('-').to_owned() }
                            .into(),
                        label: if offered { format!("{row}, {}", field.title) } else { row.clone() }.into(),
                        text: if offered {
                            text.clone()
                        } else {
                            "A field that is not open to you is missing.".to_owned()
                        }
                        .into(),
                    })
                }));
            }
        }
        errors
    }
}
