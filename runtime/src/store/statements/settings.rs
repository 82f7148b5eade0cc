//! What the database was given when its schema was made, and keeps.

use crate::error::Error;
use crate::store::database::Database;
use crate::store::sql::Sql;

impl Database {
    /// The value of this name.
    pub(in crate::store) async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let sql = Sql::new("SELECT value FROM bw_settings WHERE name = $1").bind(name);
        let found = self.reading().await?.row(sql).await?;
        found.map(|row| row.words(0)).transpose()
    }
}
