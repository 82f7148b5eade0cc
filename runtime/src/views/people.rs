//! The people of the panel: the list, one person, an invitation, and a link that is shown once.

use serde::Serialize;

use super::{Fact, Frame, LoansView, OptionView, Text};

#[derive(Debug, Serialize)]
pub(crate) struct PeopleListPage {
    pub(crate) frame: Frame,
    /// Where to invite; none: no role may be given.
    pub(crate) invite: Option<Text>,
    /// What is lent; none: the block declares nothing that can be.
    pub(crate) loans: Option<Text>,
    pub(crate) people: Vec<PersonLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PersonLine {
    pub(crate) href: Text,
    pub(crate) email: Text,
    pub(crate) role: Text,
    /// "locked", "no password yet"; empty: nothing to say.
    /// "set up", or nothing.
    pub(crate) factor: Text,
    pub(crate) state: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct PersonPage {
    pub(crate) frame: Frame,
    pub(crate) facts: Vec<Fact>,
    pub(crate) assign: Option<AssignView>,
    pub(crate) attributes: Option<AttributesView>,
    /// What is lent to them; none: the block declares nothing that can be.
    pub(crate) loans: Option<LoansView>,
    pub(crate) acts: Vec<PersonAct>,
}

/// Another role.
#[derive(Debug, Serialize)]
pub(crate) struct AssignView {
    pub(crate) action: Text,
    pub(crate) roles: Vec<OptionView>,
}

/// What the block's `actor` clause says of a person.
#[derive(Debug, Serialize)]
pub(crate) struct AttributesView {
    pub(crate) action: Text,
    pub(crate) fields: Vec<AttributeField>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AttributeField {
    pub(crate) name: Text,
    pub(crate) label: Text,
    pub(crate) help: Text,
    /// Where it is typed.
    pub(crate) value: Text,
    /// Where it is chosen; empty: it is typed.
    pub(crate) options: Vec<OptionView>,
    /// There are more rows than are offered: name and text of the search for others.
    pub(crate) find: Option<(Text, Text)>,
}

/// A button and what it does.
#[derive(Debug, Serialize)]
pub(crate) struct PersonAct {
    pub(crate) action: Text,
    pub(crate) label: Text,
    pub(crate) help: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct InvitePage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) cancel: Text,
    /// As typed.
    pub(crate) email: Text,
    pub(crate) email_error: Option<Text>,
    pub(crate) roles: Vec<OptionView>,
}

/// A one-use link to hand over; it is nowhere else.
#[derive(Debug, Serialize)]
pub(crate) struct HandedLinkPage {
    pub(crate) frame: Frame,
    pub(crate) lead: Text,
    pub(crate) link: Text,
    pub(crate) back: Text,
}
