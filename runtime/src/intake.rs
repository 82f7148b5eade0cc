//! How much of a posted form is read, and how long it may take: decided by who sends it, before a byte of it is, and
//! little for whoever is not signed in. It grants nothing; each page asks for its right by itself.

use std::fmt::Display;

use bytes::Bytes;
use http::Method;
use http::request::Parts;
use http_body::Body;
use multer::Multipart;
use tokio::sync::SemaphorePermit;

use crate::app::App;
use crate::authorize::{Actor, authorize};
use crate::body::{self, Arriving};
use crate::error::Unread;
use crate::fields::Fields;
use crate::limits::Limits;
use crate::panel::{Model, Verb};
use crate::route::{Page, Route};

/// What came with a request. Nothing of it is read yet.
#[derive(Debug)]
pub(crate) enum Posted {
    /// A GET.
    Nothing,
    /// A form.
    Form(Arriving),
    /// A form with a file.
    File(Box<Multipart<'static>>),
}

/// Who sends a form, as far as that says how large it may be. There is no other way to have one read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sender<'a> {
    /// Whoever it may be: nobody proved anything yet, or not all of it.
    Anybody,
    /// Whoever holds the token of a session that was there and is over.
    Left,
    /// Somebody with a live session, on the way to this page.
    Person(&'a Actor, Option<Route<'a>>),
}

impl Posted {
    /// What comes with this request, or why it is not taken.
    pub(crate) fn of<B>(parts: &Parts, body: B, limits: &Limits) -> Result<Self, Unread>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Display,
    {
        match parts.method {
            Method::GET | Method::HEAD => Ok(Self::Nothing),
            Method::POST if body::has_file(parts) => {
                body::with_file(&parts.headers, body, limits).map(|form| Self::File(Box::new(form)))
            }
            Method::POST => {
                let arriving = Arriving::of(&parts.headers, body);
                // Larger than any form of the panel, whoever sends it.
                if arriving.announced().is_some_and(|length| length > limits.largest() as u64) {
                    return Err(Unread::TooLarge);
                }
                Ok(Self::Form(arriving))
            }
            _ => Err(Unread::OtherMethod),
        }
    }

    /// What comes to the API, whichever its method is.
    pub(crate) fn of_program<B>(parts: &Parts, body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Display,
    {
        Self::Form(Arriving::of(&parts.headers, body))
    }

    /// Reads the form, as far as its sender may have it read (no fields where there is none), and the place that a
    /// large one takes until its fields are gone.
    pub(crate) async fn form<'a>(
        &mut self,
        app: &'a App,
        sender: Sender<'_>,
    ) -> Result<(Fields, Option<SemaphorePermit<'a>>), Unread> {
        let Self::Form(arriving) = self else { return Ok((Fields::default(), None)) };
        let limits = &app.limits;
        let (actor, route) = match sender {
            Sender::Person(actor, route) => (actor, route),
            Sender::Anybody | Sender::Left => {
                let most = if matches!(sender, Sender::Left) { limits.form } else { limits.form_at_the_door };
                let reading = arriving.form(most.min(limits.form), limits.fields);
                let Ok(fields) = tokio::time::timeout(limits.head_time, reading).await else {
                    arriving.give_up();
                    return Err(Unread::TooSlow);
                };
                return Ok((fields?, None));
            }
        };
        let (most, place) = room(app, arriving.announced(), actor, route).await?;
        Ok((arriving.form(most, limits.fields).await?, place))
    }

    /// Reads JSON, within what a form of this page may have; nothing where nothing came.
    pub(crate) async fn json<'a>(
        &mut self,
        app: &'a App,
        actor: &Actor,
        page: Route<'_>,
    ) -> Result<(Vec<u8>, Option<SemaphorePermit<'a>>), Unread> {
        let Self::Form(arriving) = self else { return Ok((Vec::new(), None)) };
        let (most, place) = room(app, arriving.announced(), actor, Some(page)).await?;
        Ok((arriving.json(most).await?, place))
    }

    /// After the answer is made: lets go of what was not read.
    pub(crate) async fn let_go(&mut self, limits: &Limits) {
        if let Self::Form(arriving) = self {
            // Somebody who sends that slowly is answered in the middle of it.
            let _ = tokio::time::timeout(limits.head_time, arriving.discard(limits.largest())).await;
        }
    }
}

/// How many bytes may be read, and the place that many take.
async fn room<'a>(
    app: &'a App,
    announced: Option<u64>,
    actor: &Actor,
    route: Option<Route<'_>>,
) -> Result<(usize, Option<SemaphorePermit<'a>>), Unread> {
    let limits = &app.limits;
    let is_large = announced.is_some_and(|length| length > limits.form as u64);
    if is_large && writes_texts(app, actor, route) {
        let place = app.large_forms.acquire().await.map_err(|_| Unread::BrokenOff)?;
        return Ok((limits.largest(), Some(place)));
    }
    Ok((limits.form, None))
}

/// Whether this page takes the texts of a row from this person.
fn writes_texts(app: &App, actor: &Actor, route: Option<Route<'_>>) -> bool {
    let may = |verb, model: &'static Model| authorize(app.panel, actor, verb, model).granted().is_ok();
    let Some(Route::Model(model, page)) = route else { return false };
    let beside = || {
        let rows = model.inlines.iter().filter(|inline| inline.in_form);
        let models = rows.filter_map(|inline| app.panel.models.get(inline.model));
        models.into_iter().any(|model| may(Verb::Create, model) || may(Verb::Edit, model))
    };
    match page {
        Page::New => may(Verb::Create, model) || beside(),
        Page::Edit(_) => may(Verb::Edit, model) || beside(),
        Page::Bulk => may(Verb::Edit, model),
        _ => false,
    }
}
