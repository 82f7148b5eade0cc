//! Sessions. `revoked_at` is written by one function, with its reason; a token and the moment of its proof go together.

use chrono::{DateTime, Utc};

use super::loans;
use crate::error::Error;
use crate::session::{EndReason, Held, Trust};
use crate::store::account::{NewSession, OwnSession, SessionRow};
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::token;

const COLUMNS: &str = "SELECT s.id, p.id, p.email, p.role, p.inactive, p.locked_until, p.attributes, s.seen_at, \
     s.expires_at, s.revoked_at IS NOT NULL, coalesce(s.proved_at, s.created_at), s.trust, \
     EXISTS (SELECT 1 FROM bw_factors f WHERE f.person = p.id AND f.removed_at IS NULL), \
     EXISTS (SELECT 1 FROM bw_passkeys k WHERE k.person = p.id), ";

impl Database {
    pub(in crate::store) async fn session(
        &self,
        token: &token::Hash,
        now: DateTime<Utc>,
    ) -> Result<Option<SessionRow>, Error> {
        let mut sql = Sql::new(COLUMNS);
        loans::push_lent(&mut sql, now);
        sql.push(" FROM bw_sessions s JOIN bw_people p ON p.id = s.person WHERE s.token_hash = ");
        sql.push_bind(token.as_slice());
        self.reading().await?.row(sql).await?.as_ref().map(session).transpose()
    }

    /// Those of a person that are not over, the newest first.
    pub(in crate::store) async fn sessions_of(
        &self,
        person: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<OwnSession>, Error> {
        let sql = Sql::new(
            "SELECT id, created_at, seen_at, address, agent FROM bw_sessions \
             WHERE person = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id DESC",
        )
        .bind(person)
        .bind(now);
        self.reading().await?.rows(sql).await?.iter().map(own).collect()
    }

    pub(in crate::store) async fn session_of_work(
        &self,
        id: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<(SessionRow, Option<String>)>, Error> {
        let mut sql = Sql::new(COLUMNS);
        loans::push_lent(&mut sql, now);
        sql.push(", s.reason FROM bw_sessions s JOIN bw_people p ON p.id = s.person WHERE s.id = ").push_bind(id);
        let Some(found) = self.reading().await?.row(sql).await? else { return Ok(None) };
        Ok(Some((session(&found)?, found.text(15)?)))
    }

    pub(in crate::store) async fn touch_session(&self, id: i64, now: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        // A request that was slow must not turn the time back.
        let sql = Sql::new("UPDATE bw_sessions SET seen_at = CASE WHEN seen_at < $1 THEN $1 ELSE seen_at END WHERE id = $2 AND revoked_at IS NULL")
            .bind(now)
            .bind(id);
        tx.execute(sql).await?;
        Ok(tx.commit_without_event().await?)
    }
}

/// Starts one; gives its id.
pub(in crate::store) async fn start(
    tx: &mut Transaction,
    new: &NewSession<'_>,
    now: DateTime<Utc>,
) -> Result<i64, Error> {
    let agent: String = new.agent.chars().take(200).collect();
    // Of several sign-ins at once, each counts the sessions of those before it.
    tx.hold(format!("sessions of {}", new.person).as_bytes()).await?;
    let sql = Sql::new(
        "INSERT INTO bw_sessions (token_hash, person, trust, created_at, seen_at, expires_at, proved_at, address, agent) \
         VALUES ($1, $2, $7, $3, $3, $4, $3, $5, $6) RETURNING id",
    )
    .bind(new.token.as_slice())
    .bind(new.person)
    .bind(now)
    .bind(new.expires_at)
    .bind(new.address)
    .bind(agent)
    .bind(Trust::Password.text());
    match tx.row(sql).await? {
        Some(found) => found.whole(0),
        None => Err(Error::Bug("a session was started and has no id".to_owned())),
    }
}

/// Identity was proved anew: another token, from now on the only one, and the moment. False: the session is over, or
/// the token was changed already.
pub(in crate::store) async fn prove(
    tx: &mut Transaction,
    id: i64,
    old: &token::Hash,
    new: &token::Hash,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let sql = Sql::new(
        "UPDATE bw_sessions SET token_hash = $1, proved_at = $2 \
         WHERE id = $3 AND token_hash = $4 AND revoked_at IS NULL",
    )
    .bind(new.as_slice())
    .bind(now)
    .bind(id)
    .bind(old.as_slice());
    Ok(tx.execute(sql).await? == 1)
}

/// The second factor was proved: as [`prove`], and the session's trust rises.
pub(in crate::store) async fn raise(
    tx: &mut Transaction,
    person: i64,
    id: i64,
    old: &token::Hash,
    new: &token::Hash,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    // Of several sessions that rise at once, each counts those before it.
    tx.hold(format!("sessions of {person}").as_bytes()).await?;
    let sql = Sql::new(
        "UPDATE bw_sessions SET token_hash = $1, proved_at = $2, trust = $5 \
         WHERE id = $3 AND token_hash = $4 AND person = $6 AND revoked_at IS NULL",
    )
    .bind(new.as_slice())
    .bind(now)
    .bind(id)
    .bind(old.as_slice())
    .bind(Trust::Factor.text())
    .bind(person);
    Ok(tx.execute(sql).await? == 1)
}

/// Whether this session is not ended and its person still holds this role.
pub(in crate::store) async fn stands(
    tx: &mut Transaction,
    id: i64,
    person: i64,
    role: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    // What is done to people is done one after the other, as with one writer: two who act on each other would else hold
    // what the other waits for.
    tx.hold(b"people").await?;
    // Held until the end: whoever is about to end it or to change the role waits for what is done on its strength.
    let mut sql = Sql::new(
        "SELECT 1 FROM bw_sessions s JOIN bw_people p ON p.id = s.person WHERE s.id = $1 AND p.id = $2 AND p.role = $3 \
         AND s.revoked_at IS NULL AND p.inactive = FALSE AND (p.locked_until IS NULL OR p.locked_until <= $4)",
    )
    .bind(id)
    .bind(person)
    .bind(role)
    .bind(now);
    sql.holding();
    Ok(tx.row(sql).await?.is_some())
}

/// Which sessions end.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum Ending {
    /// This one.
    One(i64),
    /// Every one of this person.
    AllOf(i64),
    /// Every one of this person but this one.
    AllBut(i64, i64),
    /// Every one of whoever holds this role.
    OfRole(&'static str),
    /// Of this person's with this trust, all but so many of the newest that are still alive. Whoever has only a
    /// password pushes out nobody who has also proved the factor.
    Beyond(i64, Trust, u32),
}

/// Ends sessions; gives the id and the person of those that were alive until now.
pub(in crate::store) async fn end(
    tx: &mut Transaction,
    which: Ending,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<Vec<(i64, i64)>, Error> {
    let mut sql = Sql::new("UPDATE bw_sessions SET revoked_at = ");
    sql.push_bind(now).push(", reason = ").push_bind(reason.text());
    sql.push(" WHERE revoked_at IS NULL AND ");
    match which {
        Ending::One(id) => {
            sql.push("id = ").push_bind(id);
        }
        Ending::AllOf(person) => {
            sql.push("person = ").push_bind(person);
        }
        Ending::AllBut(person, session) => {
            sql.push("person = ").push_bind(person).push(" AND id <> ").push_bind(session);
        }
        Ending::OfRole(role) => {
            sql.push("person IN (SELECT id FROM bw_people WHERE role = ").push_bind(role).push(")");
        }
        Ending::Beyond(person, trust, keep) => {
            // A session whose time is over takes nobody's place.
            sql.push("person = ").push_bind(person).push(" AND trust = ").push_bind(trust.text());
            sql.push(" AND id NOT IN (SELECT id FROM bw_sessions WHERE person = ").push_bind(person);
            sql.push(" AND trust = ").push_bind(trust.text());
            sql.push(" AND revoked_at IS NULL AND expires_at > ").push_bind(now);
            sql.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(keep)).push(")");
        }
    }
    sql.push(" RETURNING id, person");
    tx.rows(sql).await?.iter().map(|found| Ok((found.whole(0)?, found.whole(1)?))).collect()
}

/// Removes sessions whose time has been over since before then.
pub(in crate::store) async fn forget(tx: &mut Transaction, before: DateTime<Utc>) -> Result<u64, Error> {
    let sql = Sql::new("DELETE FROM bw_sessions WHERE expires_at < $1").bind(before);
    Ok(tx.execute(sql).await?)
}

fn session(found: &Answer) -> Result<SessionRow, Error> {
    let (lent, lent_is_over) = loans::read_lent(found, 14)?;
    Ok(SessionRow {
        session: found.whole(0)?,
        person: found.whole(1)?,
        email: found.words(2)?,
        role: found.words(3)?,
        inactive: found.yes(4)?,
        locked_until: found.optional_moment(5)?,
        attributes: found.words(6)?,
        seen_at: found.moment(7)?,
        expires_at: found.moment(8)?,
        revoked: found.yes(9)?,
        proved_at: found.moment(10)?,
        trust: Trust::from_text(&found.words(11)?),
        held: Held { totp: found.yes(12)?, passkeys: found.yes(13)? },
        lent,
        lent_is_over,
    })
}

fn own(found: &Answer) -> Result<OwnSession, Error> {
    Ok(OwnSession {
        id: found.whole(0)?,
        created_at: found.moment(1)?,
        seen_at: found.moment(2)?,
        address: found.words(3)?,
        agent: found.words(4)?,
    })
}
