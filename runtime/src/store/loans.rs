//! Questions and changes about loans, groups and members, as data. Every change is recorded in the transaction that
//! makes it; nothing of a loan is ever changed but that it ends.

use chrono::{DateTime, Utc};

use super::statements::loans;
use super::{PERSON, Recorded, Store, Write};
use crate::audit::{Change, Context, Event, EventId, Origin};
use crate::error::Error;
use crate::loan::{Lent, Receiver, Right};
use crate::panel::Sensitivity;

/// What events about groups name as their model.
pub const GROUP: &str = "Group";
/// Why a loan ended whose time is over.
pub const EXPIRED: &str = "expired";
/// Why a loan ended that another one continues.
pub const RENEWED: &str = "renewed";

/// A loan, whatever became of it.
#[derive(Debug, Clone)]
pub struct LoanRow {
    /// Primary key.
    pub id: i64,
    /// To whom.
    pub to: Receiver,
    /// Their address, or the group's name.
    pub name: String,
    /// For holders of this role, by its declared name.
    pub role: String,
    /// What.
    pub right: Right,
    /// The block's clauses when it was lent.
    pub clauses: String,
    /// Over at this moment.
    pub until: DateTime<Utc>,
    /// Why.
    pub why: String,
    /// Since when.
    pub lent_at: DateTime<Utc>,
    /// By whom; none: the command line.
    pub lent_by: Option<String>,
    /// The loan that it continues.
    pub renews: Option<i64>,
    /// Ended at this moment, by a hand or by time.
    pub ended_at: Option<DateTime<Utc>>,
    /// By whom; none: the command line, or nobody's hand.
    pub ended_by: Option<String>,
    /// Why it ended.
    pub ended_why: Option<String>,
}

impl LoanRow {
    /// Whether it runs at this moment.
    #[must_use]
    pub fn runs(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.until
    }
}

/// Which loans, newest first, at most [`LoanQuery::AT_MOST`].
#[derive(Debug, Clone, Copy, Default)]
pub struct LoanQuery {
    /// This one.
    pub id: Option<i64>,
    /// To this person, and to groups that they are in.
    pub person: Option<i64>,
    /// To this group.
    pub group: Option<i64>,
    /// That run at this moment; none: whatever became of them.
    pub running_at: Option<DateTime<Utc>>,
}

impl LoanQuery {
    /// Loans of one answer.
    pub const AT_MOST: i64 = 500;
}

/// A loan to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewLoan<'a> {
    /// To whom.
    pub to: Receiver,
    /// For holders of this role, by its declared name.
    pub role: &'a str,
    /// What.
    pub right: &'a Right,
    /// The block's clauses now.
    pub clauses: &'a str,
    /// Over at this moment.
    pub until: DateTime<Utc>,
    /// Why.
    pub why: &'a str,
    /// The loan that it continues.
    pub renews: Option<i64>,
}

/// A group.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// Primary key.
    pub id: i64,
    /// As somebody named it.
    pub name: String,
    /// How many belong to it.
    pub members: u64,
}

impl Store {
    /// Loans, in one statement.
    pub async fn loans(&self, query: &LoanQuery) -> Result<Vec<LoanRow>, Error> {
        self.database.loans(query).await
    }

    /// Every group, by name, in one statement.
    pub async fn groups(&self) -> Result<Vec<GroupRow>, Error> {
        self.database.groups().await
    }

    /// Ids of the members of a group, by address, in one statement.
    pub async fn members(&self, group: i64) -> Result<Vec<i64>, Error> {
        self.database.members(group).await
    }

    /// Writes down that the time of loans is over: of this person and their groups, or of everybody. They counted for
    /// nothing before that already.
    pub(crate) async fn note_expired_loans(
        &self,
        origin: Origin,
        person: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut write = self.write(Context::of_nobody(origin, now)).await?;
        match write.finish(loans::Ending::Over(person), EXPIRED, EventId::GrantExpired).await? {
            Some(recorded) => write.commit(recorded).await,
            None => write.roll_back().await,
        }
    }
}

impl Write {
    /// Loans, within this transaction.
    pub async fn loans(&mut self, query: &LoanQuery) -> Result<Vec<LoanRow>, Error> {
        loans::find(self.transaction(), query).await
    }

    /// What is lent to this person now, for the role that they hold, within this transaction.
    pub async fn lent_to(&mut self, person: i64) -> Result<Vec<Lent>, Error> {
        let now = self.context().now();
        loans::lent_to(self.transaction(), person, now).await
    }

    /// Lends; its id.
    pub(crate) async fn lend(&mut self, new: &NewLoan<'_>) -> Result<(i64, Recorded), Error> {
        let (by, now) = (self.who(), self.context().now());
        let id = loans::insert(self.transaction(), new, by.as_deref(), now).await?;
        let kind = if new.renews.is_some() { EventId::GrantRenewed } else { EventId::GrantLent };
        let fact = |name: &str, value: String| Change::fact(name, Sensitivity::Internal, value);
        let mut event = about(kind, new.to)
            .with(fact("loan", id.to_string()))
            .with(fact("right", new.right.to_string()))
            .with(fact("role", new.role.to_owned()))
            .with(fact("clause", new.clauses.to_owned()))
            .with(fact("until", crate::loan::until_in_words(new.until)))
            .with(Change::fact("why", Sensitivity::Personal, new.why));
        if let Some(old) = new.renews {
            event = event.with(fact("renews", old.to_string()));
        }
        Ok((id, self.record(event)))
    }

    /// Ends a loan; none: it is over already.
    pub(crate) async fn end_loan(&mut self, id: i64, why: &str) -> Result<Option<Recorded>, Error> {
        self.finish(loans::Ending::One(id), why, EventId::GrantEnded).await
    }

    /// Ends what was lent to a person and takes them out of their groups, since their role is another one.
    pub(in crate::store) async fn take_back_all(&mut self, person: i64) -> Result<(), Error> {
        // What is recorded here is committed with the act that it belongs to.
        let _ = self.finish(loans::Ending::AllOf(person), "another role", EventId::GrantEnded).await?;
        let now = self.context().now();
        for group in loans::leave(self.transaction(), None, person, now).await? {
            let _ = self.record(membership(EventId::GroupLeft, group, person));
        }
        Ok(())
    }

    /// The way to `ended_at`, for everybody.
    async fn finish(&mut self, which: loans::Ending, why: &str, id: EventId) -> Result<Option<Recorded>, Error> {
        let (by, now) = (self.who(), self.context().now());
        let ended = loans::end(self.transaction(), which, why, by.as_deref(), now).await?;
        let mut recorded = None;
        for (loan, to) in ended {
            let event = about(id, to)
                .with(Change::fact("loan", Sensitivity::Internal, loan.to_string()))
                .with(Change::fact("why", Sensitivity::Personal, why));
            recorded = Some(self.record(event));
        }
        Ok(recorded)
    }

    /// Adds a group; none: the name is taken.
    pub(crate) async fn add_group(&mut self, name: &str) -> Result<Option<(i64, Recorded)>, Error> {
        let now = self.context().now();
        let Some(id) = loans::add_group(self.transaction(), name, now).await? else { return Ok(None) };
        let event =
            about(EventId::GroupCreated, Receiver::Group(id)).with(Change::fact("name", Sensitivity::Internal, name));
        Ok(Some((id, self.record(event))))
    }

    /// The group of this id, within this transaction.
    pub(crate) async fn group(&mut self, id: i64) -> Result<Option<GroupRow>, Error> {
        loans::group_of(self.transaction(), id).await
    }

    /// Whether a person belongs to a group, within this transaction.
    pub(crate) async fn is_member(&mut self, group: i64, person: i64) -> Result<bool, Error> {
        loans::is_member(self.transaction(), group, person).await
    }

    /// Adds a person to a group.
    pub(crate) async fn join(&mut self, group: i64, person: i64) -> Result<Recorded, Error> {
        let now = self.context().now();
        loans::join(self.transaction(), group, person, now).await?;
        Ok(self.record(membership(EventId::GroupJoined, group, person)))
    }

    /// Takes a person out of a group; none: they were not in it.
    pub(crate) async fn leave(&mut self, group: i64, person: i64) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        let left = loans::leave(self.transaction(), Some(group), person, now).await?;
        Ok((!left.is_empty()).then(|| self.record(membership(EventId::GroupLeft, group, person))))
    }

    /// Who does this, as a loan keeps them.
    fn who(&self) -> Option<String> {
        self.context().actor.as_ref().map(|actor| actor.email.clone())
    }
}

fn about(id: EventId, to: Receiver) -> Event {
    match to {
        Receiver::Person(person) => Event::about(id, PERSON, Some(person)),
        Receiver::Group(group) => Event::about(id, GROUP, Some(group)),
    }
}

fn membership(id: EventId, group: i64, person: i64) -> Event {
    Event::about(id, PERSON, Some(person)).with(Change::fact("group", Sensitivity::Internal, group.to_string()))
}
