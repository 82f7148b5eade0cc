//! Links as somebody changes them who may not see all of them: what they see is replaced, the rest stays as it is.

use super::Write;
use crate::authorize::Terms;
use crate::error::Error;
use crate::panel::Field;
use crate::value::{Row, Value};

impl Write {
    /// The links that a row has when somebody wants these: whoever writes a set of links has seen only those whose
    /// labels they may view, and takes away no other. Any other value is as it was.
    pub(super) async fn with_unseen(
        &mut self,
        terms: &Terms,
        field: &'static Field,
        before: &Row,
        wanted: Value,
    ) -> Result<Value, Error> {
        let there = before.get(field.index).map_or(&[][..], Value::linked);
        let mut to = match wanted {
            Value::Links(to) => to,
            Value::Relink { add, remove } => {
                there.iter().copied().filter(|link| !remove.contains(link)).chain(add).collect()
            }
            other => return Ok(other),
        };
        let taken: Vec<i64> = there.iter().copied().filter(|link| !to.contains(link)).collect();
        if !taken.is_empty() {
            let seen = match terms.over_links(field.index) {
                Some(terms) => self.transaction.seen_by_label(terms, &taken).await?,
                None => Vec::new(),
            };
            to.extend(taken.into_iter().filter(|link| !seen.contains(link)));
        }
        Ok(Value::links(to))
    }
}
