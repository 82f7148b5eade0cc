//! What only the text of the statement says that made a table: its conditions, and the words that somebody wrote beside
//! the columns. It reads text and decides nothing.

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Said {
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
        said.checks = checks(&code);
        said
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

/// The inside of each `CHECK (…)`.
fn checks(code: &str) -> Vec<String> {
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
                    found.push(code[start..at].to_owned());
                    open = None;
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Said;

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
