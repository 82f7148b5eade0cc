//! Reading the schema of a database that was there before: which of the two it is, and nothing else.

use super::{postgres, sqlite};
use crate::adopt::Schema;
use crate::error::Error;

/// The tables of the database at this URL. Nothing in it is changed, and no file is made.
pub(crate) async fn schema_at(url: &str) -> Result<Schema, Error> {
    match url.split_once(':').map_or("", |(scheme, _)| scheme) {
        "sqlite" => sqlite::adopt::schema(url).await,
        "postgres" | "postgresql" => postgres::adopt::schema(url).await,
        // The URL itself may hold a password.
        _ => Err(Error::Setup(
            "the database: its URL must start with sqlite: or postgres:, as in sqlite:clinic.db".to_owned(),
        )),
    }
}
