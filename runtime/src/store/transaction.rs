//! A transaction. Without its end it did not happen: what is not committed is undone, whatever becomes of whoever began
//! it. On SQLite those who wait for the one writer at the same time may share a commit, see [`super::group`].

use super::answer::Answer;
use super::fault::Fault;
use super::group::{self, Kept, Others};
use super::lane::{self, Lane};
use super::pool::{Among, Loan, Long};
use super::postgres;
use super::sql::Sql;
use super::statements::journal::{self, Head};
use crate::error::Error;

/// A transaction. Dropped without its end, it is rolled back.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, none a state of the others")]
#[derive(Debug)]
pub(in crate::store) struct Transaction {
    /// There until its end.
    loan: Option<Loan>,
    failed: bool,
    /// Whether the connection goes back to the pool.
    home: bool,
    /// Whether others may go on in it once it is done.
    shares: bool,
    /// Whether its savepoint is there, where it has one.
    begun: bool,
    /// Who is done in the same transaction of the database and waits for its commit; none: it is its own.
    others: Others,
    /// Of the audit log, where it is known and nobody else can move it before the end.
    head: Option<Head>,
    /// The same at each savepoint.
    heads: Vec<Option<Head>>,
    _long: Option<Long>,
}

impl Transaction {
    pub(super) async fn begun(mut loan: Loan, was_idle: bool, among: Among, head: bool) -> Result<Self, Fault> {
        let mut begun = start(loan.lane()?, "BEGIN IMMEDIATE", head).await;
        // The server went away while the connection was idle. It may be back.
        if was_idle && matches!(begun, Err(Fault::Lost(_))) {
            loan.replace().await?;
            begun = start(loan.lane()?, "BEGIN IMMEDIATE", head).await;
        }
        let (head, is_sqlite) = (begun?, loan.lane()?.is_sqlite());
        let long = (is_sqlite && among == Among::NoneForLong).then(|| loan.long());
        Ok(Self::with(loan, is_sqlite && among == Among::Others, Others::default(), head, long))
    }

    /// In a transaction of the database in which others are done.
    pub(super) async fn joined(loan: Loan, others: Others, head: bool) -> Result<Self, Fault> {
        let mut part = Self::with(loan, true, others, None, None);
        // Whoever goes away while it begins leaves the others alone as well.
        part.begun = false;
        part.head = start(part.lane()?, "SAVEPOINT bw_part", head).await?;
        part.begun = true;
        Ok(part)
    }

    /// On a connection that is closed afterwards.
    pub(super) async fn away(mut loan: Loan) -> Result<Self, Fault> {
        loan.lane()?.control("BEGIN IMMEDIATE", "BEGIN").await?;
        let mut away = Self::with(loan, false, Others::default(), None, None);
        away.home = false;
        Ok(away)
    }

    fn with(loan: Loan, shares: bool, others: Others, head: Option<Head>, long: Option<Long>) -> Self {
        Self {
            loan: Some(loan),
            failed: false,
            home: true,
            shares,
            begun: true,
            others,
            head,
            heads: Vec::new(),
            _long: long,
        }
    }

    /// The head of the audit log, if it is known.
    pub(in crate::store) fn head(&self) -> Option<Head> {
        self.head
    }

    /// The head is there now, and nobody else moves it.
    pub(in crate::store) fn set_head(&mut self, head: Head) {
        self.head = Some(head);
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        let answer = self.open()?.rows(sql).await;
        self.failed |= answer.is_err();
        answer.map_err(late)
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<Answer>, Fault> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// Runs it; how many rows it changed.
    pub(in crate::store) async fn execute(&mut self, sql: Sql) -> Result<u64, Fault> {
        let answer = self.open()?.execute(sql).await;
        self.failed |= answer.is_err();
        answer.map_err(late)
    }

    /// Whether nobody else can write before its end, whatever it holds: SQLite has one writer.
    pub(in crate::store) fn is_the_only_one(&self) -> bool {
        self.loan.as_ref().and_then(|loan| loan.lane.as_ref()).is_some_and(Lane::is_sqlite)
    }

    /// Runs all statements of a migration file.
    pub(in crate::store) async fn script(&mut self, text: &str) -> Result<(), Fault> {
        let answer = self.open()?.script(text).await;
        self.failed |= answer.is_err();
        answer.map_err(late)
    }

    /// Waits for every other transaction that holds this key, and holds it until the end: for what is decided by a row
    /// that may not be there yet. On SQLite a transaction holds everything.
    pub(in crate::store) async fn hold(&mut self, key: &[u8]) -> Result<(), Fault> {
        let lane = self.open()?;
        if lane.is_sqlite() {
            return Ok(());
        }
        let answer = postgres::hold(lane, key).await;
        self.failed |= answer.is_err();
        answer
    }

    /// What follows can be undone by itself.
    pub(in crate::store) async fn savepoint(&mut self) -> Result<(), Fault> {
        self.execute(Sql::new("SAVEPOINT bw_row")).await?;
        self.heads.push(self.head);
        Ok(())
    }

    /// What followed the savepoint stays.
    pub(in crate::store) async fn release_savepoint(&mut self) -> Result<(), Fault> {
        self.heads.pop();
        self.execute(Sql::new("RELEASE SAVEPOINT bw_row")).await.map(drop)
    }

    /// What followed the savepoint did not happen, nor what failed in it.
    pub(in crate::store) async fn undo_to_savepoint(&mut self) -> Result<(), Fault> {
        // Where the whole transaction went with what failed, there is no savepoint any more, and it stays failed.
        self.lane()?.execute(Sql::new("ROLLBACK TO SAVEPOINT bw_row")).await?;
        self.failed = false;
        self.head = self.heads.last().copied().flatten();
        self.release_savepoint().await
    }

    /// Whether a statement failed, so that it takes no other and has no end.
    pub(in crate::store) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Makes it last. By itself only for what is no event (counts of tries, the time a session was seen last); all else
    /// goes through [`crate::store::Write::commit`].
    ///
    /// Refused after a statement that failed: PostgreSQL would roll back and say that it committed.
    pub(in crate::store) async fn commit_without_event(self) -> Result<(), Fault> {
        self.commit_with(Vec::new()).await
    }

    /// Runs these and makes it all last. It returns when the database says that it has it, never before: also where the
    /// commit is one for several.
    pub(in crate::store) async fn commit_with(mut self, last: Vec<Sql>) -> Result<(), Fault> {
        self.open()?;
        let leaves = self.leaves_it_to_others();
        let kept = match (self.others.is_empty(), leaves) {
            (true, false) => {
                self.lane()?.end_with(last, Some("COMMIT")).await.map_err(late)?;
                self.give_back();
                return Ok(());
            }
            (true, true) => {
                self.lane()?.end_with(last, None).await?;
                let kept = self.others.join();
                self.leave(true);
                kept
            }
            // Not broken off in the middle if its request goes away now: the others could not be told what became of
            // it.
            (false, _) => lane::through(self.release(last)).await?,
        };
        kept.wait().await
    }

    /// Ends its part of a transaction; what it waits for from then on.
    async fn release(mut self, last: Vec<Sql>) -> Result<Kept, Fault> {
        self.lane()?.end_with(last, Some("RELEASE SAVEPOINT bw_part")).await?;
        let kept = self.others.join();
        let leaves = self.leaves_it_to_others();
        self.leave(leaves);
        Ok(kept)
    }

    /// Undoes it, and keeps the connection.
    pub(in crate::store) async fn rollback(mut self) -> Result<(), Fault> {
        if self.others.is_empty() {
            self.lane()?.control("ROLLBACK", "ROLLBACK").await?;
            self.give_back();
        }
        // Within one of others it is as if it had gone away.
        Ok(())
    }

    fn give_back(&mut self) {
        if let Some(mut loan) = self.loan.take() {
            loan.keep = self.home;
        }
    }

    fn leaves_it_to_others(&self) -> bool {
        let waited_for = self.loan.as_ref().is_some_and(|loan| loan.pool.others_wait());
        self.shares && waited_for && self.others.may_grow()
    }

    /// What others and perhaps this one did is committed by whoever is the last.
    fn leave(&mut self, to_others: bool) {
        let others = std::mem::take(&mut self.others);
        match self.loan.take() {
            Some(loan) if to_others => group::park(loan, others),
            Some(loan) => group::commit(loan, others),
            None => {}
        }
    }

    /// For a statement. After one that failed there is none: PostgreSQL would refuse it, and SQLite may have undone all
    /// of the transaction, so that it would be one by itself, and stay.
    fn open(&mut self) -> Result<&mut Lane, Fault> {
        if self.failed {
            return Err(Fault::Other(Error::Bug("a statement, or a commit, after a statement that failed".to_owned())));
        }
        self.lane()
    }

    fn lane(&mut self) -> Result<&mut Lane, Fault> {
        match &mut self.loan {
            Some(loan) => loan.lane(),
            None => Err(Fault::Other(Error::Bug("a transaction is over".to_owned()))),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // Its own request went away or failed; that is nothing to those who were done before.
        if let Some(loan) = self.loan.take()
            && !self.others.is_empty()
        {
            group::leave_out(loan, std::mem::take(&mut self.others), self.begun);
        }
    }
}

/// Of a change that came too late it is not said that it asks for too much: it may have waited for somebody else's.
fn late(fault: Fault) -> Fault {
    match fault {
        Fault::Other(error @ Error::TooLong) => Fault::Other(Error::Unavailable(error.to_string())),
        other => other,
    }
}

/// Starts it, and reads the head of the audit log where asked for and where it stays as it is.
async fn start(lane: &mut Lane, how: &'static str, head: bool) -> Result<Option<Head>, Fault> {
    if !head || !lane.is_sqlite() {
        lane.control(how, "BEGIN").await?;
        return Ok(None);
    }
    let answers = lane.begin_with(how, Sql::new(journal::HEAD)).await?;
    // What is wrong with it is said by whoever needs it.
    Ok(answers.first().and_then(|answer| journal::read_head(answer).ok()))
}
