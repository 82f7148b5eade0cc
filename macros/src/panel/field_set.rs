//! Sets of fields of one model.

use super::FieldId;

/// Fields of one model, by index; a model has at most 128 fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(crate) struct FieldSet(pub(crate) u128);

impl FieldSet {
    pub(crate) const CAPACITY: usize = 128;

    pub(crate) fn insert(&mut self, field: FieldId) {
        self.0 |= 1 << field.0;
    }

    pub(crate) fn contains(self, field: FieldId) -> bool {
        self.0 >> field.0 & 1 == 1
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn is_subset_of(self, other: Self) -> bool {
        self.minus(other).is_empty()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = FieldId> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let next = (left != 0).then_some(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(FieldId(next))
        })
    }
}

impl FromIterator<FieldId> for FieldSet {
    fn from_iter<I: IntoIterator<Item = FieldId>>(fields: I) -> Self {
        let mut set = Self::default();
        for field in fields {
            set.insert(field);
        }
        set
    }
}
