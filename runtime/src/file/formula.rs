//! Texts that a spreadsheet would run. In CSV nothing tells text from a formula, so that such a text gets an apostrophe
//! in front, which reading takes off again: what was exported comes back unchanged.

/// Whether a spreadsheet might take the text for a formula, apostrophes in front of it aside.
pub(crate) fn is_live(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    // A line end can start a cell of its own when pasted. Where lists are parted by semicolons, a program may split a
    // cell at them, or at a tab, whatever quotes stand around it.
    if !text.bytes().any(|byte| matches!(byte, b';' | b'\t' | b'\r' | b'\n')) {
        return starts_one(text);
    }
    text.starts_with(['\t', '\r', '\n']) || text.split([';', '\t', '\r', '\n']).any(starts_one)
}

/// Some programs look behind white space and quotes.
fn starts_one(text: &str) -> bool {
    if text.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric) {
        return false;
    }
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\'' || c == '"')
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The text behind the apostrophe that an export put there.
pub(crate) fn revived(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_live(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_live, revived};

    fn neutral(text: &str) -> String {
        if is_live(text) { format!("'{text}") } else { text.to_owned() }
    }

    #[test]
    fn a_formula_becomes_text_and_comes_back_unchanged() {
        let live = [
            "=1+1",
            "+49 170 123",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r\n=1",
            " =HYPERLINK(\"http://evil.example\")",
            "'=1",
            "''=1",
            "＝1+1",
            "x;=1+1",
            "x\t=1",
            "a;b;\"@SUM(A1)\"",
        ];
        for text in live {
            let file = neutral(text);
            assert!(file.starts_with('\''), "{text:?} would run");
            assert_eq!(revived(&file), text);
        }
        for text in ["", "Anna", "'Anna", "1+1", "a=b", "'", "O'Neill", "'' x", "a; b", "a;b=c"] {
            assert_eq!(neutral(text), text, "nothing to neutralise");
            assert_eq!(revived(text), text, "nothing was");
        }
    }
}
