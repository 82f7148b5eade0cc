//! The state of a list as its address holds it: search, filters, order, size, place. Everything in it is a visitor's word;
//! what does not make sense is refused with a sentence, and what the viewer may not read can't be asked about.

use chrono::Days;
use form_urlencoded::Serializer;

use crate::authorize::Terms;
use crate::condition::{Condition, Term};
use crate::error::Error;
use crate::fields::Fields;
use crate::form;
use crate::panel::{Field, FieldSet, Kind, Model, Sensitivity, Sort};
use crate::predicate::Op;
use crate::store::cursor::Cursors;
use crate::store::{LARGEST_PAGE, Position};
use crate::value::Value;

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
    /// What of it belongs into every address of this list: all but the place.
    pairs: Vec<(String, String)>,
}

/// What is asked of one field.
#[derive(Debug)]
pub(crate) struct FieldFilter {
    pub(crate) field: &'static Field,
    /// Texts of equality; several: any of them.
    pub(crate) is: Vec<String>,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) null: bool,
    /// What to look for among the candidates of a foreign key; no condition.
    pub(crate) look: String,
    condition: Condition,
}

impl FieldFilter {
    fn new(field: &'static Field) -> Self {
        Self {
            field,
            is: Vec::new(),
            from: String::new(),
            to: String::new(),
            null: false,
            look: String::new(),
            condition: Condition::Always,
        }
    }

    /// Whether it leaves rows out.
    pub(crate) fn is_active(&self) -> bool {
        !self.is.is_empty() || !self.from.is_empty() || !self.to.is_empty() || self.null
    }
}

/// Whether rows can be put in an order by this field that means something to a reader.
pub(crate) fn is_sortable(field: &Field) -> bool {
    !matches!(
        field.kind,
        Kind::Json | Kind::Secret | Kind::Bytes | Kind::Text | Kind::Model(..) | Kind::Actor | Kind::Many(_)
    )
}

fn is_filterable(field: &Field) -> bool {
    !matches!(field.kind, Kind::Json | Kind::Secret | Kind::Bytes | Kind::Text)
}

impl ListState {
    /// Reads the query string.
    ///
    /// # Errors
    /// [`Error::BadRequest`] with a sentence for anything that is not an address of this list for this viewer.
    pub(crate) fn read(query: &Fields, model: &'static Model, terms: &Terms) -> Result<Self, Error> {
        let visible = terms.fields_somewhere();
        let mut state = Self {
            q: String::new(),
            filters: Vec::new(),
            sort: model.sort.iter().find(|sort| visible.contains(sort.field)).copied(),
            sort_named: false,
            size: USUAL_SIZE,
            place: None,
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
                "after" | "before" | "at" if place.is_none() => place = Some((name, value)),
                _ => state.read_filter(model, visible, name, value)?,
            }
            if !matches!(name, "after" | "before" | "at") && !name.starts_with("find.") {
                state.pairs.push((name.to_owned(), value.to_owned()));
            }
        }
        for filter in &mut state.filters {
            filter.condition = condition(filter)?;
        }
        state.place = place.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(state)
    }

    /// The page that the address names.
    ///
    /// # Errors
    /// [`Error::BadRequest`] for a place that this list has not given out in this order.
    pub(crate) fn position(&self, model: &Model, cursors: &Cursors) -> Result<Position, Error> {
        let key = |text: &str| {
            cursors.decode(model, self.sort, text).ok_or_else(|| {
                Error::BadRequest("This place in the list is not one that the list has given out.".to_owned())
            })
        };
        Ok(match self.place.as_ref().map(|(name, text)| (name.as_str(), text.as_str())) {
            None => Position::First,
            Some(("after", text)) => Position::After(key(text)?),
            Some(("before", text)) => Position::Before(key(text)?),
            Some((_, "last")) => Position::Last,
            Some(_) => return Err(Error::BadRequest("There is no such place in the list.".to_owned())),
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
            (false, "") if filter.is.len() < 50 => filter.is.push(value.to_owned()),
            (false, "from") if filter.from.is_empty() => value.clone_into(&mut filter.from),
            (false, "to") if filter.to.is_empty() => value.clone_into(&mut filter.to),
            (false, "null") if value == "1" => filter.null = true,
            _ => return Err(no()),
        }
        Ok(())
    }

    /// What the store is asked beside the scope.
    pub(crate) fn condition(&self) -> Condition {
        self.filters.iter().fold(Condition::Always, |all, filter| all.and(filter.condition.clone()))
    }

    /// The filter on a field, if there is one.
    pub(crate) fn filter(&self, field: usize) -> Option<&FieldFilter> {
        self.filters.iter().find(|filter| filter.field.index == field)
    }

    /// The state in words, values as they were typed: "Search: anna; Doctor: 3". Empty: every row.
    pub(crate) fn in_words(&self) -> String {
        let mut words = Vec::new();
        if !self.q.is_empty() {
            words.push(format!("Search: {}", self.q));
        }
        for filter in self.filters.iter().filter(|filter| filter.is_active()) {
            let mut parts = Vec::new();
            if !filter.is.is_empty() {
                parts.push(filter.is.join(", "));
            }
            if !filter.from.is_empty() {
                parts.push(format!("from {}", filter.from));
            }
            if !filter.to.is_empty() {
                parts.push(format!("up to {}", filter.to));
            }
            if filter.null {
                parts.push("empty".to_owned());
            }
            words.push(format!("{}: {}", filter.field.title, parts.join(" ")));
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

fn condition(filter: &FieldFilter) -> Result<Condition, Error> {
    let field = filter.field;
    if field.links().is_some() {
        return linked(filter);
    }
    let term = || Term::Field(field.index);
    let compare = |op, value| Condition::Compare { left: term(), op, right: Term::Value(value) };
    let mut all = Condition::Always;
    let is = filter.is.iter().map(|text| read(field, text)).collect::<Result<Vec<_>, _>>()?;
    match is.len() {
        0 => {}
        1 => all = is.into_iter().fold(all, |all, value| all.and(compare(Op::Eq, value))),
        _ => all = all.and(Condition::In { term: term(), set: is }),
    }
    if !filter.from.is_empty() {
        let from = match (field.kind, form::day(&filter.from)) {
            (Kind::Timestamp, Some(day)) => Value::Timestamp(day.and_time(chrono::NaiveTime::MIN).and_utc()),
            _ => read(field, &filter.from)?,
        };
        all = all.and(compare(Op::Ge, from));
    }
    if !filter.to.is_empty() {
        all = all.and(match (field.kind, form::day(&filter.to).and_then(|day| day.checked_add_days(Days::new(1)))) {
            // A day as the end of a span of moments means the whole day.
            (Kind::Timestamp, Some(next)) => {
                compare(Op::Lt, Value::Timestamp(next.and_time(chrono::NaiveTime::MIN).and_utc()))
            }
            _ => compare(Op::Le, read(field, &filter.to)?),
        });
    }
    if filter.null {
        all = all.and(Condition::IsNull(term()));
    }
    Ok(all)
}

/// Any of these links, or none at all that the viewer sees.
fn linked(filter: &FieldFilter) -> Result<Condition, Error> {
    let field = filter.field;
    if !filter.from.is_empty() || !filter.to.is_empty() {
        return Err(Error::BadRequest("This list has no such filter.".to_owned()));
    }
    let leads = |to| Condition::Linked { field: field.index, to, among: None };
    let mut all = Condition::Always;
    if !filter.is.is_empty() {
        let values = filter.is.iter().map(|text| read(field, text)).collect::<Result<Vec<_>, _>>()?;
        all = all.and(leads(Some(values.iter().flat_map(Value::linked).copied().collect())));
    }
    if filter.null {
        all = all.and(Condition::Not(Box::new(leads(None))));
    }
    Ok(all)
}

fn read(field: &Field, text: &str) -> Result<Value, Error> {
    match form::read(field, text) {
        Ok(value) if !value.is_null() => Ok(value),
        Ok(_) => Err(Error::BadRequest(format!("The filter {} is empty.", field.title))),
        Err(why) => Err(Error::BadRequest(format!("The filter {}: {why}", field.title))),
    }
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
                pairs: Vec::new(),
            }
        };
        assert_eq!(model.fields[patient::NOTES].sensitivity, Sensitivity::Sensitive, "what the test is about");
        assert_eq!(asked(patient::NOTES, "cats").label(&view), Sensitivity::Sensitive);
        assert_eq!(asked(patient::NAME, "Berg").label(&view), Sensitivity::Personal);
    }
}
