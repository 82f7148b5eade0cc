//! The audit log in SQLite: entries are chained and written in the transaction of what they record, and the head of the
//! chain beside them.

use crate::audit::chain::{Checkpoint, Hash, Stored, Verified, Walk};
use crate::audit::{ActorRef, Change, Context, Entry, EntryPage, EntryPosition, EntryQuery, Event, Origin};
use crate::error::Error;
use crate::key::RowKey;
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::query::LARGEST_BATCH;
use crate::store::sql::{Sql, parts};
use crate::store::transaction::Transaction;
use crate::value::timestamp_text;

/// Entries a statement inserts at most.
const AT_ONCE: usize = 500;
/// Entries read at once while verifying.
const STRIDE: i64 = 1_000;

/// Asks for the head of the chain.
pub(in crate::store) const HEAD: &str = "SELECT seq, hash FROM bw_audit_head WHERE one = 1";

/// Asks for the entry that the first one left follows; no row: none was ever removed.
pub(super) const ANCHOR: &str = "SELECT seq, hash FROM bw_audit_anchor WHERE one = 1";

/// The newest entry: its place and its hash.
pub(in crate::store) type Head = (i64, Hash);

/// What [`HEAD`] answered.
pub(in crate::store) fn read_head(answer: &Answer) -> Result<Head, Error> {
    let hash = answer.bytes(1)?.try_into();
    let hash = hash.map_err(|_| Error::Bug("the head of the audit log is no SHA-256".to_owned()))?;
    Ok((answer.whole(0)?, hash))
}

impl Transaction {
    /// Chains and writes these events.
    pub(in crate::store) async fn journal(&mut self, context: &Context, events: &[Event]) -> Result<(), Error> {
        let last = self.journal_but_for_the_last(context, events).await?;
        for sql in last {
            self.execute(sql).await?;
        }
        Ok(())
    }

    /// Chains these events, writes them and commits.
    pub(in crate::store) async fn journal_and_commit(
        mut self,
        context: &Context,
        events: &[Event],
    ) -> Result<(), Error> {
        let last = self.journal_but_for_the_last(context, events).await?;
        Ok(self.commit_with(last).await?)
    }

    /// Chains these events and writes them, but for the statements that are left over: those are run next, in order.
    async fn journal_but_for_the_last(&mut self, context: &Context, events: &[Event]) -> Result<Vec<Sql>, Error> {
        let (mut seq, mut hash) = if let Some(head) = self.head() {
            head
        } else {
            // Held until the end of the transaction: entries are chained one transaction after the other.
            let mut sql = Sql::new(HEAD);
            sql.locking();
            let head = self.row(sql).await?;
            // Without a head, an entry could be chained to nothing in particular: nothing is written any more.
            let gone = || Error::Bug("the head of the audit log is gone; nothing can be recorded".to_owned());
            read_head(&head.ok_or_else(gone)?)?
        };
        let mut last = Vec::new();
        for events in parts(events, AT_ONCE) {
            for sql in last.drain(..) {
                self.execute(sql).await?;
            }
            let mut sql = Sql::new(
                "INSERT INTO bw_audit (seq, at, request_id, actor, actor_email, session, address, event, model, \
                 row_id, row_key, changes, prev_hash, hash) VALUES ",
            );
            for (i, event) in events.iter().enumerate() {
                seq += 1;
                let entry = stored(seq, context, event)?;
                let previous = hash;
                hash = entry.hash(&previous);
                sql.push(if i == 0 { "(" } else { ", (" });
                sql.push_bind(entry.seq)
                    .push(", ")
                    .push_bind(context.now())
                    .push(", ")
                    .push_bind(context.origin.request);
                sql.push(", ").push_bind(entry.actor).push(", ").push_bind(entry.actor_email);
                sql.push(", ").push_bind(entry.session).push(", ").push_bind(entry.address);
                sql.push(", ").push_bind(entry.event);
                sql.push(", ").push_bind(entry.model).push(", ").push_bind(entry.row);
                sql.push(", ").push_bind(entry.key);
                sql.push(", ").push_verbatim_json(entry.changes).push(", ").push_bind(previous.as_slice());
                sql.push(", ").push_bind(hash.as_slice()).push(")");
            }
            last.push(sql);
        }
        self.set_head((seq, hash));
        let head = Sql::new("UPDATE bw_audit_head SET seq = $1, hash = $2 WHERE one = 1");
        last.push(head.bind(seq).bind(hash.as_slice()));
        Ok(last)
    }
}

impl Database {
    /// A page of the log, newest first.
    pub(in crate::store) async fn entries(&self, query: &EntryQuery<'_>) -> Result<EntryPage, Error> {
        let size = query.size.clamp(1, LARGEST_BATCH) as usize;
        let mut sql = Sql::new(
            "SELECT seq, at, request_id, actor, actor_email, session, address, event, model, row_id, row_key, changes FROM bw_audit \
             WHERE 1 = 1",
        );
        if let Some(person) = query.person {
            sql.push(" AND actor = ").push_bind(person);
        }
        if let Some(event) = query.event {
            sql.push(" AND event = ").push_bind(event.text());
        }
        if let Some(model) = query.model {
            sql.push(" AND model = ").push_bind(model);
        }
        if let Some(row) = query.row {
            sql.push(" AND row_id = ").push_bind(row.place());
            if let Some(key) = row.kept() {
                sql.push(" AND row_key = ").push_bind(key);
            }
        }
        if let Some(from) = query.from {
            sql.push(" AND at >= ").push_bind(from);
        }
        if let Some(to) = query.to {
            sql.push(" AND at < ").push_bind(to);
        }
        let (upwards, inside) = match query.position {
            EntryPosition::Newest => (false, false),
            EntryPosition::OlderThan(seq) => {
                sql.push(" AND seq < ").push_bind(seq);
                (false, true)
            }
            EntryPosition::NewerThan(seq) => {
                sql.push(" AND seq > ").push_bind(seq);
                (true, true)
            }
        };
        sql.push(if upwards { " ORDER BY seq ASC LIMIT " } else { " ORDER BY seq DESC LIMIT " });
        sql.number(i64::try_from(size + 1).unwrap_or(i64::MAX));
        let answers = self.reading().await?.rows(sql).await?;
        let mut entries = answers.iter().map(read_entry).collect::<Result<Vec<_>, _>>()?;
        let further = entries.len() > size;
        entries.truncate(size);
        if upwards {
            entries.reverse();
        }
        let (has_newer, has_older) = if upwards { (further, inside) } else { (inside, further) };
        let older = if has_older { entries.last().map(|e| e.seq) } else { None };
        let newer = if has_newer { entries.first().map(|e| e.seq) } else { None };
        Ok(EntryPage { entries, older, newer })
    }

    /// Walks the whole chain, in one state of the database.
    pub(in crate::store) async fn verify_audit(&self, against: Option<Checkpoint>) -> Result<Verified, Error> {
        let mut lane = self.reading().await?;
        lane.begin().await?;
        let mut walk = match lane.row(Sql::new(ANCHOR)).await? {
            Some(anchor) => Walk::after(read_anchor(&anchor)?),
            None => Walk::default(),
        };
        let start = walk.last();
        if let Some(checkpoint) = against {
            walk = match walk.against(checkpoint) {
                Ok(walk) => walk,
                Err(broken) => {
                    lane.end().await?;
                    return Ok(broken);
                }
            };
        }
        loop {
            let sql = Sql::new(
                "SELECT seq, at, request_id, actor, actor_email, session, address, event, model, row_id, row_key, changes, \
                 prev_hash, hash FROM bw_audit WHERE seq > $1 ORDER BY seq LIMIT $2",
            )
            .bind(walk.last())
            .bind(STRIDE);
            let answers = lane.rows(sql).await?;
            for answer in &answers {
                let entry = read_stored(answer)?;
                if let Err(broken) = walk.step(&entry, &answer.bytes(12)?, &answer.bytes(13)?) {
                    lane.end().await?;
                    return Ok(broken);
                }
            }
            if answers.is_empty() {
                break;
            }
        }
        // An entry numbered zero or below, or below what was removed, stands before the first of the chain.
        let early = lane.row(Sql::new("SELECT min(seq) FROM bw_audit WHERE seq <= $1").bind(start)).await?;
        let head = lane.row(Sql::new("SELECT seq, hash FROM bw_audit_head WHERE one = 1")).await?;
        lane.end().await?;
        if let Some(seq) = early.map_or(Ok(None), |answer| answer.int(0))? {
            return Ok(Verified::Broken { seq, why: format!("entry {seq} stands before the start of the chain") });
        }
        match head {
            Some(head) => Ok(walk.end(head.whole(0)?, &head.bytes(1)?)),
            None => Ok(Verified::Broken { seq: walk.last(), why: "the head of the chain is gone".to_owned() }),
        }
    }
}

fn stored(seq: i64, context: &Context, event: &Event) -> Result<Stored, Error> {
    let actor = context.actor.as_ref();
    let by_token = context.token_fact();
    let changes: Vec<&Change> = event.changes.iter().chain(&by_token).collect();
    Ok(Stored {
        seq,
        at: timestamp_text(context.now()),
        request: context.origin.request.to_string(),
        actor: actor.map(|a| a.person),
        actor_email: actor.map(|a| a.email.clone()),
        session: actor.and_then(|a| a.session),
        address: context.origin.address.clone(),
        event: event.id.text().to_owned(),
        model: event.model.clone(),
        row: event.row.map(RowKey::place),
        key: event.row.and_then(RowKey::kept),
        changes: serde_json::to_string(&changes).map_err(|e| Error::Bug(format!("changes don't become JSON: {e}")))?,
    })
}

pub(super) fn read_anchor(found: &Answer) -> Result<Checkpoint, Error> {
    Ok(Checkpoint { seq: found.whole(0)?, hash: read_hash(found, 1)? })
}

pub(super) fn read_hash(found: &Answer, column: usize) -> Result<Hash, Error> {
    found.bytes(column)?.try_into().map_err(|_| Error::Bug("a hash of the audit log is no SHA-256".to_owned()))
}

pub(super) fn read_stored(answer: &Answer) -> Result<Stored, Error> {
    Ok(Stored {
        seq: answer.whole(0)?,
        at: answer.words(1)?,
        request: answer.words(2)?,
        actor: answer.int(3)?,
        actor_email: answer.text(4)?,
        session: answer.int(5)?,
        address: answer.text(6)?,
        event: answer.words(7)?,
        model: answer.text(8)?,
        row: answer.int(9)?,
        key: answer.text(10)?,
        changes: answer.words(11)?,
    })
}

fn read_entry(answer: &Answer) -> Result<Entry, Error> {
    let stored = read_stored(answer)?;
    let bad = |what: &str| Error::Bug(format!("audit entry {}: {what}", stored.seq));
    let changes: Vec<Change> = serde_json::from_str(&stored.changes).map_err(|_| bad("its changes don't read"))?;
    let actor = match (stored.actor, &stored.actor_email) {
        (Some(person), email) => {
            Some(ActorRef { person, email: email.clone().unwrap_or_default(), session: stored.session })
        }
        _ => None,
    };
    Ok(Entry {
        seq: stored.seq,
        at: answer.moment(1).map_err(|_| bad("its time does not read"))?,
        origin: Origin {
            request: stored.request.parse().map_err(|_| bad("its request id does not read"))?,
            address: stored.address,
        },
        actor,
        event: stored.event,
        model: stored.model,
        row: match (&stored.key, stored.row) {
            (Some(key), _) => Some(RowKey::of_kept(key).ok_or_else(|| bad("its row's key does not read"))?),
            (None, number) => number.map(RowKey::Number),
        },
        changes,
    })
}
