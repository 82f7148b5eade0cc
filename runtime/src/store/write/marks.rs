//! A change in parts: a mark to which a row that failed is undone while the others stay, and events that go into the
//! log before the end so that very many need not be held. What is undone takes its events along, wherever they were by
//! then.

use super::{Recorded, Write};
use crate::audit::Event;
use crate::error::Error;

/// Events that a transaction holds before it writes them down, where nobody else could write to the log meanwhile
/// anyway.
const HELD: usize = 1_000;
/// The same where others could: from then on they wait for the end.
const HELD_AMONG_OTHERS: usize = 50_000;

/// Where [`Write::undo_to`] goes back to.
#[must_use]
#[derive(Debug)]
pub(crate) struct Mark {
    place: usize,
}

/// What there was at a mark.
#[derive(Debug)]
pub(super) struct Since {
    /// Events that were pending.
    pending: usize,
    /// Those themselves, once they were written down after the mark: undoing takes them out of the log as well.
    kept: Option<Vec<Event>>,
    written_down: bool,
}

impl Write {
    /// A mark for [`Write::undo_to`].
    pub(crate) async fn mark(&mut self) -> Result<Mark, Error> {
        self.transaction.savepoint().await?;
        self.marks.push(Since { pending: self.pending.len(), kept: None, written_down: self.written_down });
        Ok(Mark { place: self.marks.len() })
    }

    /// What happened since the mark stays.
    pub(crate) async fn keep(&mut self, mark: Mark) -> Result<(), Error> {
        self.of(&mark)?;
        Ok(self.transaction.release_savepoint().await?)
    }

    /// What happened since the mark did not happen.
    pub(crate) async fn undo_to(&mut self, mark: Mark) -> Result<(), Error> {
        let since = self.of(&mark)?;
        self.transaction.undo_to_savepoint().await?;
        match since.kept {
            Some(events) => self.pending = events,
            None => self.pending.truncate(since.pending),
        }
        self.written_down = since.written_down;
        Ok(())
    }

    /// The innermost, if it is this one: the database knows them by their order alone.
    fn of(&mut self, mark: &Mark) -> Result<Since, Error> {
        let since = self.marks.pop().filter(|_| mark.place == self.marks.len() + 1);
        since.ok_or_else(|| Error::Bug("a mark was left out of turn".to_owned()))
    }

    /// Whether anything happened that a commit would keep.
    pub(crate) fn has_events(&self) -> bool {
        self.written_down || !self.pending.is_empty()
    }

    /// Commits what happened; nothing may have.
    pub(crate) async fn commit_events(self) -> Result<(), Error> {
        let proof = Recorded { mark: self.mark };
        self.commit(proof).await
    }

    /// Records one of very many events.
    pub(in crate::store) async fn note(&mut self, event: Event) -> Result<(), Error> {
        self.pending.push(event);
        self.write_down().await
    }

    /// Writes the events so far into the log, if they are many.
    pub(super) async fn write_down(&mut self) -> Result<(), Error> {
        let held = if self.transaction.is_the_only_one() { HELD } else { HELD_AMONG_OTHERS };
        if self.pending.len() < held {
            return Ok(());
        }
        for mark in &mut self.marks {
            if mark.kept.is_none() {
                mark.kept = Some(self.pending.get(..mark.pending).unwrap_or_default().to_vec());
            }
        }
        self.transaction.journal(&self.context, &self.pending).await?;
        self.pending.clear();
        self.written_down = true;
        Ok(())
    }
}
