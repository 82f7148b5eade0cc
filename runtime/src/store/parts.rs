//! Which parts of a long text an index of parts is asked for: few of them find about what all of them would, for a third
//! of the work. What is found so is looked at again; it may be more than what holds the text, and is never less.

/// Characters of a part of an index, as FTS5's `trigram` and pg_trgm make them.
pub(in crate::store) const PART: usize = 3;
/// Beginnings of words at most.
const WORDS: usize = 3;

/// In the order in which they stand in the text, none within another: how its longer words begin, and of a single word
/// the end too. Nothing, where no word has a part.
pub(in crate::store) fn rough_parts(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(|word| word.chars().collect::<Vec<char>>());
    let words: Vec<Vec<char>> = words.filter(|word| word.len() >= PART).take(WORDS).collect();
    let mut parts: Vec<String> =
        words.iter().filter_map(|word| word.first_chunk::<PART>()).map(|part| part.iter().collect()).collect();
    if let [word] = words.as_slice()
        && let Some((_, rest)) = word.split_first_chunk::<PART>()
        && let Some(end) = rest.last_chunk::<PART>()
    {
        parts.push(end.iter().collect());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::rough_parts;

    #[test]
    fn they_stand_in_the_text_in_their_order() {
        let parts = |text: &str| rough_parts(text).join("|");
        assert_eq!(parts("anna haddad"), "ann|had");
        assert_eq!(parts("fernandez"), "fer|dez");
        // Side by side, not over each other.
        assert_eq!(parts("haddad"), "had|dad");
        assert_eq!(parts("dadad"), "dad");
        assert_eq!(parts("o'neill-müller of the long road"), "nei|mül|the");
        assert_eq!(parts("100% \\__ \"ab\""), "100");
        assert_eq!(parts("a b c d e"), "");
    }
}
