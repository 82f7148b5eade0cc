//! What all pickers of a form offer, in one statement, or in a few where there are many pickers.

use super::condition::{self, Alias};
use super::finding;
use super::select::{TOGETHER, label_fields, label_scope, push_names, read_named};
use crate::condition::{Condition, Term};
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{FieldSet, Kind, Panel};
use crate::predicate::Op;
use crate::store::database::Database;
use crate::store::query::{Candidate, Candidates, FOUND_BOUND, PICKER_ROWS, PickFrom, PickerQuery};
use crate::store::sql::Sql;

/// Within a picker's part of the statement.
const PICKED: Alias = Alias(0);
/// Within what an index finds for it; the names of keys stand under the numbers between.
const FOUND: Alias = Alias(1_000);

impl Database {
    /// One answer for each picker, in order.
    pub(in crate::store) async fn candidates(
        &self,
        panel: &'static Panel,
        pickers: &[PickerQuery<'_>],
    ) -> Result<Vec<Candidates>, Error> {
        let mut offers = Vec::with_capacity(pickers.len());
        for pickers in pickers.chunks(TOGETHER) {
            offers.extend(self.candidates_together(panel, pickers).await?);
        }
        Ok(offers)
    }

    async fn candidates_together(
        &self,
        panel: &'static Panel,
        pickers: &[PickerQuery<'_>],
    ) -> Result<Vec<Candidates>, Error> {
        let mut offers: Vec<Candidates> = pickers.iter().map(|_| Candidates::default()).collect();
        let whose: Vec<PickFrom<'_>> = pickers.iter().map(|picker| picker.from).collect();
        let mut sql = Sql::default();
        for (i, picker) in pickers.iter().enumerate() {
            if i > 0 {
                sql.push(" UNION ALL ");
            }
            push_part(&mut sql, i, picker, &whose, false);
            if picker.current.is_some() {
                sql.push(" UNION ALL ");
                push_part(&mut sql, i, picker, &whose, true);
            }
        }
        for answer in self.reading().await?.rows(sql).await? {
            let index = usize::try_from(answer.whole(0)?).unwrap_or(usize::MAX);
            let Some(offer) = offers.get_mut(index) else { continue };
            let found = read_named(panel, &answer, 2, &whose, index)?;
            let Some((id, label)) = found else { continue };
            let is_current = answer.whole(1)? == 1;
            if is_current {
                if !offer.rows.iter().any(|c| c.id == id) {
                    offer.rows.insert(0, Candidate { id, label });
                }
            } else if offer.rows.len() < PICKER_ROWS as usize {
                offer.rows.push(Candidate { id, label });
            } else {
                offer.more = true;
            }
        }
        Ok(offers)
    }
}

/// Number of the picker, whether this is the current value, ids and labels.
fn push_part(sql: &mut Sql, index: usize, picker: &PickerQuery<'_>, whose: &[PickFrom<'_>], current: bool) {
    sql.push("SELECT * FROM (SELECT ").number(i64::try_from(index).unwrap_or(i64::MAX));
    sql.push(if current { " AS picker, 1 AS is_current" } else { " AS picker, 0 AS is_current" });
    push_names(sql, PICKED, whose, index);
    sql.push(" FROM ");
    match picker.from {
        PickFrom::People { .. } => sql.push("bw_people"),
        PickFrom::Model(terms) => sql.table(terms.model()),
    };
    sql.push(" AS ");
    PICKED.push(sql);
    sql.push(" WHERE ");
    push_which(sql, picker, current);
    sql.push(" ORDER BY ");
    match picker.from {
        PickFrom::People { .. } => {
            PICKED.column(sql, "email");
            sql.push(", ");
        }
        PickFrom::Model(terms) => {
            for field in label_fields(terms.model()) {
                PICKED.column(sql, field.name);
                // As the index has them, or all rows are sorted.
                sql.push(" NULLS FIRST, ");
            }
        }
    }
    PICKED.column(sql, "id");
    if let PickFrom::Model(terms) = picker.from {
        sql.by_bytes(terms.model().key);
    }
    sql.push(" LIMIT ").number(i64::from(PICKER_ROWS) + 1).push(") AS part");
}

fn push_which(sql: &mut Sql, picker: &PickerQuery<'_>, current: bool) {
    let text = picker.text.map(str::trim).filter(|t| !t.is_empty() && !current);
    match picker.from {
        PickFrom::People { only } => {
            match only {
                None => sql.push("(1 = 1)"),
                Some(person) => {
                    PICKED.column(sql, "id");
                    sql.push(" = ").push_bind(person)
                }
            };
            if let Some(text) = text {
                sql.push(" AND ");
                if text.contains('\0') {
                    // No text of a row holds it, and not every database takes it as one.
                    sql.push("(1 = 0)");
                } else {
                    sql.push_contains(PICKED, "email", text);
                }
            }
        }
        PickFrom::Model(terms) => {
            let mut wanted = label_scope(terms);
            if let Some(text) = text {
                let texts = label_fields(terms.model())
                    .filter(|f| matches!(f.kind, Kind::String | Kind::Text | Kind::Email | Kind::Url));
                let fields = texts.fold(FieldSet::NONE, |set, field| set.with(field.index));
                let by_number = RowKey::parse(terms.model().key, text).map(|id| Condition::Compare {
                    left: Term::Id,
                    op: Op::Eq,
                    right: Term::Value(id.into()),
                });
                if finding::is_indexed(terms.model(), fields, text) {
                    // Of very many it is some: whoever types on meets fewer.
                    sql.push("(");
                    PICKED.column(sql, "id");
                    sql.push(" IN (SELECT found.id FROM (");
                    finding::push_some_found(sql, FOUND, terms.model(), (fields, text), &wanted, FOUND_BOUND);
                    sql.push(") AS found)");
                    if let Some(by_number) = by_number {
                        sql.push(" OR ");
                        condition::push(sql, PICKED, terms.model(), &by_number);
                    }
                    sql.push(") AND ");
                    sql.pass_by(true);
                } else {
                    let each = (0..128).filter(|field| fields.contains(*field));
                    let looked_for = each.map(|field| Condition::looked_for(field, text)).chain(by_number);
                    wanted = wanted.and(Condition::Any(looked_for.collect()));
                }
            }
            condition::push(sql, PICKED, terms.model(), &wanted);
            sql.pass_by(false);
        }
    }
    if current && let Some(id) = picker.current {
        sql.push(" AND ");
        PICKED.column(sql, "id");
        sql.push(" = ").push_bind(id);
    }
}
