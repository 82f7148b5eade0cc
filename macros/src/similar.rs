//! Did-you-mean: the nearest of the names that exist, else what there is. It suggests and never corrects.

/// The candidate that was probably meant: the same letters in another case, or few typing mistakes away.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    // One mistake in a short word, one in three letters in a longer one: beyond that a suggestion is noise.
    let length = word.chars().count();
    let allowed = (length / 3).clamp(1, 3).min(length.saturating_sub(1));
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The help for a name that does not exist: the nearest, else all there are (`what` in the plural: "fields").
pub(crate) fn hint<'a>(word: &str, what: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let mut candidates: Vec<&str> = candidates.into_iter().collect();
    candidates.dedup();
    if let Some(near) = nearest(word, candidates.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    match candidates.as_slice() {
        [] => format!("there are no {what}"),
        [only] => format!("there is only `{only}`"),
        several => {
            let shown: Vec<String> = several.iter().take(12).map(|name| format!("`{name}`")).collect();
            let rest = several.len().saturating_sub(12);
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("the {what} are {}{more}", shown.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested() {
        assert_eq!(nearest("Reception", ["Owner", "Receptoin"]), Some("Receptoin"));
        assert_eq!(nearest("name", ["Name", "phone"]), Some("Name"));
        assert_eq!(nearest("lsit", ["list", "sort"]), Some("list"));
    }

    #[test]
    fn a_far_name_is_not() {
        assert_eq!(nearest("born", ["name", "doctor"]), None);
        assert_eq!(hint("zebra", "roles", ["Owner", "Manager"]), "the roles are `Owner`, `Manager`");
        assert_eq!(hint("zebra", "roles", []), "there are no roles");
    }
}
