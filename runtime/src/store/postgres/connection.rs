//! One connection to a server. The server ends a statement that runs longer than 5 s. This side gives up as soon as the
//! server is silent (see [`super::pulse`]), and in any case a second after those 5.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::{Arguments as _, AssertSqlSafe, ConnectOptions as _, Encode, PgConnection, Postgres, Type};

use rust_decimal::Decimal;

use super::checks::Checks;
use super::fault::sorted;
use super::pulse::{Pulse, Silent, Way};
use crate::error::Error;
use crate::store::answer::Answer;
use crate::store::bound::Bound;
use crate::store::fault::{Fault, SILENT};
use crate::store::lane::{Lane, STATEMENT};
use crate::store::sql::{Dialect, Sql};

/// How much longer than the server we wait.
const GRACE: Duration = Duration::from_secs(1);

/// What a row costs that lies elsewhere than the last one, in rows that lie beside it. PostgreSQL's own default, 4, is a
/// disk's whose head moves: by it, the rows of one doctor are gathered out of the rows of all. Its manual names 1.1 for
/// others. Whoever runs the server may have said what holds there, and is not contradicted.
const PLAN_FOR_MEMORY: &str = "SELECT set_config('random_page_cost', '1.1', false) FROM pg_settings \
    WHERE name = 'random_page_cost' AND source = 'default'";

/// One connection.
pub(in crate::store) struct Connection {
    inner: PgConnection,
    /// None: its statements take as long as they need.
    pulse: Option<Arc<Pulse>>,
    checks: Arc<Checks>,
}

impl Connection {
    /// Connects.
    pub(in crate::store) async fn open(way: &Way) -> Result<Self, Fault> {
        let pulse = way.pulse.clone();
        let mut inner = within(pulse.as_deref(), way.options.connect()).await?;
        let plan = sqlx::raw_sql(PLAN_FOR_MEMORY).execute(&mut inner);
        within(pulse.as_deref(), plan).await?;
        Ok(Self { inner, pulse, checks: Arc::clone(&way.checks) })
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        let once_for_all = !sql.planned_for_values;
        let (text, bound) = sql.into_parts(Dialect::Postgres);
        let statement = sqlx::query_with(text, arguments(bound)?).persistent(once_for_all);
        match within(self.pulse.as_deref(), statement.fetch_all(&mut self.inner)).await {
            Ok(rows) => Ok(rows.into_iter().map(Answer::Postgres).collect()),
            Err(fault) => Err(self.checks.placed(fault).await),
        }
    }

    /// Runs it; how many rows it changed.
    pub(in crate::store) async fn execute(&mut self, sql: Sql) -> Result<u64, Fault> {
        let (text, bound) = sql.into_parts(Dialect::Postgres);
        let statement = sqlx::query_with(text, arguments(bound)?);
        match within(self.pulse.as_deref(), statement.execute(&mut self.inner)).await {
            Ok(done) => Ok(done.rows_affected()),
            Err(fault) => Err(self.checks.placed(fault).await),
        }
    }

    /// Runs all statements of a text.
    pub(in crate::store) async fn script(&mut self, text: AssertSqlSafe<String>) -> Result<(), Fault> {
        within(self.pulse.as_deref(), sqlx::raw_sql(text).execute(&mut self.inner)).await?;
        Ok(())
    }
}

async fn within<T>(pulse: Option<&Pulse>, answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Fault> {
    // On the heap: it lies within all that waits for it.
    let answer = Box::pin(answer);
    let Some(pulse) = pulse else { return answer.await.map_err(|e| sorted(&e)) };
    match tokio::time::timeout(STATEMENT + GRACE, pulse.wait(answer)).await {
        Ok(Ok(answer)) => answer.map_err(|e| sorted(&e)),
        Ok(Err(Silent)) => Err(Fault::Silent(SILENT)),
        // The server answers others, and not here.
        Err(_) => Err(Fault::Silent("a statement was not answered in its time")),
    }
}

/// Holds a key until the end of the transaction: two that hash alike wait for each other without need, and nothing
/// worse.
pub(in crate::store) async fn hold(lane: &mut Lane, key: &[u8]) -> Result<(), Fault> {
    let digest = Sha256::new().chain_update(b"bailiwick key\n").chain_update(key).finalize();
    let number = digest.iter().take(8).fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    lane.execute(Sql::new("SELECT pg_advisory_xact_lock($1)").bind(number)).await?;
    Ok(())
}

fn arguments(bound: Vec<Bound>) -> Result<PgArguments, Fault> {
    let mut arguments = PgArguments::default();
    for value in bound {
        match value {
            Bound::Int(value) => arguments.add(value),
            Bound::Float(value) => arguments.add(value),
            Bound::Bool(value) => arguments.add(value),
            Bound::Decimal(value, scale) => arguments.add(value.map(|digits| Decimal::new(digits, scale))),
            Bound::Date(value) => arguments.add(value),
            Bound::Time(value) => arguments.add(value),
            Bound::Moment(value) => arguments.add(value),
            Bound::Uuid(value) => arguments.add(value),
            Bound::Json(value) => arguments.add(value.map(Document)),
            Bound::Text(value) => arguments.add(value),
            Bound::Part(value) => arguments.add(pattern(&value)),
            Bound::Begins(_, value) => arguments.add(value.to_ascii_lowercase()),
            Bound::Found(_, value) => arguments.add(pattern(&value.to_ascii_lowercase())),
            Bound::FoundRoughly(_, parts) => {
                // Its index has words apart: of what lies between two it has all that follow with that letter.
                let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.contains(' ')).collect();
                arguments.add(format!("%{}%", parts.join("%")))
            }
            Bound::Numbers(value) => arguments.add(value),
            Bound::Blob(value) => arguments.add(value),
        }
        .map_err(|error| Fault::Other(Error::Bug(format!("a value can't be bound: {error}"))))?;
    }
    Ok(arguments)
}

/// The pattern of `LIKE` for a text that contains this one.
fn pattern(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A JSON document, given as text and taken as `jsonb`.
struct Document(String);

impl Type<Postgres> for Document {
    fn type_info() -> PgTypeInfo {
        // The number of the type `jsonb`, the same in every database.
        PgTypeInfo::with_oid(Oid(3802))
    }
}

impl Encode<'_, Postgres> for Document {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // The version of the format, then the text.
        buffer.extend_from_slice(&[1]);
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_special_to_a_pattern_stands_for_itself() {
        assert_eq!(super::pattern(r"50%_a\"), r"%50\%\_a\\%");
    }
}
