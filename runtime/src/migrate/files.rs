//! Migration files: reviewable SQL that says how a database came to its schema. This file reads a directory and
//! compares it with what a database has taken; it runs nothing.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Plan, digest};
use crate::error::Error;

/// What the first line of each file starts with: a directory of another tool's files is none of ours.
pub(crate) const MARK: &str = "-- bailiwick migration";

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// `0001_create_patients.sql`: files are applied in the order of their names.
    pub(crate) name: String,
    /// Its whole text.
    pub(crate) sql: String,
}

/// What a database has taken of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The name of the file.
    pub(crate) name: String,
    /// SHA-256 of its text, in hex.
    pub(crate) hash: String,
    /// When, as text.
    pub(crate) at: String,
}

/// Where the files are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// Within the program.
    Program(&'static [(&'static str, &'static str)]),
    /// In a directory, if there is one.
    Directory(PathBuf),
}

impl File {
    /// SHA-256 of its text, in hex; line ends count as one, however the file was checked out.
    pub(crate) fn hash(&self) -> String {
        digest(&self.sql.replace("\r\n", "\n"))
    }

    /// For which database it was written; none: it does not say.
    fn dialect(&self) -> Option<&str> {
        self.sql.lines().next()?.strip_prefix(MARK)?.trim().strip_prefix("for ").map(str::trim)
    }

    /// Refuses what can't be applied: a file for another database, one that ends the transaction by itself.
    ///
    /// # Errors
    /// [`Error::Setup`] with the name of the file.
    pub(crate) fn suits(&self, database: &str) -> Result<(), Error> {
        let name = &self.name;
        if let Some(of) = self.dialect().filter(|of| !of.eq_ignore_ascii_case(database)) {
            return Err(Error::Setup(format!("the migration {name} is for {of}, and this is {database}")));
        }
        if let Some(word) = ends_the_transaction(&self.sql) {
            return Err(Error::Setup(format!(
                "the migration {name} says {word}; each file is one transaction from its start to its end"
            )));
        }
        Ok(())
    }
}

impl Place {
    /// All files in order; none: there are no migration files, and the schema grows by itself.
    ///
    /// # Errors
    /// [`Error::Setup`] when a file can't be read or is not one of ours among ours.
    pub(crate) fn files(&self) -> Result<Option<Vec<File>>, Error> {
        let mut files = match self {
            Self::Program(files) => files
                .iter()
                .map(|(name, sql)| File { name: (*name).to_owned(), sql: (*sql).to_owned() })
                .collect::<Vec<_>>(),
            Self::Directory(directory) => match read(directory)? {
                Some(files) => files,
                None => return Ok(None),
            },
        };
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let ours = |file: &File| file.sql.starts_with(MARK);
        if !files.iter().any(ours) && !matches!(self, Self::Program(_)) {
            return Ok(None);
        }
        match files.iter().find(|file| !ours(file)) {
            Some(stranger) => Err(Error::Setup(format!(
                "the migration {} does not start with the line `{MARK}`; write it there, or move the file away",
                stranger.name
            ))),
            None => Ok(Some(files)),
        }
    }

    /// The directory that a new file goes to.
    ///
    /// # Errors
    /// [`Error::Setup`]: the files are within the program.
    pub(crate) fn directory(&self) -> Result<&Path, Error> {
        match self {
            Self::Directory(directory) => Ok(directory),
            Self::Program(_) => Err(Error::Setup(
                "the migrations are within this program: plan with a build that reads them from their directory"
                    .to_owned(),
            )),
        }
    }
}

fn read(directory: &Path) -> Result<Option<Vec<File>>, Error> {
    let shown = directory.display();
    if !directory.is_dir() {
        return Ok(None);
    }
    let unreadable = |why: std::io::Error| Error::Setup(format!("the migrations in {shown} can't be read: {why}"));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_sql = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("sql"));
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| is_sql && path.is_file()) else {
            continue;
        };
        let sql = std::fs::read_to_string(&path)
            .map_err(|why| Error::Setup(format!("the migration {name} can't be read: {why}")))?;
        files.push(File { name: name.to_owned(), sql });
    }
    Ok(Some(files))
}

/// Files beside what a database has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// Taken, and the same since.
    pub(crate) applied: Vec<Taken>,
    /// To be applied, in order.
    pub(crate) pending: Vec<File>,
    /// What must not be, a sentence each.
    pub(crate) faults: Vec<String>,
}

/// How the files stand to what was taken. Without files nothing may have been taken.
pub(crate) fn compare(files: Option<Vec<File>>, taken: &[Taken]) -> State {
    let there = files.is_some();
    let files = files.unwrap_or_default();
    let mut state = State { applied: Vec::new(), pending: Vec::new(), faults: Vec::new() };
    let last = taken.iter().map(|taken| taken.name.clone()).max();
    for taken in taken {
        match files.iter().find(|file| file.name == taken.name) {
            None if there => state.faults.push(format!(
                "the database took the migration {}, which this program does not know: a newer one made it",
                taken.name
            )),
            None => state.faults.push(format!(
                "the database took the migration {}, and there are no migration files here; start where they are, or \
                 say where with MIGRATIONS",
                taken.name
            )),
            Some(file) if file.hash() != taken.hash => state.faults.push(format!(
                "the migration {} is not what the database took: it was changed since; take the change back, and write \
                 what is new into a file of its own",
                taken.name
            )),
            Some(_) => state.applied.push(taken.clone()),
        }
    }
    for file in files {
        if taken.iter().any(|taken| taken.name == file.name) {
            continue;
        }
        if let Some(last) = last.as_ref().filter(|last| **last > file.name) {
            state.faults.push(format!(
                "the migration {} comes before {last}, which the database took already; give it a later number",
                file.name
            ));
        }
        state.pending.push(file);
    }
    state
}

/// Name and text of a new file for these steps.
pub(crate) fn written(files: &[File], plan: &Plan, database: &str, name: Option<&str>) -> File {
    let number = |file: &File| file.name.split('_').next().and_then(|digits| digits.parse::<u32>().ok());
    let next = files.iter().filter_map(number).max().unwrap_or(0) + 1;
    let what = name.unwrap_or_else(|| plan.steps.first().map_or("changes", |step| step.what.as_str()));
    let mut short: String =
        what.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(50).collect();
    if name.is_none() && plan.steps.len() > 1 {
        short.push_str("_and_more");
    }
    let mut sql =
        format!("{MARK} for {database}\n-- One transaction from the first line to the last: no BEGIN, no COMMIT.\n");
    for step in &plan.steps {
        // Writing to a string can't fail.
        let _ = write!(sql, "\n-- {}\n{};\n", step.what, step.sql);
    }
    File { name: format!("{next:04}_{short}.sql"), sql }
}

/// The word of a statement that would begin or end a transaction.
fn ends_the_transaction(sql: &str) -> Option<&'static str> {
    const WORDS: [&str; 6] = ["COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT", "ABORT", "START"];
    let mut rest = sql;
    let mut starts = true;
    while let Some(c) = rest.chars().next() {
        let skipped = if let Some(comment) = rest.strip_prefix("--") {
            2 + comment.find('\n').unwrap_or(comment.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if matches!(c, '\'' | '"') {
            starts = false;
            1 + rest[1..].find(c).map_or(rest.len() - 1, |at| at + 1)
        } else if let Some(mark) = dollar_mark(rest) {
            starts = false;
            mark.len() + rest[mark.len()..].find(mark).map_or(rest.len() - mark.len(), |at| at + mark.len())
        } else if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if starts && let Some(word) = WORDS.iter().find(|word| word.eq_ignore_ascii_case(&rest[..end])) {
                return Some(word);
            }
            starts = false;
            end
        } else {
            starts = c == ';' || (starts && c.is_whitespace());
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    None
}

/// `$$` or `$body$`, at the start of a text of PostgreSQL that ends in the same.
fn dollar_mark(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('$')?;
    let end = rest.find('$')?;
    rest[..end].chars().all(|c| c.is_alphanumeric() || c == '_').then(|| &text[..end + 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::Step;

    fn file(name: &str, body: &str) -> File {
        File { name: name.to_owned(), sql: format!("{MARK} for SQLite\n{body}") }
    }

    fn taken(file: &File) -> Taken {
        Taken { name: file.name.clone(), hash: file.hash(), at: String::new() }
    }

    #[test]
    fn files_and_database_are_compared_both_ways() {
        let (one, two, three) = (file("0001_a.sql", "a"), file("0002_b.sql", "b"), file("0003_c.sql", "c"));
        let state = compare(Some(vec![one.clone(), two.clone()]), &[taken(&one)]);
        assert_eq!((state.applied.len(), state.pending, state.faults.len()), (1, vec![two.clone()], 0));
        let unknown = compare(Some(vec![one.clone()]), &[taken(&one), taken(&two)]);
        assert!(unknown.faults[0].contains("0002_b.sql") && unknown.faults[0].contains("does not know"));
        let changed = compare(Some(vec![file("0001_a.sql", "other")]), &[taken(&one)]);
        assert!(changed.faults[0].contains("0001_a.sql") && changed.faults[0].contains("changed since"));
        let late = compare(Some(vec![one.clone(), two, three.clone()]), &[taken(&one), taken(&three)]);
        assert!(late.faults[0].contains("0002_b.sql comes before 0003_c.sql"), "{:?}", late.faults);
        assert!(compare(None, &[taken(&one)]).faults[0].contains("no migration files here"));
        assert_eq!(compare(None, &[]).faults, Vec::<String>::new());
    }

    #[test]
    fn line_ends_are_no_change() {
        let (one, other) = (file("0001_a.sql", "a\nb\n"), file("0001_a.sql", "a\r\nb\r\n"));
        assert_eq!(one.hash(), other.hash().as_str());
        assert_ne!(one.hash(), file("0001_a.sql", "a\nb").hash());
    }

    #[test]
    fn a_file_is_one_transaction() {
        for (sql, word) in [
            ("CREATE TABLE a (b TEXT); COMMIT; DROP TABLE a;", Some("COMMIT")),
            ("begin; SELECT 1;", Some("BEGIN")),
            ("-- x\n/* COMMIT; */ rollback", Some("ROLLBACK")),
            ("INSERT INTO a VALUES ('; COMMIT; '); -- COMMIT;\nSELECT 1;", None),
            ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END;", None),
            (
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $x$ DECLARE a int; BEGIN RETURN new; END $x$;",
                None,
            ),
            ("SELECT committed FROM a;", None),
        ] {
            assert_eq!(ends_the_transaction(sql), word, "{sql}");
        }
    }

    #[test]
    fn a_new_file_is_numbered_and_says_what_it_does() {
        let steps = vec![Step { what: "add column colour to cars".to_owned(), sql: "ALTER TABLE …".to_owned() }];
        let new = written(&[file("0007_x.sql", "")], &Plan { steps }, "SQLite", None);
        assert_eq!(new.name, "0008_add_column_colour_to_cars.sql");
        assert!(new.sql.starts_with("-- bailiwick migration for SQLite\n") && new.sql.contains("\nALTER TABLE …;\n"));
        assert!(new.suits("SQLite").is_ok());
        assert!(
            new.suits("PostgreSQL")
                .unwrap_err()
                .to_string()
                .contains("0008_add_column_colour_to_cars.sql is for SQLite")
        );
    }

    #[test]
    fn another_tool_s_directory_is_none_of_ours() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::Directory(directory.path().to_owned());
        assert_eq!(place.files().unwrap(), None);
        std::fs::write(directory.path().join("20240101_x.sql"), "CREATE TABLE a (b TEXT);").unwrap();
        assert_eq!(place.files().unwrap(), None);
        std::fs::write(directory.path().join("0001_y.sql"), format!("{MARK}\nSELECT 1;")).unwrap();
        assert!(place.files().unwrap_err().to_string().contains("20240101_x.sql does not start with"));
        assert_eq!(Place::Directory(directory.path().join("nowhere")).files().unwrap(), None);
    }
}
