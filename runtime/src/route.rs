//! Path to page and back, by the slugs of the panel. It decides what is asked for, never whether it may be done; a path
//! that means nothing is `None`. The base path of the public URL is taken off before and put on after.

mod api;
mod loans;

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::key::RowKey;
use crate::panel::{Model, Panel, PeopleVerb};

pub use self::api::ApiPage;
pub use self::loans::LoanPage;

/// A page of the panel.
#[derive(Debug, Clone, Copy)]
pub enum Route<'p> {
    /// `/`
    Home,
    /// `/sign-in`
    SignIn,
    /// `/sign-out`
    SignOut,
    /// `/first`: the first owner chooses a password.
    First,
    /// `/join`: an invited person, or one with a link to a new password, chooses it.
    Join,
    /// `/recovery`: asking for a link to a new password by mail.
    Recovery,
    /// `/audit`
    Audit,
    /// `/audit/export`
    AuditExport,
    /// `/policy`
    Policy,
    /// `/people…`
    People(PeoplePage),
    /// `/factor…`
    Factor(FactorPage),
    /// `/account…`
    Account(AccountPage),
    /// `/static/NAME`
    Static(&'p str),
    /// `/work…`
    Work(WorkPage),
    /// `/api…`: for programs; there only where the panel has an API.
    Api(ApiPage),
    /// `/SLUG…`
    Model(&'static Model, Page),
}

/// A page of the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorPage {
    /// `/factor`: between the password and the panel.
    Step,
    /// `/factor/enrol`: setting an app up.
    Enrol,
    /// `/factor/passkey`: adding a passkey.
    Passkey,
    /// `/factor/challenge`: what a passkey is to sign.
    Challenge,
    /// `/factor/passkey/challenge`: what a new one is to sign.
    NewChallenge,
}

/// A page of one's own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPage {
    /// `/account`
    Overview,
    /// `/account/password`
    Password,
    /// `/account/factor-off`
    FactorOff,
    /// `/account/codes`: new recovery codes.
    Codes,
    /// `/account/passkeys/ID/name`
    PasskeyName(i64),
    /// `/account/passkeys/ID/remove`
    PasskeyOff(i64),
    /// `/account/tokens`: a new API token.
    NewToken,
    /// `/account/tokens/ID/end`
    TokenOff(i64),
    /// `/account/sessions/end`: all others.
    EndOthers,
    /// `/account/sessions/ID/end`
    End(i64),
}

impl AccountPage {
    fn parse(segments: &[&str]) -> Option<Self> {
        Some(match segments {
            [] => Self::Overview,
            ["password"] => Self::Password,
            ["factor-off"] => Self::FactorOff,
            ["codes"] => Self::Codes,
            ["passkeys", id, "name"] => Self::PasskeyName(row_id(id)?),
            ["passkeys", id, "remove"] => Self::PasskeyOff(row_id(id)?),
            ["tokens"] => Self::NewToken,
            ["tokens", id, "end"] => Self::TokenOff(row_id(id)?),
            ["sessions", "end"] => Self::EndOthers,
            ["sessions", id, "end"] => Self::End(row_id(id)?),
            _ => return None,
        })
    }
}

impl fmt::Display for AccountPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overview => f.write_str("/account"),
            Self::Password => f.write_str("/account/password"),
            Self::FactorOff => f.write_str("/account/factor-off"),
            Self::Codes => f.write_str("/account/codes"),
            Self::PasskeyName(id) => write!(f, "/account/passkeys/{id}/name"),
            Self::PasskeyOff(id) => write!(f, "/account/passkeys/{id}/remove"),
            Self::NewToken => f.write_str("/account/tokens"),
            Self::TokenOff(id) => write!(f, "/account/tokens/{id}/end"),
            Self::EndOthers => f.write_str("/account/sessions/end"),
            Self::End(id) => write!(f, "/account/sessions/{id}/end"),
        }
    }
}

/// A page about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeoplePage {
    /// `/people`
    List,
    /// `/people/invite`
    Invite,
    /// `/people/ID`
    One(i64),
    /// `/people/ID/attributes`
    Attributes(i64),
    /// `/people/ID/factor-off`
    FactorOff(i64),
    /// `/people/ID/VERB`
    Do(i64, PeopleVerb),
    /// What is lent, and groups.
    Loans(LoanPage),
}

/// A page about long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkPage {
    /// `/work`
    List,
    /// `/work/ID`
    One(i64),
    /// `/work/ID/cancel`
    Cancel(i64),
}

const PEOPLE_VERBS: [(&str, PeopleVerb); 5] = [
    ("assign", PeopleVerb::Assign),
    ("reset", PeopleVerb::Reset),
    ("lock", PeopleVerb::Lock),
    ("unlock", PeopleVerb::Unlock),
    ("revoke", PeopleVerb::Revoke),
];

impl PeoplePage {
    fn parse(segments: &[&str]) -> Option<Self> {
        if let Some(page) = LoanPage::parse(segments) {
            return Some(Self::Loans(page));
        }
        Some(match segments {
            [] => Self::List,
            ["invite"] => Self::Invite,
            [id] => Self::One(row_id(id)?),
            [id, "attributes"] => Self::Attributes(row_id(id)?),
            [id, "factor-off"] => Self::FactorOff(row_id(id)?),
            [id, verb] => Self::Do(row_id(id)?, PEOPLE_VERBS.iter().find(|(name, _)| name == verb)?.1),
            _ => return None,
        })
    }
}

/// A page of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// `/SLUG`
    List,
    /// `/SLUG/new`
    New,
    /// `/SLUG/ID`
    Detail(RowKey),
    /// `/SLUG/ID/edit`
    Edit(RowKey),
    /// `/SLUG/ID/delete`
    Delete(RowKey),
    /// `/SLUG/ID/history`
    History(RowKey),
    /// `/SLUG/ID/restore/SEQ`: the row as the entry of this number left it.
    Restore(RowKey, i64),
    /// `/SLUG/ID/do/ACTION`: index into [`Model::actions`].
    Act(RowKey, usize),
    /// `/SLUG/export`
    Export,
    /// `/SLUG/import`: the file.
    Import,
    /// `/SLUG/import/template`: a file to fill in.
    Template,
    /// `/SLUG/import/ID`: its columns.
    Upload(i64),
    /// `/SLUG/bulk`: many rows at once.
    Bulk,
    /// `/SLUG/pick/FIELD`: candidates of a foreign key, by index into [`Model::fields`].
    Pick(usize),
}

/// First path segments that the framework keeps; no model may have such a slug.
pub const RESERVED: &[&str] = &[
    "sign-in", "sign-out", "first", "join", "recovery", "audit", "policy", "people", "factor", "account", "static",
    "work", "api",
];

impl<'p> Route<'p> {
    /// The page that a path (starting with `/`, base path off) names. One slash at the end is not looked at.
    #[must_use]
    pub fn parse(panel: &'static Panel, path: &'p str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').collect();
        Some(match segments.as_slice() {
            [""] => Self::Home,
            ["sign-in"] => Self::SignIn,
            ["sign-out"] => Self::SignOut,
            ["first"] => Self::First,
            ["join"] => Self::Join,
            ["recovery"] => Self::Recovery,
            ["audit"] => Self::Audit,
            ["audit", "export"] => Self::AuditExport,
            ["policy"] => Self::Policy,
            ["work"] => Self::Work(WorkPage::List),
            ["work", id] => Self::Work(WorkPage::One(row_id(id)?)),
            ["work", id, "cancel"] => Self::Work(WorkPage::Cancel(row_id(id)?)),
            ["people", rest @ ..] => Self::People(PeoplePage::parse(rest)?),
            ["factor"] => Self::Factor(FactorPage::Step),
            ["factor", "enrol"] => Self::Factor(FactorPage::Enrol),
            ["factor", "passkey"] => Self::Factor(FactorPage::Passkey),
            ["factor", "challenge"] => Self::Factor(FactorPage::Challenge),
            ["factor", "passkey", "challenge"] => Self::Factor(FactorPage::NewChallenge),
            ["account", rest @ ..] => Self::Account(AccountPage::parse(rest)?),
            ["static", name] => Self::Static(name),
            ["api", rest @ ..] if panel.has_api() => Self::Api(ApiPage::parse(panel, rest)),
            [slug, rest @ ..] => {
                let slug = percent_decode_str(slug).decode_utf8().ok()?;
                let model = panel.model_by_slug(&slug)?;
                Self::Model(model, Page::parse(model, rest)?)
            }
            [] => return None,
        })
    }
}

impl Page {
    fn parse(model: &'static Model, segments: &[&str]) -> Option<Self> {
        // None of these words is ever the spelling of a key.
        let key = |segment: &str| model.key_of_segment(segment);
        Some(match segments {
            [] => Self::List,
            ["new"] => Self::New,
            ["export"] => Self::Export,
            ["import"] => Self::Import,
            ["import", "template"] => Self::Template,
            ["import", id] => Self::Upload(row_id(id)?),
            ["bulk"] => Self::Bulk,
            ["pick", field] => Self::Pick(model.field_by_name(field)?.index),
            [id] => Self::Detail(key(id)?),
            [id, "edit"] => Self::Edit(key(id)?),
            [id, "delete"] => Self::Delete(key(id)?),
            [id, "history"] => Self::History(key(id)?),
            [id, "restore", seq] => Self::Restore(key(id)?, row_id(seq)?),
            [id, "do", action] => Self::Act(key(id)?, model.actions.iter().position(|a| a.name == *action)?),
            _ => return None,
        })
    }
}

/// The number of a row of the framework's own, which begin with 1, in one spelling: no sign, no leading zero, so that two
/// paths never name the same page.
fn row_id(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits && !text.starts_with('0') { text.parse().ok() } else { None }
}

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("/"),
            Self::SignIn => f.write_str("/sign-in"),
            Self::SignOut => f.write_str("/sign-out"),
            Self::First => f.write_str("/first"),
            Self::Join => f.write_str("/join"),
            Self::Recovery => f.write_str("/recovery"),
            Self::Audit => f.write_str("/audit"),
            Self::AuditExport => f.write_str("/audit/export"),
            Self::Policy => f.write_str("/policy"),
            Self::People(PeoplePage::List) => f.write_str("/people"),
            Self::People(PeoplePage::Invite) => f.write_str("/people/invite"),
            Self::People(PeoplePage::One(id)) => write!(f, "/people/{id}"),
            Self::People(PeoplePage::Attributes(id)) => write!(f, "/people/{id}/attributes"),
            Self::People(PeoplePage::FactorOff(id)) => write!(f, "/people/{id}/factor-off"),
            Self::Factor(FactorPage::Step) => f.write_str("/factor"),
            Self::Factor(FactorPage::Enrol) => f.write_str("/factor/enrol"),
            Self::Factor(FactorPage::Passkey) => f.write_str("/factor/passkey"),
            Self::Factor(FactorPage::Challenge) => f.write_str("/factor/challenge"),
            Self::Factor(FactorPage::NewChallenge) => f.write_str("/factor/passkey/challenge"),
            Self::Account(page) => page.fmt(f),
            Self::Api(page) => page.fmt(f),
            Self::People(PeoplePage::Do(id, verb)) => {
                let name = PEOPLE_VERBS.iter().find(|(_, of)| of == verb).map_or("", |(name, _)| name);
                write!(f, "/people/{id}/{name}")
            }
            Self::People(PeoplePage::Loans(page)) => write!(f, "{page}"),
            Self::Work(WorkPage::List) => f.write_str("/work"),
            Self::Work(WorkPage::One(id)) => write!(f, "/work/{id}"),
            Self::Work(WorkPage::Cancel(id)) => write!(f, "/work/{id}/cancel"),
            Self::Static(name) => write!(f, "/static/{name}"),
            Self::Model(model, page) => {
                write!(f, "/{}", model.slug)?;
                match page {
                    Page::List => Ok(()),
                    Page::New => f.write_str("/new"),
                    Page::Export => f.write_str("/export"),
                    Page::Import => f.write_str("/import"),
                    Page::Template => f.write_str("/import/template"),
                    Page::Upload(id) => write!(f, "/import/{id}"),
                    Page::Bulk => f.write_str("/bulk"),
                    Page::Detail(id) => write!(f, "/{}", id.segment()),
                    Page::Edit(id) => write!(f, "/{}/edit", id.segment()),
                    Page::Delete(id) => write!(f, "/{}/delete", id.segment()),
                    Page::History(id) => write!(f, "/{}/history", id.segment()),
                    Page::Restore(id, seq) => write!(f, "/{}/restore/{seq}", id.segment()),
                    Page::Act(id, action) => {
                        write!(f, "/{}/do/{}", id.segment(), model.actions.get(*action).map_or("", |a| a.name))
                    }
                    Page::Pick(field) => write!(f, "/pick/{}", model.fields.get(*field).map_or("", |x| x.name)),
                }
            }
        }
    }
}
