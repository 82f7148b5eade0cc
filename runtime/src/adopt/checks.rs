//! What the conditions of a table say of one column alone, as far as a field can say it too. It understands lists and
//! bounds; all else stays the database's own affair.

/// What a condition asks of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// One of these texts.
    OneOf(Vec<String>),
    /// 0 or 1.
    YesNo,
    /// At least this number.
    Least(String),
    /// At most this number.
    Most(String),
    /// More than this number.
    Above(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// A name or a word of SQL, in lower case.
    Name(String),
    Text(String),
    Number(String),
    Sign(char),
}

/// The rules, each with the column that it is about.
pub(super) fn rules(condition: &str, columns: &[&str]) -> Vec<(String, Rule)> {
    let words = words(condition);
    let mut rules = Vec::new();
    for part in words.split(|word| *word == Word::Name("and".to_owned())) {
        rules.extend(rule(part, columns));
    }
    if let Some(between) = between(&words, columns) {
        return between;
    }
    // Half of a condition that was not understood whole may be wrong: `a or b`.
    let parts = words.iter().filter(|word| **word == Word::Name("and".to_owned())).count() + 1;
    if rules.len() == parts { rules } else { Vec::new() }
}

fn rule(words: &[Word], columns: &[&str]) -> Option<(String, Rule)> {
    let (first, rest) = words.split_first()?;
    let column = column(first, columns)?;
    let rule = match rest {
        [Word::Sign('>'), Word::Sign('='), Word::Number(number)] => Rule::Least(number.clone()),
        [Word::Sign('<'), Word::Sign('='), Word::Number(number)] => Rule::Most(number.clone()),
        [Word::Sign('>'), Word::Number(number)] => Rule::Above(number.clone()),
        [Word::Name(word), listed @ ..] if word == "in" => listed_in(listed)?,
        [Word::Sign('='), Word::Name(any), Word::Name(array), listed @ ..] if any == "any" && array == "array" => {
            listed_in(listed)?
        }
        _ => return None,
    };
    Some((column, rule))
}

fn between(words: &[Word], columns: &[&str]) -> Option<Vec<(String, Rule)>> {
    let [first, Word::Name(between), Word::Number(least), Word::Name(and), Word::Number(most)] = words else {
        return None;
    };
    let column = column(first, columns).filter(|_| between == "between" && and == "and")?;
    Some(vec![(column.clone(), Rule::Least(least.clone())), (column, Rule::Most(most.clone()))])
}

fn column(word: &Word, columns: &[&str]) -> Option<String> {
    let Word::Name(name) = word else { return None };
    columns.iter().find(|column| column.eq_ignore_ascii_case(name)).map(|column| (*column).to_owned())
}

fn listed_in(words: &[Word]) -> Option<Rule> {
    let listed: Vec<&Word> = words.iter().filter(|word| **word != Word::Sign(',')).collect();
    let texts: Option<Vec<String>> =
        listed.iter().map(|word| if let Word::Text(text) = word { Some(text.clone()) } else { None }).collect();
    if let Some(texts) = texts.filter(|texts| !texts.is_empty()) {
        return Some(Rule::OneOf(texts));
    }
    let number = |word: &Word, wanted: &str| matches!(word, Word::Number(number) if number == wanted);
    let both = listed.len() == 2 && listed.iter().any(|w| number(w, "0")) && listed.iter().any(|w| number(w, "1"));
    both.then_some(Rule::YesNo)
}

/// Without parentheses and types, which change nothing of what is understood here.
fn words(condition: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = condition.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' => words.push(Word::Text(quoted(&mut rest, '\''))),
            '"' | '`' => words.push(Word::Name(quoted(&mut rest, c).to_lowercase())),
            '[' if words.last() != Some(&Word::Name("array".to_owned())) => {
                words.push(Word::Name(quoted(&mut rest, ']').to_lowercase()));
            }
            ':' => skip_type(&mut rest),
            '-' if rest.peek().is_some_and(char::is_ascii_digit) => words.push(Word::Number(run(c, &mut rest))),
            _ if c.is_ascii_digit() => words.push(Word::Number(run(c, &mut rest))),
            _ if c.is_alphabetic() || c == '_' => words.push(Word::Name(run(c, &mut rest).to_lowercase())),
            '(' | ')' | '[' | ']' => {}
            _ if c.is_whitespace() => {}
            sign => words.push(Word::Sign(sign)),
        }
    }
    words
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn quoted(rest: &mut Chars<'_>, end: char) -> String {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        if c == end && rest.next_if_eq(&end).is_none() {
            break;
        }
        text.push(c);
    }
    text
}

fn run(first: char, rest: &mut Chars<'_>) -> String {
    let mut text = String::from(first);
    while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
        text.push(c);
    }
    text
}

/// `::character varying(20)[]`, behind its first colon.
fn skip_type(rest: &mut Chars<'_>) {
    let name = |c: &char| c.is_alphanumeric() || matches!(c, ':' | '_' | '"' | '.');
    while rest.next_if(name).is_some() {}
    let further: String = rest.clone().take(8).collect();
    if further.starts_with(" varying") || further.starts_with(" precisi") {
        rest.next();
        while rest.next_if(name).is_some() {}
    }
    if rest.next_if_eq(&'(').is_some() {
        while rest.next().is_some_and(|c| c != ')') {}
    }
    while rest.next_if(|c| matches!(c, '[' | ']')).is_some() {}
}

#[cfg(test)]
mod tests {
    use super::{Rule, rules};

    fn one(condition: &str) -> Vec<(String, Rule)> {
        rules(condition, &["State", "amount"])
    }

    #[test]
    fn lists_are_found_as_either_database_spells_them() {
        let listed = |texts: &[&str]| {
            vec![("State".to_owned(), Rule::OneOf(texts.iter().map(|text| (*text).to_owned()).collect()))]
        };
        assert_eq!(one("\"State\" IN ('open', 'on hold', 'don''t')"), listed(&["open", "on hold", "don't"]));
        assert_eq!(one("[State] in('a')"), listed(&["a"]));
        assert_eq!(one("(state = ANY (ARRAY['a'::text, 'b'::text]))"), listed(&["a", "b"]));
        assert_eq!(
            one("((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"),
            listed(&["a", "b"])
        );
        assert_eq!(one("state IN (0, 1)"), [("State".to_owned(), Rule::YesNo)]);
    }

    #[test]
    fn bounds_are_found() {
        let of = |rule| ("amount".to_owned(), rule);
        assert_eq!(one("amount >= 0"), [of(Rule::Least("0".to_owned()))]);
        assert_eq!(one("((amount > (0)::numeric))"), [of(Rule::Above("0".to_owned()))]);
        let both = [of(Rule::Least("1".to_owned())), of(Rule::Most("5".to_owned()))];
        assert_eq!(one("amount BETWEEN 1 AND 5"), both);
        assert_eq!(one("((amount >= 1) AND (amount <= 5))"), both);
    }

    #[test]
    fn what_is_not_understood_says_nothing() {
        for condition in [
            "amount >= 0 OR State IN ('a')",
            "amount > other",
            "NOT State IN ('a')",
            "length(State) > 3",
            "amount >= 0 AND x",
        ] {
            assert_eq!(one(condition), [], "{condition}");
        }
    }
}
