//! Rows of a panel as Rust types: what the code that `admin!` writes leans on. It converts and carries; whether
//! something may be done is in the token that each query asks for.

mod column;
mod field_type;
mod given;
mod query;
mod route;

pub use chrono::{NaiveDate as Date, NaiveTime as Time};
pub use rust_decimal::Decimal;
pub use serde_json::Value as Json;
pub use uuid::Uuid;

pub use crate::key::{KeyText, NoKey, RowKey};

pub use self::column::{Column, Filter, Links, Order, Query};
pub use self::field_type::{FieldType, PersonId, SecretHash, text_of};
pub use self::given::{Given, Input};
pub use self::query::{Page, create, delete, get, list, page, update};
pub(crate) use self::query::{readable_fields, typed};
pub use self::route::{ActionName, At, Fixed, NoAction, TypedRoute, UnknownPath, parse_route, print_route};
use crate::panel;
use crate::value::Row;

/// A moment, UTC, to the microsecond.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// A model as a type; `admin!` writes one for each.
pub trait Model: Sized + Send + Sync + 'static {
    /// Its key as a type of its own.
    type Id: RowId<Model = Self>;
    /// What a new row starts with.
    type New: Input<Model = Self>;
    /// What a change carries.
    type Change: Input<Model = Self>;
    /// The panel that it is declared in.
    const PANEL: &'static panel::Panel;
    /// Its table.
    const MODEL: &'static panel::Model;

    /// All rows, newest first, 50 at once: where a query begins.
    fn query() -> Query<Self> {
        Query::all()
    }

    /// The row as this type; `None` when a field was not fetched or holds a value of another type.
    fn from_row(row: &Row) -> Option<Self>;
}

/// The key of a row of one model.
pub trait RowId: Copy + Send + Sync + From<Self::Key> + 'static {
    /// Whose rows are known by it.
    type Model: Model;

    /// What it is by itself: a number, a UUID or a text.
    type Key: KeyType;

    /// As that.
    fn inner(self) -> Self::Key;

    /// As the database has it.
    fn key(self) -> RowKey {
        self.inner().into()
    }

    /// The key as this type; `None` when it is of another kind.
    #[must_use]
    fn of_key(key: RowKey) -> Option<Self> {
        Self::Key::of_key(key).map(Self::from)
    }
}

/// A kind of keys as its Rust type.
pub trait KeyType: Copy + Into<RowKey> {
    /// `None` when the key is of another kind.
    fn of_key(key: RowKey) -> Option<Self>;
}

macro_rules! key_types {
    ($($rust:ty = $variant:ident;)*) => { $(
        impl KeyType for $rust {
            fn of_key(key: RowKey) -> Option<Self> {
                if let RowKey::$variant(inner) = key { Some(inner) } else { None }
            }
        }
    )* };
}

key_types! {
    i64 = Number;
    Uuid = Uuid;
    KeyText = Text;
}

/// A closed set of values as a type; `admin!` writes one for each `choice`.
pub trait Choice: Copy + Send + Sync + 'static {
    /// Its table.
    const CHOICE: &'static panel::Choice;
}

/// One field of a row; `None` when it was not fetched or holds a value of another type.
#[must_use]
pub fn read<T: FieldType>(row: &Row, field: usize) -> Option<T> {
    T::from_value(row.get(field)?)
}

/// Text that names none of a closed set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The names that there are.
    pub known: Vec<&'static str>,
}

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "must be one of {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownName {}

/// The one of this declared name, letter case counts.
///
/// # Errors
/// With the names that there are.
pub fn by_name<T: Copy>(all: &[T], name_of: impl Fn(T) -> &'static str, name: &str) -> Result<T, UnknownName> {
    all.iter()
        .copied()
        .find(|one| name_of(*one) == name)
        .ok_or_else(|| UnknownName { known: all.iter().map(|one| name_of(*one)).collect() })
}
