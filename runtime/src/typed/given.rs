//! What a new row or a change carries: field by field, only what was given.

use super::{FieldType, Model};
use crate::panel::FieldSet;
use crate::value::Value;

/// `NewX` and `XChange`.
pub trait Input: Send + 'static {
    /// Of which model.
    type Model: Model;

    /// What was filled in.
    fn given(self) -> Given;
}

/// Values by field index; each field at most once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    values: Vec<(usize, Value)>,
}

impl Given {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a value for a field.
    #[must_use]
    pub fn with(mut self, field: usize, value: impl FieldType) -> Self {
        self.values.retain(|(other, _)| *other != field);
        self.values.push((field, value.into_value()));
        self
    }

    /// With a value for a field, if there is one.
    #[must_use]
    pub fn with_some(self, field: usize, value: Option<impl FieldType>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    /// Which fields.
    #[must_use]
    pub fn fields(&self) -> FieldSet {
        self.values.iter().fold(FieldSet::NONE, |all, (field, _)| all.with(*field))
    }

    /// By field index.
    #[must_use]
    pub fn values(&self) -> &[(usize, Value)] {
        &self.values
    }

    /// By field index.
    #[must_use]
    pub fn into_values(self) -> Vec<(usize, Value)> {
        self.values
    }
}
