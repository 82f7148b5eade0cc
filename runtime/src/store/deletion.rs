//! What goes along with a deleted row: the walk over the keys that point at it.

use crate::authorize::Terms;
use crate::error::Error;
use crate::store::Store;
use crate::store::query::DeletePreview;

pub(super) async fn preview(
    _store: &Store,
    _terms: &Terms,
    _id: i64,
    _views: &[Terms],
) -> Result<Option<DeletePreview>, Error> {
    Err(Error::Bug("the preview is not in place yet".to_owned()))
}
