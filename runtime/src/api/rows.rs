//! Rows as JSON: what a list and a row's page would show this person, as an export spells it. A field that they may not see
//! in a row is not there; of a key they get the number, and the words for it where they may see those.

use http::{HeaderValue, StatusCode, header};
use serde_json::Map;

use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::file::{Cell, Format, Writer, json_of};
use crate::key::RowKey;
use crate::list_state::ListState;
use crate::pages::keys::Keys;
use crate::pages::terms;
use crate::panel::{Field, FieldSet, Kind, Model, Sensitivity, Verb};
use crate::response::Response;
use crate::store::{Count, GetQuery, Key, Label, ListQuery, ListedRow, Search};
use crate::value::Value;

/// Whether a field is ever read by anybody.
pub(super) fn is_readable(field: &Field) -> bool {
    field.kind != Kind::Secret && field.sensitivity != Sensitivity::Secret
}

/// The fields of a row, or of a line of a list: 200 texts of any length are more than one answer should hold.
fn shown(model: &'static Model, visible: FieldSet, in_list: bool) -> Vec<&'static Field> {
    let is_long = |field: &Field| matches!(field.kind, Kind::Text | Kind::Json | Kind::Bytes);
    let fields = model.fields.iter().filter(|field| visible.contains(field.index) && is_readable(field));
    fields.filter(|field| !in_list || !is_long(field) || model.list.contains(&field.index)).collect()
}

fn set(fields: &[&Field]) -> FieldSet {
    fields.iter().fold(FieldSet::NONE, |all, field| all.with(field.index))
}

/// Writes rows one after the other, a comma between.
struct Rows<'a> {
    view: &'a Terms,
    keys: &'a Keys,
    fields: &'a [&'static Field],
    writer: Writer,
}

impl<'a> Rows<'a> {
    fn new(view: &'a Terms, keys: &'a Keys, fields: &'a [&'static Field]) -> Result<Self, Error> {
        let of_fields = fields.iter().flat_map(|field| [field.name.to_owned(), format!("{}.label", field.name)]);
        let names = ["id", "version"].into_iter().map(str::to_owned).chain(of_fields).collect();
        Ok(Self { view, keys, fields, writer: Writer::new(Format::JsonLines, "", names)? })
    }

    fn row(&mut self, listed: &ListedRow) -> Result<(), Error> {
        let visible = self.view.fields_of(&listed.row);
        let id = Value::from(listed.row.id);
        // Text: a number of so many digits is bent by some readers of JSON, and it is not to be reckoned with.
        let version = listed.row.version.to_string();
        let linked: Vec<(usize, String)> = listed
            .links
            .iter()
            .map(|(field, to)| (*field, to.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join("; ")))
            .collect();
        let mut cells = vec![Cell::Value(&id), Cell::Words(&version)];
        for field in self.fields {
            let is_open = visible.contains(field.index);
            let value = listed.row.get(field.index).filter(|_| is_open);
            cells.push(value.map_or(Cell::Hidden, Cell::Value));
            let words = linked.iter().find(|(of, _)| *of == field.index).map(|(_, words)| words.as_str());
            let label = match self.keys.label(listed, field.index) {
                Some(Label::Text(text)) => Some(text.as_str()),
                _ => words,
            };
            cells.push(label.filter(|_| is_open).map_or(Cell::Hidden, Cell::Words));
        }
        self.writer.row(&cells)
    }

    /// As the elements of an array: the only line ends are those between the rows.
    fn into_array(mut self) -> String {
        let lines = self.writer.take();
        let text = String::from_utf8_lossy(&lines);
        format!("[{}]", text.trim_end().replace('\n', ",\n"))
    }

    fn into_object(mut self) -> String {
        String::from_utf8_lossy(&self.writer.take()).trim_end().to_owned()
    }
}

/// One page of a list, with the queries of the pages beside it.
pub(super) async fn list(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let visible = view.fields_somewhere();
    let state = ListState::read(&cx.query, model, &view, cx.today())?;
    let store = &cx.app.store;
    let position = state.position(store, &view).await?;
    let fields = shown(model, visible, true);
    let keys = Keys::among(cx, model, set(&fields));
    let searched = model.search.iter().fold(FieldSet::NONE, |set, field| set.with(*field)).intersection(visible);
    // A program would take every row for a find.
    if !state.q.is_empty() && searched.is_empty() {
        return Err(Error::BadRequest("This list has no search.".to_owned()));
    }
    let listed = store
        .list(&ListQuery {
            terms: &view,
            columns: set(&fields),
            filter: state.condition(),
            search: (!state.q.is_empty()).then_some(Search { text: &state.q, fields: searched }),
            sort: state.sort,
            position,
            size: state.size,
            labels: &keys.labels(),
            count: true,
        })
        .await?;
    let mut rows = Rows::new(&view, &keys, &fields)?;
    for one in &listed.rows {
        rows.row(one)?;
    }
    let cursors = store.cursors().await?;
    let beside = |name, key: &Option<Key>| {
        let place = cursors.encode(model, state.sort, key.as_ref()?)?;
        Some(state.address("", |_| false, &[(name, &place)]).trim_start_matches('?').to_owned())
    };
    let count = match listed.count {
        Some(Count::Exactly(count)) => format!("{{\"exact\":{count}}}"),
        Some(Count::MoreThan(count)) => format!("{{\"more_than\":{count}}}"),
        None => "null".to_owned(),
    };
    let text = |text: Option<String>| serde_json::Value::from(text).to_string();
    let body = format!(
        "{{\"rows\":{},\n\"next\":{},\"previous\":{},\"count\":{count}}}",
        rows.into_array(),
        text(beside("after", &listed.next)),
        text(beside("before", &listed.previous)),
    );
    Ok(Response::new("application/json", body))
}

/// One row.
pub(super) async fn one(cx: &Cx<'_>, model: &'static Model, id: RowKey) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    row(cx, &view, id).await?.ok_or(Error::NotFound)
}

/// The row as it is now, under its version; none: it is not within what this person sees.
pub(super) async fn row(cx: &Cx<'_>, view: &Terms, id: RowKey) -> Result<Option<Response>, Error> {
    let fields = shown(view.model(), view.fields_somewhere(), false);
    let keys = Keys::among(cx, view.model(), set(&fields));
    let query = GetQuery { terms: view, id, columns: set(&fields), labels: &keys.labels() };
    let Some(found) = cx.app.store.get(&query).await? else { return Ok(None) };
    let mut rows = Rows::new(view, &keys, &fields)?;
    rows.row(&found)?;
    let answer = Response::new("application/json", rows.into_object());
    Ok(Some(with_version(answer, found.row.version)))
}

/// What a row was made into, or that it is there and not to be seen by its maker.
pub(super) async fn saved(
    cx: &Cx<'_>,
    view: Option<&Terms>,
    row_now: (RowKey, i64),
    status: StatusCode,
) -> Result<Response, Error> {
    let (id, version) = row_now;
    let seen = match view {
        Some(view) => row(cx, view, id).await?,
        None => None,
    };
    let answer = seen.unwrap_or_else(|| {
        let body =
            Map::from_iter([("id".to_owned(), value(&id.into())), ("version".to_owned(), version.to_string().into())]);
        with_version(super::problem::json("application/json", body), version)
    });
    Ok(answer.with_status(status))
}

fn with_version(answer: Response, version: i64) -> Response {
    match HeaderValue::from_str(&format!("\"{version}\"")) {
        Ok(tag) => answer.with_header(header::ETAG, tag),
        Err(_) => answer,
    }
}

/// A value as it stands in a row.
pub(super) fn value(value: &Value) -> serde_json::Value {
    serde_json::from_slice(&json_of(&Cell::Value(value))).unwrap_or(serde_json::Value::Null)
}
