//! Two databases that other applications made, adopted: what is written for them today is what stands here, compiles, and
//! serves; and nothing of their tables is altered by it. `BAILIWICK_ACCEPT=1` writes anew what stands here.

mod importing;
mod keys;
mod refused;
mod rules;
mod serving;

#[path = "../../src/testing/place.rs"]
mod place;
#[path = "../../../examples/clinic/tests/all/visitor.rs"]
#[allow(dead_code, reason = "the clinic's tests use more of it")]
mod visitor;

macro_rules! programs {
    ($($name:ident $file:literal),*) => {$(
        #[path = $file]
        #[allow(dead_code, missing_docs, reason = "`main` is a program's; whoever adopts writes the words")]
        mod $name;
    )*};
}

programs!(
    music_sqlite "music_sqlite.rs", music_postgres "music_postgres.rs", trade_sqlite "trade_sqlite.rs",
    trade_postgres "trade_postgres.rs", parcels_sqlite "parcels_sqlite.rs", parcels_postgres "parcels_postgres.rs"
);

use tempfile::TempDir;

/// The shop for recordings.
const MUSIC: [&str; 2] = [include_str!("music.sqlite.sql"), include_str!("music.postgres.sql")];
/// The trader in food.
const TRADE: [&str; 2] = [include_str!("trade.sqlite.sql"), include_str!("trade.postgres.sql")];

/// Parcels, known by UUIDs, and carriers, by texts.
const PARCELS: [&str; 2] = [include_str!("parcels.sqlite.sql"), include_str!("parcels.postgres.sql")];

/// A database as its own application left it, and its URL.
async fn left_by_another(made: [&'static str; 2]) -> (TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let url = place::url(directory.path());
    if !place::on_postgres() {
        std::fs::File::create_new(directory.path().join("clinic.db")).expect("a file");
    }
    place::run(&url, place::either(made[0], made[1])).await;
    (directory, url)
}

/// What is written for the database is what stands in this file; the lines that were said beside.
async fn stands_here(made: [&'static str; 2], name: &str) -> Vec<String> {
    let (_directory, url) = left_by_another(made).await;
    let before = schema(&url).await;
    let adopted = bailiwick::adopt::adopt(&url).await.expect("a database with tables");
    assert_eq!(schema(&url).await, before, "reading alters nothing");
    // The name of the panel is that of a file or database of this run.
    let of_the_run = adopted.program.lines().find_map(|line| line.trim().strip_prefix("panel ")?.strip_suffix(" {"));
    let of_the_run = of_the_run.expect("a panel").to_owned();
    let panel = name[..1].to_uppercase() + &name[1..];
    let program = adopted.program.replace(&of_the_run, &panel);
    let file =
        format!("{}/tests/adopted/{name}_{}.rs", env!("CARGO_MANIFEST_DIR"), place::either("sqlite", "postgres"));
    if std::env::var_os("BAILIWICK_ACCEPT").is_some() {
        std::fs::write(&file, &program).expect("a file");
    }
    let here = std::fs::read_to_string(&file).expect("the file");
    similar_asserts::assert_eq!(program, here);
    adopted.said
}

/// Every table, index, trigger and type that is not the panel's own, as the database spells it.
async fn schema(url: &str) -> String {
    const SQLITE: &str = "SELECT (SELECT user_version FROM pragma_user_version) || coalesce(group_concat(sql, char(10)), '') \
         FROM (SELECT sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'bw\\_%' ESCAPE '\\' AND name <> 'sqlite_sequence' ORDER BY type, name)";
    const POSTGRES: &str = "SELECT coalesce(string_agg(line, chr(10) ORDER BY line), '') FROM (\
         SELECT format('%s %s %s %s %s', attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attnotnull) AS line \
         FROM pg_attribute WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND \
         relname NOT LIKE 'bw\\_%') UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM \
         pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'bw\\_%' UNION ALL \
         SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT enumlabel FROM pg_enum) AS lines";
    place::ask::<String>(url, place::either(SQLITE, POSTGRES), &[]).await
}

#[tokio::test]
async fn the_shop_for_recordings_is_written_as_it_stands_here() {
    let said = stands_here(MUSIC, "music").await;
    let says = |words: &str| said.iter().any(|line| line.to_lowercase().contains(words));
    assert!(!says("several columns"), "a table of two keys is links: {said:?}");
    assert!(says("is a secret"), "{said:?}");
}

#[tokio::test]
async fn the_trader_is_written_as_it_stands_here() {
    let said = stands_here(TRADE, "trade").await;
    for words in [
        "order_details is left out",
        "employee_territories is left out",
        "api_token is left out",
        "the database gives new ones no number",
    ] {
        assert!(said.iter().any(|line| line.contains(words)), "{words}: {said:?}");
    }
}

#[tokio::test]
async fn parcels_are_written_as_they_stand_here() {
    let said = stands_here(PARCELS, "parcels").await;
    for words in ["table seals is left out: its key number may be longer", "rows whose code has more than 64 bytes"] {
        assert!(said.iter().any(|line| line.contains(words)), "{words}: {said:?}");
    }
}

#[tokio::test]
async fn what_is_no_database_is_said_in_a_line() {
    for (url, says) in [("sqlite:/nowhere/at/all.db", "no such file"), ("mysql://a:b@c/d", "must start with")] {
        let error = bailiwick::adopt::adopt(url).await.expect_err("nothing is there").to_string();
        assert!(error.contains(says), "{error}");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("notes.db");
    std::fs::write(&file, "remember the milk").expect("a file");
    let error = bailiwick::adopt::adopt(&format!("sqlite:{}", file.display())).await.expect_err("no database");
    assert!(error.to_string().contains("not a SQLite database"), "{error}");
    std::fs::remove_file(&file).expect("the file");
    std::fs::write(&file, "").expect("a file");
    let error = bailiwick::adopt::adopt(&format!("sqlite:{}", file.display())).await.expect_err("no table");
    assert!(error.to_string().contains("no table that a panel can serve"), "{error}");
}
