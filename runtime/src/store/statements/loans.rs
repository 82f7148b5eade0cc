//! Loans, groups and who belongs to them. A loan is written once; its end is written by one function, once. Whether one
//! runs is compared with the moment of the question, in the statement that asks.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::loan::{Lent, Receiver, Right};
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::loans::{GroupRow, LoanQuery, LoanRow, NewLoan};
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

/// Between the parts of a loan, and between two loans; neither stands in a name or in a block's text.
const PART: &str = "\u{1f}";
const NEXT: &str = "\u{1e}";

const COLUMNS: &str = "SELECT l.id, l.person, p.email, l.group_id, g.name, l.role, l.verb, l.subject, l.clauses, \
     l.lent_until, l.why, l.lent_at, l.lent_by, l.renews, l.ended_at, l.ended_by, l.ended_why FROM bw_loans l \
     LEFT JOIN bw_people p ON p.id = l.person LEFT JOIN bw_groups g ON g.id = l.group_id WHERE 1 = 1";

/// One column: what is lent to the person `p` of the statement, for the role that they hold, and whether a loan's time
/// is over unnoticed.
pub(in crate::store) fn push_lent(sql: &mut Sql, now: DateTime<Utc>) {
    sql.push("coalesce((SELECT string_agg(CASE WHEN l.lent_until > ").push_bind(now);
    sql.push(" THEN '+' ELSE '-' END || ").push_bind(PART).push(" || l.verb || ").push_bind(PART);
    sql.push(" || l.subject || ").push_bind(PART).push(" || l.clauses, ").push_bind(NEXT);
    sql.push(") FROM bw_loans l WHERE l.ended_at IS NULL AND l.role = p.role AND (l.person = p.id OR l.group_id IN ");
    sql.push("(SELECT m.group_id FROM bw_memberships m WHERE m.person = p.id AND m.left_at IS NULL))), '')");
}

/// What [`push_lent`] found, in an order of its own, and whether one is over.
pub(in crate::store) fn read_lent(found: &Answer, column: usize) -> Result<(Vec<Lent>, bool), Error> {
    let text = found.words(column)?;
    let (mut running, mut over) = (Vec::new(), false);
    for one in text.split(NEXT).filter(|one| !one.is_empty()) {
        let parts: Vec<&str> = one.split(PART).collect();
        match parts.as_slice() {
            ["+", verb, subject, clauses] => running.push(Lent {
                right: Right { verb: (*verb).to_owned(), subject: (*subject).to_owned() },
                clauses: (*clauses).to_owned(),
            }),
            ["-", ..] => over = true,
            // What does not read lends nothing.
            _ => {}
        }
    }
    running.sort_by(|a, b| (&a.right.verb, &a.right.subject).cmp(&(&b.right.verb, &b.right.subject)));
    running.dedup();
    Ok((running, over))
}

impl Database {
    pub(in crate::store) async fn loans(&self, query: &LoanQuery) -> Result<Vec<LoanRow>, Error> {
        self.reading().await?.rows(of(query)).await?.iter().map(loan).collect()
    }

    pub(in crate::store) async fn groups(&self) -> Result<Vec<GroupRow>, Error> {
        let sql = Sql::new(
            "SELECT g.id, g.name, (SELECT count(*) FROM bw_memberships m WHERE m.group_id = g.id AND m.left_at IS NULL) \
             FROM bw_groups g ORDER BY g.name_key",
        );
        self.reading().await?.rows(sql).await?.iter().map(group).collect()
    }

    pub(in crate::store) async fn members(&self, group: i64) -> Result<Vec<i64>, Error> {
        self.reading().await?.rows(members_of(group)).await?.iter().map(|found| found.whole(0)).collect()
    }
}

fn of(query: &LoanQuery) -> Sql {
    let mut sql = Sql::new(COLUMNS);
    if let Some(id) = query.id {
        sql.push(" AND l.id = ").push_bind(id);
    }
    if let Some(person) = query.person {
        sql.push(" AND (l.person = ").push_bind(person).push(" OR l.group_id IN ");
        sql.push("(SELECT m.group_id FROM bw_memberships m WHERE m.left_at IS NULL AND m.person = ");
        sql.push_bind(person).push("))");
    }
    if let Some(group) = query.group {
        sql.push(" AND l.group_id = ").push_bind(group);
    }
    if let Some(now) = query.running_at {
        sql.push(" AND l.ended_at IS NULL AND l.lent_until > ").push_bind(now);
    }
    sql.push(" ORDER BY l.id DESC LIMIT ").number(LoanQuery::AT_MOST);
    sql
}

pub(in crate::store) async fn find(tx: &mut Transaction, query: &LoanQuery) -> Result<Vec<LoanRow>, Error> {
    tx.rows(of(query)).await?.iter().map(loan).collect()
}

pub(in crate::store) async fn lent_to(
    tx: &mut Transaction,
    person: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Lent>, Error> {
    let mut sql = Sql::new("SELECT ");
    push_lent(&mut sql, now);
    sql.push(" FROM bw_people p WHERE p.id = ").push_bind(person);
    match tx.row(sql).await? {
        Some(found) => Ok(read_lent(&found, 0)?.0),
        None => Ok(Vec::new()),
    }
}

pub(in crate::store) async fn insert(
    tx: &mut Transaction,
    new: &NewLoan<'_>,
    by: Option<&str>,
    now: DateTime<Utc>,
) -> Result<i64, Error> {
    let (person, group) = match new.to {
        Receiver::Person(id) => (Some(id), None),
        Receiver::Group(id) => (None, Some(id)),
    };
    let sql = Sql::new(
        "INSERT INTO bw_loans (person, group_id, role, verb, subject, clauses, lent_until, why, lent_at, lent_by, renews) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
    )
    .bind(person)
    .bind(group)
    .bind(new.role)
    .bind(new.right.verb.as_str())
    .bind(new.right.subject.as_str())
    .bind(new.clauses)
    .bind(new.until)
    .bind(new.why)
    .bind(now)
    .bind(by)
    .bind(new.renews);
    id_of(tx.row(sql).await?)
}

/// Which loans end.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum Ending {
    /// This one.
    One(i64),
    /// Every one of this person; those of their groups go on.
    AllOf(i64),
    /// Those whose time is over: of this person and their groups, or of everybody.
    Over(Option<i64>),
}

/// Ends loans; gives those that nobody had ended until now.
pub(in crate::store) async fn end(
    tx: &mut Transaction,
    which: Ending,
    why: &str,
    by: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<(i64, Receiver)>, Error> {
    let mut sql = Sql::new("UPDATE bw_loans SET ended_at = ");
    if matches!(which, Ending::Over(_)) {
        sql.push("lent_until");
    } else {
        sql.push_bind(now);
    }
    sql.push(", ended_by = ").push_bind(by).push(", ended_why = ").push_bind(why).push(" WHERE ended_at IS NULL");
    match which {
        Ending::One(id) => {
            sql.push(" AND id = ").push_bind(id);
        }
        Ending::AllOf(person) => {
            sql.push(" AND person = ").push_bind(person);
        }
        Ending::Over(person) => {
            sql.push(" AND lent_until <= ").push_bind(now);
            if let Some(person) = person {
                sql.push(" AND (person = ").push_bind(person).push(" OR group_id IN (SELECT m.group_id FROM ");
                sql.push("bw_memberships m WHERE m.left_at IS NULL AND m.person = ").push_bind(person).push("))");
            }
        }
    }
    sql.push(" RETURNING id, person, group_id");
    tx.rows(sql).await?.iter().map(|found| Ok((found.whole(0)?, receiver(found, 1, 2)?))).collect()
}

pub(in crate::store) async fn add_group(
    tx: &mut Transaction,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    let sql = Sql::new(
        "INSERT INTO bw_groups (name, name_key, created_at) VALUES ($1, $2, $3) ON CONFLICT (name_key) DO NOTHING \
         RETURNING id",
    )
    .bind(name)
    .bind(name.to_lowercase())
    .bind(now);
    tx.row(sql).await?.map(|found| found.whole(0)).transpose()
}

pub(in crate::store) async fn group_of(tx: &mut Transaction, id: i64) -> Result<Option<GroupRow>, Error> {
    let sql = Sql::new(
        "SELECT g.id, g.name, (SELECT count(*) FROM bw_memberships m WHERE m.group_id = g.id AND m.left_at IS NULL) \
         FROM bw_groups g WHERE g.id = $1",
    )
    .bind(id);
    tx.row(sql).await?.as_ref().map(group).transpose()
}

pub(in crate::store) async fn is_member(tx: &mut Transaction, group: i64, person: i64) -> Result<bool, Error> {
    let sql = Sql::new("SELECT 1 FROM bw_memberships WHERE group_id = $1 AND person = $2 AND left_at IS NULL")
        .bind(group)
        .bind(person);
    Ok(tx.row(sql).await?.is_some())
}

pub(in crate::store) async fn join(
    tx: &mut Transaction,
    group: i64,
    person: i64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let sql = Sql::new("INSERT INTO bw_memberships (group_id, person, joined_at) VALUES ($1, $2, $3)")
        .bind(group)
        .bind(person)
        .bind(now);
    tx.execute(sql).await?;
    Ok(())
}

/// Out of this group, or of all; the groups that they were in.
pub(in crate::store) async fn leave(
    tx: &mut Transaction,
    group: Option<i64>,
    person: i64,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, Error> {
    let mut sql = Sql::new("UPDATE bw_memberships SET left_at = ");
    sql.push_bind(now).push(" WHERE left_at IS NULL AND person = ").push_bind(person);
    if let Some(group) = group {
        sql.push(" AND group_id = ").push_bind(group);
    }
    sql.push(" RETURNING group_id");
    tx.rows(sql).await?.iter().map(|found| found.whole(0)).collect()
}

fn members_of(group: i64) -> Sql {
    Sql::new(
        "SELECT p.id FROM bw_memberships m JOIN bw_people p ON p.id = m.person WHERE m.group_id = $1 \
         AND m.left_at IS NULL ORDER BY p.email",
    )
    .bind(group)
}

fn id_of(found: Option<Answer>) -> Result<i64, Error> {
    match found {
        Some(found) => found.whole(0),
        None => Err(Error::Bug("a loan was written and has no id".to_owned())),
    }
}

fn receiver(found: &Answer, person: usize, group: usize) -> Result<Receiver, Error> {
    Ok(match found.int(person)? {
        Some(id) => Receiver::Person(id),
        None => Receiver::Group(found.whole(group)?),
    })
}

fn group(found: &Answer) -> Result<GroupRow, Error> {
    Ok(GroupRow { id: found.whole(0)?, name: found.words(1)?, members: found.count(2)? })
}

fn loan(found: &Answer) -> Result<LoanRow, Error> {
    let to = receiver(found, 1, 3)?;
    let name = match to {
        Receiver::Person(_) => found.words(2)?,
        Receiver::Group(_) => found.words(4)?,
    };
    Ok(LoanRow {
        id: found.whole(0)?,
        to,
        name,
        role: found.words(5)?,
        right: Right { verb: found.words(6)?, subject: found.words(7)? },
        clauses: found.words(8)?,
        until: found.moment(9)?,
        why: found.words(10)?,
        lent_at: found.moment(11)?,
        lent_by: found.text(12)?,
        renews: found.int(13)?,
        ended_at: found.optional_moment(14)?,
        ended_by: found.text(15)?,
        ended_why: found.text(16)?,
    })
}
