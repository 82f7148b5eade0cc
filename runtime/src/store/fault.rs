//! What a database says, sorted: a rule of the table was broken, it is not there in time, or this program is wrong. Its
//! messages go to the log; a visitor never sees one.

use crate::error::Error;

/// Of a server that stands still. For the log, and for the tests to tell by which way an answer came.
pub(in crate::store) const SILENT: &str = "the database does not answer";

/// A statement that failed.
#[derive(Debug)]
pub(in crate::store) enum Fault {
    /// Another row has this value in these columns.
    Unique(Vec<String>),
    /// A key (of these columns, as far as the database says) points at no row, or a row that is pointed at would go.
    ForeignKey(Vec<String>),
    /// The table does not take a value; of our own tables the block knows every rule, of an adopted one it may not.
    Rule(Rule),
    /// The connection is gone; whether the statement ran is not known.
    Lost(String),
    /// The connection is there and nobody answers on it; whether the statement ran is not known.
    Silent(&'static str),
    /// Anything else.
    Other(Error),
}

/// A rule of a table that does not hold.
#[derive(Debug)]
pub(in crate::store) struct Rule {
    /// What it is about.
    pub(in crate::store) what: About,
    /// The columns, as far as the database named them.
    pub(in crate::store) columns: Vec<String>,
    /// For the log; no value is quoted in it.
    pub(in crate::store) said: String,
    /// The check that was named, where its columns are still to be asked for.
    pub(in crate::store) check: Option<Box<Named>>,
}

/// A constraint as a server names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::store) struct Named {
    pub(in crate::store) schema: String,
    pub(in crate::store) table: String,
    pub(in crate::store) name: String,
}

impl Rule {
    /// About the rows that stand in the way of a migration.
    pub(in crate::store) fn in_words(&self) -> String {
        match self.what {
            About::Missing => "some rows have no value",
            About::Own => "some rows hold a value that the block no longer lists",
            About::Length(_) | About::Range | About::Text => "some rows hold a value that does not fit any more",
        }
        .to_owned()
    }
}

/// What a rule of a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum About {
    /// There is no value where one is needed.
    Missing,
    /// A text has more characters than its column takes; how many that is, where the database says it.
    Length(Option<usize>),
    /// A number is beyond what its column takes.
    Range,
    /// A text can't be kept as it is: no index takes it, or no column.
    Text,
    /// A check, a trigger, a type of its own.
    Own,
}

impl Fault {
    pub(in crate::store) fn rule(what: About, columns: Vec<String>, said: String) -> Self {
        Self::Rule(Rule { what, columns, said, check: None })
    }

    /// As a failed attempt to open, in words; `what` names the database without any secret of its URL.
    pub(in crate::store) fn at_open(self, what: &str) -> Error {
        match self {
            Self::Other(Error::Setup(why)) => Error::Setup(why),
            Self::Other(Error::Unavailable(why) | Error::Bug(why)) | Self::Lost(why) => {
                Error::Setup(format!("the database {what}: {why}"))
            }
            Self::Silent(why) => Error::Setup(format!("the database {what}: {why}")),
            _ => Error::Setup(format!("the database {what} can't be opened")),
        }
    }

    /// Whether the connection is of no further use.
    pub(in crate::store) fn breaks_connection(&self) -> bool {
        matches!(self, Self::Other(_) | Self::Lost(_) | Self::Silent(_))
    }

    /// Of the end of a transaction: without an answer it may have been reached.
    pub(in crate::store) fn at_the_end(self) -> Self {
        match self {
            Self::Lost(why) => Self::Other(Error::InDoubt(why)),
            Self::Silent(why) => Self::Other(Error::InDoubt(why.to_owned())),
            other => other,
        }
    }

    /// The columns that it names, as the database spells them.
    pub(in crate::store) fn columns(&self) -> &[String] {
        match self {
            Self::Unique(columns) | Self::ForeignKey(columns) | Self::Rule(Rule { columns, .. }) => columns,
            Self::Lost(_) | Self::Silent(_) | Self::Other(_) => &[],
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unique(columns) => Self::Bug(format!("a unique value was there already: {}", columns.join(", "))),
            Fault::ForeignKey(_) => Self::Bug("a foreign key points at no row".to_owned()),
            Fault::Rule(Rule { what: About::Length(_) | About::Range | About::Text, .. }) => {
                Self::BadRequest("A value can't be stored as it is.".to_owned())
            }
            Fault::Rule(Rule { said, .. }) => Self::Bug(said),
            Fault::Lost(why) => Self::Unavailable(why),
            Fault::Silent(why) => Self::Unavailable(why.to_owned()),
            Fault::Other(error) => error,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}
