//! Everything that can go wrong, once: what the visitor sees ([`Error::visitor`], [`Error::status`]) and what the log
//! sees (`Display`). No variant holds a secret, and nothing that a database driver said reaches the visitor.

use std::fmt;
use std::io::{self, ErrorKind};

use http::StatusCode;

use crate::authorize::Refusal;
use crate::value::Row;

/// The one error of the crate.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The program can't start or go on like this: configuration, database file, schema. One clear line; exit status 2.
    Setup(String),
    /// The right is missing: 403.
    Refused(Refusal),
    /// The right is there, but what was asked for lies outside its rows or fields, as a sentence: 403.
    Beyond(String),
    /// The block's `reauth` lists this, and the person has not proved who they are lately enough; nothing was
    /// done: 401.
    ProofNeeded,
    /// No such thing, or none within the asker's rows; the two can't be told apart: 404.
    NotFound,
    /// The row changed since it was read; the row as it is now, every field of it: 409. A page shows of it only what
    /// the viewer may read.
    Stale(Box<Row>),
    /// Fields that were refused, each with a sentence for the person who filled it in: 422.
    Fields(Vec<FieldFault>),
    /// A `check` of the model does not hold; its message: 422.
    Check(&'static str),
    /// A row can't go because rows of another model point at it: 409.
    Held {
        /// Plural of the model whose rows hold it.
        by: &'static str,
        /// How many.
        count: u64,
        /// Whether the panel serves them. Of an adopted table it serves no row whose key is none that it could name.
        served: bool,
    },
    /// The request makes no sense (a cursor that was tampered with, an unknown filter), as a sentence: 400.
    BadRequest(String),
    /// What was posted was not read: too large, too slow, no form.
    Unread(Unread),
    /// The database is busy, gone or too slow; what happened, for the log only: 503.
    Unavailable(String),
    /// A statement took longer than it may: 503.
    TooLong,
    /// A change that was said to take long holds the database, and this one waited as long as it may: 503.
    Busy,
    /// There is no room left where the database is; nothing of the change was kept: 503.
    Full,
    /// A temporary file can't be written, `full` where there is no room for it; what happened, for the log only: 503.
    TemporaryFile {
        /// No room on the disk, or no more of it for this program.
        full: bool,
        /// What the system said.
        why: String,
    },
    /// The database did not answer to the end of a change: it was kept as a whole, or not at all, and nobody knows
    /// which. What happened, for the log only: 503.
    InDoubt(String),
    /// A mistake of this program; what happened, for the log only: 500.
    Bug(String),
}

/// Why a posted form was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// More bytes or fields than a form may have: 413.
    TooLarge,
    /// Not a form: 415.
    OtherKind,
    /// The visitor went away in the middle of it: 400.
    BrokenOff,
    /// It did not come to an end in its time: 408.
    TooSlow,
    /// Not GET, HEAD or POST: 405.
    OtherMethod,
}

impl Unread {
    /// The status of the answer.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OtherKind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::OtherMethod => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// What the visitor is told.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TooLarge => "This form is larger than the panel takes here. Nothing of it was saved.",
            Self::OtherKind => "The panel takes forms, and nothing else, here.",
            Self::BrokenOff => "The form did not arrive whole.",
            Self::TooSlow => "The form did not arrive in time.",
            Self::OtherMethod => "The panel answers to GET, HEAD and POST.",
        }
    }
}

/// One refused field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Index into the model's fields.
    pub field: usize,
    /// A sentence for the person who filled it in.
    pub message: String,
}

impl Error {
    /// One field refused with a sentence.
    #[must_use]
    pub fn field(field: usize, message: impl Into<String>) -> Self {
        Self::Fields(vec![FieldFault { field, message: message.into() }])
    }

    /// Whether the same may work later, without anybody doing it differently: the database is busy, gone or full.
    pub(crate) fn may_pass(&self) -> bool {
        self.status() == StatusCode::SERVICE_UNAVAILABLE
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) | Self::Beyond(_) => StatusCode::FORBIDDEN,
            Self::ProofNeeded => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Stale(_) | Self::Held { .. } => StatusCode::CONFLICT,
            Self::Fields(_) | Self::Check(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unread(why) => why.status(),
            Self::Unavailable(_)
            | Self::TooLong
            | Self::Busy
            | Self::Full
            | Self::TemporaryFile { .. }
            | Self::InDoubt(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Setup(_) | Self::Bug(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the visitor is told: a sentence or two without a word about rows they may not see, SQL or this program.
    #[must_use]
    pub fn visitor(&self) -> String {
        match self {
            Self::Refused(refusal) => {
                let mut text = format!("You may not {}.", refusal.right);
                if !refusal.held_by.is_empty() {
                    text.push_str(" Held by: ");
                    text.push_str(&refusal.held_by.join(", "));
                    text.push('.');
                }
                text
            }
            Self::Beyond(what) | Self::BadRequest(what) => what.clone(),
            Self::Unread(why) => why.words().to_owned(),
            Self::ProofNeeded => "This needs a fresh proof that it is you.".to_owned(),
            Self::NotFound => "There is nothing here.".to_owned(),
            Self::Stale(_) => "Somebody else changed this meanwhile. Nothing was saved.".to_owned(),
            Self::Fields(faults) => match faults.as_slice() {
                [one] => one.message.clone(),
                _ => "Some fields need another look.".to_owned(),
            },
            Self::Check(message) => (*message).to_owned(),
            Self::Held { by, count, served: true } => format!("This can't be deleted: {by} point at it ({count})."),
            Self::Held { by, count, served: false } => {
                format!("This can't be deleted: {by} that this panel can't show, for their keys, point at it ({count}).")
            }
            Self::Unavailable(_) => "The database does not answer in time. Please try again in a moment.".to_owned(),
            Self::TooLong => {
                "This takes the database too long. Among very many rows, narrow them down by a filter or a search, or sort \
                           by another column."
                    .to_owned()
            }
            Self::Busy => {
                "Many rows are being brought in as one at the moment, and nobody else can save until that is done. \
                           Nothing of this was saved; please send it again in a minute."
                    .to_owned()
            }
            Self::Full => {
                "There is no room left on the disk of the database. Nothing of this was saved; whoever runs the panel \
                           has to make room."
                    .to_owned()
            }
            Self::TemporaryFile { full: true, .. } => {
                "There is no room left for temporary files where the panel runs. Nothing of this was saved; whoever runs the \
                           panel has to make room."
                    .to_owned()
            }
            Self::TemporaryFile { full: false, .. } => {
                "A temporary file can't be written where the panel runs. Nothing of this was saved; whoever runs the panel \
                           finds the reason in its log."
                    .to_owned()
            }
            Self::InDoubt(_) => {
                "The database stopped answering at the very end of this: it may have been saved, or not. Please look before \
                           you send it again."
                    .to_owned()
            }
            Self::Setup(_) | Self::Bug(_) => "Something went wrong on our side. It has been logged.".to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(what) => f.write_str(what),
            Self::Refused(refusal) => write!(f, "refused: {}", refusal.right),
            Self::Beyond(what) => write!(f, "outside the terms: {what}"),
            Self::ProofNeeded => f.write_str("a fresh proof of identity is lacking"),
            Self::NotFound => f.write_str("no such thing within the asker's rows"),
            Self::Stale(row) => write!(f, "row {} is at version {} by now", row.id, row.version),
            Self::Fields(faults) => write!(f, "{} fields refused", faults.len()),
            Self::Check(message) => write!(f, "a check does not hold: {message}"),
            Self::Held { by, count, served } => {
                write!(f, "held by {count} {by}{}", if *served { "" } else { " that are not served" })
            }
            Self::BadRequest(what) => write!(f, "bad request: {what}"),
            Self::Unread(why) => write!(f, "not read: {why:?}"),
            Self::Unavailable(what) => write!(f, "database unavailable: {what}"),
            Self::TooLong => f.write_str("a statement took longer than it may"),
            Self::Busy => f.write_str("database busy: a long change is under way"),
            Self::Full => f.write_str("the disk of the database is full"),
            Self::TemporaryFile { why, .. } => write!(f, "a temporary file can't be written: {why}"),
            Self::InDoubt(what) => {
                write!(f, "the end of a change was not answered, it may have been kept or not: {what}")
            }
            Self::Bug(what) => write!(f, "bug: {what}"),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Of what the system said while a temporary file was made or written.
    #[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
    pub(crate) fn of_temporary_file(why: io::Error) -> Self {
        let full = matches!(why.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge);
        Self::TemporaryFile { full, why: why.to_string() }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Unread> for Error {
    fn from(why: Unread) -> Self {
        Self::Unread(why)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn no_room_for_a_temporary_file_is_said_as_that_and_not_as_the_databases() {
        let why = std::fs::write("/dev/full", b"a workbook").unwrap_err();
        let error = super::Error::of_temporary_file(why);
        assert!(error.visitor().starts_with("There is no room left for temporary files"), "{error:?}");
        assert!(error.may_pass());
        let why = std::fs::write("/dev/null/no", b"a workbook").unwrap_err();
        let error = super::Error::of_temporary_file(why);
        assert!(error.visitor().starts_with("A temporary file can't be written"), "{error:?}");
    }
}
