//! What a form that came back means as values: texts are read by kind and held against the block, secrets are hashed.
//! What can't be read stays as it was typed, with a sentence.

use super::edit_fields::{Draft, secrets};
use crate::constraint;
use crate::context::Cx;
use crate::error::Error;
use crate::form::{self, Posted};
use crate::panel::{Kind, Model};
use crate::password::Password;
use crate::value::{Row, Value};

/// Longest secret, code points; the hasher takes no more.
const LONGEST_SECRET: u32 = 256;

/// What the posted texts mean, for the fields whose text differs from what the form showed; errors go into the draft.
pub(crate) fn read(
    cx: &Cx<'_>,
    model: &'static Model,
    draft: &mut Draft,
    posted: &Posted,
    stored: Option<&Row>,
) -> Vec<(usize, Value)> {
    let mut values = Vec::new();
    let offered = draft.offered;
    for field in model.fields.iter().filter(|field| offered.contains(field.index)) {
        let Some(text) = posted.text(field.index).filter(|_| field.kind != Kind::Secret) else { continue };
        let before = stored.and_then(|row| row.get(field.index));
        // A form holds less than a value can (a browser has no microseconds): an untouched text changes nothing.
        if before.is_some_and(|value| form::spell(field, value) == text) {
            continue;
        }
        // Links may have come into sight since the form was opened; it says nothing of those.
        let was = posted.was(field.index).filter(|_| before.is_some() && field.links().is_some());
        if was == Some(text) {
            continue;
        }
        let value = form::read(field, text);
        // A program spells it in its own way, and what stands there is not held against the bounds again.
        if value.as_ref().is_ok_and(|value| before == Some(value)) {
            continue;
        }
        let value =
            value.and_then(|value| constraint::violation(cx.panel(), field, &value, cx.now).map_or(Ok(value), Err));
        match value {
            Ok(value) => {
                let was = was.and_then(|was| form::read(field, was).ok());
                values.push((field.index, if let Some(was) = was { relinked(&was, &value) } else { value }));
            }
            Err(why) => draft.errors.push((field.index, why)),
        }
    }
    values
}

/// What was done to links in a form that started from others.
fn relinked(was: &Value, to: &Value) -> Value {
    let without = |some: &Value, others: &Value| {
        some.linked().iter().copied().filter(|id| !others.linked().contains(id)).collect()
    };
    Value::Relink { add: without(to, was), remove: without(was, to) }
}

/// Hashes of the secrets that were typed; an empty control leaves a secret as it is. Hashing costs, so nothing is
/// hashed for a form that comes back anyway.
pub(crate) async fn hash_secrets(
    cx: &Cx<'_>,
    model: &'static Model,
    draft: &mut Draft,
    posted: &Posted,
    is_new: bool,
) -> Result<Vec<(usize, Value)>, Error> {
    let offered = draft.offered.intersection(secrets(model));
    let mut typed = Vec::new();
    for field in model.fields.iter().filter(|field| offered.contains(field.index)) {
        let text = posted.text(field.index).unwrap_or_default();
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let (min, max) = (field.min_len.unwrap_or(1), field.max_len.unwrap_or(LONGEST_SECRET).min(LONGEST_SECRET));
        if text.is_empty() {
            if is_new && !field.optional {
                draft.errors.push((field.index, "This is needed.".to_owned()));
            }
        } else if length < min || length > max {
            draft.errors.push((field.index, format!("{min} to {max} characters; this has {length}.")));
        } else {
            typed.push((field.index, Password::typed(text)));
        }
    }
    if !draft.errors.is_empty() {
        return Ok(Vec::new());
    }
    let mut hashes = Vec::with_capacity(typed.len());
    for (field, secret) in typed {
        let busy = |_| Error::Unavailable("no place to hash a secret".to_owned());
        let place = cx.app.hasher.place_for(&cx.address).map_err(busy)?;
        hashes.push((field, Value::SecretHash(cx.app.hasher.hash(place, secret).await?)));
    }
    Ok(hashes)
}
