//! What only the text of the statement says that made a table: its conditions, and the words that somebody wrote beside
//! the columns. It reads text and decides nothing.

/// What was read.
#[derive(Debug, Default)]
pub(in crate::store::sqlite) struct Said {
    pub(super) comment: String,
    columns: Vec<(String, String)>,
    pub(super) checks: Vec<String>,
}

impl Said {
    /// Of the statement.
    pub(super) fn of(sql: &str) -> Self {
        let mut said = Self::default();
        let mut pending = String::new();
        let mut code = String::new();
        for (number, line) in sql.lines().enumerate() {
            let (words, comment) = split(line);
            code.push_str(words);
            code.push('\n');
            let comment = comment.trim();
            let words = words.trim();
            if words.is_empty() {
                join(&mut pending, comment);
                continue;
            }
            if number == 0 {
                join(&mut said.comment, comment);
                continue;
            }
            let mut about = std::mem::take(&mut pending);
            join(&mut about, comment);
            let name = words.trim_start_matches(['"', '`', '[', ',', ' ']);
            let name = name.split(['"', '`', ']', ' ', ',', '\t']).next().unwrap_or_default();
            if !about.is_empty() {
                said.columns.push((name.to_owned(), about));
            }
        }
        said.checks = checks(&code).into_iter().map(|(_, inside)| inside).collect();
        said
    }

    /// The inside of the check that has this name.
    pub(in crate::store::sqlite) fn check_of(sql: &str, name: &str) -> Option<String> {
        let code: String = sql.lines().flat_map(|line| [split(line).0, "\n"]).collect();
        checks(&code).into_iter().find(|(of, _)| of == name).map(|(_, inside)| inside)
    }

    /// Beside this column.
    pub(super) fn of_column(&self, name: &str) -> String {
        let found = self.columns.iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
        found.map(|(_, comment)| comment.clone()).unwrap_or_default()
    }
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// Code, and the comment behind it.
fn split(line: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if line[at..].starts_with("--") => return (&line[..at], &line[at + 2..]),
            _ => {}
        }
    }
    (line, "")
}

/// Name, if it has one, and inside of each `CHECK (…)`.
fn checks(code: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut open: Option<(usize, u32)> = None;
    let upper = code.to_ascii_uppercase();
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match (quote, c) {
            (Some(end), _) if c == end => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => {
                depth += 1;
                if open.is_none() && upper[..at].trim_end().ends_with("CHECK") {
                    open = Some((at + 1, depth));
                }
            }
            (None, ')') => {
                if let Some((start, _)) = open.filter(|(_, of)| *of == depth) {
                    let before = code[..start - 1].trim_end();
                    found.push((name_at_the_end(&before[..before.len() - 5]), code[start..at].to_owned()));
                    open = None;
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    found
}

/// Of `… CONSTRAINT name`, or nothing.
fn name_at_the_end(code: &str) -> String {
    let code = code.trim_end();
    let (rest, name) = match code.chars().last() {
        Some(end @ ('"' | '`')) => code[..code.len() - 1].rsplit_once(end).unwrap_or_default(),
        Some(']') => code[..code.len() - 1].rsplit_once('[').unwrap_or_default(),
        _ => code.rsplit_once(|c: char| c.is_whitespace()).unwrap_or_default(),
    };
    let is_one = rest.trim_end().to_ascii_uppercase().ends_with("CONSTRAINT");
    if is_one { name.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn a_check_is_found_by_its_name() {
        let sql = "CREATE TABLE a (b INTEGER CONSTRAINT \"not one\" CHECK (b <> 1), -- CONSTRAINT c CHECK (d)\n c TEXT CHECK (c > \
                   ''), constraint [both] check (b > 2 OR (c = 'CONSTRAINT x CHECK (y)')), CONSTRAINT last\nCHECK(c < 'z'))";
        let of = |name| Said::check_of(sql, name);
        assert_eq!(of("not one").as_deref(), Some("b <> 1"));
        assert_eq!(of("both").as_deref(), Some("b > 2 OR (c = 'CONSTRAINT x CHECK (y)')"));
        assert_eq!(of("last").as_deref(), Some("c < 'z'"));
        assert_eq!((of("c"), of("x"), of("TEXT")), (None, None, None));
    }

    #[test]
    fn what_stands_beside_the_columns_is_read() {
        let said = Said::of(
            "CREATE TABLE orders ( -- What was ordered\n  \"state\" TEXT CHECK (\"state\" IN ('a)', 'b')), -- How far -- it is\n  \
             -- In crowns\n  [amount] NUMERIC CHECK(amount >= 0)\n)",
        );
        assert_eq!(said.comment, "What was ordered");
        assert_eq!(said.of_column("State"), "How far -- it is");
        assert_eq!(said.of_column("amount"), "In crowns");
        assert_eq!(said.checks, ["\"state\" IN ('a)', 'b')", "amount >= 0"]);
    }
}
