//! Rows named by their keys, as many as one statement takes.

use crate::store::bound::Bound;
use crate::store::sql::Sql;

/// Ids a statement names at most.
pub(in crate::store) const IDS: usize = 500;

/// ` IN (` these keys `)`, a value each.
pub(super) fn push_ids<Id: Copy + Into<Bound>>(sql: &mut Sql, ids: &[Id]) {
    sql.push(" IN (");
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            sql.push(", ");
        }
        sql.push_bind(*id);
    }
    sql.push(")");
}
