//! The numbers of `$1 …` in the text of a statement. What stands in quotes is no placeholder.

use std::fmt::Write as _;

/// Appends the text with this added to the number of each placeholder.
pub(super) fn renumber(text: &str, by: usize, to: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['$', '"', '\'']) {
        let (before, from) = rest.split_at(at);
        let (mark, after) = from.split_at(1);
        to.push_str(before);
        rest = if mark == "$" {
            let (number, after) = after.split_at(after.bytes().take_while(u8::is_ascii_digit).count());
            // A `$` without a number stays what it is.
            let _ = match number.parse::<usize>() {
                Ok(number) => write!(to, "${}", number + by),
                Err(_) => write!(to, "${number}"),
            };
            after
        } else {
            let (quoted, after) = from.split_at(after.find(mark).map_or(from.len(), |end| end + 2));
            to.push_str(quoted);
            after
        };
    }
    to.push_str(rest);
}

/// Values from which on the numbers of placeholders are dear to SQLite.
pub(super) const MANY: usize = 16;

/// The text with `?` for each placeholder, if they stand in order and each once. SQLite keeps numbered ones as names in
/// a list, which it goes through from the start for each of them, at every execution: thousands of them took longer
/// than the rows that they brought.
pub(super) fn without_numbers(text: &str, values: usize) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let (mut rest, mut next) = (text, 1);
    while let Some(at) = rest.find(['$', '"', '\'']) {
        let (before, from) = rest.split_at(at);
        let (mark, after) = from.split_at(1);
        plain.push_str(before);
        rest = if mark == "$" {
            let (number, after) = after.split_at(after.bytes().take_while(u8::is_ascii_digit).count());
            if number.parse() != Ok(next) {
                return None;
            }
            next += 1;
            plain.push('?');
            after
        } else {
            // What stands in quotes stays as it is.
            let (quoted, after) = from.split_at(after.find(mark).map_or(from.len(), |end| end + 2));
            plain.push_str(quoted);
            after
        };
    }
    plain.push_str(rest);
    (next == values + 1).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn numbers_go_where_each_value_stands_once_and_in_order() {
        let plain = |text: &str, values| without_numbers(text, values);
        assert_eq!(plain("a = $1 AND b IN ($2, $3)", 3).as_deref(), Some("a = ? AND b IN (?, ?)"));
        assert_eq!(plain("\"$9\" = $1 AND '$8''\"' = $2", 2).as_deref(), Some("\"$9\" = ? AND '$8''\"' = ?"));
        for (text, values) in [("a = $2 AND b = $1", 2), ("a = $1 OR b = $1", 1), ("a = $1", 2), ("a = $x", 1)] {
            assert_eq!(plain(text, values), None, "{text}");
        }
    }
}
