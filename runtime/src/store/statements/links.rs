//! Links between rows, which stand in tables of their own: read for whoever asks as far as they may see where a link
//! leads, read whole by a change, and written one by one. What is not seen is not told from what is not there.

use std::collections::HashMap;

use super::by_number::{IDS, push_ids};
use super::condition::{self, Alias};
use super::refused::{self, incomplete};
use super::select::{MAIN, label_fields, label_scope, push_field, read_label};
use crate::authorize::Terms;
use crate::condition::{Among, Condition};
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Field, FieldSet, Links, Model, Panel};
use crate::store::answer::Answer;
use crate::store::fault::Fault;
use crate::store::pool::Reading;
use crate::store::query::{Candidate, ListedRow};
use crate::store::sql::{Sql, parts};
use crate::store::transaction::Transaction;
use crate::value::{Row, Value};

/// The links themselves within a statement.
const LINKS: Alias = Alias(900);

/// Whoever can ask a statement.
pub(super) trait Asks {
    async fn ask(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault>;
}

impl Asks for Reading {
    async fn ask(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        self.rows(sql).await
    }
}

impl Asks for Transaction {
    async fn ask(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        self.rows(sql).await
    }
}

/// Fills in the links among the wanted fields of these rows, as far as the terms let them be seen: a statement a field,
/// and none without rows or fields of links.
pub(super) async fn attach(
    lane: &mut impl Asks,
    panel: &'static Panel,
    terms: &Terms,
    wanted: FieldSet,
    rows: &mut [ListedRow],
) -> Result<(), Error> {
    for (field, links) in terms.model().many().filter(|(field, _)| wanted.contains(field.index)) {
        let mut linked: HashMap<i64, Vec<Candidate>> = HashMap::new();
        if let Some(seen) = terms.over_links(field.index) {
            let ids: Vec<i64> = rows.iter().filter_map(|listed| listed.row.id.number()).collect();
            for ids in padded(&ids) {
                for answer in lane.ask(visible(links, seen, &ids)).await? {
                    if let Some((id, label)) = read_label(panel, seen.model(), &answer, 1)? {
                        linked.entry(answer.whole(0)?).or_default().push(Candidate { id, label });
                    }
                }
            }
        }
        for listed in rows.iter_mut() {
            let mut of_row = listed.row.id.number().and_then(|id| linked.remove(&id)).unwrap_or_default();
            of_row.sort_by(|a, b| (&a.label, a.id).cmp(&(&b.label, b.id)));
            // An adopted table may have a link twice.
            of_row.dedup_by(|a, b| a.id == b.id);
            listed.row.set(field.index, Value::links(of_row.iter().filter_map(|one| one.id.number()).collect()));
            listed.links.push((field.index, of_row));
        }
    }
    Ok(())
}

/// The row of each link, and the number and label of where it leads.
fn visible(links: &'static Links, seen: &Terms, ids: &[i64]) -> Sql {
    let mut sql = Sql::new("SELECT ");
    LINKS.column(&mut sql, links.from);
    sql.push(", ");
    MAIN.column(&mut sql, "id");
    for field in label_fields(seen.model()) {
        sql.push(", ");
        push_field(&mut sql, MAIN, field);
    }
    sql.push(" FROM ").name(links.table).push(" AS ");
    LINKS.push(&mut sql);
    sql.push(" JOIN ").table(seen.model()).push(" AS ");
    MAIN.push(&mut sql);
    sql.push(" ON ");
    MAIN.column(&mut sql, "id");
    sql.push(" = ");
    LINKS.column(&mut sql, links.to);
    sql.push(" WHERE ");
    LINKS.column(&mut sql, links.from);
    push_ids(&mut sql, ids);
    sql.push(" AND ");
    condition::push(&mut sql, MAIN, seen.model(), &label_scope(seen));
    sql
}

/// Which rows a link of these terms may be seen to lead to: nothing where the other model is not viewed at all.
pub(super) fn visible_to(terms: &Terms, field: usize) -> Option<Among> {
    terms.over_links(field).map(|seen| Among { model: seen.model(), rows: label_scope(seen) })
}

/// `t0."id" IN (SELECT … )`: rows with a link to one of these, or to any, among those rows of the other model.
pub(super) fn push_linked(sql: &mut Sql, alias: Alias, links: &'static Links, to: Option<&[i64]>, among: &Among) {
    sql.push("(");
    alias.column(sql, "id");
    sql.push(" IN (SELECT ");
    LINKS.column(sql, links.from);
    sql.push(" FROM ").name(links.table).push(" AS ");
    LINKS.push(sql);
    // In an adopted table a link may lead to nothing at all, or come from nowhere.
    if among.rows != Condition::Always || links.adopted {
        let seen = Alias(LINKS.0 + 1);
        sql.push(" JOIN ").table(among.model).push(" AS ");
        seen.push(sql);
        sql.push(" ON ");
        seen.column(sql, "id");
        sql.push(" = ");
        LINKS.column(sql, links.to);
        sql.push(" AND ");
        condition::push(sql, seen, among.model, &among.rows);
    }
    let mut word = " WHERE ";
    if links.adopted {
        // One null in it, and whoever is not in it is not known not to be.
        sql.push(word);
        LINKS.column(sql, links.from);
        sql.push(" IS NOT NULL");
        word = " AND ";
    }
    if let Some(to) = to {
        sql.push(word);
        LINKS.column(sql, links.to);
        push_ids(sql, to);
    }
    sql.push("))");
}

/// `t0."id" IN (SELECT … WHERE the link leads`: the beginning, up to where it is said where to.
pub(super) fn push_linking(sql: &mut Sql, alias: Alias, links: &'static Links) {
    alias.column(sql, "id");
    sql.push(" IN (SELECT ").name(links.from).push(" FROM ").name(links.table).push(" WHERE ").name(links.to);
}

/// `(SELECT … )`: where all links of a row lead, in order, as one text. What follows is the row's key.
pub(super) fn push_all(sql: &mut Sql, links: &'static Links, key: impl Fn(&mut Sql)) {
    sql.push("(SELECT ").either("group_concat(", "string_agg(CAST(");
    LINKS.column(sql, links.to);
    sql.either(", ',' ORDER BY ", " AS text), ',' ORDER BY ");
    LINKS.column(sql, links.to);
    sql.push(") FROM ").name(links.table).push(" AS ");
    LINKS.push(sql);
    sql.push(" WHERE ");
    LINKS.column(sql, links.from);
    sql.push(" = ");
    key(sql);
    sql.push(")");
}

impl Transaction {
    /// Fills in all links of these rows, whoever may see them. By itself, behind the statement that holds the rows:
    /// what that waited for may have changed them.
    pub(super) async fn load_links(&mut self, model: &'static Model, rows: &mut [Row]) -> Result<(), Error> {
        for (field, links) in model.many() {
            let mut linked: HashMap<i64, Vec<i64>> = HashMap::new();
            let ids: Vec<i64> = rows.iter().filter_map(|row| row.id.number()).collect();
            for ids in padded(&ids) {
                let mut sql = Sql::new("SELECT ");
                sql.name(links.from).push(", ").name(links.to).push(" FROM ").name(links.table).push(" WHERE ");
                sql.name(links.from);
                push_ids(&mut sql, &ids);
                sql.push(" AND ").name(links.to).push(" IS NOT NULL");
                for answer in self.rows(sql).await? {
                    linked.entry(answer.whole(0)?).or_default().push(answer.whole(1)?);
                }
            }
            for row in rows.iter_mut() {
                row.set(
                    field.index,
                    Value::links(row.id.number().and_then(|id| linked.remove(&id)).unwrap_or_default()),
                );
            }
        }
        Ok(())
    }

    /// Of these rows of the other model those that whoever has the terms sees by their label.
    pub(in crate::store) async fn seen_by_label(&mut self, seen: &Terms, ids: &[i64]) -> Result<Vec<i64>, Error> {
        let mut found = Vec::new();
        for ids in padded(ids) {
            let mut sql = Sql::new("SELECT ");
            MAIN.column(&mut sql, "id");
            sql.push(" FROM ").table(seen.model()).push(" AS ");
            MAIN.push(&mut sql);
            sql.push(" WHERE ");
            MAIN.column(&mut sql, "id");
            push_ids(&mut sql, &ids);
            sql.push(" AND ");
            condition::push(&mut sql, MAIN, seen.model(), &label_scope(seen));
            for answer in self.rows(sql).await? {
                found.push(answer.whole(0)?);
            }
        }
        Ok(found)
    }

    /// Writes the links of new rows.
    pub(super) async fn insert_links(
        &mut self,
        model: &'static Model,
        rows: &[Row],
        ids: &[RowKey],
    ) -> Result<(), Error> {
        for (field, links) in model.many() {
            let mut pairs = Vec::new();
            for (row, id) in rows.iter().zip(ids) {
                let to = row.get(field.index).ok_or_else(|| incomplete(model))?;
                pairs.extend(id.number().into_iter().flat_map(|id| to.linked().iter().map(move |to| (id, *to))));
            }
            self.link(model, field, links, &pairs).await?;
        }
        Ok(())
    }

    /// Brings the links of a row to what it holds now.
    pub(super) async fn update_links(
        &mut self,
        model: &'static Model,
        after: &Row,
        changed: FieldSet,
    ) -> Result<(), Error> {
        for (field, links) in model.many().filter(|(field, _)| changed.contains(field.index)) {
            let to = after.get(field.index).ok_or_else(|| incomplete(model))?.linked();
            let mut row = Row::new(after.id, after.version, model.fields.len());
            self.load_links(model, std::slice::from_mut(&mut row)).await?;
            let there = row.get(field.index).map_or(&[][..], Value::linked);
            let gone: Vec<i64> = there.iter().copied().filter(|link| !to.contains(link)).collect();
            for gone in parts(&gone, IDS) {
                let mut sql = Sql::new("DELETE FROM ");
                sql.name(links.table).push(" WHERE ").name(links.from).push(" = ").push_bind(after.id).push(" AND ");
                sql.name(links.to);
                push_ids(&mut sql, gone);
                self.execute(sql).await?;
            }
            let new = to.iter().filter(|link| !there.contains(link));
            let new = new.filter_map(|link| Some((after.id.number()?, *link)));
            let pairs: Vec<(i64, i64)> = new.collect();
            self.link(model, field, links, &pairs).await?;
        }
        Ok(())
    }

    /// Takes away what links these rows to those.
    pub(in crate::store) async fn unlink(
        &mut self,
        links: &'static Links,
        from: &[RowKey],
        to: &[RowKey],
    ) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM ");
        sql.name(links.table).push(" WHERE ").name(links.from);
        push_ids(&mut sql, from);
        sql.push(" AND ").name(links.to);
        push_ids(&mut sql, to);
        self.execute(sql).await?;
        Ok(())
    }

    /// Takes the links of rows away before the rows, where the database does not.
    pub(super) async fn remove_links(&mut self, model: &'static Model, ids: &[RowKey]) -> Result<(), Error> {
        for (_, links) in model.many().filter(|(_, links)| links.adopted) {
            let mut sql = Sql::new("DELETE FROM ");
            sql.name(links.table).push(" WHERE ").name(links.from);
            push_ids(&mut sql, ids);
            self.execute(sql).await.map_err(|fault| refused::of_the_row(model, fault))?;
        }
        Ok(())
    }

    /// Writes links that are not there yet.
    async fn link(
        &mut self,
        model: &'static Model,
        field: &'static Field,
        links: &'static Links,
        pairs: &[(i64, i64)],
    ) -> Result<(), Error> {
        for pairs in parts(pairs, IDS) {
            let mut sql = Sql::new("INSERT INTO ");
            sql.name(links.table).push(" (").name(links.from).push(", ").name(links.to);
            for (i, (from, to)) in pairs.iter().enumerate() {
                sql.push(if i == 0 { ") VALUES (" } else { "), (" }).push_bind(*from).push(", ").push_bind(*to);
            }
            sql.push(")");
            self.execute(sql).await.map_err(|fault| match fault {
                // The row that it leads to went while this was being written.
                Fault::ForeignKey(_) => Error::field(field.index, refused::NOT_THERE),
                fault => refused::of_the_row(model, fault),
            })?;
        }
        Ok(())
    }
}

/// Ids for statements of few lengths, the last of each repeated: a connection keeps one of every length prepared.
fn padded(ids: &[i64]) -> impl Iterator<Item = Vec<i64>> {
    ids.chunks(IDS).map(|ids| {
        let length = [1, 5, 25, 100, IDS].into_iter().find(|length| ids.len() <= *length).unwrap_or(IDS);
        let last = ids.last().copied();
        ids.iter().copied().chain(last.into_iter().cycle()).take(length).collect()
    })
}
