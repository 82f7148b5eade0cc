//! A reader over the tokens of one bracket: it takes what is there, reports what is missing and finds the next clause
//! again. It knows tokens, not clauses.

use proc_macro2::{Delimiter, Ident, Spacing, Span};
use syn::buffer::Cursor;

use crate::ast::{Text, Value, ValueKind};
use crate::diag::Diags;
use crate::panel::Place;
use crate::similar;

/// The mistake has been reported; whoever gets this skips to the next clause.
#[derive(Debug)]
pub(crate) struct Reported;

pub(crate) type Read<T> = Result<T, Reported>;

pub(crate) struct Input<'a, 'd> {
    pub(crate) cursor: Cursor<'a>,
    /// The newest token taken; before the first one the opening bracket.
    pub(crate) last: Span,
    /// The closing bracket: where something is missing at the very end.
    end: Span,
    pub(crate) diags: &'d mut Diags,
}

impl<'a, 'd> Input<'a, 'd> {
    pub(crate) fn new(cursor: Cursor<'a>, open: Span, end: Span, diags: &'d mut Diags) -> Self {
        Self { cursor, last: open, end, diags }
    }

    pub(crate) fn at_end(&self) -> bool {
        self.cursor.eof()
    }

    /// The next token, or the closing bracket.
    pub(crate) fn here(&self) -> Span {
        match self.cursor.token_tree() {
            Some((proc_macro2::TokenTree::Group(group), _)) => group.span_open(),
            Some((token, _)) => token.span(),
            None => self.end,
        }
    }

    /// From `first` to the newest token taken.
    pub(crate) fn since(&self, first: Span) -> Place {
        Place { first, last: self.last }
    }

    fn advance(&mut self, last: Span, rest: Cursor<'a>) {
        self.last = last;
        self.cursor = rest;
    }

    // ---- words -------------------------------------------------------------------------------------------------

    pub(crate) fn peek_word(&self) -> Option<Ident> {
        self.cursor.ident().map(|(ident, _)| ident)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.peek_word().is_some_and(|ident| ident == word)
    }

    pub(crate) fn take_word(&mut self) -> Option<Ident> {
        let (ident, rest) = self.cursor.ident()?;
        self.advance(ident.span(), rest);
        Some(ident)
    }

    pub(crate) fn eat_word(&mut self, word: &str) -> Option<Ident> {
        if self.is_word(word) { self.take_word() } else { None }
    }

    pub(crate) fn word(&mut self, what: &str) -> Read<Ident> {
        match self.take_word() {
            Some(ident) => Ok(ident),
            None => Err(self.expected(what)),
        }
    }

    pub(crate) fn keyword(&mut self, word: &str) -> Read<Ident> {
        match self.eat_word(word) {
            Some(ident) => Ok(ident),
            None => Err(self.expected(&format!("`{word}`"))),
        }
    }

    /// Words separated by commas, at least one; what was read before a mistake is kept.
    pub(crate) fn words_into(&mut self, what: &str, words: &mut Vec<Ident>) -> Read<()> {
        loop {
            words.push(self.word(what)?);
            if !self.eat(",") {
                return Ok(());
            }
        }
    }

    /// The same where nothing but the end of the clause may follow: a word there lacks its comma.
    pub(crate) fn words_to_the_end(&mut self, what: &str, words: &mut Vec<Ident>) -> Read<()> {
        self.words_into(what, words)?;
        let Some((word, rest)) = self.cursor.ident() else { return Ok(()) };
        let goes_on = rest.punct().is_some_and(|(punct, _)| [',', ';'].contains(&punct.as_char()));
        match words.last() {
            Some(before) if goes_on => {
                let message = format!("expected `,` before `{word}`");
                self.diags.syntax(&word, message).help(format!("write `{before}, {word}`"));
                Err(Reported)
            }
            _ => Ok(()),
        }
    }

    // ---- punctuation and brackets ------------------------------------------------------------------------------

    /// Whether the next tokens are this punctuation, and what follows it.
    fn punct(&self, text: &str) -> Option<(Span, Cursor<'a>)> {
        let mut cursor = self.cursor;
        let mut last = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let (punct, rest) = cursor.punct()?;
            if punct.as_char() != c || (chars.peek().is_some() && punct.spacing() == Spacing::Alone) {
                return None;
            }
            last = Some(punct.span());
            cursor = rest;
        }
        Some((last?, cursor))
    }

    pub(crate) fn is(&self, text: &str) -> bool {
        self.punct(text).is_some()
    }

    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let found = self.punct(text);
        if let Some((span, rest)) = found {
            self.advance(span, rest);
        }
        found.is_some()
    }

    pub(crate) fn expect(&mut self, text: &str) -> Read<()> {
        if self.eat(text) { Ok(()) } else { Err(self.expected(&format!("`{text}`"))) }
    }

    pub(crate) fn is_group(&self, delimiter: Delimiter) -> bool {
        self.cursor.group(delimiter).is_some()
    }

    /// Reads a bracket with `read`, which gets a reader of its own and leaves nothing behind that it does not report.
    pub(crate) fn group<T>(&mut self, delimiter: Delimiter, read: impl FnOnce(&mut Input<'a, '_>) -> T) -> Option<T> {
        let (inside, spans, rest) = self.cursor.group(delimiter)?;
        self.advance(spans.close(), rest);
        let mut input = Input::new(inside, spans.open(), spans.close(), self.diags);
        Some(read(&mut input))
    }

    // ---- literals ----------------------------------------------------------------------------------------------

    pub(crate) fn take_text(&mut self) -> Option<Text> {
        let (literal, rest) = self.cursor.literal()?;
        let syn::Lit::Str(text) = syn::Lit::new(literal) else { return None };
        self.advance(text.span(), rest);
        Some(Text { value: text.value(), place: text.span().into() })
    }

    pub(crate) fn text(&mut self, what: &str) -> Read<Text> {
        match self.take_text() {
            Some(text) => Ok(text),
            None => Err(self.expected(what)),
        }
    }

    /// Digits, and what is written right behind them: `30min` is `("30", "min")`.
    fn peek_number(&self) -> Option<(String, String, Span, Cursor<'a>)> {
        let (literal, rest) = self.cursor.literal()?;
        let text = literal.to_string();
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '_' && c != '.').unwrap_or(text.len());
        let digits = text[..split].replace('_', "");
        Some((digits, text[split..].to_owned(), literal.span(), rest))
    }

    pub(crate) fn is_number(&self) -> bool {
        self.peek_number().is_some()
    }

    /// A whole number without a unit.
    pub(crate) fn count(&mut self, what: &str) -> Read<u32> {
        let Some((digits, unit, span, rest)) = self.peek_number() else { return Err(self.expected(what)) };
        self.advance(span, rest);
        match digits.parse() {
            Ok(count) if unit.is_empty() => Ok(count),
            _ => {
                self.diags.syntax(span, format!("expected {what}: a whole number from 0 to {}", u32::MAX));
                Err(Reported)
            }
        }
    }

    /// A number with its unit, in seconds.
    pub(crate) fn duration(&mut self, what: &str) -> Read<u64> {
        const UNITS: [(&str, u64); 4] = [("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)];
        let Some((digits, unit, span, rest)) = self.peek_number() else { return Err(self.expected(what)) };
        self.advance(span, rest);
        let names = UNITS.map(|(name, _)| name);
        let Some((_, seconds)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            if unit.is_empty() {
                self.diags.syntax(span, format!("`{digits}` has no unit")).help(format!("write `{digits}min`"));
            } else {
                self.diags
                    .error("unknown_name", span, format!("there is no unit `{unit}`"))
                    .help(similar::hint(&unit, "units", names));
            }
            return Err(Reported);
        };
        match digits.parse::<u64>().ok().and_then(|count| count.checked_mul(*seconds)) {
            Some(seconds) if seconds <= 36_500 * 86_400 => Ok(seconds),
            _ => {
                self.diags.syntax(span, format!("expected {what}: a whole number of a unit, at most 100 years"));
                Err(Reported)
            }
        }
    }

    /// A literal, or the name of a variant.
    pub(crate) fn take_value(&mut self) -> Option<Read<Value>> {
        let first = self.here();
        if let Some(text) = self.take_text() {
            return Some(Ok(Value { kind: ValueKind::Text(text.value), place: text.place }));
        }
        let before = (self.cursor, self.last);
        let minus = self.eat("-");
        if let Some((digits, unit, span, rest)) = self.peek_number() {
            self.advance(span, rest);
            let digits = if minus { format!("-{digits}") } else { digits };
            let place = self.since(first);
            if !unit.is_empty() {
                self.diags.syntax(place, format!("`{unit}` after the number is not understood here"));
                return Some(Err(Reported));
            }
            return Some(match digits.parse() {
                Ok(int) => Ok(Value { kind: ValueKind::Int(int), place }),
                Err(_) if digits.matches('.').count() == 1 && !digits.ends_with('.') => {
                    Ok(Value { kind: ValueKind::Number(digits), place })
                }
                Err(_) => {
                    self.diags.syntax(place, "the number is too large");
                    Err(Reported)
                }
            });
        }
        (self.cursor, self.last) = before;
        let name = self.take_word()?;
        let kind = match name.to_string().as_str() {
            "true" => ValueKind::Bool(true),
            "false" => ValueKind::Bool(false),
            "null" => ValueKind::Null,
            _ if self.eat("::") => match self.word("a variant") {
                Ok(variant) => ValueKind::Path(name, variant),
                Err(reported) => return Some(Err(reported)),
            },
            _ => ValueKind::Name(name),
        };
        Some(Ok(Value { kind, place: self.since(first) }))
    }

    pub(crate) fn value(&mut self, what: &str) -> Read<Value> {
        match self.take_value() {
            Some(value) => value,
            None => Err(self.expected(what)),
        }
    }

    // ---- documentation -----------------------------------------------------------------------------------------

    /// Doc comments in front of a clause, line by line.
    pub(crate) fn doc(&mut self) -> String {
        let mut lines = Vec::new();
        while self.is("#") {
            let before = self.cursor;
            let first = self.here();
            self.eat("#");
            let line = self.group(Delimiter::Bracket, |inside| {
                inside.eat_word("doc")?;
                inside.eat("=").then_some(())?;
                inside.take_text()
            });
            match line {
                Some(Some(line)) => {
                    let line = line.value;
                    lines.push(line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned());
                }
                Some(None) => {
                    let place = self.since(first);
                    self.diags.syntax(place, "attributes have no meaning in a panel").help("take it out");
                }
                None => {
                    self.cursor = before;
                    break;
                }
            }
        }
        lines.join("\n").trim().to_owned()
    }

    // ---- mistakes ----------------------------------------------------------------------------------------------

    /// Reports that something else was expected here.
    pub(crate) fn expected(&mut self, what: &str) -> Reported {
        let found = match self.cursor.token_tree() {
            None => "the end".to_owned(),
            Some((proc_macro2::TokenTree::Group(group), _)) => match group.delimiter() {
                Delimiter::Brace => "`{`".to_owned(),
                Delimiter::Parenthesis => "`(`".to_owned(),
                Delimiter::Bracket => "`[`".to_owned(),
                Delimiter::None => "something else".to_owned(),
            },
            Some((token, _)) => format!("`{token}`"),
        };
        let here = self.here();
        self.diags.syntax(here, format!("expected {what}, found {found}"));
        Reported
    }

    /// The clause is read; a `;` must follow. `words` start the clauses of this bracket.
    pub(crate) fn end_clause(&mut self, words: &[&str]) {
        if self.eat(";") {
            return;
        }
        let next_clause = words.iter().any(|word| self.is_word(word)) || self.is_declaration();
        if self.at_end() || next_clause {
            // Points at the last word rather than at what follows: that is where the `;` belongs.
            let last = self.last;
            self.diags.syntax(last, "expected `;` behind this");
        } else {
            self.expected("`;`");
            self.skip_clause(words);
        }
    }

    /// `name:`, the beginning of a field.
    pub(crate) fn is_declaration(&self) -> bool {
        let behind = self.cursor.ident().and_then(|(_, rest)| rest.punct());
        behind.is_some_and(|(punct, _)| punct.as_char() == ':' && punct.spacing() == Spacing::Alone)
    }

    /// Skips to behind the next `;`, or to in front of a word that starts a clause.
    pub(crate) fn skip_clause(&mut self, words: &[&str]) {
        while let Some((token, rest)) = self.cursor.token_tree() {
            if self.eat(";") {
                return;
            }
            if let proc_macro2::TokenTree::Ident(ident) = &token
                && words.iter().any(|word| ident == word)
            {
                return;
            }
            self.advance(token.span(), rest);
        }
    }

    /// Skips one token, so that a loop cannot stand still.
    pub(crate) fn skip_token(&mut self) {
        if let Some((token, rest)) = self.cursor.token_tree() {
            self.advance(token.span(), rest);
        }
    }

    /// Ends a clause that was read, or skips the rest of one that was not.
    pub(crate) fn finish(&mut self, read: &Read<()>, words: &[&str]) {
        match read {
            Ok(()) => self.end_clause(words),
            Err(Reported) => self.skip_clause(words),
        }
    }

    /// Reports a word that starts no clause here; the word that was probably meant, to read on with: what the clause
    /// declares is not unknown as well.
    pub(crate) fn unknown_clause(&mut self, word: &Ident, bracket: &str, words: &[&str]) -> Option<Ident> {
        let written = word.to_string();
        self.diags
            .error("unknown_name", word, format!("there is no `{word}` clause in {bracket}"))
            .help(similar::hint(&written, "clauses", words.iter().copied()));
        similar::nearest(&written, words.iter().copied()).map(|meant| Ident::new(meant, word.span()))
    }
}
