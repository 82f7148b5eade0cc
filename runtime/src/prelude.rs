//! What a file with a panel in it starts with: `use bailiwick::prelude::*;`.

pub use crate::action::{ActionAnswer as _, ActionCx, ActionResult};
pub use crate::grant::{As, Create, Delete, Edit, Export, Import, May, View};
pub use crate::typed::{At, Choice as _, Fixed, Model as _, Query, RowId as _};
