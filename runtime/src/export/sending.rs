//! What all exports share: recorded before the first byte and after the last, sent in pieces that wait for the reader,
//! and whole only when its end is recorded; else the connection breaks.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::audit::{Change, Context, Event, EventId};
use crate::authorize::Actor;
use crate::clock::Clock;
use crate::error::Error;
use crate::file::{Rest, Writer};
use crate::panel::Sensitivity;
use crate::response::Part;
use crate::session::{Fit, judge_for_work};
use crate::store::Store;

/// Longest that one may take, slow readers included.
const LONGEST: Duration = Duration::from_mins(5);
/// Bytes that are sent at once, about.
const PIECE: usize = 64 * 1024;
/// Pieces that may wait for the reader.
const PIECES: usize = 4;

/// Something that goes row by row into a file.
pub(super) trait Walk: Send + Sync + 'static {
    /// What its end is recorded as.
    const ENDED: EventId;

    /// What is recorded of it, but for its end.
    fn event(&self, id: EventId) -> Event;

    /// Every row, page by page; `sent` counts them.
    fn run(
        &self,
        store: &Store,
        clock: &Clock,
        to: &mpsc::Sender<Part>,
        sent: &mut u64,
    ) -> impl Future<Output = Result<Ended, Error>> + Send;
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// All of it was sent, but for the mark of the end.
    Whole,
    /// Nobody reads any more.
    ReaderGone,
}

/// Who asked, as they are at this moment.
///
/// # Errors
/// [`Error::Beyond`] when the session ended or its person may do nothing any more.
pub(super) async fn who(store: &Store, session: i64, now: DateTime<Utc>) -> Result<Actor, Error> {
    let found = store.session_of_work(session, now).await?;
    match found.map(|(row, ended)| judge_for_work(store.panel(), &row, ended.as_deref(), now)) {
        Some(Fit::Yes(actor)) => Ok(*actor),
        Some(Fit::No(_)) | None => Err(Error::Beyond("The session that asked for this export was ended.".to_owned())),
    }
}

/// Records that it begins and lets it run; what comes through the channel is the file.
pub(super) async fn start<W: Walk>(
    walk: W,
    store: Store,
    clock: Clock,
    context: Context,
    place: OwnedSemaphorePermit,
) -> Result<mpsc::Receiver<Part>, Error> {
    store.record(context.clone(), walk.event(EventId::ExportStarted)).await?;
    let (to, from) = mpsc::channel(PIECES);
    let sending = async move {
        let mut sent = 0;
        let done = timeout(LONGEST, walk.run(&store, &clock, &to, &mut sent)).await;
        let how = match &done {
            Ok(Ok(Ended::Whole)) => "whole",
            Ok(Ok(Ended::ReaderGone)) => "the reader went away",
            Ok(Err(_)) => "broken off",
            Err(_) => "took too long",
        };
        if let Ok(Err(error)) = &done {
            tracing::error!(%error, "an export broke off");
        }
        let event = walk
            .event(W::ENDED)
            .with(Change::fact("count", Sensitivity::Internal, sent.to_string()))
            .with(Change::fact("ended", Sensitivity::Internal, how));
        let recorded = store.record(context.clone().at(clock.now()), event).await;
        match recorded {
            Ok(()) if how == "whole" => {
                // A reader who is gone by now has all of it.
                let _ = to.send(Part::End).await;
            }
            Ok(()) => {}
            // Without its record it is not whole: the connection breaks.
            Err(error) => tracing::error!(%error, "an export was not recorded"),
        }
        drop(place);
    };
    // It goes on after the answer, and still belongs to its request.
    tokio::spawn(sending.in_current_span());
    Ok(from)
}

/// Sends what is ready, once it is a piece.
pub(super) async fn hand_on(writer: &mut Writer, to: &mpsc::Sender<Part>) -> Ended {
    if writer.ready() >= PIECE && to.send(Part::Bytes(writer.take())).await.is_err() {
        return Ended::ReaderGone;
    }
    Ended::Whole
}

/// Sends what is left after the last row.
pub(super) async fn finish(writer: Writer, to: &mpsc::Sender<Part>) -> Result<Ended, Error> {
    let rest = tokio::task::spawn_blocking(move || writer.finish())
        .await
        .map_err(|why| Error::Bug(format!("packing a file: {why}")))??;
    let file = match rest {
        Rest::Bytes(bytes) if bytes.is_empty() => return Ok(Ended::Whole),
        Rest::Bytes(bytes) => {
            return Ok(if to.send(Part::Bytes(bytes)).await.is_ok() { Ended::Whole } else { Ended::ReaderGone });
        }
        Rest::File(file) => file,
    };
    let mut file = tokio::fs::File::from_std(file);
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece).await;
        if read.map_err(|why| Error::Unavailable(format!("a packed file can't be read: {why}")))? == 0 {
            return Ok(Ended::Whole);
        }
        if to.send(Part::Bytes(Bytes::from(piece))).await.is_err() {
            return Ok(Ended::ReaderGone);
        }
    }
}
