//! How many rows each choice of a filter would leave, counted when somebody asks: within the terms of whoever asks,
//! under the search and the other filters in force. Whom they may not see they get no number of.

use super::List;
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::list_state::{ListState, is_of_filter};
use crate::pages::picker::Source;
use crate::pages::words;
use crate::panel::{Field, Kind};
use crate::store::{COUNT_BOUND, Count, FacetQuery, NamesQuery, Search};
use crate::value::Value;
use crate::views::{Facet, FacetChoice, Text};

/// What was counted of one filter: the value as the address says it, its name, and how many rows have it.
pub(super) struct Counted {
    field: &'static Field,
    choices: Vec<(String, String, Count)>,
}

/// A filter: where its candidates come from, if they are rows, and its values, if they are few.
type Asked = (&'static Field, Option<Source>, Vec<(&'static str, &'static str, Value)>);

/// Values of a field by their names in an address and on a page; empty: it has too many to list.
fn values(cx: &Cx<'_>, field: &Field) -> Vec<(&'static str, &'static str, Value)> {
    match field.kind {
        Kind::Bool => vec![("true", "Yes", Value::Bool(true)), ("false", "No", Value::Bool(false))],
        Kind::Choice(choice) => {
            let variants = cx.panel().choices.get(choice).map_or(&[][..], |choice| choice.variants);
            variants.iter().map(|v| (v.name, v.title, Value::Text(v.name.to_owned()))).collect()
        }
        _ => Vec::new(),
    }
}

/// The filters whose choices can be counted.
fn countable(terms: &Terms) -> impl Iterator<Item = &'static Field> + use<> {
    let visible = terms.fields_somewhere();
    let model = terms.model();
    let declared = model.filter.iter().filter_map(|field| model.fields.get(*field));
    declared.filter(move |field| {
        visible.contains(field.index)
            && matches!(field.kind, Kind::Bool | Kind::Choice(_) | Kind::Model(..) | Kind::Actor)
    })
}

/// One statement, and one more for the names of what keys point at.
pub(super) async fn count(
    cx: &Cx<'_>,
    view: &Terms,
    state: &ListState,
    search: Option<Search<'_>>,
) -> Result<Vec<Counted>, Error> {
    let mut asked = Vec::new();
    for field in countable(view) {
        let source = match field.kind {
            Kind::Model(..) | Kind::Actor => match Source::of(cx, field)? {
                // Nothing that they may choose from.
                None => continue,
                source => source,
            },
            _ => None,
        };
        asked.push((field, source, values(cx, field)));
    }
    let queries: Vec<FacetQuery> = asked
        .iter()
        .map(|(field, _, values)| FacetQuery {
            field: field.index,
            filter: state.condition_without(field.index),
            values: values.iter().map(|(.., value)| value.clone()).collect(),
        })
        .collect();
    let counts = cx.app.store.facets(view, &queries, search).await?;
    let ids: Vec<Vec<RowKey>> = counts.iter().map(|of| of.iter().map(|(id, _)| *id).collect()).collect();
    let sources = asked.iter().zip(&ids).filter_map(|((_, source, _), ids)| Some((source.as_ref()?, ids)));
    let questions: Vec<NamesQuery<'_>> = sources.map(|(source, ids)| NamesQuery { from: source.from(), ids }).collect();
    let mut answers = cx.app.store.names(&questions).await?.into_iter();
    let of_one = |((field, source, values), counts): (Asked, Vec<(RowKey, Count)>)| {
        let names = if source.is_some() { answers.next().unwrap_or_default() } else { Vec::new() };
        let choice = |(key, count): (RowKey, Count)| {
            if source.is_some() {
                let name = names.iter().find(|name| name.id == key)?;
                return Some((key.to_string(), name.label.clone(), count));
            }
            let (value, title, _): &(&str, &str, Value) = values.get(usize::try_from(key.number()?).ok()?)?;
            Some(((*value).to_owned(), (*title).to_owned(), count))
        };
        Counted { field, choices: counts.into_iter().filter_map(choice).collect() }
    };
    Ok(asked.into_iter().zip(counts).map(of_one).collect())
}

impl List<'_> {
    pub(super) fn facets(&self, counted: Vec<Counted>) -> Vec<Facet> {
        counted.into_iter().filter(|of| !of.choices.is_empty()).map(|of| self.facet(of)).collect()
    }

    fn facet(&self, counted: Counted) -> Facet {
        let field = counted.field;
        let chosen = |value: &str| self.state.filter(field.index).is_some_and(|f| f.is.iter().any(|is| is == value));
        let name = format!("f.{}", field.name);
        let choice = |(value, label, count): (String, String, Count)| {
            let current = chosen(&value);
            // Chosen once more, it is let go.
            let with = [(name.as_str(), value.as_str())];
            let with = if current { &[][..] } else { &with[..] };
            FacetChoice {
                label: label.into(),
                count: words::count(count).into(),
                href: self.state.address(self.path, |n| is_of_filter(n, field), with).into(),
                current,
            }
        };
        Facet { label: field.title.into(), choices: counted.choices.into_iter().map(choice).collect() }
    }

    /// The address of the same with the count told further than the page of a search tells it; none where it is told.
    pub(super) fn further(&self) -> Option<Text> {
        let Some(Count::MoreThan(told)) = self.listed.count else { return None };
        let could = told < COUNT_BOUND && !self.state.counts;
        could.then(|| self.state.address(self.path, |name| name == "counts", &[("counts", "1")]).into())
    }

    /// The address with the counts, or without them where they are shown; none: there is nothing to count.
    pub(super) fn counts(&self) -> Option<Text> {
        countable(self.view).next()?;
        let with = if self.state.counts { &[][..] } else { &[("counts", "1")][..] };
        Some(self.state.address(self.path, |name| name == "counts", with).into())
    }
}
