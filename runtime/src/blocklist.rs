//! Passwords that are tried first: 39,774 common ones, embedded as the first four bytes of their SHA-256, and what they
//! are made into when something longer is asked for. It knows no more than whether; one in 100,000 others is taken for
//! one of them.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

/// In rising order, four bytes each; data/README.md says of what and how it was made.
static PREFIXES: &[u8] = include_bytes!("../data/common_passwords.bin");
const WIDTH: usize = 4;
/// Shortest part of a password that is looked up, code points; words of the context may be shorter.
const SHORTEST: usize = 4;
const SHORTEST_OF_CONTEXT: usize = 3;
/// What is put at the end of a common password to make it another, code points.
const TAIL: usize = 6;

/// Whether this password is common, or made of what is: one or two common passwords or words of the context (address,
/// panel), something short over and over, or a run of neighbours such as `abcdef…`. Letter case, spaces and signs
/// between and a few figures at the end make no difference.
pub(crate) fn holds(password: &str, context: &[&str]) -> bool {
    let folded = fold(password);
    let context: HashSet<String> = context
        .iter()
        .flat_map(|text| fold(text).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| word.chars().count() >= SHORTEST_OF_CONTEXT)
        .collect();
    let known = |part: &str| context.contains(part) || (part.chars().nth(SHORTEST - 1).is_some() && is_listed(part));
    let without_tail = trimmed(&folded);
    [folded.as_str(), without_tail]
        .into_iter()
        .any(|text| is_run(text) || is_repeated(text, &known) || is_made_of_two(text, &known))
}

fn fold(text: &str) -> String {
    text.trim().nfc().collect::<String>().to_lowercase().nfc().collect()
}

fn is_listed(word: &str) -> bool {
    let hash = Sha256::digest(word.as_bytes());
    let wanted = hash.as_slice().get(..WIDTH).unwrap_or_default();
    let (mut low, mut high) = (0, PREFIXES.len() / WIDTH);
    while low < high {
        let middle = low + (high - low) / 2;
        match PREFIXES.get(middle * WIDTH..(middle + 1) * WIDTH).map(|held| held.cmp(wanted)) {
            Some(std::cmp::Ordering::Equal) => return true,
            Some(std::cmp::Ordering::Less) => low = middle + 1,
            _ => high = middle,
        }
    }
    false
}

/// Without the few figures and signs at its end.
fn trimmed(text: &str) -> &str {
    let rest = text.trim_end_matches(|c: char| !c.is_alphabetic());
    let tail = text.get(rest.len()..).unwrap_or_default();
    if tail.chars().count() <= TAIL { rest } else { text }
}

/// Every character is the next of the one before, upwards or downwards.
fn is_run(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let all = |step: i64| codes.windows(2).all(|pair| matches!(pair, [a, b] if i64::from(*b) - i64::from(*a) == step));
    codes.len() > 2 && (all(1) || all(-1))
}

/// A unit over and over that is short, or common itself.
fn is_repeated(text: &str, known: &impl Fn(&str) -> bool) -> bool {
    const SHORT: usize = 8;
    let chars: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    (1..=chars.len() / 2).filter(|size| chars.len().is_multiple_of(*size)).any(|size| {
        let (unit, _) = chars.split_at(size);
        let unit_text: String = unit.iter().collect();
        chars.chunks(size).all(|chunk| chunk == unit)
            && (size < SHORT || known(&unit_text) || is_made_of_two(&unit_text, known))
    })
}

/// One or two known parts, with nothing but signs between.
fn is_made_of_two(text: &str, known: &impl Fn(&str) -> bool) -> bool {
    if known(text) {
        return true;
    }
    let between = |c: char| !c.is_alphanumeric();
    text.char_indices().skip(1).any(|(at, _)| {
        let (left, right) = text.split_at(at);
        known(left.trim_end_matches(between)) && known(right.trim_start_matches(between))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: [&str; 2] = ["anna.berg@lakeside.example", "Clinic"];

    #[test]
    fn the_list_is_whole_and_in_order() {
        assert_eq!(PREFIXES.len(), 39_773 * WIDTH);
        assert!(PREFIXES.chunks(WIDTH).is_sorted());
    }

    #[test]
    fn what_is_tried_first_is_found_and_what_it_is_made_into() {
        for bad in [
            "123456789987654321",
            "passwordpassword",
            "PasswordPassword",
            "password1234567",
            "Password-Sunshine",
            "sunshine princess!1",
            "iloveyousunshine2026",
            "abcabcabcabcabcabc",
            "abcdefghijklmnop",
            "ponmlkjihgfedcba",
            "qwertyuiopasdfghjkl",
            "q1w2e3r4t5y6u7i8",
            "annaberg",
            "anna-berg-2026",
            "LakesideClinic!!",
            "clinicpassword",
            "Berg Princess",
        ] {
            assert!(holds(bad, &CONTEXT), "{bad}");
        }
        for good in [
            "a lamp beside the lake",
            "correct horse battery",
            "sparrows nest above the gate",
            "k3v-91pz-dd02-mm7",
            "annalena kauft drei birnen",
            "αβραδια στον κηπο μου",
        ] {
            assert!(!holds(good, &CONTEXT), "{good}");
        }
    }

    #[test]
    fn the_longest_password_is_judged_in_few_steps() {
        let long = "ab c".repeat(64);
        assert!(holds(&long, &[]));
        assert!(!holds(&format!("{}x{}", "lampe ".repeat(20), "see ".repeat(20)), &[]));
    }
}
