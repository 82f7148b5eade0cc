//! What retention takes off the start of the audit log, and what it leaves: an anchor that the rest is chained to, and
//! who did what to which row, as far as `forbid one_person` needs it.

use chrono::{DateTime, Utc};

use super::journal::{ANCHOR, read_anchor, read_hash, read_stored};
use crate::audit::chain::{Checkpoint, Hash, Stored};
use crate::error::Error;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

/// Entries that one statement removes.
const AT_ONCE: i64 = 5_000;

/// An entry as stored, and its hash.
pub(in crate::store) type Kept = (Stored, Hash);

impl Database {
    /// The newest entry.
    pub(in crate::store) async fn audit_head(&self) -> Result<Checkpoint, Error> {
        let head = self.reading().await?.row(Sql::new("SELECT seq, hash FROM bw_audit_head WHERE one = 1")).await?;
        match head {
            Some(head) => read_anchor(&head),
            None => Err(Error::Bug("the head of the audit log is gone".to_owned())),
        }
    }

    /// Entries after this one, oldest first.
    pub(in crate::store) async fn audit_after(
        &self,
        seq: i64,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        at_most: i64,
    ) -> Result<Vec<Kept>, Error> {
        let mut sql = Sql::new(
            "SELECT seq, at, request_id, actor, actor_email, session, address, event, model, row_id, row_key, changes, hash FROM \
             bw_audit WHERE seq > ",
        );
        sql.push_bind(seq);
        if let Some(from) = from {
            sql.push(" AND at >= ").push_bind(from);
        }
        if let Some(to) = to {
            sql.push(" AND at < ").push_bind(to);
        }
        sql.push(" ORDER BY seq LIMIT ").number(at_most);
        let found = self.reading().await?.rows(sql).await?;
        found.iter().map(|found| Ok((read_stored(found)?, read_hash(found, 12)?))).collect()
    }
}

/// Removes every entry before the first that is not older; gives the last that went, and how many did. The newest entry
/// stays in any case.
pub(in crate::store) async fn prune(
    tx: &mut Transaction,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<(Checkpoint, u64)>, Error> {
    // Of two at once the second must see how far the first one went.
    tx.hold(b"prune").await?;
    let sql = Sql::new(
        "SELECT seq, hash FROM bw_audit WHERE seq < coalesce((SELECT min(seq) FROM bw_audit WHERE at >= $1), \
         (SELECT max(seq) FROM bw_audit)) ORDER BY seq DESC LIMIT 1",
    )
    .bind(before);
    let Some(last) = tx.row(sql).await?.as_ref().map(read_anchor).transpose()? else { return Ok(None) };
    let first = match tx.row(Sql::new(ANCHOR)).await? {
        Some(anchor) => read_anchor(&anchor)?.seq,
        None => 0,
    };
    let (mut from, mut removed) = (first, 0);
    while from < last.seq {
        let to = last.seq.min(from.saturating_add(AT_ONCE));
        tx.execute(hands(from, to)).await?;
        from = to;
    }
    from = first;
    while from < last.seq {
        let to = last.seq.min(from.saturating_add(AT_ONCE));
        let sql = Sql::new("DELETE FROM bw_audit WHERE seq > $1 AND seq <= $2").bind(from).bind(to);
        removed += tx.execute(sql).await?;
        from = to;
    }
    let sql = Sql::new(
        "INSERT INTO bw_audit_anchor (one, seq, hash, removed_at) VALUES (1, $1, $2, $3) \
         ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, removed_at = excluded.removed_at",
    )
    .bind(last.seq)
    .bind(last.hash.as_slice())
    .bind(now);
    tx.execute(sql).await?;
    Ok(Some((last, removed)))
}

/// Keeps who had a hand in which row. What an action wrote is that action's, not an edit.
fn hands(from: i64, to: i64) -> Sql {
    Sql::new(
        "INSERT INTO bw_hands (model, row_id, person, event, changes) SELECT DISTINCT a.model, a.row_id, a.actor, \
         a.event, coalesce(CAST(CASE WHEN a.event = 'row.action' THEN a.changes END AS TEXT), '[]') FROM bw_audit a WHERE a.seq > $1 \
         AND a.seq <= $2 AND a.model IS NOT NULL AND a.row_id IS NOT NULL AND a.actor IS NOT NULL AND (a.event IN \
         ('row.created', 'row.action') OR (a.event = 'row.updated' AND NOT EXISTS (SELECT 1 FROM bw_audit b WHERE \
         b.model = a.model AND b.row_id = a.row_id AND b.request_id = a.request_id AND b.event = 'row.action'))) \
         ON CONFLICT DO NOTHING",
    )
    .bind(from)
    .bind(to)
}
