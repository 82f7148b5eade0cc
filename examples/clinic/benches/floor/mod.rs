//! The least that making a patient with an entry in a hash chain can be: the statements, written by hand for sqlx, one
//! transaction each and one after the other, on the same file with the same settings. Nothing is asked for rights, held
//! to rules, or kept general.

use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Row as _};

use crate::measured::Clock;

/// Makes so many and says what it took.
pub(crate) async fn create(url: &str, count: u32) {
    let path = url.strip_prefix("sqlite:").expect("a file");
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await.expect("the database");
    let clock = Clock::start();
    for number in 0..count {
        let at = "2026-11-22T08:00:00.000000Z";
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.expect("a transaction");
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO patient (version, name, born, doctor, notes, created_at) VALUES (1, $1, '1980-02-03', 1, '', $2) \
             RETURNING id",
        )
        .bind(format!("Patient {number}"))
        .bind(at)
        .fetch_one(&mut connection)
        .await
        .expect("a row");
        let head = sqlx::query("SELECT seq, hash FROM bw_audit_head WHERE one = 1")
            .fetch_one(&mut connection)
            .await
            .expect("a head");
        let (seq, previous): (i64, Vec<u8>) = (head.get::<i64, _>(0) + 1, head.get(1));
        let changes = format!("[{{\"field\":\"count\",\"label\":\"internal\",\"before\":null,\"after\":\"{id}\"}}]");
        let request = uuid::Uuid::now_v7().to_string();
        let hash = Sha256::new().chain_update(&previous).chain_update(&request).chain_update(&changes).finalize();
        sqlx::query(
            "INSERT INTO bw_audit (seq, at, request_id, actor, actor_email, session, event, model, row_id, changes, \
             prev_hash, hash) VALUES ($1, $2, $3, NULL, NULL, NULL, 'rows.seeded', 'Patient', NULL, $4, $5, $6)",
        )
        .bind(seq)
        .bind(at)
        .bind(request)
        .bind(changes)
        .bind(previous)
        .bind(hash.as_slice())
        .execute(&mut connection)
        .await
        .expect("an entry");
        sqlx::query("UPDATE bw_audit_head SET seq = $1, hash = $2 WHERE one = 1")
            .bind(seq)
            .bind(hash.as_slice())
            .execute(&mut connection)
            .await
            .expect("a head");
        sqlx::query("COMMIT").execute(&mut connection).await.expect("a commit");
    }
    println!(
        "{count} patients by the floor, statements alone, one after the other: {}, {:.0}/s of CPU",
        clock.read(),
        f64::from(count) / clock.cpu()
    );
    // What it wrote into the log is no chain of the panel's.
    for undo in [
        "DELETE FROM bw_audit WHERE request_id IN (SELECT request_id FROM bw_audit ORDER BY seq DESC LIMIT $1)",
        "UPDATE bw_audit_head SET (seq, hash) = (SELECT seq, hash FROM bw_audit ORDER BY seq DESC LIMIT 1) WHERE $1 > 0",
    ] {
        sqlx::query(undo).bind(i64::from(count)).execute(&mut connection).await.expect("undone");
    }
}
