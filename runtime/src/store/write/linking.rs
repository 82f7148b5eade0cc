//! Links as somebody changes them who may not see all of them: what they see is replaced, the rest stays as it is.

use super::{Parents, Write};
use crate::authorize::Terms;
use crate::error::{Error, FieldFault};
use crate::panel::Field;
use crate::store::statements::refused::NOT_THERE;
use crate::value::{Row, Value};

impl Write {
    /// The links that a row has when somebody wants these: whoever writes a set of links has seen only those whose
    /// labels they may view, and takes away no other. Any other value is as it was.
    ///
    /// # Errors
    /// [`Error::Fields`] for a link that they name and may not see, whether the row has it or not: else the answer would
    /// tell which it has.
    pub(super) async fn with_unseen(
        &mut self,
        terms: &Terms,
        field: &'static Field,
        before: &Row,
        wanted: Value,
        parents: Parents<'_>,
    ) -> Result<Value, Error> {
        let there = before.get(field.index).map_or(&[][..], Value::linked);
        let (named, mut to) = match wanted {
            Value::Links(to) => (to.clone(), to),
            Value::Relink { add, remove } => {
                let left = there.iter().copied().filter(|link| !remove.contains(link));
                let to = left.chain(add.iter().copied()).collect();
                (add, to)
            }
            other => return Ok(other),
        };
        let taken: Vec<i64> = there.iter().copied().filter(|link| !to.contains(link)).collect();
        // What an action or code of one's own names is not what a person chose.
        let named = if matches!(parents, Parents::Within { .. }) { named } else { Vec::new() };
        let asked: Vec<i64> = taken.iter().chain(&named).copied().collect();
        if asked.is_empty() {
            return Ok(Value::links(to));
        }
        let seen = match terms.over_links(field.index) {
            Some(terms) => self.transaction.seen_by_label(terms, &asked).await?,
            None => Vec::new(),
        };
        if named.iter().any(|link| !seen.contains(link)) {
            return Err(Error::Fields(vec![FieldFault { field: field.index, message: NOT_THERE.to_owned() }]));
        }
        to.extend(taken.into_iter().filter(|link| !seen.contains(link)));
        Ok(Value::links(to))
    }
}
