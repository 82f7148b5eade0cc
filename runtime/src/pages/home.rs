//! The home page: what the block's dashboard names, as far as the viewer may see it.

use chrono::Days;

use super::keys::Keys;
use super::{frame, row, show, target, terms_if_any, words};
use crate::authorize::Terms;
use crate::condition::Condition;
use crate::context::Cx;
use crate::error::Error;
use crate::panel::{Automatic, Model, Sort, Verb, Widget};
use crate::predicate::Predicate;
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{ChartQuery, CountQuery, ListQuery, Position};
use crate::views::{Bar, Chart, Counter, Empty, HomePage, Latest, Link, Text};

/// Height of a chart, in its own units.
const CHART_HEIGHT: u64 = 96;
/// Width of a day in a chart, in its own units.
const DAY_WIDTH: usize = 20;

pub(super) async fn page(cx: &Cx<'_>) -> Result<Response, Error> {
    let widgets = cx.panel().dashboard;
    let counted: Vec<(usize, Option<&'static Predicate>)> = if widgets.is_empty() {
        cx.panel().models.iter().map(|model| (model.index, None)).collect()
    } else {
        widgets
            .iter()
            .filter_map(|widget| match widget {
                Widget::Count { model, when } => Some((*model, when.as_ref())),
                _ => None,
            })
            .collect()
    };
    let counters = counters(cx, &counted).await?;
    let mut charts = Vec::new();
    let mut latest = Vec::new();
    for widget in widgets {
        match widget {
            Widget::Count { .. } => {}
            Widget::Chart { model, when, field, days } => {
                charts.extend(chart(cx, target(cx, *model)?, when.as_ref(), *field, *days).await?);
            }
            Widget::Latest { model, count } => latest.extend(newest(cx, target(cx, *model)?, *count).await?),
        }
    }
    let nothing = latest.iter().all(|table| table.rows.is_empty()) && counters.iter().all(|c| c.number == "0");
    let empty = nothing.then(|| empty(cx));
    if nothing {
        latest.clear();
        charts.clear();
    }
    show(&HomePage { frame: frame::frame(cx, cx.panel().name, Vec::new()), counters, charts, latest, empty })
}

async fn counters(cx: &Cx<'_>, counted: &[(usize, Option<&'static Predicate>)]) -> Result<Vec<Counter>, Error> {
    let mut asked: Vec<(&'static Model, Option<&'static Predicate>, Terms)> = Vec::new();
    for (model, when) in counted {
        let model = target(cx, *model)?;
        asked.extend(visible(cx, model, *when).map(|view| (model, *when, view)));
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let queries: Vec<CountQuery<'_>> =
        asked.iter().map(|(model, when, view)| CountQuery { terms: view, filter: bound(cx, model, *when) }).collect();
    let counts = cx.app.store.counts(&queries).await?;
    Ok(asked
        .iter()
        .zip(counts)
        .map(|((model, when, _), count)| Counter {
            label: match when {
                None => model.plural.into(),
                Some(when) => format!("{}: {}", model.plural, words::plainly(cx.panel(), model, when)).into(),
            },
            number: words::count(count).into(),
            href: cx.link(&Route::Model(model, Page::List)).into(),
        })
        .collect())
}

/// View terms, if the viewer may see the model and every field that the widget asks about.
fn visible(cx: &Cx<'_>, model: &'static Model, when: Option<&Predicate>) -> Option<Terms> {
    let view = terms_if_any(cx, Verb::View, model)?;
    let asked = when.map_or(crate::panel::FieldSet::NONE, Predicate::reads);
    (asked.intersection(view.fields_somewhere()) == asked).then_some(view)
}

fn bound(cx: &Cx<'_>, model: &Model, when: Option<&Predicate>) -> Condition {
    when.map_or(Condition::Always, |when| when.bind(model, &cx.actor.asker))
}

async fn chart(
    cx: &Cx<'_>,
    model: &'static Model,
    when: Option<&Predicate>,
    field: usize,
    days: u32,
) -> Result<Option<Chart>, Error> {
    let Some(view) = visible(cx, model, when).filter(|view| view.fields_somewhere().contains(field)) else {
        return Ok(None);
    };
    let to = cx.now.date_naive();
    let Some(from) = to.checked_sub_days(Days::new(u64::from(days.saturating_sub(1)))) else { return Ok(None) };
    let query = ChartQuery { terms: &view, filter: bound(cx, model, when), field, from, to };
    let days = cx.app.store.chart(&query).await?;
    let highest = days.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let bars = days.iter().enumerate().map(|(place, (day, n))| {
        // At least a sliver, so that one row among thousands is not taken for none.
        let height = (n * CHART_HEIGHT / highest).max(u64::from(*n > 0));
        Bar {
            x: place * DAY_WIDTH,
            y: CHART_HEIGHT - height,
            height,
            day: day.to_string().into(),
            number: words::number(*n).into(),
        }
    });
    Ok(Some(Chart {
        title: format!("{} by day", model.plural).into(),
        width: days.len() * DAY_WIDTH,
        height: CHART_HEIGHT,
        highest: words::number(highest).into(),
        from: from.to_string().into(),
        to: to.to_string().into(),
        bars: bars.collect(),
    }))
}

async fn newest(cx: &Cx<'_>, model: &'static Model, count: u32) -> Result<Option<Latest>, Error> {
    let Some(view) = terms_if_any(cx, Verb::View, model) else { return Ok(None) };
    let seen = view.fields_somewhere();
    let columns = row::columns(model, model.list, seen);
    let fetched = model.label.iter().fold(row::set(&columns), |set, field| set.with(*field)).intersection(seen);
    let keys = Keys::among(cx, model, fetched);
    let listed = cx
        .app
        .store
        .list(&ListQuery {
            terms: &view,
            columns: fetched,
            filter: Condition::Always,
            search: None,
            sort: newest_first(model, &view),
            position: Position::First,
            size: count,
            labels: &keys.labels(),
            count: false,
        })
        .await?;
    let link = |page| Text::from(cx.link(&Route::Model(model, page)));
    Ok(Some(Latest {
        title: format!("Latest {}", model.plural.to_lowercase()).into(),
        columns: row::titles(model, &columns),
        rows: listed.rows.iter().map(|one| row::line(cx, model, &view, &columns, &keys, one)).collect(),
        all: Some(link(Page::List)),
        new: terms_if_any(cx, Verb::Create, model).map(|_| link(Page::New)),
    }))
}

/// By the time of the insert where the list is in that order anyway, so that an index serves it; else by id, which is
/// the order of the inserts as long as nobody dates a row back.
fn newest_first(model: &Model, view: &Terms) -> Option<Sort> {
    let first = model.sort.first().copied()?;
    let field = model.fields.get(first.field)?;
    let dated = field.automatic == Some(Automatic::Created) && first.descending;
    (dated && view.fields_everywhere().contains(first.field)).then_some(first)
}

fn empty(cx: &Cx<'_>) -> Empty {
    let creatable = cx.panel().models.iter().find(|model| terms_if_any(cx, Verb::Create, model).is_some());
    match creatable {
        Some(model) => Empty {
            title: "Nothing here yet".into(),
            text: format!(
                "Begin with a {}; counts and the newest records will be shown here.",
                model.title.to_lowercase()
            )
            .into(),
            link: Some(Link {
                label: format!("New {}", model.title.to_lowercase()).into(),
                href: cx.link(&Route::Model(model, Page::New)).into(),
            }),
        },
        None => Empty {
            title: "Nothing to see yet".into(),
            text: format!("What your role, {}, may see is listed in the navigation.", cx.actor.role.title).into(),
            link: Some(Link { label: "What may I see?".into(), href: cx.link(&Route::Policy).into() }),
        },
    }
}
