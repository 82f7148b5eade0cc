//! A change that came too late: what the program wanted, what stands there by now, and what stood there when it looked, field
//! by field, as a form shows it. Nothing of it was saved.

use http::StatusCode;
use serde_json::{Map, Value as Json};

use super::given::Object;
use super::{problem, rows};
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::form;
use crate::pages::history::{Walk, seen_links, walk};
use crate::panel::{FieldSet, Model};
use crate::response::Response;
use crate::value::Row;

/// 409. `now` is the row with the fields of it that the asker sees; `version` is the one that they started from.
pub(super) async fn tell(
    cx: &Cx<'_>,
    view: &Terms,
    (now, visible): (&Row, FieldSet),
    version: i64,
    object: &Object<'_>,
) -> Result<Response, Error> {
    let model = view.model();
    let base = base(cx, model, now, version).await?;
    // What they may see of it now, and might see of it then.
    let seen_then = base.as_ref().map_or(FieldSet::NONE, |base| view.fields_of(base)).intersection(visible);
    let given = object.texts(model, visible);
    let mut fields = Map::new();
    for field in model.fields.iter().filter(|field| visible.contains(field.index) && rows::is_readable(field)) {
        let Some(theirs) = now.get(field.index) else { continue };
        let before = base.as_ref().filter(|_| seen_then.contains(field.index)).and_then(|base| base.get(field.index));
        let yours = object.value(field.name);
        let typed = given.texts.iter().find(|(index, _)| *index == field.index).map(|(_, text)| text);
        let same = typed.is_some_and(|text| form::read(field, text).is_ok_and(|yours| yours == *theirs));
        let they_changed = before.is_some_and(|before| before != theirs);
        if (yours.is_none() && !they_changed) || same {
            continue;
        }
        let mut sides = Map::new();
        sides.extend(yours.map(|yours| ("yours".to_owned(), yours)));
        sides.insert("theirs".to_owned(), rows::value(theirs));
        sides.extend(before.map(|before| ("base".to_owned(), rows::value(before))));
        fields.insert(field.name.to_owned(), Json::Object(sides));
    }
    let mut more = Map::new();
    more.insert("version".to_owned(), now.version.to_string().into());
    more.insert("fields".to_owned(), Json::Object(fields));
    Ok(problem::response(StatusCode::CONFLICT, "Somebody else changed this meanwhile. Nothing was saved.", more))
}

/// The row at that version, from its log; none: it is not known any more, or was never that.
async fn base(cx: &Cx<'_>, model: &'static Model, now: &Row, version: i64) -> Result<Option<Row>, Error> {
    // Rows of adopted tables count no versions.
    if model.adopted.is_some() || version >= now.version {
        return Ok(None);
    }
    let mut base = None;
    walk(cx, model, now.clone(), |moment, _| match moment.before {
        Some(before) if before.version == version => {
            base = Some(before);
            Walk::Enough
        }
        _ => Walk::On,
    })
    .await?;
    if let Some(base) = &mut base {
        // The log kept every link that there was.
        seen_links(cx, model, base).await?;
    }
    Ok(base)
}
