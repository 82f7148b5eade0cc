//! The state of a list as its address holds it: search, filters, order, size, place. Everything in it is a visitor's
//! word; what does not make sense is refused with a sentence, and what the viewer may not read can't be asked about.

use chrono::NaiveDate;
use form_urlencoded::Serializer;

mod filter;
pub(crate) mod span;

use filter::is_text;
pub(crate) use filter::{FieldFilter, is_filtered_by_span};

use crate::authorize::Terms;
use crate::condition::Condition;
use crate::error::Error;
use crate::fields::Fields;
use crate::panel::{Field, FieldSet, Kind, Model, Sensitivity, Sort};
use crate::store::cursor::Place;
use crate::store::{GetQuery, Key, LARGEST_PAGE, Position, Store};

/// Name of the query parameter that carries what was just done over a redirect; no part of the state.
pub(crate) const DONE: &str = "done";
/// Rows a page unless the address says otherwise.
const USUAL_SIZE: u32 = 50;
/// Longest text to look for, code points.
const LONGEST_SEARCH: usize = 200;

/// A list's state, checked.
#[derive(Debug)]
pub(crate) struct ListState {
    pub(crate) q: String,
    pub(crate) filters: Vec<FieldFilter>,
    pub(crate) sort: Option<Sort>,
    /// The address names the order.
    pub(crate) sort_named: bool,
    pub(crate) size: u32,
    /// `after`, `before` or `at`, with what stands there.
    place: Option<(String, String)>,
    /// How many rows each choice of a filter would leave is to be counted.
    pub(crate) counts: bool,
    /// What of it belongs into every address of this list: all but the place.
    pairs: Vec<(String, String)>,
}

/// Whether rows can be put in an order by this field that means something to a reader.
pub(crate) fn is_sortable(field: &Field) -> bool {
    !matches!(
        field.kind,
        Kind::Json | Kind::Secret | Kind::Bytes | Kind::Text | Kind::Model(..) | Kind::Actor | Kind::Many(_)
    )
}

/// Whether it can be filtered by a part of its text.
pub(crate) fn is_filtered_by_part(field: &Field) -> bool {
    is_text(field)
}

fn is_filterable(field: &Field) -> bool {
    !matches!(field.kind, Kind::Json | Kind::Secret | Kind::Bytes)
}

impl ListState {
    /// Reads the query string; `today` is what its words are relative to.
    ///
    /// # Errors
    /// [`Error::BadRequest`] with a sentence for anything that is not an address of this list for this viewer.
    pub(crate) fn read(query: &Fields, model: &'static Model, terms: &Terms, today: NaiveDate) -> Result<Self, Error> {
        let visible = terms.fields_somewhere();
        let mut state = Self {
            q: String::new(),
            filters: Vec::new(),
            sort: model.sort.iter().find(|sort| visible.contains(sort.field)).copied(),
            sort_named: false,
            size: USUAL_SIZE,
            place: None,
            counts: false,
            pairs: Vec::new(),
        };
        let mut place = None;
        for (name, value) in query.iter() {
            if value.is_empty() || name == DONE {
                continue;
            }
            match name {
                "q" => state.q = value.trim().chars().take(LONGEST_SEARCH).collect(),
                "sort" => {
                    state.sort = Some(read_sort(model, visible, value)?);
                    state.sort_named = true;
                }
                "size" => {
                    state.size = value
                        .parse()
                        .ok()
                        .filter(|n| (1..=LARGEST_PAGE).contains(n))
                        .ok_or_else(|| Error::BadRequest(format!("A page has 1 to {LARGEST_PAGE} rows.")))?;
                }
                "counts" if value == "1" => state.counts = true,
                "after" | "before" | "at" if place.is_none() => place = Some((name, value)),
                _ => state.read_filter(model, visible, name, value)?,
            }
            if !matches!(name, "after" | "before" | "at") && !name.starts_with("find.") {
                state.pairs.push((name.to_owned(), value.to_owned()));
            }
        }
        for filter in &mut state.filters {
            // A span of one's own takes the place of a word.
            if filter.span().is_some() && (!filter.from.is_empty() || !filter.to.is_empty()) {
                filter.is.clear();
                state.pairs.retain(|(name, _)| name.strip_prefix("f.") != Some(filter.field.name));
            }
            filter.bind(today)?;
        }
        state.place = place.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(state)
    }

    /// The page that the address names.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for a place that this list has not given out in this order, or that is no more.
    pub(crate) async fn position(&self, store: &Store, terms: &Terms) -> Result<Position, Error> {
        Ok(match self.place.as_ref().map(|(name, text)| (name.as_str(), text.as_str())) {
            None => Position::First,
            Some(("after", text)) => Position::After(self.key(store, terms, text).await?),
            Some(("before", text)) => Position::Before(self.key(store, terms, text).await?),
            Some((_, "last")) => Position::Last,
            Some(_) => return Err(Error::BadRequest("There is no such place in the list.".to_owned())),
        })
    }

    async fn key(&self, store: &Store, terms: &Terms, text: &str) -> Result<Key, Error> {
        let place = store.cursors().await?.decode(terms.model(), self.sort, text).ok_or_else(|| {
            Error::BadRequest("This place in the list is not one that the list has given out.".to_owned())
        })?;
        let (id, digest) = match place {
            Place::Key(key) => return Ok(key),
            Place::Row { id, digest } => (id, digest),
        };
        let sorted = self.sort.map_or(FieldSet::NONE, |sort| FieldSet::NONE.with(sort.field));
        let found = store.get(&GetQuery { terms, id, columns: sorted, labels: &[] }).await?;
        let readable = found.filter(|found| terms.fields_of(&found.row).intersection(sorted) == sorted);
        let value = readable.and_then(|found| found.row.get(self.sort?.field).cloned());
        value.filter(|value| Place::is_of(&digest, value)).map(|value| Key { value, id }).ok_or_else(|| {
            Error::BadRequest(
                "The row at this place of the list has changed meanwhile. Start from the first page.".to_owned(),
            )
        })
    }

    fn read_filter(&mut self, model: &'static Model, visible: FieldSet, name: &str, value: &str) -> Result<(), Error> {
        // Not declared, not a field, and not within the viewer's view: the same words for all three.
        let no = || Error::BadRequest("This list has no such filter.".to_owned());
        let (looking, rest) = match (name.strip_prefix("f."), name.strip_prefix("find.")) {
            (Some(rest), _) => (false, rest),
            (None, Some(rest)) => (true, rest),
            (None, None) => return Err(no()),
        };
        let (field, part) = rest.split_once('.').unwrap_or((rest, ""));
        let field =
            model.field_by_name(field).filter(|f| visible.contains(f.index) && is_filterable(f)).ok_or_else(no)?;
        // A foreign key can always be filtered by: lists of related rows lead here.
        if !model.filter.contains(&field.index) && !matches!(field.kind, Kind::Model(..) | Kind::Many(_)) {
            return Err(no());
        }
        let place = self.filters.iter().position(|f| f.field.index == field.index).unwrap_or_else(|| {
            self.filters.push(FieldFilter::new(field));
            self.filters.len() - 1
        });
        let filter = self.filters.get_mut(place).ok_or_else(no)?;
        match (looking, part) {
            (true, "") => filter.look = value.chars().take(LONGEST_SEARCH).collect(),
            (false, "") if filter.is.len() < 50 && field.kind != Kind::Text => filter.is.push(value.to_owned()),
            (false, "has") if filter.has.is_empty() && is_text(field) => {
                filter.has = value.trim().chars().take(LONGEST_SEARCH).collect();
            }
            (false, "from") if filter.from.is_empty() => value.clone_into(&mut filter.from),
            (false, "to") if filter.to.is_empty() => value.clone_into(&mut filter.to),
            (false, "null") if filter.null.is_none() && matches!(value, "0" | "1") => filter.null = Some(value == "1"),
            _ => return Err(no()),
        }
        Ok(())
    }

    /// What the store is asked beside the scope.
    pub(crate) fn condition(&self) -> Condition {
        self.filters.iter().fold(Condition::Always, |all, filter| all.and(filter.condition().clone()))
    }

    /// The same without the filter on one field.
    pub(crate) fn condition_without(&self, field: usize) -> Condition {
        let others = self.filters.iter().filter(|filter| filter.field.index != field);
        others.fold(Condition::Always, |all, filter| all.and(filter.condition().clone()))
    }

    /// What of it belongs into an address that means the same rows on every day: spans as the days that they mean now.
    pub(crate) fn fixed(&self, today: NaiveDate) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for (name, value) in &self.pairs {
            let of = self.filters.iter().find(|filter| name.strip_prefix("f.") == Some(filter.field.name));
            match of.and_then(FieldFilter::span).and_then(|span| span.days(today)) {
                None => pairs.push((name.clone(), value.clone())),
                Some((first, last)) => {
                    pairs.push((format!("{name}.from"), first.to_string()));
                    pairs.extend(last.map(|last| (format!("{name}.to"), last.to_string())));
                }
            }
        }
        pairs
    }

    /// The filter on a field, if there is one.
    pub(crate) fn filter(&self, field: usize) -> Option<&FieldFilter> {
        self.filters.iter().find(|filter| filter.field.index == field)
    }

    /// The state in words, values as they were typed: "Search: anna; Doctor: 3". Empty: every row.
    pub(crate) fn in_words(&self, today: NaiveDate) -> String {
        let mut words = Vec::new();
        if !self.q.is_empty() {
            words.push(format!("Search: {}", self.q));
        }
        for filter in self.filters.iter().filter(|filter| filter.is_active()) {
            let shown = |text: &str| match filter.span().map(|span| (span, span.days(today))) {
                // What it meant on the day, too: these words are read later.
                Some((span, Some((first, last)))) => {
                    let until = last.map_or_else(String::new, |last| format!(" to {last}"));
                    format!("{} ({first}{until})", span.title().to_lowercase())
                }
                _ => text.to_owned(),
            };
            words.push(format!("{}: {}", filter.field.title, filter.in_words(shown)));
        }
        words.join("; ")
    }

    /// How far [`Self::in_words`] may travel: as far as the least open of the fields that it asks about, and no further
    /// than somebody's name.
    pub(crate) fn label(&self, terms: &Terms) -> Sensitivity {
        let model = terms.model();
        let searched = if self.q.is_empty() { &[][..] } else { model.search };
        let searched = searched.iter().filter_map(|field| model.fields.get(*field));
        let filtered = self.filters.iter().filter(|filter| filter.is_active()).map(|filter| filter.field);
        searched.chain(filtered).map(|field| field.sensitivity).fold(Sensitivity::Personal, Ord::max)
    }

    /// Whether anything leaves rows out.
    pub(crate) fn narrows(&self) -> bool {
        !self.q.is_empty() || self.filters.iter().any(FieldFilter::is_active)
    }

    /// The address with some of its parameters left out and others put on; always at the first page unless one of the
    /// added says otherwise.
    pub(crate) fn address(&self, path: &str, without: impl Fn(&str) -> bool, with: &[(&str, &str)]) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in self.pairs.iter().filter(|(name, _)| !without(name)) {
            query.append_pair(name, value);
        }
        for (name, value) in with {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// Whether a parameter belongs to the filter on this field.
pub(crate) fn is_of_filter(parameter: &str, field: &Field) -> bool {
    parameter.strip_prefix("f.").is_some_and(|rest| rest.split('.').next() == Some(field.name))
}

fn read_sort(model: &'static Model, visible: FieldSet, text: &str) -> Result<Sort, Error> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    model
        .field_by_name(name)
        .filter(|field| visible.contains(field.index) && is_sortable(field))
        .map(|field| Sort { field: field.index, descending })
        .ok_or_else(|| Error::BadRequest("This list can't be sorted like that.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::Verb;
    use crate::testing::{PATIENT, actor, patient, terms};

    #[test]
    fn the_words_of_a_filter_carry_the_label_of_its_fields() {
        let view = terms(&actor("Owner", None), Verb::View, PATIENT);
        let model = view.model();
        let asked = |field: usize, text: &str| {
            let mut filter = FieldFilter::new(&model.fields[field]);
            filter.is.push(text.to_owned());
            ListState {
                q: String::new(),
                filters: vec![filter],
                sort: None,
                sort_named: false,
                size: USUAL_SIZE,
                place: None,
                counts: false,
                pairs: Vec::new(),
            }
        };
        assert_eq!(model.fields[patient::NOTES].sensitivity, Sensitivity::Sensitive, "what the test is about");
        assert_eq!(asked(patient::NOTES, "cats").label(&view), Sensitivity::Sensitive);
        assert_eq!(asked(patient::NAME, "Berg").label(&view), Sensitivity::Personal);
    }
}
