//! Paths to what is lent, and to groups.

use std::fmt;

use super::row_id;

/// A page about loans and groups, below `/people`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoanPage {
    /// `/people/loans`
    List,
    /// `/people/ID/lend`
    ToPerson(i64),
    /// `/people/loans/ID/end`
    End(i64),
    /// `/people/loans/ID/renew`
    Renew(i64),
    /// `/people/groups`
    Groups,
    /// `/people/groups/ID`
    Group(i64),
    /// `/people/groups/ID/lend`
    ToGroup(i64),
    /// `/people/groups/ID/add`
    Join(i64),
    /// `/people/groups/ID/remove`
    Leave(i64),
}

impl LoanPage {
    pub(super) fn parse(segments: &[&str]) -> Option<Self> {
        Some(match segments {
            ["loans"] => Self::List,
            ["loans", id, "end"] => Self::End(row_id(id)?),
            ["loans", id, "renew"] => Self::Renew(row_id(id)?),
            ["groups"] => Self::Groups,
            ["groups", id] => Self::Group(row_id(id)?),
            ["groups", id, "lend"] => Self::ToGroup(row_id(id)?),
            ["groups", id, "add"] => Self::Join(row_id(id)?),
            ["groups", id, "remove"] => Self::Leave(row_id(id)?),
            [id, "lend"] => Self::ToPerson(row_id(id)?),
            _ => return None,
        })
    }
}

impl fmt::Display for LoanPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => f.write_str("/people/loans"),
            Self::ToPerson(id) => write!(f, "/people/{id}/lend"),
            Self::End(id) => write!(f, "/people/loans/{id}/end"),
            Self::Renew(id) => write!(f, "/people/loans/{id}/renew"),
            Self::Groups => f.write_str("/people/groups"),
            Self::Group(id) => write!(f, "/people/groups/{id}"),
            Self::ToGroup(id) => write!(f, "/people/groups/{id}/lend"),
            Self::Join(id) => write!(f, "/people/groups/{id}/add"),
            Self::Leave(id) => write!(f, "/people/groups/{id}/remove"),
        }
    }
}
