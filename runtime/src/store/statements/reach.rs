//! How many rows a delete reaches through one key, and the labels of those that the viewer may see.

use super::condition::{self, Alias};
use super::links;
use super::select::{label_fields, label_scope, push_field, read_label};
use crate::authorize::Terms;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Field, Model, Panel};
use crate::store::database::Database;
use crate::store::query::{Candidate, PREVIEW_LABELS};
use crate::store::sql::Sql;

/// The reached rows.
const REACHED: Alias = Alias(0);

/// One key on the way down from the row that is deleted.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Step {
    /// Whose key.
    pub(in crate::store) model: &'static Model,
    /// The key, which points one step up.
    pub(in crate::store) key: &'static Field,
}

impl Database {
    /// Count and first labels of the rows at the end of this path, in one statement.
    pub(in crate::store) async fn reached(
        &self,
        panel: &'static Panel,
        root: RowKey,
        path: &[Step],
        view: Option<&Terms>,
    ) -> Result<(u64, Vec<Candidate>), Error> {
        let Some(last) = path.last() else { return Ok((0, Vec::new())) };
        let mut sql = Sql::new("SELECT counted.n");
        if view.is_some() {
            sql.push(", named.*");
        }
        sql.push(" FROM (SELECT count(*) AS n FROM ").table(last.model).push(" AS ");
        REACHED.push(&mut sql);
        sql.push(" WHERE ");
        push_reached(&mut sql, root, path);
        sql.push(") AS counted");
        if let Some(terms) = view {
            sql.push(" LEFT JOIN (SELECT ");
            REACHED.column(&mut sql, "id");
            for field in label_fields(last.model) {
                sql.push(", ");
                push_field(&mut sql, REACHED, field);
            }
            sql.push(" FROM ").table(last.model).push(" AS ");
            REACHED.push(&mut sql);
            sql.push(" WHERE ");
            push_reached(&mut sql, root, path);
            sql.push(" AND ");
            condition::push(&mut sql, REACHED, last.model, &label_scope(terms));
            sql.push(" ORDER BY ");
            REACHED.column(&mut sql, "id");
            sql.by_bytes(last.model.key).push(" LIMIT ").number(i64::from(PREVIEW_LABELS)).push(") AS named ON 1 = 1");
        }
        let answers = self.reading().await?.rows(sql).await?;
        let count = answers.first().map_or(Ok(0), |a| a.count(0))?;
        let mut labels = Vec::new();
        if view.is_some() {
            for answer in &answers {
                if let Some((id, label)) = read_label(panel, last.model, answer, 1)? {
                    labels.push(Candidate { id, label });
                }
            }
        }
        Ok((count, labels))
    }
}

/// `t0.key IN (SELECT id FROM … WHERE key IN (… = root))`
fn push_reached(sql: &mut Sql, root: RowKey, path: &[Step]) {
    let Some((last, up)) = path.split_last() else { return };
    match last.key.links() {
        None => REACHED.column(sql, last.key.name),
        Some(links) => links::push_linking(sql, REACHED, links),
    }
    for step in up.iter().rev() {
        sql.push(" IN (SELECT id FROM ").table(step.model).push(" AS further WHERE ").name(step.key.name);
    }
    sql.push(" = ").push_bind(root);
    for _ in up {
        sql.push(")");
    }
    if last.key.links().is_some() {
        sql.push(")");
    }
}
