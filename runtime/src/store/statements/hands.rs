//! Who had a hand in a row: from the audit log, and from what is kept of the entries that were removed from it.

use std::collections::BTreeSet;

use crate::audit::{Change, EventId};
use crate::error::Error;
use crate::key::RowKey;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

/// One thing that somebody did to a row.
#[derive(Debug)]
pub(in crate::store) struct Hand {
    /// Stable text of the event.
    pub(in crate::store) event: String,
    /// The name of the action, if it was one.
    pub(in crate::store) action: Option<String>,
    /// An action wrote it, rather than a form.
    pub(in crate::store) by_action: bool,
}

/// What this person did to this row.
pub(in crate::store) async fn of(
    tx: &mut Transaction,
    model: &'static str,
    id: RowKey,
    person: i64,
) -> Result<Vec<Hand>, Error> {
    let sql = Sql::new(
        "SELECT event, CAST(request_id AS TEXT), CAST(CASE WHEN event = 'row.action' THEN changes END AS TEXT) FROM bw_audit \
         WHERE model = $1 AND row_id = $2 AND actor = $3 AND event IN ('row.created', 'row.updated', 'row.action') \
         UNION ALL SELECT event, '', changes FROM bw_hands WHERE model = $1 AND row_id = $2 AND person = $3",
    )
    .bind(model)
    .bind(id.place())
    .bind(person);
    let found = tx.rows(sql).await?;
    let mut all = Vec::with_capacity(found.len());
    for found in &found {
        let (event, request) = (found.words(0)?, found.words(1)?);
        all.push((event, request, found.text(2)?));
    }
    let acted: BTreeSet<&str> = all
        .iter()
        .filter(|(event, request, _)| event == EventId::RowActed.text() && !request.is_empty())
        .map(|(_, request, _)| request.as_str())
        .collect();
    Ok(all
        .iter()
        .map(|(event, request, changes)| Hand {
            event: event.clone(),
            action: changes.as_deref().and_then(action_of),
            by_action: acted.contains(request.as_str()),
        })
        .collect())
}

/// The action that an entry's changes name.
fn action_of(changes: &str) -> Option<String> {
    let changes: Vec<Change> = serde_json::from_str(changes).ok()?;
    changes.into_iter().find(|change| change.field == "action")?.after
}
