//! Where words of the block stand, and indexes that name its things.

use proc_macro2::{Ident, Span};

/// First and last token of what the user wrote; an error underlines from one to the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Place {
    pub(crate) fn of(span: Span) -> Self {
        Self { first: span, last: span }
    }

    pub(crate) fn to(self, end: Self) -> Self {
        Self { first: self.first, last: end.last }
    }

    pub(crate) fn call_site() -> Self {
        Self::of(Span::call_site())
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Self {
        *place
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::of(span)
    }
}

impl From<&Ident> for Place {
    fn from(ident: &Ident) -> Self {
        Self::of(ident.span())
    }
}

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) usize);
    )* };
}

index! {
    /// Into `Panel::models`.
    ModelId;
    /// Into `Model::fields`.
    FieldId;
    /// Into `Panel::roles`; the first declared role is the one that the first owner gets.
    RoleId;
    /// Into `Panel::choices`.
    ChoiceId;
    /// Into `Model::actions`.
    ActionId;
    /// Into `Panel::actor`.
    AttributeId;
    /// Into `Role::grants`.
    GrantId;
}
