//! API tokens. `ended_at` is written by one function, with its reason; whom a token speaks for is read with it in one
//! statement, whatever state either is in.

use chrono::{DateTime, Utc};

use super::loans;
use crate::error::Error;
use crate::session::{EndReason, Held};
use crate::store::answer::Answer;
use crate::store::api_tokens::{ApiTokenRow, NewApiToken, OwnApiToken};
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::token;

impl Database {
    pub(in crate::store) async fn api_token(
        &self,
        token: &token::Hash,
        now: DateTime<Utc>,
    ) -> Result<Option<ApiTokenRow>, Error> {
        let mut sql = Sql::new(
            "SELECT t.id, t.name, t.reads_only, t.expires_at, t.ended_at IS NOT NULL, t.used_at, p.id, p.email, p.role, \
             p.inactive, p.locked_until, p.password_hash IS NOT NULL, p.attributes, \
             EXISTS (SELECT 1 FROM bw_factors f WHERE f.person = p.id AND f.removed_at IS NULL), \
             EXISTS (SELECT 1 FROM bw_passkeys k WHERE k.person = p.id), ",
        );
        loans::push_lent(&mut sql, now);
        sql.push(" FROM bw_api_tokens t JOIN bw_people p ON p.id = t.person WHERE t.token_hash = ");
        sql.push_bind(token.as_slice());
        self.reading().await?.row(sql).await?.as_ref().map(presented).transpose()
    }

    /// Those of a person that are not over, the newest first.
    pub(in crate::store) async fn api_tokens_of(
        &self,
        person: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<OwnApiToken>, Error> {
        let sql = Sql::new(
            "SELECT id, name, reads_only, created_at, expires_at, used_at, used_from FROM bw_api_tokens \
             WHERE person = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY id DESC",
        )
        .bind(person)
        .bind(now);
        self.reading().await?.rows(sql).await?.iter().map(own).collect()
    }

    pub(in crate::store) async fn touch_api_token(
        &self,
        id: i64,
        address: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        // A request that was slow must not turn the time back.
        let sql = Sql::new(
            "UPDATE bw_api_tokens SET used_at = $1, used_from = $2 WHERE id = $3 AND ended_at IS NULL \
             AND (used_at IS NULL OR used_at < $1)",
        )
        .bind(now)
        .bind(address)
        .bind(id);
        tx.execute(sql).await?;
        Ok(tx.commit_without_event().await?)
    }
}

/// Makes one; gives its id. None: the person has as many as they may.
pub(in crate::store) async fn make(
    tx: &mut Transaction,
    new: &NewApiToken<'_>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    // Of several made at once, each counts those before it.
    tx.hold(format!("API tokens of {}", new.person).as_bytes()).await?;
    let live =
        Sql::new("SELECT count(*) FROM bw_api_tokens WHERE person = $1 AND ended_at IS NULL AND expires_at > $2")
            .bind(new.person)
            .bind(now);
    let live = tx.row(live).await?.as_ref().map_or(Ok(0), |found| found.count(0))?;
    if live >= new.at_most {
        return Ok(None);
    }
    let sql = Sql::new(
        "INSERT INTO bw_api_tokens (token_hash, person, name, reads_only, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(new.token.as_slice())
    .bind(new.person)
    .bind(new.name)
    .bind(new.reads_only)
    .bind(now)
    .bind(new.expires_at);
    match tx.row(sql).await? {
        Some(found) => found.whole(0).map(Some),
        None => Err(Error::Bug("an API token was made and has no id".to_owned())),
    }
}

/// Which tokens end.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum Ending {
    /// This one, of this person.
    One(i64, i64),
    /// Every one of this person.
    AllOf(i64),
    /// Every one of whoever holds this role.
    OfRole(&'static str),
}

/// Ends tokens; gives id, person and name of those that were good until now.
pub(in crate::store) async fn end(
    tx: &mut Transaction,
    which: Ending,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<Vec<(i64, i64, String)>, Error> {
    let mut sql = Sql::new("UPDATE bw_api_tokens SET ended_at = ");
    sql.push_bind(now).push(", ended_why = ").push_bind(reason.text());
    sql.push(" WHERE ended_at IS NULL AND expires_at > ").push_bind(now).push(" AND ");
    match which {
        Ending::One(person, id) => {
            sql.push("person = ").push_bind(person).push(" AND id = ").push_bind(id);
        }
        Ending::AllOf(person) => {
            sql.push("person = ").push_bind(person);
        }
        Ending::OfRole(role) => {
            sql.push("person IN (SELECT id FROM bw_people WHERE role = ").push_bind(role).push(")");
        }
    }
    sql.push(" RETURNING id, person, name");
    let ended = tx.rows(sql).await?;
    ended.iter().map(|found| Ok((found.whole(0)?, found.whole(1)?, found.words(2)?))).collect()
}

fn presented(found: &Answer) -> Result<ApiTokenRow, Error> {
    let (lent, lent_is_over) = loans::read_lent(found, 15)?;
    Ok(ApiTokenRow {
        id: found.whole(0)?,
        name: found.words(1)?,
        reads_only: found.yes(2)?,
        expires_at: found.moment(3)?,
        ended: found.yes(4)?,
        used_at: found.optional_moment(5)?,
        person: found.whole(6)?,
        email: found.words(7)?,
        role: found.words(8)?,
        inactive: found.yes(9)?,
        locked_until: found.optional_moment(10)?,
        has_password: found.yes(11)?,
        attributes: found.words(12)?,
        held: Held { totp: found.yes(13)?, passkeys: found.yes(14)? },
        lent,
        lent_is_over,
    })
}

fn own(found: &Answer) -> Result<OwnApiToken, Error> {
    Ok(OwnApiToken {
        id: found.whole(0)?,
        name: found.words(1)?,
        reads_only: found.yes(2)?,
        created_at: found.moment(3)?,
        expires_at: found.moment(4)?,
        used_at: found.optional_moment(5)?,
        used_from: found.words(6)?,
    })
}
