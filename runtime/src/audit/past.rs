//! What a row was before: the entries of its log undone one by one, newest first, from the row as it is now. It refuses
//! to guess: a value that can't be read back (a secret, bytes, a field of another kind in an older build) counts as not
//! fetched, so that no condition over it lets anything through.

use crate::audit::{Change, Entry, EventId};
use crate::panel::{Kind, Model};
use crate::value::{Row, Value};

/// One change in the life of a row, with the row around it.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) entry: Entry,
    /// The row as the change found it; none: the change made it.
    pub(crate) before: Option<Row>,
    /// The row as the change left it.
    pub(crate) after: Row,
}

/// Walks back through the life of one row. Entries must come newest first and without a gap.
#[derive(Debug)]
pub(crate) struct Past {
    model: &'static Model,
    row: Row,
}

impl Past {
    /// From the row as it is now. What was not fetched of it is known from the first entry on that names it.
    pub(crate) fn of(model: &'static Model, now: Row) -> Self {
        Self { model, row: now }
    }

    /// Undoes one entry; `None`: it changed no field.
    pub(crate) fn undo(&mut self, entry: Entry) -> Option<Moment> {
        let is_new = entry.event == EventId::RowCreated.text();
        if !is_new && entry.event != EventId::RowUpdated.text() {
            return None;
        }
        let after = self.row.clone();
        for (index, change) in fields(self.model, &entry) {
            match value(self.model, index, change, change.before.as_deref()) {
                Some(value) => self.row.set(index, value),
                None => self.row.forget(index),
            }
        }
        self.row.version = self.row.version.saturating_sub(1);
        let before = (!is_new).then(|| self.row.clone());
        Some(Moment { entry, before, after })
    }
}

/// The changes of an entry that are about fields of this build.
pub(crate) fn fields<'e>(model: &'static Model, entry: &'e Entry) -> impl Iterator<Item = (usize, &'e Change)> {
    entry.changes.iter().filter_map(|change| Some((model.field_by_name(&change.field)?.index, change)))
}

/// A kept text as the value that it was; `None`: that can't be said any more.
pub(crate) fn value(model: &'static Model, field: usize, change: &Change, kept: Option<&str>) -> Option<Value> {
    let field = model.fields.get(field)?;
    match kept {
        _ if change.label == crate::panel::Sensitivity::Secret || field.kind == Kind::Secret => None,
        None => Some(crate::constraint::normal(field.kind, Value::Null)),
        Some(text) => Value::from_text(field.kind, text),
    }
}

#[cfg(test)]
mod tests {
    use super::Past;
    use crate::audit::{Change, Entry, EventId};
    use crate::panel::{Model, Sensitivity};
    use crate::testing::{PANEL, PATIENT, date, now, patient, text};
    use crate::value::{Row, Value};

    fn model() -> &'static Model {
        &PANEL.models[PATIENT]
    }

    fn entry(seq: i64, event: EventId, changes: &[(&str, Option<&str>, Option<&str>)]) -> Entry {
        let changes = changes.iter().map(|(field, before, after)| Change {
            field: (*field).to_owned(),
            label: Sensitivity::Internal,
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        });
        Entry {
            seq,
            at: now(),
            origin: crate::testing::nowhere(),
            actor: None,
            event: event.text().to_owned(),
            model: Some("Patient".to_owned()),
            row: Some(1.into()),
            changes: changes.collect(),
        }
    }

    #[test]
    fn undoing_gives_back_what_was() {
        let mut row = Row::new(1, 3, model().fields.len());
        row.set(patient::NAME, text("Anna Berg"));
        row.set(patient::BORN, date("1984-02-12"));
        row.set(patient::PIN, Value::SecretHash(String::new()));
        let [newest, older, acted, first] = [
            entry(9, EventId::RowUpdated, &[("born", Some("1984-02-11"), Some("1984-02-12"))]),
            entry(
                5,
                EventId::RowUpdated,
                &[
                    ("name", Some("Ana Berg"), Some("Anna Berg")),
                    ("pin", None, Some("(secret)")),
                    ("fax", None, Some("7")),
                ],
            ),
            entry(4, EventId::RowActed, &[("action", None, Some("approve"))]),
            entry(1, EventId::RowCreated, &[("name", None, Some("Ana Berg")), ("born", None, Some("1984-02-11"))]),
        ];
        let mut past = Past::of(model(), row);
        let newest = past.undo(newest).expect("a change");
        assert!(newest.after.get(patient::BORN) == Some(&date("1984-02-12")));
        assert!(newest.before.expect("it was there").get(patient::BORN) == Some(&date("1984-02-11")));
        let older = past.undo(older).expect("a change").before.expect("it was there");
        assert!(older.get(patient::NAME) == Some(&text("Ana Berg")) && older.version == 1);
        assert!(older.get(patient::PIN).is_none(), "nobody can say what a secret was");
        assert!(past.undo(acted).is_none());
        assert!(past.undo(first).expect("a change").before.is_none(), "before it was made there was nothing");
    }

    #[test]
    fn a_text_that_does_not_read_is_not_known() {
        let mut row = Row::new(1, 2, model().fields.len());
        row.set(patient::BORN, date("1984-02-12"));
        let mut past = Past::of(model(), row);
        let moment = past.undo(entry(2, EventId::RowUpdated, &[("born", Some("long ago"), Some("1984-02-12"))]));
        assert!(moment.and_then(|moment| moment.before).expect("a change").get(patient::BORN).is_none());
    }
}
