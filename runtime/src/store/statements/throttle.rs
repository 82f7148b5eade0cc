//! Counted tries. What a count means is decided by [`crate::throttle`]; here it is read, decided and written in one
//! transaction that holds the key from the start, so that parallel tries come one after the other.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::store::account::Ask;
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::throttle::{self, Tally};

impl Database {
    /// Counts one try on every key if all allow it, else on none. The same statements run either way.
    pub(in crate::store) async fn reserve(&self, asks: &[Ask], now: DateTime<Utc>) -> Result<throttle::Answer, Error> {
        let mut tx = self.begin().await?;
        let mut keys: Vec<[u8; 32]> = asks.iter().map(|ask| ask.key).collect();
        keys.sort_unstable();
        for key in &keys {
            tx.hold(key).await?;
        }
        let mut known = Vec::with_capacity(asks.len());
        for ask in asks {
            known.push(tally(&mut tx, &ask.key).await?);
        }
        let answers = asks.iter().zip(&known).map(|(ask, tally)| ask.rule.ask(tally.as_ref(), now));
        let answer = answers.fold(throttle::Answer::Go, throttle::Answer::and);
        let all = answer == throttle::Answer::Go;
        for (ask, tally) in asks.iter().zip(&known) {
            let after = match tally {
                _ if all => ask.rule.count(tally.as_ref(), now),
                Some(tally) => *tally,
                None => Tally { tries: 0, streak: 0, since: now },
            };
            let until = (after.tries >= ask.rule.count).then(|| ask.rule.until(&after));
            put(&mut tx, &ask.key, &after, until).await?;
        }
        tx.commit_without_event().await?;
        Ok(answer)
    }

    /// What [`Self::reserve`] would be without its defence: looked at first, counted afterwards. For the control of the
    /// tests that count who is let through.
    #[cfg(test)]
    pub(in crate::store) async fn reserve_apart(&self, ask: &Ask, now: DateTime<Utc>) -> Result<bool, Error> {
        let mut tx = self.begin().await?;
        let known = tally(&mut tx, &ask.key).await?;
        tx.commit_without_event().await?;
        let all = ask.rule.ask(known.as_ref(), now) == throttle::Answer::Go;
        if all {
            let mut tx = self.begin().await?;
            let known = tally(&mut tx, &ask.key).await?;
            put(&mut tx, &ask.key, &ask.rule.count(known.as_ref(), now), None).await?;
            tx.commit_without_event().await?;
        }
        Ok(all)
    }
}

/// A try that succeeded: not counted against those who share the key.
pub(in crate::store) async fn give_back(tx: &mut Transaction, key: &[u8; 32]) -> Result<(), Error> {
    tx.hold(key).await?;
    if let Some(tally) = tally(tx, key).await? {
        put(tx, key, &tally.given_back(), None).await?;
    }
    Ok(())
}

/// Nothing is held against this key any more.
pub(in crate::store) async fn clear(tx: &mut Transaction, key: &[u8; 32]) -> Result<(), Error> {
    tx.hold(key).await?;
    tx.execute(Sql::new("DELETE FROM bw_throttle WHERE key = $1").bind(hex(key))).await?;
    Ok(())
}

/// Removes counts that nobody added to since before then; a key with so many failures in a row stays off.
pub(in crate::store) async fn forget(tx: &mut Transaction, before: DateTime<Utc>, cap: u32) -> Result<u64, Error> {
    let sql =
        Sql::new("DELETE FROM bw_throttle WHERE window_start < $1 AND failures < $2").bind(before).bind(i64::from(cap));
    Ok(tx.execute(sql).await?)
}

async fn tally(tx: &mut Transaction, key: &[u8; 32]) -> Result<Option<Tally>, Error> {
    let sql = Sql::new("SELECT count, failures, window_start FROM bw_throttle WHERE key = $1").bind(hex(key));
    tx.row(sql).await?.as_ref().map(read).transpose()
}

async fn put(tx: &mut Transaction, key: &[u8; 32], tally: &Tally, until: Option<DateTime<Utc>>) -> Result<(), Error> {
    let sql = Sql::new(
        "INSERT INTO bw_throttle (key, window_start, count, failures, blocked_until) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (key) DO UPDATE SET window_start = $2, count = $3, failures = $4, blocked_until = $5",
    )
    .bind(hex(key))
    .bind(tally.since)
    .bind(i64::from(tally.tries))
    .bind(i64::from(tally.streak))
    .bind(until);
    tx.execute(sql).await?;
    Ok(())
}

fn read(found: &Answer) -> Result<Tally, Error> {
    // A count beyond 32 bits is as good as the largest.
    let narrow = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Tally { tries: narrow(found.count(0)?), streak: narrow(found.count(1)?), since: found.moment(2)? })
}

fn hex(key: &[u8; 32]) -> String {
    key.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
