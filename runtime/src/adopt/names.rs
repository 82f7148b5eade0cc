//! Names of the block for names of tables and columns: unlike them where Rust, the block or another name is in the way.

use std::collections::BTreeSet;

/// What a field must not be called: words of SQL, of Rust and of the block, and the two columns of every table.
const TAKEN_FIELDS: &str = "id version me now and or not is in null one_person abort add all alter analyse analyze any array \
    as asc asymmetric autoincrement between both case cast check collate column commit constraint create cross \
    current_date current_role current_time current_timestamp current_user default deferrable delete desc distinct do \
    drop else end escape except exists false fetch for foreign from full glob grant group having if index initially \
    inner insert intersect into isnull join lateral leading left like limit localtime localtimestamp match natural \
    nothing notnull offset oid on only order outer placing primary references regexp returning right rowid select \
    session_user set similar some symmetric table then to trailing transaction union unique update user using values \
    variadic verbose when where window with abstract async await become \
    box break const continue crate dyn enum extern final fn gen impl let loop macro mod move mut override priv pub ref \
    return self static struct super trait true try type typeof unsafe unsized use virtual while yield";

/// What a model or a choice must not be called.
const TAKEN_TYPES: &str = "String Text Email Url Decimal Date Time Timestamp Uuid Json Secret Bytes Actor Option Some None \
    Result Ok Err Vec Box Audit People Person Role Route Panel May View Create Edit Delete Export Import ActionCx \
    ActionResult Default PANEL Self As Error Store Owner Account Group Session Policy Invite Home Health Static Metrics \
    Factor Search Reset Recovery";

/// Names that were given out.
#[derive(Debug, Default)]
pub(super) struct Given(BTreeSet<String>);

impl Given {
    /// A name for a type that nothing else has, with room for the types that are made of it.
    pub(super) fn type_of(&mut self, wanted: &str) -> String {
        let free = |given: &BTreeSet<String>, name: &str| {
            let made = ["Id", "Change", "Actions", "Action"].map(|end| format!("{name}{end}"));
            let is_made = ["Id", "Change", "Actions", "Action"]
                .iter()
                .filter_map(|end| name.strip_suffix(end))
                .chain(name.strip_prefix("New"))
                .any(|of| given.contains(of));
            !given.contains(name)
                && !is_made
                && made.iter().all(|made| !given.contains(made))
                && !given.contains(&format!("New{name}"))
        };
        let taken = TAKEN_TYPES.split_whitespace().any(|taken| taken.eq_ignore_ascii_case(wanted));
        let wanted = if taken { format!("{wanted}Record") } else { wanted.to_owned() };
        self.first(&wanted, free)
    }

    /// A name for a field of one model, or a variant of one choice.
    pub(super) fn field_of(&mut self, wanted: &str) -> String {
        let taken = TAKEN_FIELDS.split_whitespace().any(|taken| taken == wanted);
        let wanted = if taken { format!("{wanted}_value") } else { wanted.to_owned() };
        self.first(&wanted, |given, name| !given.contains(name))
    }

    fn first(&mut self, wanted: &str, free: impl Fn(&BTreeSet<String>, &str) -> bool) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !free(&self.0, &name) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.0.insert(name.clone());
        name
    }
}

/// The words of a name: `UnitPrice`, `unit price` and `unit_price` are two each. ASCII alone; other letters are left
/// out.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    let letters: Vec<char> = name.chars().collect();
    for (at, &c) in letters.iter().enumerate() {
        let next_is_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let starts = c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit())
            || c.is_ascii_uppercase() && before.is_ascii_uppercase() && next_is_small;
        if c.is_ascii_alphanumeric() {
            match words.last_mut() {
                Some(word) if !starts && before.is_ascii_alphanumeric() => word.push(c.to_ascii_lowercase()),
                _ => words.push(c.to_ascii_lowercase().to_string()),
            }
        }
        before = c;
    }
    words
}

/// `unit_price`
pub(super) fn snake(name: &str) -> String {
    let name = words(name).join("_");
    match name.chars().next() {
        None => "field".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("n{name}"),
        Some(_) => name,
    }
}

/// `UnitPrice`
pub(super) fn camel(name: &str) -> String {
    let name: String = words(name).iter().map(|word| capital(word)).collect();
    match name.chars().next() {
        None => "Value".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("N{name}"),
        Some(_) => name,
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// One of what a table is named after, in `CamelCase`: `order_details` is an `OrderDetail`.
pub(super) fn one_of(table: &str) -> String {
    let mut words = words(table);
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    camel(&words.join("_"))
}

fn singular(word: &str) -> String {
    const ODD: [(&str, &str); 8] = [
        ("people", "person"),
        ("children", "child"),
        ("men", "man"),
        ("women", "woman"),
        ("data", "data"),
        ("series", "series"),
        ("news", "news"),
        ("movies", "movie"),
    ];
    if let Some((_, one)) = ODD.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for end in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(end) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// `order_detail` as many: `order_details`.
pub(super) fn many_of(one: &str) -> String {
    match one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh"].iter().any(|end| one.ends_with(end)) => format!("{one}es"),
        None => format!("{one}s"),
    }
}

/// `customer_id` as the name of what it points at: `customer`.
pub(super) fn without_id(field: &str) -> &str {
    field.strip_suffix("_id").filter(|stem| !stem.is_empty()).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_block() {
        assert_eq!(snake("UnitPrice"), "unit_price");
        assert_eq!(snake("HTTPStatus 2"), "http_status_2");
        assert_eq!(snake("2nd"), "n2nd");
        assert_eq!(camel("on hold"), "OnHold");
        assert_eq!(camel("–"), "Value");
        assert_eq!(one_of("order_details"), "OrderDetail");
        assert_eq!(one_of("Categories"), "Category");
        assert_eq!(one_of("MediaTypes"), "MediaType");
        assert_eq!((one_of("status"), one_of("addresses")), ("Status".to_owned(), "Address".to_owned()));
        assert_eq!((without_id("album_id"), without_id("id")), ("album", "id"));
    }

    #[test]
    fn what_is_taken_gets_another_name() {
        let mut given = Given::default();
        assert_eq!(given.type_of("Role"), "RoleRecord");
        assert_eq!(given.type_of("Order"), "Order");
        assert_eq!(given.type_of("OrderChange"), "OrderChange2");
        assert_eq!(given.type_of("Order"), "Order2");
        let mut given = Given::default();
        assert_eq!(
            (given.field_of("order"), given.field_of("order")),
            ("order_value".to_owned(), "order_value2".to_owned())
        );
    }
}
