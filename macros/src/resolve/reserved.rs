//! Names that nobody may take: words of Rust, SQL and routes, the framework's own, and look-alikes in mixed scripts.
//! It knows words, not clauses.

/// What a name is used for decides which words it must avoid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// A Rust type of its own: panel, choice, model.
    Type,
    /// A role.
    Role,
    /// A column, and a word of predicates.
    Field,
    /// A verb of grants and a method.
    Action,
    /// A Rust name only.
    Plain,
}

/// Types of fields, and names that the expansion or the prelude brings into the same scope.
const TYPES: [&str; 37] = [
    "String",
    "Text",
    "Email",
    "Url",
    "Decimal",
    "Date",
    "Time",
    "Timestamp",
    "Uuid",
    "Json",
    "Secret",
    "Bytes",
    "Actor",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "Box",
    "Audit",
    "People",
    "Role",
    "Route",
    "Panel",
    "May",
    "View",
    "Create",
    "Edit",
    "Delete",
    "Export",
    "Import",
    "ActionCx",
    "ActionResult",
    "Default",
    "PANEL",
];

/// What Rust keeps for itself up to edition 2024, in the order of its bytes.
#[rustfmt::skip]
const RUST: [&str; 53] = [
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Whether Rust keeps the word for itself; a raw name (`r#type`) is a name.
pub(crate) fn is_rust(name: &str) -> bool {
    RUST.binary_search(&name).is_ok()
}

/// Verbs and clause words of a role: an action of that name could not be granted.
const VERBS: [&str; 19] = [
    "view", "create", "edit", "delete", "export", "import", "all", "assign", "reset", "lock", "unlock", "revoke",
    "may", "factor", "keep", "accept", "when", "reveal", "list",
];

/// Words of predicates.
const OPERANDS: [&str; 9] = ["me", "now", "and", "or", "not", "is", "in", "null", "one_person"];

/// Columns that every table has.
const COLUMNS: [&str; 2] = ["id", "version"];

/// Words that SQLite or PostgreSQL keep for themselves, sorted; from the keyword lists of their manuals, without those
/// that both take as a plain column name.
const SQL: [&str; 106] = [
    "abort",
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "autoincrement",
    "between",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "commit",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "full",
    "glob",
    "grant",
    "group",
    "having",
    "if",
    "in",
    "index",
    "initially",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "match",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "oid",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "placing",
    "primary",
    "references",
    "regexp",
    "returning",
    "right",
    "rowid",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "transaction",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
];

/// The rest of them: SQL words from the end of the alphabet.
const SQL_REST: [&str; 6] = ["variadic", "verbose", "when", "where", "window", "with"];

/// First path segments that are the framework's own pages.
const ROUTES: [&str; 28] = [
    "account",
    "admin",
    "api",
    "audit",
    "dashboard",
    "export",
    "factor",
    "groups",
    "health",
    "healthz",
    "home",
    "import",
    "invite",
    "login",
    "logout",
    "metrics",
    "new",
    "openapi",
    "people",
    "policy",
    "reauth",
    "recovery",
    "reset",
    "search",
    "session",
    "sessions",
    "static",
    "work",
];

/// Whose word it is, for the message; none: the name is free.
pub(crate) fn taken(name: &str, used: Use) -> Option<&'static str> {
    let folded = name.to_lowercase();
    let has = |words: &[&str], name: &str| words.contains(&name);
    if is_rust(name) {
        return Some("a word of Rust");
    }
    match used {
        Use::Type if has(&TYPES, name) || has(&["bool", "i32", "i64", "f64"], name) => Some("a name of the framework"),
        Use::Role if folded == "one_person" => Some("a word of `forbid`"),
        Use::Field if has(&COLUMNS, &folded) => Some("a column that every table has"),
        Use::Field if has(&OPERANDS, &folded) => Some("a word of conditions"),
        Use::Field if is_sql(&folded) => Some("a word of SQL"),
        Use::Action if has(&VERBS, name) => Some("a word of roles"),
        Use::Action if has(&["new", "history"], name) => Some("a path of the framework"),
        _ => None,
    }
}

pub(crate) fn is_sql(name: &str) -> bool {
    SQL.contains(&name) || SQL_REST.contains(&name)
}

pub(crate) fn is_route(slug: &str) -> bool {
    ROUTES.contains(&slug)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
}

fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(Script::Latin),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Script::Greek),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        _ => None,
    }
}

/// Letters of two scripts in one name: the reader cannot tell which name it is.
pub(crate) fn mixes_scripts(name: &str) -> bool {
    let mut scripts = name.chars().filter_map(script);
    let first = scripts.next();
    scripts.any(|script| Some(script) != first)
}

/// Greek and Cyrillic letters that look like a Latin one.
const ALIKE: [(char, char); 32] = [
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('ӏ', 'l'),
    ('м', 'm'),
    ('н', 'h'),
    ('о', 'o'),
    ('р', 'p'),
    ('ѕ', 's'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('α', 'a'),
    ('β', 'b'),
    ('ε', 'e'),
    ('η', 'n'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('μ', 'm'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('υ', 'u'),
    ('χ', 'x'),
    ('ѵ', 'v'),
];

/// What a name is compared by: letter case folded, look-alikes made one.
pub(crate) fn fold(name: &str) -> String {
    let alike = |c| ALIKE.iter().find(|(letter, _)| *letter == c).map_or(c, |(_, latin)| *latin);
    name.chars().flat_map(char::to_lowercase).map(alike).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rust_keeps_for_itself_is_known() {
        assert!(RUST.is_sorted());
        for word in RUST {
            // The parser knows the words of older editions alone.
            assert_eq!(syn::parse_str::<proc_macro2::Ident>(word).is_ok(), word == "gen", "{word}");
        }
        for name in ["r#type", "typ", "dynamic", "Self_", "union", "auto", "macro_rules"] {
            assert!(!is_rust(name) && syn::parse_str::<proc_macro2::Ident>(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn words_are_reserved_where_they_hurt() {
        assert_eq!(taken("type", Use::Plain), Some("a word of Rust"));
        assert_eq!(taken("order", Use::Field), Some("a word of SQL"));
        assert_eq!(taken("order", Use::Action), None);
        assert_eq!(taken("Timestamp", Use::Type), Some("a name of the framework"));
        assert_eq!(taken("Patient", Use::Type), None);
        assert_eq!(taken("id", Use::Field), Some("a column that every table has"));
        assert!(is_route("audit") && !is_route("patients"));
    }

    #[test]
    fn the_words_of_sql_are_each_there_once() {
        assert!(SQL.is_sorted() && SQL_REST.is_sorted());
    }

    #[test]
    fn look_alikes_are_seen() {
        assert!(mixes_scripts("Pаtient"), "the second letter is Cyrillic");
        assert!(!mixes_scripts("Пациент") && !mixes_scripts("Ärzte"));
        assert_eq!(fold("сосо"), fold("coco"));
    }
}
