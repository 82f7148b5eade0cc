//! What a field holds, and sets of fields: the ground that values, predicates and tables stand on.

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line of text.
    String,
    /// Many lines.
    Text,
    /// One address of mail.
    Email,
    /// An absolute http or https URL.
    Url,
    /// Yes or no.
    Bool,
    /// 32-bit signed.
    I32,
    /// 64-bit signed.
    I64,
    /// 64-bit float, finite.
    F64,
    /// Exact decimal; `precision` ≤ 18 digits in all, `scale` after the point.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// A day.
    Date,
    /// A time of day, to the second.
    Time,
    /// A moment, UTC in the store, to the microsecond.
    Timestamp,
    /// 128-bit identifier.
    Uuid,
    /// Any JSON value.
    Json,
    /// Write-only: kept as an Argon2id hash, never read.
    Secret,
    /// Bytes.
    Bytes,
    /// Index into [`Panel::choices`](crate::panel::Panel::choices).
    Choice(usize),
    /// A person of the panel.
    Actor,
    /// A foreign key: index into [`Panel::models`](crate::panel::Panel::models).
    /// The last says what its rows are known by, and so what stands in the column.
    Model(usize, OnDelete, KeyKind),
    /// Any number of rows of a model, each once: a set of links and no column.
    Many(&'static Links),
}

/// What the rows of a table are known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A whole number, 64 bits.
    Number,
    /// A UUID.
    Uuid,
    /// A text: see [`crate::key::LONGEST`].
    Text,
}

impl KeyKind {
    /// The kind of a column that holds such a key.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Number => Kind::I64,
            Self::Uuid => Kind::Uuid,
            Self::Text => Kind::String,
        }
    }

    /// What people are told that it is.
    pub(crate) fn title(self) -> &'static str {
        if self == Self::Number { "Number" } else { "Key" }
    }

    /// The same within a sentence.
    pub(crate) fn word(self) -> &'static str {
        if self == Self::Number { "number" } else { "key" }
    }
}

impl Kind {
    /// A foreign key to a model whose rows have numbers.
    #[must_use]
    pub const fn to(model: usize, then: OnDelete) -> Self {
        Self::Model(model, then, KeyKind::Number)
    }

    /// What stands in a column that points at a row; none: it points nowhere.
    #[must_use]
    pub fn key(self) -> Option<KeyKind> {
        match self {
            Self::Actor => Some(KeyKind::Number),
            Self::Model(_, _, key) => Some(key),
            _ => None,
        }
    }
}

/// The table that holds the links of one field: a row for each, with the numbers of both ends and nothing else.
#[derive(Debug, PartialEq, Eq)]
pub struct Links {
    /// Where they lead: index into [`Panel::models`](crate::panel::Panel::models).
    pub model: usize,
    /// The table.
    pub table: &'static str,
    /// Its column of the row that the field belongs to.
    pub from: &'static str,
    /// Its column of the row that the link leads to.
    pub to: &'static str,
    /// The panel did not make it and never alters it.
    pub adopted: bool,
}

/// What happens to a row when the row that it points at is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// The delete is refused.
    Restrict,
    /// It goes along.
    Cascade,
    /// Its key becomes null.
    SetNull,
}

/// Fields of one model, bit by index; a model has at most 128.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldSet(pub u128);

impl FieldSet {
    /// Without any field.
    pub const NONE: Self = Self(0);
    /// With every field that there can be.
    pub const ALL: Self = Self(u128::MAX);

    /// Whether the field is in.
    #[must_use]
    pub fn contains(self, field: usize) -> bool {
        field < 128 && self.0 >> field & 1 == 1
    }

    /// In either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether no field is in.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// With one more.
    #[must_use]
    pub fn with(self, field: usize) -> Self {
        Self(self.0 | 1 << field)
    }
}
