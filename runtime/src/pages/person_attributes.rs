//! The attributes of a person that the block's `actor` clause declares: what the viewer may point them at, and the
//! saving. Which rows the person sees hangs on them.

use super::{frame, is_post, terms_if_any};
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{KeyKind, Kind, Verb};
use crate::people;
use crate::response::Response;
use crate::route::{PeoplePage, Route};
use crate::session;
use crate::store::{PickFrom, PickerQuery};
use crate::value::Value;
use crate::views::{AttributeField, AttributesView, OptionView};

/// The form; none: the block declares no attribute.
pub(super) async fn view(cx: &Cx<'_>, id: i64) -> Result<Option<AttributesView>, Error> {
    let panel = cx.panel();
    if panel.actor.is_empty() {
        return Ok(None);
    }
    let stored = session::attributes(panel, &cx.app.store.attributes(id).await?);
    let mut fields = Vec::with_capacity(panel.actor.len());
    for (attribute, value) in panel.actor.iter().zip(&stored) {
        let text = if value.is_null() { String::new() } else { value.to_text() };
        let find = format!("find.{}", attribute.name);
        let wanted = cx.query.get(&find).map(str::trim).filter(|text| !text.is_empty());
        let (options, more) = options(cx, attribute.kind, &text, wanted).await?;
        fields.push(AttributeField {
            name: format!("a.{}", attribute.name).into(),
            label: in_words(attribute.name).into(),
            help: attribute.doc.into(),
            value: text.into(),
            options,
            find: (more || wanted.is_some()).then(|| (find.into(), wanted.unwrap_or_default().to_owned().into())),
        });
    }
    Ok(Some(AttributesView { action: cx.link(&Route::People(PeoplePage::Attributes(id))).into(), fields }))
}

/// "Home ward" of `home_ward`.
fn in_words(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// What can be chosen, and whether there is more; empty: it is typed.
async fn options(
    cx: &Cx<'_>,
    kind: Kind,
    current: &str,
    wanted: Option<&str>,
) -> Result<(Vec<OptionView>, bool), Error> {
    let mut pairs: Vec<(String, String)> = vec![(String::new(), "none".to_owned())];
    let mut more = false;
    match kind {
        Kind::Bool => pairs.extend([("true", "yes"), ("false", "no")].map(|(v, l)| (v.to_owned(), l.to_owned()))),
        Kind::Choice(of) => {
            let variants = cx.panel().choices.get(of).map_or(&[][..], |choice| choice.variants);
            pairs.extend(variants.iter().map(|variant| (variant.name.to_owned(), variant.title.to_owned())));
        }
        Kind::Model(model, _, key) => {
            if let Some(terms) = cx.panel().models.get(model).and_then(|model| terms_if_any(cx, Verb::View, model)) {
                let query =
                    PickerQuery { from: PickFrom::Model(&terms), text: wanted, current: RowKey::read(key, current) };
                let found = cx.app.store.candidates(&[query]).await?.into_iter().next().unwrap_or_default();
                more = found.more;
                pairs.extend(found.rows.into_iter().map(|row| (row.id.to_string(), row.label)));
            }
        }
        _ => return Ok((Vec::new(), false)),
    }
    if !pairs.iter().any(|(value, _)| value == current) {
        // What the viewer may not see stays as it is unless they choose another.
        pairs.push((current.to_owned(), "as it is".to_owned()));
    }
    let option = |(value, label): (String, String)| OptionView {
        selected: value == current,
        value: value.into(),
        label: label.into(),
    };
    Ok((pairs.into_iter().map(option).collect(), more))
}

/// Saves what the form says; what it does not say stays.
pub(super) async fn save(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let back = cx.link(&Route::People(PeoplePage::One(id)));
    if !is_post(cx) {
        return Ok(Response::see_other(&back));
    }
    let mut values = Vec::new();
    for (index, attribute) in cx.panel().actor.iter().enumerate() {
        let Some(text) = cx.posted.get(&format!("a.{}", attribute.name)) else { continue };
        // Blanks are part of a text that is a key.
        let is_text = attribute.kind.key() == Some(KeyKind::Text);
        let value = match if is_text { text } else { text.trim() } {
            "" => Value::Null,
            text => session::read_attribute(attribute.kind, text)
                .ok_or_else(|| Error::BadRequest(format!("`{}` does not read as it should.", attribute.name)))?,
        };
        values.push((index, value));
    }
    let views: Vec<Terms> = cx.panel().models.iter().filter_map(|model| terms_if_any(cx, Verb::View, model)).collect();
    let context = cx.context();
    let changed = people::set_attributes(&cx.app.store, context, &cx.actor, id, &values, &views).await?;
    let done = if changed { "attributes" } else { "unchanged" };
    Ok(Response::see_other(&format!("{back}?{}={done}", frame::DONE)))
}
