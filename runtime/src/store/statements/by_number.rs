//! Rows named by their numbers, as many as one statement takes.

use crate::store::sql::Sql;

/// Ids a statement names at most.
pub(in crate::store) const IDS: usize = 500;

/// ` IN (` these numbers `)`, a value each.
pub(super) fn push_ids(sql: &mut Sql, ids: &[i64]) {
    sql.push(" IN (");
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            sql.push(", ");
        }
        sql.push_bind(*id);
    }
    sql.push(")");
}
