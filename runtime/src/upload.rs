//! A file on its way in: parsed while it arrives and kept as rows in the database, bound to whoever sent it and to
//! their session. None of it stays in the memory of the process; one that does not read, or breaks off, is forgotten at
//! once.

use std::io::Write as _;

use chrono::Duration;
use multer::{Field, Multipart};
use tokio::sync::{Semaphore, mpsc};

use crate::context::Cx;
use crate::error::Error;
use crate::fields::Fields;
use crate::file::reader::Reader;
use crate::file::table::{Line, Unreadable};
use crate::file::{Format, read_sheets};
use crate::panel::Model;
use crate::store::{UploadPart, UploadRow};

/// Bytes that are parsed before what came of them is kept.
const PIECE: usize = 64 * 1024;
/// Files on their way in at once, in one process.
pub(crate) const AT_ONCE: usize = 4;
/// How long an upload is kept, hours.
const HOURS: i64 = 24;
/// Bytes of a field before the file.
const FIELD: usize = 4 * 1024;
/// Fields before the file.
const FIELDS: usize = 16;

/// The shared texts of a workbook are held in memory while it is read: those of one at a time.
static READING: Semaphore = Semaphore::const_new(1);

/// A form with a file in it, of which only what stands before the file was read.
#[derive(Debug)]
pub(crate) struct Upload {
    file: Field<'static>,
    // The file is read through it.
    _form: Multipart<'static>,
}

/// What was not to be taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The file does not read.
    Unreadable(Unreadable),
    /// Any other error.
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Unreadable> for Refused {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}

/// The fields before the file, and the file.
pub(crate) async fn open(mut form: Multipart<'static>) -> Result<(Fields, Option<Upload>), Error> {
    let mut pairs = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.file_name().is_some() {
            return Ok((pairs.into_iter().collect(), Some(Upload { file: field, _form: form })));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > FIELD {
                return Err(too_much());
            }
            bytes.extend_from_slice(&chunk);
        }
        if pairs.len() >= FIELDS {
            return Err(too_much());
        }
        pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok((pairs.into_iter().collect(), None))
}

fn too_much() -> Error {
    Error::BadRequest("This form holds more than the panel takes beside a file.".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn broken(why: multer::Error) -> Error {
    tracing::debug!(%why, "an upload broke off");
    match why {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            Error::BadRequest("This file is larger than the panel takes; send it in parts.".to_owned())
        }
        _ => Error::BadRequest("The file did not arrive whole.".to_owned()),
    }
}

impl Upload {
    /// Keeps the rows; the id of the upload.
    pub(crate) async fn keep(mut self, cx: &Cx<'_>, model: &'static Model) -> Result<i64, Refused> {
        let name: String =
            self.file.file_name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect();
        let Some(format) = Format::of_file(&name) else {
            let why = if name.is_empty() {
                "Choose a file first"
            } else {
                "The name of the file must end in .csv, .jsonl or .xlsx"
            };
            return Err(Unreadable::at(0, why).into());
        };
        let Ok(_place) = cx.app.uploads.try_acquire() else {
            return Err(Error::Unavailable("as many files as may are on their way in".to_owned()).into());
        };
        let (store, now) = (&cx.app.store, cx.now);
        let mut upload = UploadRow {
            id: 0,
            person: cx.actor.asker.person,
            session: cx.actor.session,
            model: model.name.to_owned(),
            name,
            format: format.word().to_owned(),
            columns: Vec::new(),
            rows: 0,
        };
        upload.id = store.begin_upload(&upload, now, now + Duration::hours(HOURS)).await?;
        let kept = match Reader::new(format) {
            Some(reader) => self.stream(cx, reader, &mut upload).await,
            None => self.unpack(cx, &mut upload).await,
        };
        let kept = match kept {
            Ok(()) if upload.rows == 0 => Err(Unreadable::at(0, "The file holds no rows").into()),
            Ok(()) => store.finish_upload(cx.context(), &upload).await.map_err(Refused::from),
            Err(why) => Err(why),
        };
        if let Err(why) = kept {
            if let Err(error) = store.drop_upload(upload.id).await {
                tracing::warn!(%error, "a refused upload was not removed");
            }
            return Err(why);
        }
        Ok(upload.id)
    }

    /// Row by row while it arrives.
    async fn stream(&mut self, cx: &Cx<'_>, mut reader: Reader, upload: &mut UploadRow) -> Result<(), Refused> {
        while let Some(chunk) = self.file.chunk().await.map_err(broken)? {
            // However large the pieces are in which it comes.
            for piece in chunk.chunks(PIECE) {
                reader.feed(piece)?;
                while let Some(lines) = reader.table().part(false) {
                    add(cx, upload, lines).await?;
                }
            }
        }
        reader.end()?;
        while let Some(lines) = reader.table().part(true) {
            add(cx, upload, lines).await?;
        }
        upload.columns = std::mem::take(&mut reader.table().columns);
        Ok(())
    }

    /// A workbook can't be read before all of it is there: it goes to a file without a name first.
    async fn unpack(&mut self, cx: &Cx<'_>, upload: &mut UploadRow) -> Result<(), Refused> {
        let mut file = tempfile::tempfile().map_err(Error::of_temporary_file)?;
        while let Some(chunk) = self.file.chunk().await.map_err(broken)? {
            file.write_all(&chunk).map_err(Error::of_temporary_file)?;
        }
        let turn = READING.acquire().await.map_err(|why| Error::Bug(format!("waiting for a workbook: {why}")))?;
        let (to, mut from) = mpsc::channel::<Vec<Line>>(2);
        let reading = tokio::task::spawn_blocking(move || {
            read_sheets(file, |lines| to.blocking_send(lines).map_err(|_| Unreadable::at(0, "It was given up")))
        });
        while let Some(lines) = from.recv().await {
            add(cx, upload, lines).await?;
        }
        let (columns, _) = reading.await.map_err(|why| Error::Bug(format!("reading a workbook: {why}")))??;
        drop(turn);
        upload.columns = columns;
        Ok(())
    }
}

async fn add(cx: &Cx<'_>, upload: &mut UploadRow, lines: Vec<Line>) -> Result<(), Error> {
    if lines.is_empty() {
        return Ok(());
    }
    let part = UploadPart { first: upload.rows + 1, rows: lines };
    upload.rows += part.rows.len() as u64;
    cx.app.store.add_to_upload(upload.id, &part).await
}
