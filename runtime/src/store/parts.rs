//! Which parts of a long text an index of parts is asked for: few of them find about what all of them would, for a third
//! of the work. What is found so is looked at again; it may be more than what holds the text, and is never less.

/// Characters of a part of an index, as FTS5's `trigram` and pg_trgm make them.
pub(in crate::store) const PART: usize = 3;
/// Beginnings of words at most.
const WORDS: usize = 3;

/// In the order in which they stand in the text, none within another: how its longer words begin. Nothing, where no word
/// has a part. Of a single word the end is asked for too, and of more than two the last one's, as what many rows begin
/// with (an "invoice for visit 777777") is told apart there. Of two that stand side by side it is how the first begins,
/// what lies between them and how the second ends: rows that hold both somewhere are twice as many as those that hold
/// them so, and each is looked at again.
pub(in crate::store) fn rough_parts(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(|word| word.chars().collect::<Vec<char>>());
    let mut words: Vec<Vec<char>> = words.filter(|word| word.len() >= PART).collect();
    if let [first, second] = words.as_slice()
        && let Some(parts) = side_by_side(text, first, second)
    {
        return parts;
    }
    if words.len() > WORDS {
        words.drain(WORDS - 1..words.len() - 1);
    }
    let mut parts: Vec<String> =
        words.iter().filter_map(|word| word.first_chunk::<PART>()).map(|part| part.iter().collect()).collect();
    if words.len() != 2
        && let Some((_, rest)) = words.last().and_then(|word| word.split_first_chunk::<PART>())
        && let Some(end) = rest.last_chunk::<PART>()
    {
        parts.push(end.iter().collect());
    }
    parts
}

/// The parts of two words with one blank between them, where both are long enough for parts that don't lie over each
/// other.
fn side_by_side(text: &str, first: &[char], second: &[char]) -> Option<Vec<String>> {
    let both: String = first.iter().chain(&[' ']).chain(second).collect();
    let (begin, rest) = first.split_first_chunk::<PART>()?;
    let (last, (next, rest_of_second)) = (rest.last()?, second.split_first()?);
    let end = rest_of_second.last_chunk::<PART>()?;
    let part = |letters: &[char]| letters.iter().collect::<String>();
    text.contains(&both).then(|| vec![part(begin), part(&[*last, ' ', *next]), part(end)])
}

#[cfg(test)]
mod tests {
    use super::rough_parts;

    #[test]
    fn they_stand_in_the_text_in_their_order() {
        let parts = |text: &str| rough_parts(text).join("|");
        assert_eq!(parts("anna haddad"), "ann|a h|dad");
        // Not side by side, or too short for parts beside each other.
        assert_eq!(parts("anna-haddad"), "ann|had");
        assert_eq!(parts("anna  haddad"), "ann|had");
        assert_eq!((parts("ann haddad").as_str(), parts("anna had").as_str()), ("ann|had", "ann|had"));
        assert_eq!(parts("dr anna hall x"), "ann|a h|all");
        assert_eq!(parts("fernandez"), "fer|dez");
        // Side by side, not over each other.
        assert_eq!(parts("haddad"), "had|dad");
        assert_eq!(parts("dadad"), "dad");
        assert_eq!(parts("o'neill-müller of the long road"), "nei|mül|roa");
        assert_eq!(parts("invoice for visit 777777"), "inv|for|777|777");
        assert_eq!(parts("invoice for visitor"), "inv|for|vis|tor");
        assert_eq!(parts("100% \\__ \"ab\""), "100");
        assert_eq!(parts("a b c d e"), "");
    }
}
