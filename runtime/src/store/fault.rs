//! What a database says, sorted: a rule of the table was broken, it is not there in time, or this program is wrong. Its
//! messages go to the log; a visitor never sees one.

use crate::error::Error;

/// A statement that failed.
#[derive(Debug)]
pub(in crate::store) enum Fault {
    /// Another row has this value in these columns.
    Unique(Vec<String>),
    /// A key (of these columns, as far as the database says) points at no row, or a row that is pointed at would go.
    ForeignKey(Vec<String>),
    /// The connection is gone; whether the statement ran is not known.
    Lost(String),
    /// Anything else.
    Other(Error),
}

impl Fault {
    /// As a failed attempt to open, in words; `what` names the database without any secret of its URL.
    pub(in crate::store) fn at_open(self, what: &str) -> Error {
        match self {
            Self::Other(Error::Setup(why)) => Error::Setup(why),
            Self::Other(Error::Unavailable(why) | Error::Bug(why)) | Self::Lost(why) => {
                Error::Setup(format!("the database {what}: {why}"))
            }
            _ => Error::Setup(format!("the database {what} can't be opened")),
        }
    }

    /// Whether the connection is of no further use.
    pub(in crate::store) fn breaks_connection(&self) -> bool {
        matches!(self, Self::Other(_) | Self::Lost(_))
    }

    /// The first of the columns that it names which this says something about.
    pub(in crate::store) fn find_column<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let (Self::Unique(columns) | Self::ForeignKey(columns)) = self else { return None };
        columns.iter().find_map(|column| find(column.rsplit('.').next().unwrap_or_default()))
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unique(columns) => Self::Bug(format!("a unique value was there already: {}", columns.join(", "))),
            Fault::ForeignKey(_) => Self::Bug("a foreign key points at no row".to_owned()),
            Fault::Lost(why) => Self::Unavailable(why),
            Fault::Other(error) => error,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}
