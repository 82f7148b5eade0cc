//! The import of a model: the file, what its columns mean, and the job that tries it or brings it in. What is offered
//! is what the person could have typed.

use http::StatusCode;

use super::{frame, is_post, show, terms, terms_if_any, words};
use crate::audit::Change;
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::export::Column;
use crate::file::{Format, Rest, Writer};
use crate::import::{Asked, MOST_AS_ONE, Mapping, fields, guess, has_own_key, keys};
use crate::panel::KeyKind;
use crate::panel::{Field, Kind, Model, Sensitivity, Verb};
use crate::response::{Body, Response};
use crate::route::{Page, Route, WorkPage};
use crate::store::{NewJob, UploadRow, proved};
use crate::upload::Refused;
use crate::views::{ColumnView, ColumnsPage, ImportPage, Link, OptionView, Text};

/// Characters of a cell that the page of the columns shows.
const SAMPLE: usize = 40;
/// Rows that it shows.
const SAMPLES: usize = 3;

struct Importing<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    edit: Option<Terms>,
    fields: Vec<&'static Field>,
}

impl<'a> Importing<'a> {
    fn of(cx: &'a Cx<'a>, model: &'static Model) -> Result<Self, Error> {
        let import = terms(cx, Verb::Import, model)?;
        let (create, edit) = (terms_if_any(cx, Verb::Create, model), terms_if_any(cx, Verb::Edit, model));
        if create.is_none() && edit.is_none() {
            // Nobody imports what they could not type.
            terms(cx, Verb::Create, model)?;
        }
        // A file can't wait behind the wall for a proof: it is asked for before.
        for terms in [Some(&import), create.as_ref(), edit.as_ref()].into_iter().flatten() {
            proved(terms)?;
        }
        let fields = fields(&import, create.as_ref(), edit.as_ref());
        Ok(Self { cx, model, edit, fields })
    }

    fn link(&self, page: Page) -> Text {
        self.cx.link(&Route::Model(self.model, page)).into()
    }

    fn crumbs(&self) -> Vec<Link> {
        vec![Link { label: self.model.plural.into(), href: self.link(Page::List) }]
    }

    fn file(&self, error: Option<Text>, status: StatusCode) -> Result<Response, Error> {
        let plural = self.model.plural.to_lowercase();
        let view = ImportPage {
            action: self.link(Page::Import),
            cancel: self.link(Page::List),
            lead: format!("Bring {plural} in from a file. Next you see what its columns mean; nothing is written before you say so.")
                .into(),
            columns: self
                .fields
                .iter()
                .map(|field| Link { label: field.name.into(), href: takes(self.cx, field).into() })
                .collect(),
            templates: Format::ALL
                .into_iter()
                .map(|format| Link {
                    label: format.title().into(),
                    href: format!("{}?format={}", self.link(Page::Template), format.word()).into(),
                })
                .collect(),
            error,
            frame: frame::frame(self.cx, format!("Import of {plural}"), self.crumbs()),
        };
        Ok(show(&view)?.with_status(status))
    }

    /// The upload, if it is this person's, of this session and for this model.
    async fn upload(&self, id: i64) -> Result<UploadRow, Error> {
        let found = self.cx.app.store.upload(id, self.cx.now).await?;
        found
            .filter(|upload| {
                upload.person == self.cx.actor.asker.person
                    && upload.session == self.cx.actor.session
                    && upload.model == self.model.name
            })
            .ok_or(Error::NotFound)
    }

    async fn columns(&self, upload: &UploadRow, error: Option<Text>, status: StatusCode) -> Result<Response, Error> {
        let first = self.cx.app.store.upload_part(upload.id, 0).await?;
        let samples = |place: usize| -> Vec<Text> {
            let rows = first.iter().flat_map(|part| part.rows.iter().take(SAMPLES));
            rows.map(|(_, cells)| cells.get(place).and_then(Option::as_deref).unwrap_or_default())
                .filter(|text| !text.is_empty())
                .map(|text| text.chars().take(SAMPLE).collect::<String>().into())
                .collect()
        };
        let guessed = guess(&upload.columns, &self.fields);
        let columns = upload.columns.iter().zip(guessed).enumerate();
        let plural = self.model.plural.to_lowercase();
        let as_one = upload.rows <= MOST_AS_ONE;
        let view = ColumnsPage {
            action: self.link(Page::Upload(upload.id)),
            cancel: self.link(Page::Import),
            lead: format!("{} in {}.", words::rows(upload.rows), upload.name).into(),
            columns: columns
                .map(|(place, (label, guessed))| {
                    let chosen = self.cx.posted.get(&format!("m.{place}")).or(guessed).unwrap_or_default();
                    ColumnView {
                        name: format!("m.{place}").into(),
                        label: label.clone().into(),
                        samples: samples(place),
                        options: self.targets(chosen),
                    }
                })
                .collect(),
            keys: self.edit.iter().flat_map(|_| self.keys()).collect(),
            as_one,
            error,
            frame: frame::frame(
                self.cx,
                format!("Columns of {}", upload.name),
                self.crumbs()
                    .into_iter()
                    .chain([Link { label: format!("Import of {plural}").into(), href: self.link(Page::Import) }])
                    .collect(),
            ),
        };
        Ok(show(&view)?.with_status(status))
    }

    fn targets(&self, chosen: &str) -> Vec<OptionView> {
        let option = |value: &'static str, label: &'static str| OptionView {
            value: value.into(),
            label: label.into(),
            selected: value == chosen,
        };
        let fields = self.fields.iter().map(|field| option(field.name, field.title));
        let title = match self.model.key {
            KeyKind::Number => "Number of the row",
            KeyKind::Uuid | KeyKind::Text => "Key of the row",
        };
        let id = (self.edit.is_some() && has_own_key(self.model, &self.fields)).then(|| option("id", title));
        std::iter::once(option("", "leave it out")).chain(id).chain(fields).collect()
    }

    fn keys(&self) -> Vec<OptionView> {
        let chosen = self.cx.posted.get("key").unwrap_or_default();
        let option =
            |value: &'static str, label: Text| OptionView { value: value.into(), label, selected: value == chosen };
        let known = keys(self.model, &self.fields)
            .into_iter()
            .map(|(name, title)| option(name, format!("Change them, found by {title}").into()));
        std::iter::once(option("", "Every row is new".into())).chain(known).collect()
    }

    fn asked(&self, upload: &UploadRow) -> Result<Asked, Error> {
        let posted = &self.cx.posted;
        let no = || Error::BadRequest("This import does not offer that.".to_owned());
        let count = upload.columns.len();
        let known = |name: &str| {
            matches!(name, "key" | "how" | "step")
                || name.strip_prefix("m.").and_then(|n| n.parse::<usize>().ok()).is_some_and(|n| n < count)
        };
        if posted.iter().any(|(name, _)| !known(name)) {
            return Err(no());
        }
        let filled = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let as_one = match posted.get("how") {
            Some("one") if upload.rows <= MOST_AS_ONE => true,
            Some("parts") => false,
            _ => return Err(no()),
        };
        let key = filled(posted.get("key"));
        if key.is_some() && self.edit.is_none() {
            return Err(no());
        }
        Ok(Asked {
            upload: upload.id,
            columns: (0..count).map(|place| filled(posted.get(&format!("m.{place}")))).collect(),
            key,
            as_one,
            dry: match posted.get("step") {
                Some("check") => true,
                Some("go") => false,
                _ => return Err(no()),
            },
        })
    }
}

/// GET: the form for a file. POST: the file.
pub(super) async fn page(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let importing = Importing::of(cx, model)?;
    if !is_post(cx) {
        return importing.file(None, StatusCode::OK);
    }
    let upload = cx.upload.lock().map_or(None, |mut upload| upload.take());
    let Some(upload) = upload else {
        return importing.file(Some("Choose a file first.".into()), StatusCode::UNPROCESSABLE_ENTITY);
    };
    match upload.keep(cx, model).await {
        Ok(id) => Ok(Response::see_other(&cx.link(&Route::Model(model, Page::Upload(id))))),
        Err(Refused::Unreadable(why)) => importing.file(Some(why.to_string().into()), StatusCode::UNPROCESSABLE_ENTITY),
        Err(Refused::Error(Error::BadRequest(why))) => importing.file(Some(why.into()), StatusCode::BAD_REQUEST),
        Err(Refused::Error(error)) => Err(error),
    }
}

/// GET: what the columns mean. POST: the job.
pub(super) async fn columns(cx: &Cx<'_>, model: &'static Model, id: i64) -> Result<Response, Error> {
    let importing = Importing::of(cx, model)?;
    let upload = importing.upload(id).await?;
    if !is_post(cx) {
        return importing.columns(&upload, None, StatusCode::OK).await;
    }
    let asked = importing.asked(&upload)?;
    if let Err(error) = Mapping::new(&asked, model.key, &importing.fields) {
        return importing.columns(&upload, Some(error.visitor().into()), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let params =
        serde_json::to_string(&asked).map_err(|why| Error::Bug(format!("an import does not become JSON: {why}")))?;
    let fact = |name, value: &str| Change::fact(name, Sensitivity::Internal, value);
    let new = NewJob {
        kind: "import",
        model: model.name,
        params,
        total: Some(upload.rows),
        facts: vec![
            Change::fact("file", Sensitivity::Personal, upload.name.as_str()),
            fact("dry run", if asked.dry { "yes" } else { "no" }),
            fact("matched by", asked.key.as_deref().unwrap_or("nothing")),
        ],
    };
    let mut write = cx.app.store.write(cx.context()).await?;
    let (job, recorded) = write.start_job(&new).await?;
    write.commit(recorded).await?;
    cx.app.bell.notify_one();
    Ok(Response::see_other(&cx.link(&Route::Work(WorkPage::One(job)))))
}

/// A file with the names of the columns and no row.
pub(super) fn template(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let importing = Importing::of(cx, model)?;
    let format = cx.query.get("format").and_then(Format::from_word);
    let format = format.ok_or_else(|| Error::BadRequest("There is no template in that format.".to_owned()))?;
    let names: Vec<String> = importing.fields.iter().map(|field| Column::Field(field).name()).collect();
    let name = format!("{}.{}", super::export::file_word(model.slug), format.word());
    if format == Format::JsonLines {
        let empty: serde_json::Map<String, serde_json::Value> =
            names.into_iter().map(|name| (name, serde_json::Value::Null)).collect();
        let line = format!("{}\n", serde_json::Value::Object(empty));
        return Ok(Response::file(format.media_type(), &name, Body::from(bytes::Bytes::from(line))));
    }
    match Writer::new(format, model.plural, names)?.finish()? {
        Rest::Bytes(bytes) => Ok(Response::file(format.media_type(), &name, Body::from(bytes))),
        Rest::File(mut file) => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut bytes)
                .map_err(|why| Error::Unavailable(format!("a template can't be read: {why}")))?;
            Ok(Response::file(format.media_type(), &name, Body::from(bytes::Bytes::from(bytes))))
        }
    }
}

/// What a column takes, in words.
fn takes(cx: &Cx<'_>, field: &Field) -> String {
    let what =
        match field.kind {
            Kind::String => "one line".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Email => "an address of mail".to_owned(),
            Kind::Url => "an address, as in https://example.org/".to_owned(),
            Kind::Bool => "true or false".to_owned(),
            Kind::I32 | Kind::I64 => "a whole number".to_owned(),
            Kind::F64 | Kind::Decimal { .. } => "a number, with a point before the decimals".to_owned(),
            Kind::Date => "a day, as in 2026-11-21".to_owned(),
            Kind::Time => "a time of day, as in 14:02".to_owned(),
            Kind::Timestamp => "a day and a time in UTC, as in 2026-11-21T14:02".to_owned(),
            Kind::Uuid => "a UUID".to_owned(),
            Kind::Json => "JSON".to_owned(),
            Kind::Choice(choice) => {
                let variants = cx.panel().choices.get(choice).map_or(&[][..], |choice| choice.variants);
                let names: Vec<&str> = variants.iter().map(|variant| variant.name).collect();
                format!("one of {}", words::list(&names))
            }
            Kind::Actor => "the number of a person".to_owned(),
            Kind::Model(target, _, _) => cx.panel().models.get(target).map_or_else(String::new, |model| {
                format!("the {} of a {}", model.key.word(), model.title.to_lowercase())
            }),
            Kind::Many(links) => cx.panel().models.get(links.model).map_or_else(String::new, |model| {
                format!("the numbers of {}, with spaces between", model.plural.to_lowercase())
            }),
            Kind::Secret | Kind::Bytes => String::new(),
        };
    let mut words = vec![what];
    if !field.optional && field.default.is_none() && field.links().is_none() {
        words.push("needed".to_owned());
    }
    if field.unique {
        words.push("no two rows alike".to_owned());
    }
    words.join("; ")
}
