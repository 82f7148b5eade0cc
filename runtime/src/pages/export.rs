//! The export of a list as it is filtered and ordered: the question which columns and which format, and the file. The
//! right, a fresh proof where the block asks for one, and the throttle stand before it.

use std::sync::Arc;

use http::StatusCode;

use super::keys::Keys;
use super::{frame, is_post, refusal, show, terms, words};
use crate::audit::{Change, Event, EventId};
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::export::{Column, Export, columns};
use crate::file::Format;
use crate::list_state::ListState;
use crate::panel::{By, FieldSet, Model, ThrottleName, Verb};
use crate::response::{Body, Response};
use crate::route::{Page, Route};
use crate::store::{Ask, ListQuery, Position, Search, proved};
use crate::throttle::{self, Rule, Tried};
use crate::views::{ExportColumn, ExportPage, FormatView, Link};

/// What holds where the block says nothing: 10 an hour and a person.
const USUAL: Rule = Rule { by: By::Actor, count: 10, window: 3_600, wait: None, cap: None };

pub(super) async fn page(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let export = terms(cx, Verb::Export, model)?;
    let state = ListState::read(&cx.query, model, &view, cx.today())?;
    let keys = Keys::among(cx, model, export.fields_somewhere().intersection(view.fields_somewhere()));
    let asked = Asked { cx, model, targets: keys.views(), view, export, state };
    if is_post(cx) { asked.file().await } else { asked.question(None, StatusCode::OK).await }
}

struct Asked<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    view: Terms,
    export: Terms,
    targets: Vec<Terms>,
    state: ListState,
}

impl Asked<'_> {
    fn searched(&self) -> FieldSet {
        let declared = self.model.search.iter().fold(FieldSet::NONE, |set, field| set.with(*field));
        declared.intersection(self.view.fields_somewhere())
    }

    fn offered(&self) -> Vec<Column> {
        columns(self.cx.panel(), &self.view, &self.export, &self.targets)
    }

    async fn question(&self, error: Option<&'static str>, status: StatusCode) -> Result<Response, Error> {
        let (cx, model) = (self.cx, self.model);
        let searched = self.searched();
        let counted = cx
            .app
            .store
            .list(&ListQuery {
                terms: &self.view,
                columns: FieldSet::NONE,
                filter: Export::narrowed(self.state.condition(), &self.view, &self.export),
                search: (!self.state.q.is_empty() && !searched.is_empty())
                    .then_some(Search { text: &self.state.q, fields: searched }),
                sort: None,
                position: Position::First,
                size: 1,
                labels: &[],
                count: true,
            })
            .await?;
        let count = counted.count.map_or_else(String::new, words::count);
        let plural = model.plural.to_lowercase();
        let filter = self.state.in_words(self.cx.today());
        let list = cx.link(&Route::Model(model, Page::List));
        let here = cx.link(&Route::Model(model, Page::Export));
        let view = ExportPage {
            action: self.state.address(&here, |_| false, &[]).into(),
            cancel: self.state.address(&list, |_| false, &[]).into(),
            lead: if filter.is_empty() {
                format!("{count} {plural} leave the panel as a file. That is recorded.").into()
            } else {
                format!("{count} {plural} that match leave the panel as a file. That is recorded.").into()
            },
            filter: filter.into(),
            reasons: self.export.reveal_reasons().into_iter().map(Into::into).collect(),
            columns: self
                .offered()
                .into_iter()
                .map(|column| ExportColumn {
                    name: column.name().into(),
                    label: column.title(model.key).into(),
                    checked: true,
                })
                .collect(),
            formats: formats(),
            error: error.map(Into::into),
            frame: frame::frame(
                cx,
                format!("Export of {plural}"),
                vec![Link { label: model.plural.into(), href: list.into() }],
            ),
        };
        Ok(show(&view)?.with_status(status))
    }

    async fn file(self) -> Result<Response, Error> {
        let (cx, model) = (self.cx, self.model);
        let no = || Error::BadRequest("This export does not offer that.".to_owned());
        let format = read_format(cx)?;
        let offered = self.offered();
        let mut columns = Vec::new();
        for name in cx.posted.all("column") {
            let column = offered.iter().find(|column| column.name() == name).ok_or_else(no)?;
            columns.push(*column);
        }
        if columns.is_empty() {
            return self.question(Some("Choose at least one column."), StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        // Before anything is counted: who is asked for a proof has not exported yet.
        proved(&self.export)?;
        let Ok(place) = Arc::clone(&cx.app.exports).try_acquire_owned() else {
            return Err(Error::Unavailable("as many exports as may are under way".to_owned()));
        };
        if !cx.app.store.reserve(&asks(cx), cx.now).await? {
            return self.too_many().await;
        }
        let searched = self.searched();
        let name = format!("{}-{}.{}", file_word(model.slug), cx.now.format("%Y-%m-%d"), format.word());
        let export = Export {
            filter: Export::narrowed(self.state.condition(), &self.view, &self.export),
            search: (!self.state.q.is_empty() && !searched.is_empty()).then(|| (self.state.q.clone(), searched)),
            sort: self.state.sort,
            in_words: self.state.in_words(self.cx.today()),
            session: Some(cx.actor.session),
            label: self.state.label(&self.view),
            view: self.view,
            right: self.export,
            targets: self.targets,
            columns,
            format,
        };
        let context = cx.context();
        let from = export.start(cx.app.store.clone(), cx.app.clock.clone(), context, place).await?;
        Ok(Response::file(format.media_type(), &name, Body::parts(from)))
    }

    async fn too_many(&self) -> Result<Response, Error> {
        let filter = Change::fact("filter", self.state.label(&self.view), self.state.in_words(self.cx.today()));
        too_many(self.cx, Event::about(EventId::ExportThrottled, self.model.name, None).with(filter)).await
    }
}

/// As many exports as may are done: recorded, and told.
pub(super) async fn too_many(cx: &Cx<'_>, event: Event) -> Result<Response, Error> {
    let write = cx.app.store.write(cx.context()).await?;
    cx.app.record_held_off(write, &cx.actor.asker.person.to_string(), event).await?;
    refusal::with(
        cx,
        StatusCode::TOO_MANY_REQUESTS,
        "Too many exports",
        "You have exported as often as this panel allows for now. Nothing left it this time; it was recorded.".into(),
    )
}

/// The formats as the form offers them.
pub(super) fn formats() -> Vec<FormatView> {
    let view = |format: Format| FormatView {
        word: format.word(),
        label: format.title(),
        help: format.help(),
        checked: format == Format::Csv,
    };
    Format::ALL.into_iter().map(view).collect()
}

/// The format that was chosen, if the form holds nothing but what it offered.
pub(super) fn read_format(cx: &Cx<'_>) -> Result<Format, Error> {
    let no = || Error::BadRequest("This export does not offer that.".to_owned());
    let known = ["column", "format"];
    if cx.posted.iter().any(|(name, _)| !known.contains(&name)) {
        return Err(no());
    }
    cx.posted.get("format").and_then(Format::from_word).ok_or_else(no)
}

/// What an export counts on: the block's `throttle export`, else the usual.
pub(super) fn asks(cx: &Cx<'_>) -> Vec<Ask> {
    let me = cx.actor.asker.person;
    let tried = Tried {
        account: Some(&cx.actor.email),
        address: Some(&cx.address),
        session: Some(cx.actor.session),
        actor: Some(me),
        token: None,
    };
    let declared = throttle::asks(cx.panel(), ThrottleName::Export, &tried);
    if declared.is_empty() {
        return vec![Ask { key: throttle::key(ThrottleName::Export, By::Actor, &me.to_string()), rule: USUAL }];
    }
    declared
}

/// A slug as it can stand in the name of a file anywhere.
pub(super) fn file_word(slug: &str) -> String {
    let word: String = slug.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    if word.chars().all(|c| c == '-') { "rows".to_owned() } else { word }
}
