//! Names made from names: titles, plurals, path segments, tables. It only spells; whether the result is free is
//! checked elsewhere.

use proc_macro2::Ident;

use super::reserved;

/// The name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    let mut name = ident.to_string();
    if name.starts_with("r#") {
        name.drain(..2);
    }
    name
}

/// The name as the expansion can write it: what Rust keeps for itself becomes raw, or gets a `_` where it can't be. It
/// has been reported; rustc would report it once more, in words of its own.
pub(crate) fn writable(ident: &Ident) -> Ident {
    let name = ident.to_string();
    if !reserved::is_rust(&name) {
        return ident.clone();
    }
    match name.as_str() {
        "self" | "Self" | "super" | "crate" | "_" => Ident::new(&format!("{name}_"), ident.span()),
        _ => Ident::new_raw(&name, ident.span()),
    }
}

/// `InvoiceLine` and `invoice_line` → `["invoice", "line"]`.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut upper = false;
    for c in name.chars() {
        let begins = parts.is_empty() || c == '_' || (c.is_uppercase() && !upper);
        upper = c.is_uppercase();
        if begins && parts.last().is_none_or(|part| !part.is_empty()) {
            parts.push(String::new());
        }
        if c != '_'
            && let Some(part) = parts.last_mut()
        {
            part.extend(c.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// `created_at` → "Created at".
pub(crate) fn title(name: &str) -> String {
    let words = parts(name).join(" ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => name.to_owned(),
    }
}

/// "Invoice line" → "Invoice lines", by the regular English rules; `title "…" plural "…"` says others.
pub(crate) fn plural(title: &str) -> String {
    let before_y = title.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match before_y {
        Some(stem) if !stem.is_empty() => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh"].iter().any(|end| title.ends_with(end)) => format!("{title}es"),
        _ => format!("{title}s"),
    }
}

/// `InvoiceLine` → `invoice-lines`.
pub(crate) fn slug(name: &str) -> String {
    plural(&parts(name).join("-"))
}

/// `InvoiceLine` → `invoice_line`.
pub(crate) fn table(name: &str) -> String {
    parts(name).join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_people_do() {
        assert_eq!(title("created_at"), "Created at");
        assert_eq!(title("VisitState"), "Visit state");
        assert_eq!(plural("Speciality"), "Specialities");
        assert_eq!(plural("Day"), "Days");
        assert_eq!(plural("Address"), "Addresses");
        assert_eq!(slug("InvoiceLine"), "invoice-lines");
        assert_eq!(table("InvoiceLine"), "invoice_line");
        assert_eq!(table("_odd__Name"), "odd_name");
    }
}
