//! What is lent: lines, the form that lends, groups. A line is there only for who may know of the loan.

use serde::Serialize;

use super::{Frame, Link, OptionView, Text};

/// Loans, and the form for one more.
#[derive(Debug, Serialize)]
pub(crate) struct LoansView {
    pub(crate) lines: Vec<LoanLine>,
    pub(crate) form: Option<LendForm>,
}

#[derive(Debug, Serialize)]
pub(crate) struct LoanLine {
    /// `export Patient`
    pub(crate) right: Text,
    /// The clauses of the block.
    pub(crate) clauses: Text,
    /// Person or group; none: it is the page's own.
    pub(crate) to: Option<Link>,
    pub(crate) role: Text,
    /// "the end of 2026-12-31".
    pub(crate) until: Text,
    pub(crate) why: Text,
    /// "anna@clinic.example, 2026-11-21".
    pub(crate) by: Text,
    /// "runs", or how it ended.
    pub(crate) state: Text,
    pub(crate) runs: bool,
    /// Where it is ended and renewed; none: the viewer may not, or it is over.
    pub(crate) end: Option<Text>,
    pub(crate) renew: Option<Text>,
    /// Ties labels to the fields of this line's forms.
    pub(crate) id: i64,
}

#[derive(Debug, Serialize)]
pub(crate) struct LendForm {
    pub(crate) action: Text,
    pub(crate) rights: Vec<OptionView>,
    /// As typed.
    pub(crate) until: Text,
    pub(crate) why: Text,
    /// The days between which it may end, `YYYY-MM-DD`.
    pub(crate) from: Text,
    pub(crate) to: Text,
    pub(crate) error: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct LoansPage {
    pub(crate) frame: Frame,
    pub(crate) groups: Text,
    pub(crate) loans: LoansView,
    /// There are more than these.
    pub(crate) cut: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct GroupsPage {
    pub(crate) frame: Frame,
    pub(crate) loans: Text,
    /// Name, link and number of members.
    pub(crate) groups: Vec<(Link, u64)>,
    /// Where one is added; none: the viewer may lend nothing.
    pub(crate) add: Option<Text>,
    pub(crate) name: Text,
    pub(crate) error: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct GroupPage {
    pub(crate) frame: Frame,
    pub(crate) members: Vec<MemberLine>,
    /// Members whom the viewer may not see.
    pub(crate) others: usize,
    pub(crate) join: Text,
    pub(crate) leave: Text,
    pub(crate) email: Text,
    pub(crate) join_error: Option<Text>,
    pub(crate) loans: LoansView,
}

#[derive(Debug, Serialize)]
pub(crate) struct MemberLine {
    pub(crate) id: i64,
    pub(crate) person: Link,
    pub(crate) role: Text,
    pub(crate) may_leave: bool,
}
