//! New and edit: the form, and what happens to it when it comes back. Only fields within the asker's terms are offered,
//! anything else that comes back refuses the whole form, only what differs is written, and only onto the version that
//! was seen.

use http::StatusCode;

use super::edit_fields::{Controls, Draft, candidates, changeable, fillable, secrets};
use super::edit_values::{hash_secrets, read};
use super::inlines::{Inlines, Late};
use super::keys::Keys;
use super::{frame, is_post, record_refusal, refuse_strange, row, show, stale, terms, terms_if_any};
use crate::authorize::{Terms, authorize_framework};
use crate::context::Cx;
use crate::error::Error;
use crate::form::Posted;
use crate::key::RowKey;
use crate::panel::{FieldSet, Framework, Model, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{GetQuery, ListedRow, Parents, Updated};
use crate::value::Row;
use crate::views::{FormError, FormPage, Link, Stale, Then};

/// Messages about the row as a whole; those about fields are in the draft.
type WholeRow = Vec<String>;

pub(super) async fn new(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let create = terms(cx, Verb::Create, model)?;
    let offered = fillable(model).intersection(create.fields_somewhere());
    if !is_post(cx) {
        let draft = Draft::new(cx, model, offered);
        let inlines = Inlines::stored(cx, model, None).await?;
        return new_form(cx, model, &draft, &inlines, WholeRow::new(), StatusCode::OK).await;
    }
    let (mut inlines, own) = match Inlines::posted(cx, model, None, &cx.posted).await? {
        Ok(sorted) => sorted,
        Err(names) => return refuse_strange(cx, model, None, &names).await,
    };
    let posted = match Posted::sort_out(model, offered, &own) {
        Ok(posted) => posted,
        Err(names) => return refuse_strange(cx, model, None, &names).await,
    };
    let mut draft = Draft::posted(model, offered, None, &posted);
    if posted.find || inlines.asks_for_more {
        return new_form(cx, model, &draft, &inlines, WholeRow::new(), StatusCode::OK).await;
    }
    let mut values = read(cx, model, &mut draft, &posted, None);
    let rows_fit = inlines.read();
    if rows_fit {
        values.extend(hash_secrets(cx, model, &mut draft, &posted, true).await?);
    }
    if !draft.errors.is_empty() || !rows_fit {
        return new_form(cx, model, &draft, &inlines, WholeRow::new(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let views = Keys::among(cx, model, offered).views();
    let parents = parents(cx, &views);
    let saved = async {
        let mut write = cx.app.store.write(cx.context()).await?;
        let inserted = write.insert(&create, values, parents).await?;
        inlines.save(&mut write, inserted.row.id).await?;
        write.commit(inserted.recorded).await?;
        Ok(inserted.row)
    }
    .await;
    match saved {
        Ok(_) if posted.then == "another" => Ok(go(cx, &Route::Model(model, Page::New), "created")),
        Ok(row) => Ok(to_row(cx, model, &row, false, "created")),
        Err(error) => {
            let (whole, status) = match inlines.blame(error).await {
                Ok(status) => (WholeRow::new(), status),
                Err(error) => at_fields(cx, error, &mut draft).await?,
            };
            new_form(cx, model, &draft, &inlines, whole, status).await
        }
    }
}

pub(super) async fn edit(cx: &Cx<'_>, model: &'static Model, id: RowKey) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let edit = terms(cx, Verb::Edit, model)?;
    let keys = Keys::among(cx, model, view.fields_somewhere());
    let found = fetch(cx, &view, &edit, &keys, id).await?;
    let editing = Editing::of(cx, model, &view, &edit, &keys, &found)?;
    if !is_post(cx) {
        let draft = Draft::stored(model, editing.offered, &found.row);
        let inlines = Inlines::stored(cx, model, Some(id)).await?;
        return editing.form(draft, &inlines, WholeRow::new(), None, StatusCode::OK).await;
    }
    let (mut inlines, own) = match Inlines::posted(cx, model, Some(id), &cx.posted).await? {
        Ok(sorted) => sorted,
        Err(names) => return refuse_strange(cx, model, Some(id), &names).await,
    };
    let posted = match Posted::sort_out(model, editing.offered, &own) {
        Ok(posted) => posted,
        Err(names) => return refuse_strange(cx, model, Some(id), &names).await,
    };
    let version = posted
        .version
        .ok_or_else(|| Error::BadRequest("The form does not say which version it started from.".to_owned()))?;
    let mut draft = Draft::posted(model, editing.offered, Some(&found.row), &posted);
    // Also of a form that only asks for more: it would come back on the newest version, as if that had been seen.
    let late = inlines.late();
    if version != found.row.version || !late.is_empty() {
        return editing.stale(draft, &posted, &inlines, late).await;
    }
    if posted.find || inlines.asks_for_more {
        return editing.form(draft, &inlines, WholeRow::new(), None, StatusCode::OK).await;
    }
    let mut values = read(cx, model, &mut draft, &posted, Some(&found.row));
    let rows_fit = inlines.read();
    if rows_fit {
        values.extend(hash_secrets(cx, model, &mut draft, &posted, false).await?);
    }
    if !draft.errors.is_empty() || !rows_fit {
        return editing.form(draft, &inlines, WholeRow::new(), None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let views = keys.views();
    let parents = parents(cx, &views);
    let saved = async {
        if values.is_empty() && !inlines.differ() {
            return Ok((None, "unchanged"));
        }
        let mut write = cx.app.store.write(cx.context()).await?;
        let (mut row, mut proof) = (None, None);
        if !values.is_empty() {
            match write.update(&edit, id, Some(version), values, parents).await? {
                Updated::Changed(changed, recorded) => (row, proof) = (Some(changed), Some(recorded)),
                Updated::Unchanged(same) => row = Some(same),
            }
        }
        proof = inlines.save(&mut write, id).await?.or(proof);
        match proof {
            Some(proof) => write.commit(proof).await.map(|()| (row, "saved")),
            None => write.roll_back().await.map(|()| (row, "unchanged")),
        }
    }
    .await;
    match saved {
        Ok((row, done)) => Ok(to_row(cx, model, row.as_ref().unwrap_or(&found.row), posted.then == "stay", done)),
        Err(error) if inlines.is_late(&error) => {
            // Somebody was faster between reading and writing; the newest rows are shown as any others.
            let found = fetch(cx, &view, &edit, &keys, id).await?;
            let editing = Editing::of(cx, model, &view, &edit, &keys, &found)?;
            match Inlines::posted(cx, model, Some(id), &cx.posted).await? {
                Ok((mut inlines, _)) => {
                    let late = inlines.late();
                    editing.stale(draft, &posted, &inlines, late).await
                }
                Err(names) => refuse_strange(cx, model, Some(id), &names).await,
            }
        }
        Err(error) => {
            let (whole, status) = match inlines.blame(error).await {
                Ok(status) => (WholeRow::new(), status),
                Err(error) => at_fields(cx, error, &mut draft).await?,
            };
            editing.form(draft, &inlines, whole, None, status).await
        }
    }
}

pub(crate) fn parents<'a>(cx: &Cx<'_>, views: &'a [Terms]) -> Parents<'a> {
    let people = authorize_framework(cx.panel(), &cx.actor, Verb::View, Framework::People).is_ok();
    Parents::Within { views, people }
}

pub(crate) async fn fetch(
    cx: &Cx<'_>,
    view: &Terms,
    edit: &Terms,
    keys: &Keys,
    id: RowKey,
) -> Result<ListedRow, Error> {
    let query =
        GetQuery { terms: view, id, columns: view.fields_somewhere().union(edit.reads()), labels: &keys.labels() };
    cx.app.store.get(&query).await?.ok_or(Error::NotFound)
}

/// The fields of a row that the asker sees, and those among them and the secrets that they may fill in.
///
/// # Errors
/// [`Error::Beyond`] where they may change nothing of it as it is now.
pub(crate) fn open_fields(view: &Terms, edit: &Terms, row: &Row) -> Result<(FieldSet, FieldSet), Error> {
    let model = edit.model();
    if !edit.covers(row) {
        let model = model.title.to_lowercase();
        return Err(Error::Beyond(format!("You may see this {model}, but your role may not change it as it is now.")));
    }
    let visible = view.fields_of(row);
    // A field that can't be seen can't be filled in either: the form would have to show what stands in it.
    let shown_or_secret = visible.union(secrets(model));
    Ok((visible, changeable(model).intersection(edit.fields_of(row)).intersection(shown_or_secret)))
}

/// Puts a refusal of the store where it belongs in the form; any other error goes on. Reaching beyond one's rows is
/// recorded like any other refusal, although the form comes back.
async fn at_fields(cx: &Cx<'_>, error: Error, draft: &mut Draft) -> Result<(WholeRow, StatusCode), Error> {
    let status = error.status();
    match error {
        Error::Fields(faults) => {
            draft.errors.extend(faults.into_iter().map(|fault| (fault.field, fault.message)));
            Ok((WholeRow::new(), status))
        }
        Error::Check(message) => Ok((vec![message.to_owned()], status)),
        Error::Beyond(message) => {
            record_refusal(cx, &message).await;
            Ok((vec![message], status))
        }
        other => Err(other),
    }
}

fn errors(model: &'static Model, draft: &Draft, inlines: &Inlines<'_>, whole: WholeRow) -> Vec<FormError> {
    let of_row = whole.into_iter().map(|text| FormError { id: "".into(), label: "".into(), text: text.into() });
    let of_fields = draft.errors.iter().filter_map(|(index, text)| {
        let field = model.fields.get(*index)?;
        // A field that the viewer has no control for has no place to lead to either.
        let offered = draft.offered.contains(*index);
        Some(FormError {
            id: if offered { format!("f-{}", field.name) } else { String::new() }.into(),
            label: if offered { field.title } else { "" }.into(),
            text: if offered { text.clone() } else { "A field that is not open to you is missing.".to_owned() }.into(),
        })
    });
    of_row.chain(of_fields).chain(inlines.errors()).collect()
}

fn go(cx: &Cx<'_>, route: &Route<'_>, done: &str) -> Response {
    Response::see_other(&format!("{}?{}={done}", cx.link(route), frame::DONE))
}

/// To the row's page; to the list when the row has left what this person sees.
pub(super) fn to_row(cx: &Cx<'_>, model: &'static Model, row: &Row, stay: bool, done: &str) -> Response {
    let seen = terms_if_any(cx, Verb::View, model).is_some_and(|view| view.covers(row));
    let page = match (seen, stay) {
        (true, true) => Page::Edit(row.id),
        (true, false) => Page::Detail(row.id),
        (false, _) => Page::List,
    };
    go(cx, &Route::Model(model, page), done)
}

async fn new_form(
    cx: &Cx<'_>,
    model: &'static Model,
    draft: &Draft,
    inlines: &Inlines<'_>,
    whole: WholeRow,
    status: StatusCode,
) -> Result<Response, Error> {
    let blanks = inlines.blanks();
    let mut asking = vec![(model, draft)];
    asking.extend(inlines.asking(&blanks));
    let found = candidates(cx, &asking).await?;
    let (own, of_rows) = found.split_first().map_or((&[][..], &[][..]), |(own, rest)| (own.as_slice(), rest));
    let controls = Controls { cx, model, draft, candidates: own, stored: None, prefix: "" };
    let list = cx.link(&Route::Model(model, Page::List));
    let title = format!("New {}", model.title.to_lowercase());
    let view = FormPage {
        frame: frame::frame(cx, title, vec![Link { label: model.plural.into(), href: list.clone().into() }]),
        action: cx.link(&Route::Model(model, Page::New)).into(),
        version: None,
        sections: controls.sections(),
        inlines: inlines.views(of_rows),
        errors: errors(model, draft, inlines, whole),
        stale: None,
        then: Then { value: "another", label: "Save and add another".into() },
        cancel: list.into(),
        delete: None,
    };
    Ok(show(&view)?.with_status(status))
}

/// A row under the asker's pen.
struct Editing<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    found: &'a ListedRow,
    visible: FieldSet,
    offered: FieldSet,
    keys: &'a Keys,
}

impl<'a> Editing<'a> {
    fn of(
        cx: &'a Cx<'a>,
        model: &'static Model,
        view: &Terms,
        edit: &Terms,
        keys: &'a Keys,
        found: &'a ListedRow,
    ) -> Result<Self, Error> {
        let (visible, offered) = open_fields(view, edit, &found.row)?;
        Ok(Self { cx, model, found, visible, offered, keys })
    }

    async fn stale(
        &self,
        mut draft: Draft,
        posted: &Posted,
        inlines: &Inlines<'_>,
        late: Late,
    ) -> Result<Response, Error> {
        draft.errors.clear();
        let is_late = posted.version != Some(self.found.row.version);
        let differences =
            if is_late { stale::merge(self.model, &mut draft, posted, &self.found.row) } else { Vec::new() };
        self.form(draft, inlines, WholeRow::new(), Some((differences, late)), StatusCode::CONFLICT).await
    }

    async fn form(
        &self,
        draft: Draft,
        inlines: &Inlines<'_>,
        whole: WholeRow,
        late: Option<(Vec<stale::Difference>, Late)>,
        status: StatusCode,
    ) -> Result<Response, Error> {
        let (cx, model, id) = (self.cx, self.model, self.found.row.id);
        let blanks = inlines.blanks();
        let mut asking = vec![(model, &draft)];
        asking.extend(inlines.asking(&blanks));
        let found = candidates(cx, &asking).await?;
        let (own, of_rows) = found.split_first().map_or((&[][..], &[][..]), |(own, rest)| (own.as_slice(), rest));
        let stored = Some((self.found, self.visible, self.keys));
        let controls = Controls { cx, model, draft: &draft, candidates: own, stored, prefix: "" };
        let name = row::name(model, &self.found.row, self.visible);
        let stale: Option<Stale> = late.map(|(differences, late)| {
            let mut stale = stale::view(&controls, &name, &differences);
            stale.rows.extend(inlines.compared(of_rows));
            stale.gone.extend(late.gone.into_iter().map(Into::into));
            stale
        });
        let link = |page| cx.link(&Route::Model(model, page));
        let may_delete = terms_if_any(cx, Verb::Delete, model).is_some_and(|terms| terms.covers(&self.found.row));
        let view = FormPage {
            frame: frame::frame(cx, name, vec![Link { label: model.plural.into(), href: link(Page::List).into() }]),
            action: link(Page::Edit(id)).into(),
            version: Some(self.found.row.version),
            sections: controls.sections(),
            inlines: inlines.views(of_rows),
            errors: errors(model, &draft, inlines, whole),
            stale,
            then: Then { value: "stay", label: "Save and go on".into() },
            cancel: link(Page::Detail(id)).into(),
            delete: may_delete.then(|| link(Page::Delete(id)).into()),
        };
        Ok(show(&view)?.with_status(status))
    }
}
