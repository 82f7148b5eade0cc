//! `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=…`: what of it is understood, and how the database is named in
//! messages. Messages never repeat more of it than host, port and name.

use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;
use url::Url;

use crate::error::Error;

/// What may stand behind the question mark.
const KNOWN: [&str; 10] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "hostaddr", "port", "dbname", "user", "password"];

/// How to connect, and the database by a name that holds no secret.
pub(super) fn read(text: &str) -> Result<(PgConnectOptions, String), Error> {
    let wrong = |why: &str| {
        Error::Setup(format!("the database: its URL {why}; it should be as postgres://USER:PASSWORD@HOST:5432/NAME"))
    };
    let url = Url::parse(text).map_err(|_| wrong("does not read"))?;
    // sqlx would log what it does not know, with its value.
    if let Some((key, _)) = url.query_pairs().find(|(key, _)| !KNOWN.contains(&key.as_ref())) {
        let key: String = key.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
        return Err(Error::Setup(format!(
            "the database: its URL has the option {key}, which is not one of {}",
            KNOWN.join(", ")
        )));
    }
    let options = PgConnectOptions::from_str(text).map_err(|_| wrong("has an option that does not read"))?;
    let name = options.get_database().unwrap_or(options.get_username());
    let place = match options.get_socket() {
        Some(socket) => format!("{name} on {}", socket.display()),
        None => format!("{name} on {}:{}", options.get_host(), options.get_port()),
    };
    Ok((options, place))
}
