//! The question before a delete, and the delete. The page counts everything that goes along, names only what the viewer
//! may see, and shows no button where a row stands in the way.

use http::StatusCode;

use super::{frame, is_post, refuse_strange, row, show, terms, terms_if_any, words};
use crate::authorize::Terms;
use crate::context::{CSRF_FIELD, Cx};
use crate::error::Error;
use crate::form;
use crate::key::RowKey;
use crate::panel::{Model, OnDelete, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{DeletePreview, GetQuery, ListedRow};
use crate::views::{DeletePage, Goes, Link, Named, Text};

/// Beyond so many rows the name must be typed.
const TYPED_BEYOND: u64 = 100;
/// Rows named in all.
const NAMED: usize = 20;

pub(super) async fn page(cx: &Cx<'_>, model: &'static Model, id: RowKey) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let delete = terms(cx, Verb::Delete, model)?;
    let query = GetQuery { terms: &view, id, columns: view.fields_somewhere().union(delete.reads()), labels: &[] };
    let found = cx.app.store.get(&query).await?.ok_or(Error::NotFound)?;
    if !delete.covers(&found.row) {
        let title = model.title.to_lowercase();
        return Err(Error::Beyond(format!("You may see this {title}, but your role may not delete it as it is now.")));
    }
    let views: Vec<Terms> = cx.panel().models.iter().filter_map(|model| terms_if_any(cx, Verb::View, model)).collect();
    let preview = cx.app.store.delete_preview(&delete, id, &views).await?.ok_or(Error::NotFound)?;
    let question = Question {
        cx,
        model,
        name: row::name(model, &found.row, view.fields_of(&found.row)),
        found: &found,
        preview: &preview,
    };
    if !is_post(cx) {
        return question.page(None, None, StatusCode::OK);
    }
    let known = [form::VERSION, form::CONFIRM, CSRF_FIELD];
    let strange: Vec<String> =
        cx.posted.iter().map(|(name, _)| name).filter(|name| !known.contains(name)).map(str::to_owned).collect();
    if !strange.is_empty() {
        return refuse_strange(cx, model, Some(id), &strange).await;
    }
    let version = cx
        .posted
        .get(form::VERSION)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::BadRequest("The form does not say which version it started from.".to_owned()))?;
    if question.must_type() && cx.posted.get(form::CONFIRM).map(str::trim) != Some(question.name.trim()) {
        let wrong = format!("Type {}, letter by letter.", question.name);
        return question.page(Some(wrong.into()), None, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let gone = async {
        let mut write = cx.app.store.write(cx.context()).await?;
        let recorded = write.delete(&delete, id, Some(version)).await?;
        write.commit(recorded).await
    };
    match gone.await {
        Ok(()) => {
            let list = cx.link(&Route::Model(model, Page::List));
            Ok(Response::see_other(&format!("{list}?{}=deleted", frame::DONE)))
        }
        Err(Error::Held { by, count, served }) => {
            let model = cx.panel().models.iter().find(|model| model.plural == by);
            let many = model.map_or_else(|| by.to_lowercase(), |model| words::so_many(model, count));
            let held = if served {
                format!("{many} {} at it.", if count == 1 { "points" } else { "point" })
            } else {
                format!("Something that this panel can't show, for its key, points at it: {many}.")
            };
            question.page(None, Some(held.into()), StatusCode::CONFLICT)
        }
        Err(Error::Stale(_)) => {
            let changed = "Somebody changed it since this page was shown. Go back and look at it before you delete it.";
            question.page(None, Some(changed.into()), StatusCode::CONFLICT)
        }
        // A rule of the table, or rows of a table that the panel does not know.
        Err(Error::Check(why)) => question.page(None, Some(why.into()), StatusCode::CONFLICT),
        Err(other) => Err(other),
    }
}

struct Question<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    name: String,
    found: &'a ListedRow,
    preview: &'a DeletePreview,
}

impl Question<'_> {
    fn along(&self) -> u64 {
        self.preview.groups.iter().filter(|group| group.effect == OnDelete::Cascade).map(|group| group.count).sum()
    }

    fn must_type(&self) -> bool {
        self.along() >= TYPED_BEYOND
    }

    fn page(&self, wrong: Option<Text>, in_the_way: Option<Text>, status: StatusCode) -> Result<Response, Error> {
        let (cx, model, id) = (self.cx, self.model, self.found.row.id);
        let link = |page| Text::from(cx.link(&Route::Model(model, page)));
        let along = self.along();
        let named = self.named();
        let title = model.title.to_lowercase();
        let lead = match along {
            0 => format!("{} will be gone. Nothing else goes along. The audit log keeps what it held.", self.name),
            1 => {
                format!("{} will be gone, and one more record with it. The audit log keeps what they held.", self.name)
            }
            n => format!(
                "{} will be gone, and {} more records with it. The audit log keeps what they held.",
                self.name,
                words::number(n)
            ),
        };
        let unnamed = along.saturating_sub(u64::try_from(named.len()).unwrap_or(u64::MAX));
        let view = DeletePage {
            action: link(Page::Delete(id)),
            cancel: link(Page::Detail(id)),
            version: self.found.row.version,
            lead: lead.into(),
            refused: in_the_way.into_iter().chain(self.refused()).collect(),
            goes: self.goes(),
            unnamed: (unnamed > 0).then(|| words::number(unnamed).into()),
            named,
            kept: self.kept(),
            confirm: self.must_type().then(|| self.name.clone().into()),
            confirm_error: wrong,
            button: if along == 0 {
                format!("Delete this {title}").into()
            } else {
                format!("Delete {} records", words::number(along.saturating_add(1))).into()
            },
            frame: frame::frame(
                cx,
                format!("Delete {}?", self.name),
                vec![
                    Link { label: model.plural.into(), href: link(Page::List) },
                    Link { label: self.name.clone().into(), href: link(Page::Detail(id)) },
                ],
            ),
        };
        Ok(show(&view)?.with_status(status))
    }

    fn groups(&self, effect: OnDelete) -> impl Iterator<Item = (&'static Model, &crate::store::DeleteGroup)> {
        let models = self.cx.panel().models;
        self.preview
            .groups
            .iter()
            .filter(move |group| group.effect == effect)
            .filter_map(|group| Some((models.get(group.model)?, group)))
    }

    fn refused(&self) -> Vec<Text> {
        self.groups(OnDelete::Restrict)
            .map(|(model, group)| {
                let point = if group.count == 1 { "points" } else { "point" };
                format!(
                    "{} {point} at it or at what goes along; move or delete them first.",
                    words::so_many(model, group.count)
                )
                .into()
            })
            .collect()
    }

    fn goes(&self) -> Vec<Goes> {
        let mut goes: Vec<(&'static Model, u64)> = Vec::new();
        for (model, group) in self.groups(OnDelete::Cascade) {
            match goes.iter_mut().find(|(known, _)| known.index == model.index) {
                Some((_, count)) => *count += group.count,
                None => goes.push((model, group.count)),
            }
        }
        goes.into_iter()
            .map(|(model, count)| Goes { label: model.plural.into(), count: words::number(count).into() })
            .collect()
    }

    fn named(&self) -> Vec<Named> {
        let cx = self.cx;
        self.groups(OnDelete::Cascade)
            .flat_map(|(model, group)| group.labels.iter().map(move |row| (model, row)))
            .take(NAMED)
            .map(|(model, row)| Named {
                // A row without a label of its own is called by its kind already.
                kind: if row.label.starts_with(model.title) { "" } else { model.title }.into(),
                label: row.label.clone().into(),
                href: Some(cx.link(&Route::Model(model, Page::Detail(row.id))).into()),
            })
            .collect()
    }

    fn kept(&self) -> Vec<Text> {
        self.groups(OnDelete::SetNull)
            .map(|(model, group)| {
                let lose = if group.count == 1 { "stays and loses its" } else { "stay and lose their" };
                format!("{} {lose} link to it.", words::so_many(model, group.count)).into()
            })
            .collect()
    }
}
