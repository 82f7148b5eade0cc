//! What the rows of an inline mean as changes, and the changes themselves, within the transaction of the form. A row
//! that somebody else saved meanwhile stops the save before it begins.

use super::{Child, InForm, Inlines, Place};
use crate::error::Error;
use crate::key::RowKey;
use crate::pages::edit::parents;
use crate::pages::edit_values::read;
use crate::pages::keys::Keys;
use crate::pages::stale::{self, Difference};
use crate::pages::{record_refusal, row};
use crate::store::{Recorded, Updated, Write};
use crate::value::Value;

/// Rows that changed while the form was filled in.
#[derive(Debug, Default)]
pub(in crate::pages) struct Late {
    /// What differs is told by [`Inlines::compared`].
    differs: bool,
    /// In words, about rows that are gone.
    pub(in crate::pages) gone: Vec<String>,
}

impl Late {
    pub(in crate::pages) fn is_empty(&self) -> bool {
        !self.differs && self.gone.is_empty()
    }
}

impl Inlines<'_> {
    /// Brings the rows up to what is stored now; what was typed stays in the form.
    pub(in crate::pages) fn late(&mut self) -> Late {
        let mut late = Late::default();
        for form in &mut self.forms {
            let mut next = form.next_new();
            let may_add = form.create.is_some();
            let title = form.model.title;
            form.children.retain_mut(|child| {
                if child.found.is_some() || matches!(child.place, Place::New(_)) {
                    return true;
                }
                // Gone, as it was to be.
                if child.remove {
                    return false;
                }
                let is_untouched = child.posted.as_ref().is_some_and(|posted| posted.is_untouched(form.model));
                let what = if is_untouched {
                    "You had changed nothing in it."
                } else if may_add {
                    child.place = Place::New(next);
                    next += 1;
                    "What you typed stands below as a new one: save again to add it, or tick Remove to leave it out."
                } else {
                    "You may not add it again."
                };
                let title = title.to_lowercase();
                late.gone.push(format!("A {title} of this form was removed by somebody else meanwhile. {what}"));
                may_add && !is_untouched
            });
            for at in 0..form.children.len() {
                let Some(differences) = differences(form, at) else { continue };
                let Some(child) = form.children.get_mut(at) else { continue };
                let Some(found) = &child.found else { continue };
                if differences.is_empty() {
                    let name = row::name(form.model, &found.row, form.view.fields_of(&found.row));
                    late.gone.push(format!("{title} {name} was saved by somebody else meanwhile."));
                }
                late.differs |= !differences.is_empty();
                child.compared = differences;
            }
        }
        late
    }

    /// Reads what was typed; errors go to the rows. Whether all of it can be saved.
    pub(in crate::pages) fn read(&mut self) -> bool {
        let cx = self.cx;
        for form in &mut self.forms {
            for child in form.children.iter_mut().filter(|child| !child.remove) {
                if child.is_blank(form.model) {
                    continue;
                }
                let Some(posted) = &child.posted else { continue };
                let stored = child.found.as_ref().map(|found| &found.row);
                child.values = read(cx, form.model, &mut child.draft, posted, stored);
            }
        }
        self.forms.iter().flat_map(|form| &form.children).all(|child| child.draft.errors.is_empty())
    }

    /// Whether there is something to save; after [`Inlines::read`].
    pub(in crate::pages) fn differ(&self) -> bool {
        self.forms.iter().any(|form| form.children.iter().any(|child| form.differs(child)))
    }

    /// Removes, changes and adds, in this order, so that what is unique can move from one row to another.
    pub(in crate::pages) async fn save(
        &mut self,
        write: &mut Write,
        parent: RowKey,
    ) -> Result<Option<Recorded>, Error> {
        let mut proof = None;
        for (at, form) in self.forms.iter().enumerate() {
            // Also of keys that only a new row has controls for.
            let written = form.columns.union(form.of_new()).with(form.key.index);
            let views = Keys::among(self.cx, form.model, written).views();
            let ranks = [
                |child: &Child| child.remove,
                |child: &Child| !child.remove && child.found.is_some(),
                |child: &Child| !child.remove && child.found.is_none(),
            ];
            for rank in ranks {
                for (place, child) in
                    form.children.iter().enumerate().filter(|(_, child)| rank(child) && form.differs(child))
                {
                    self.stopped = Some((at, place));
                    let version = child.posted.as_ref().and_then(|posted| posted.version);
                    let done = match (child.place, child.remove) {
                        (Place::Row(id), true) => {
                            let delete = form.delete.as_ref().ok_or(Error::NotFound)?;
                            Some(write.delete(delete, id, version).await?)
                        }
                        (Place::Row(id), false) => {
                            let edit = form.edit.as_ref().ok_or(Error::NotFound)?;
                            let parents = parents(self.cx, &views);
                            match write.update(edit, id, version, child.values.clone(), parents).await? {
                                Updated::Changed(_, recorded) => Some(recorded),
                                Updated::Unchanged(_) => None,
                            }
                        }
                        (Place::New(_), _) => {
                            let create = form.create.as_ref().ok_or(Error::NotFound)?;
                            let mut values = child.values.clone();
                            values.push((form.key.index, Value::from(parent)));
                            Some(write.insert(create, values, parents(self.cx, &views)).await?.recorded)
                        }
                    };
                    proof = done.or(proof);
                }
            }
        }
        self.stopped = None;
        Ok(proof)
    }

    /// Whether somebody else was faster between reading and writing.
    pub(in crate::pages) fn is_late(&self, error: &Error) -> bool {
        matches!(error, Error::Stale(_)) || (self.stopped.is_some() && *error == Error::NotFound)
    }

    /// Puts the refusal of a save where it belongs, if it was one of these rows that was refused; gives it back if not.
    pub(in crate::pages) async fn blame(&mut self, error: Error) -> Result<http::StatusCode, Error> {
        let Some((at, place)) = self.stopped.take() else { return Err(error) };
        let child = self.forms.get_mut(at).and_then(|form| form.children.get_mut(place));
        let Some(child) = child else { return Err(error) };
        let status = error.status();
        match error {
            Error::Fields(faults) => {
                child.draft.errors.extend(faults.into_iter().map(|fault| (fault.field, fault.message)));
            }
            Error::Check(message) => child.errors.push(message.to_owned()),
            Error::Beyond(message) => {
                record_refusal(self.cx, &message).await;
                child.errors.push(message);
            }
            held @ Error::Held { .. } => child.errors.push(held.visitor()),
            other => return Err(other),
        }
        Ok(status)
    }
}

impl InForm {
    fn differs(&self, child: &Child) -> bool {
        match child.place {
            Place::Row(_) => child.remove || !child.values.is_empty(),
            Place::New(_) => !child.remove && !child.is_blank(self.model),
        }
    }
}

/// What differs in a row that somebody else saved meanwhile; none: nobody did. The draft afterwards starts from the row
/// as it is now.
fn differences(form: &mut InForm, at: usize) -> Option<Vec<Difference>> {
    let model = form.model;
    let child = form.children.get_mut(at)?;
    let (posted, found) = (child.posted.as_ref()?, child.found.as_ref()?);
    if posted.version == Some(found.row.version) {
        return None;
    }
    child.draft.errors.clear();
    Some(stale::merge(model, &mut child.draft, posted, &found.row))
}
