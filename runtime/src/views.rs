//! What the templates are given: one struct a page, plain text and links, nothing to compute. Whoever fills a view puts
//! in only what the viewer may see; a template can't ask for more, since it gets no rows, no panel and no store.
//!
//! Text is escaped by the template engine. A link that comes from data must be checked to be http or https before it is
//! put into an `href`.

use std::borrow::Cow;

mod account;
mod audit;
mod delete;
mod detail;
mod door;
mod export;
mod factor;
mod form;
mod frame;
mod history;
mod home;
mod list;
mod loans;
mod moves;
mod people;
mod policy;
mod refusal;

pub(crate) use account::{AccountPage, OwnEvent, OwnPasskey, OwnSession, OwnToken, TokenPage, TokensView};
pub(crate) use audit::{AuditPage, Change, Event, Seal, Subject};
pub(crate) use delete::{DeletePage, Goes, Named};
pub(crate) use detail::{Act, DetailPage, Fact, FactSection, Related};
pub(crate) use door::{ChoosePasswordPage, ProvePage, RecoveryPage, SignInPage};
pub(crate) use export::{ExportColumn, ExportPage, FormatView};
pub(crate) use factor::{CodesPage, EnrolPage, FactorPage, PasskeyPage};
pub(crate) use form::{
    FieldView, FormError, FormPage, FormSection, InlineRow, InlineView, More, Stale, StaleRow, Then, Tick, Widget,
};
pub(crate) use frame::{Frame, Link, NavItem, Note, Person, Tone};
pub(crate) use history::{HistoryPage, Left, Past, RestorePage, Restored};
pub(crate) use home::{Bar, Chart, Counter, HomePage, Latest};
pub(crate) use list::{
    Cell, Chip, Column, Count, Empty, Facet, FacetChoice, Filter, Hidden, ListPage, OptionView, PickView, Preset,
    RowView, SearchView, Size, Step,
};
pub(crate) use loans::{GroupPage, GroupsPage, LendForm, LoanLine, LoansPage, LoansView, MemberLine};
pub(crate) use moves::{
    Again, BulkBar, BulkField, BulkPage, ColumnView, ColumnsPage, FaultView, ImportPage, JobLine, JobPage, WorkPage,
};
pub(crate) use people::{
    AssignView, AttributeField, AttributesView, HandedLinkPage, InvitePage, PeopleListPage, PersonAct, PersonLine,
    PersonPage,
};
pub(crate) use policy::{Accepted, GrantRow, Mark, MatrixCell, MatrixRow, PolicyPage, RoleView};
pub(crate) use refusal::{RefusalPage, SentAgain};

/// Words of the panel are static, words of the data are owned.
pub(crate) type Text = Cow<'static, str>;
