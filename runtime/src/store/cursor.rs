//! A key of a list as text for an address, and back. What comes back is a visitor's word: it is parsed, never trusted,
//! and only ever bound as a value.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::panel::{Kind, Model, Sort};
use crate::store::query::Key;
use crate::value::Value;

/// The key as text that needs no escaping in an address.
#[must_use]
pub fn encode(key: &Key) -> String {
    let value = match &key.value {
        Value::Null => "n".to_owned(),
        value => format!("v{}", value.to_text()),
    };
    URL_SAFE_NO_PAD.encode(format!("{}:{value}", key.id))
}

/// The key that this text stands for in this order; `None` when it was not made by [`encode`] for such an order.
#[must_use]
pub fn decode(model: &Model, sort: Option<Sort>, text: &str) -> Option<Key> {
    if text.len() > 4096 {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (id, value) = text.split_once(':')?;
    let id = id.parse().ok()?;
    let value = match (value.strip_prefix('v'), sort) {
        (None, None) if value == "n" => Value::Null,
        (None, Some(sort)) if value == "n" && model.fields.get(sort.field)?.optional => Value::Null,
        (Some(value), Some(sort)) => parse(model.fields.get(sort.field)?.kind, value)?,
        _ => return None,
    };
    Some(Key { value, id })
}

/// Nothing is sorted by JSON.
fn parse(kind: Kind, text: &str) -> Option<Value> {
    if kind == Kind::Json { None } else { Value::from_text(kind, text) }
}
