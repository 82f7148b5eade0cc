//! Text that may stand in a header of a mail: one line, whatever it was made of. The message takes no other type there,
//! so that nothing a person typed can begin a header of its own.

use std::fmt;

/// Characters of a line; longer ones are cut.
const LONGEST: usize = 200;

/// One line without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line(String);

impl Line {
    /// Whatever would end the line, or is no character to be seen, becomes a space.
    pub(super) fn new(text: &str) -> Self {
        let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        let spaced: String = text.chars().map(|c| if breaks(c) { ' ' } else { c }).take(LONGEST).collect();
        Self(spaced.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_line_stays_one() {
        for bad in ["a\r\nBcc: eve@evil.example", "a\nb", "a\rb", "a\u{85}b", "a\u{2028}b", "a\u{0}b", "\u{b}a\u{c}b"] {
            let line = Line::new(bad).into_text();
            assert!(!line.chars().any(|c| c.is_control() || c == '\u{2028}'), "{line:?}");
            assert!(line.starts_with('a'));
        }
        assert_eq!(Line::new(&"x".repeat(999)).into_text().len(), super::LONGEST);
    }
}
