//! What is secret stays unread: a secret is written and compared by the framework, and shown, sorted or exported
//! nowhere.

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{
    Cell, Field, FieldId, FieldSet, Kind, Literal, Model, ModelId, OperandKind, Owner, Place, Sensitivity, Verb, Widget,
};
use crate::predicate;

/// A secret that is listed, searched or exported is a password in a spreadsheet; one that is compared can be guessed.
pub(super) fn secret_is_never_read(policy: &Policy, diags: &mut Diags) {
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        if model.secrets().is_empty() {
            continue;
        }
        in_the_model(diags, id, model);
    }
    for parent in policy.model_ids() {
        for inline in &policy.model(parent).inlines {
            let child = policy.panel().model(inline.child);
            for field in inline.fields.iter().filter(|f| is_secret(child, **f)) {
                let shown = format!("`{}` shows `{}` of its", policy.model(parent).name, child.field(*field).name);
                let message = format!("{shown} `{}` rows, which is secret", child.name);
                report(diags, Owner::Model(parent), inline.place, child.field(*field), message);
            }
        }
    }
    in_grants(policy, diags);
    in_conditions(policy, diags);
    for widget in &policy.panel().dashboard {
        if let Widget::Chart { model: id, field, place, .. } = widget {
            let model = policy.panel().model(*id);
            if is_secret(model, *field) {
                let name = &model.field(*field).name;
                let message = format!("the dashboard counts `{}` by `{name}`, which is secret", model.name);
                report(diags, Owner::Panel, *place, model.field(*field), message);
            }
        }
    }
}

fn in_the_model(diags: &mut Diags, id: ModelId, model: &Model) {
    let mut uses: Vec<(FieldId, Place, String)> = Vec::new();
    let name = &model.name;
    uses.extend(model.list.iter().map(|(f, p)| (*f, *p, format!("the list of `{name}` shows"))));
    uses.extend(model.search.iter().map(|(f, p)| (*f, *p, format!("the search of `{name}` reads"))));
    uses.extend(model.filter.iter().map(|(f, p)| (*f, *p, format!("a filter of `{name}` reads"))));
    uses.extend(model.sort.iter().map(|sort| (sort.field, sort.place, format!("`{name}` is sorted by"))));
    let labels = model.field_ids().filter(|f| model.field(*f).is_label || model.label.contains(f));
    uses.extend(labels.map(|f| (f, model.field(f).place, format!("the label of `{name}` shows"))));
    for (field, place, verb) in uses {
        if is_secret(model, field) {
            let field = model.field(field);
            report(diags, Owner::Model(id), place, field, format!("{verb} `{}`, which is secret", field.name));
        }
    }
}

fn in_grants(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        for cell in &policy.panel().role(role).cells {
            let named = cell.fields_place.filter(|_| matches!(cell.verb, Verb::View | Verb::Export));
            let Some(place) = named else { continue };
            let model = policy.panel().model(cell.model);
            for field in model.field_ids().filter(|f| cell.fields.contains(*f) && is_secret(model, *f)) {
                let verb = wording::verb(model, cell.verb);
                let message = format!(
                    "role `{}` may {verb} `{}` of `{}`, which is secret",
                    wording::role(policy, role),
                    model.field(field).name,
                    model.name
                );
                if !is_repeated(policy, role, cell, field) {
                    report(diags, Owner::Role(role), place, model.field(field), message);
                }
            }
        }
    }
}

/// `view, export Card { pin }` is one mistake: it is told of the first verb.
fn is_repeated(policy: &Policy, role: crate::panel::RoleId, cell: &Cell, field: FieldId) -> bool {
    let before = policy.panel().role(role).cells.iter().take_while(|other| !std::ptr::eq(*other, cell));
    before
        .filter(|other| matches!(other.verb, Verb::View | Verb::Export))
        .any(|other| other.grant == cell.grant && other.model == cell.model && other.fields.contains(field))
}

fn in_conditions(policy: &Policy, diags: &mut Diags) {
    for condition in policy.conditions() {
        let model = policy.panel().model(condition.model);
        predicate::reads(condition.predicate, &mut |field, place| {
            if is_secret(model, field) {
                let name = &model.field(field).name;
                let message = format!("a condition on `{}` reads `{name}`, which is secret", model.name);
                report(diags, condition.owner, place, model.field(field), message);
            }
        });
    }
}

fn is_secret(model: &Model, field: FieldId) -> bool {
    model.fields.get(field.0).is_some_and(|f| f.sensitivity == Sensitivity::Secret || f.kind == Kind::Secret)
}

fn report(diags: &mut Diags, owner: Owner, place: Place, field: &Field, message: String) {
    let because = if field.kind == Kind::Secret { field.kind_place } else { field.sensitivity_place };
    diags
        .error("secret_is_never_read", place, message)
        .because("secret", because)
        .help(format!("take `{}` out here", field.name))
        .about(owner);
}

/// A password in the source is in every copy of it, in its history and in the binary, and nobody changes it any more.
pub(super) fn no_literal_secret(policy: &Policy, diags: &mut Diags) {
    let panel = policy.panel();
    let settings = [
        ("database", "DATABASE_URL", &panel.database),
        ("public_url", "PUBLIC_URL", &panel.public_url),
        ("mail", "SMTP_URL", &panel.mail),
    ];
    for (word, usual, setting) in settings {
        let Some(setting) = setting else { continue };
        let texts = [setting.env.as_deref(), setting.fallback.as_deref()];
        let Some(what) = texts.into_iter().flatten().find_map(literal_secret) else { continue };
        let kept = setting.env.as_deref().filter(|env| literal_secret(env).is_none());
        let env = kept.unwrap_or(usual);
        diags
            .error("no_literal_secret", setting.place, format!("`{word}` has {what} written into it"))
            .help(format!("write `{word} env \"{env}\";` and set it where the panel runs"))
            .note("whoever reads the source, or the binary, has it")
            .about(Owner::Panel);
    }
    for id in policy.model_ids() {
        let model = panel.model(id);
        for field in &model.fields {
            let default = match &field.default {
                Some(Literal::Text(text)) => text.as_str(),
                _ => "",
            };
            let texts = [("default", default), ("help", field.help.as_str()), ("documentation", field.doc.as_str())];
            // In a sentence of help any word can be the key.
            let found = texts.into_iter().find_map(|(of, text)| {
                if text.is_empty() {
                    return None;
                }
                literal_secret(text).or_else(|| text.split_whitespace().find_map(literal_secret)).map(|what| (of, what))
            });
            if let Some((of, what)) = found {
                diags
                    .error(
                        "no_literal_secret",
                        field.place,
                        format!("the {of} of `{}` of `{}` has {what} written into it", field.name, model.name),
                    )
                    .help(format!("take the {of} out"))
                    .about(Owner::Model(id));
            }
        }
    }
    for condition in policy.conditions() {
        let mut found: Option<(Place, &str)> = None;
        predicate::each_operand(condition.predicate, &mut |operand, place| {
            if let OperandKind::Literal(Literal::Text(text)) = operand {
                found = found.or_else(|| literal_secret(text).map(|what| (place, what)));
            }
        });
        if let Some((place, what)) = found {
            let model = &policy.model(condition.model).name;
            diags
                .error("no_literal_secret", place, format!("a condition on `{model}` has {what} written into it"))
                .help("compare with a field, or with an attribute of `me`")
                .note("whoever reads the source, or the binary, has it")
                .about(condition.owner);
        }
    }
}

/// What kind of secret the text is or holds. It knows passwords in addresses and the keys that carry a mark of what
/// they are; a word alone is never taken for one.
fn literal_secret(text: &str) -> Option<&'static str> {
    const QUERY: [&str; 6] = ["password", "pwd", "token", "secret", "api_key", "sslpassword"];
    const MARKS: [&str; 20] = [
        "AKIA",
        "ASIA",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "xapp-",
        "sk_live_",
        "rk_live_",
        "AIza",
        "ya29.",
        "SG.",
        "npm_",
        "pypi-",
        "hf_",
        "shpat_",
        "AGE-SECRET-KEY-",
    ];
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        return Some("a private key");
    }
    // The head of a signed token, `{"alg":…`, in base64.
    if text.starts_with("eyJ") && text.matches('.').count() == 2 && text.len() >= 40 {
        return Some("a token");
    }
    if MARKS.iter().any(|mark| text.starts_with(mark)) && text.len() >= 20 && !text.contains(char::is_whitespace) {
        return Some("a key");
    }
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    if user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty()) {
        return Some("a password");
    }
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .into_iter()
        .any(|(name, value)| !value.is_empty() && QUERY.contains(&name.to_ascii_lowercase().as_str()))
        .then_some("a password")
}

/// An export leaves the panel and every right behind: personal data goes along only where somebody said why.
pub(super) fn label_fits_the_place(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        for cell in policy.panel().role(role).cells.iter().filter(|cell| cell.verb == Verb::Export) {
            let model = policy.panel().model(cell.model);
            let labels = [("personal", Sensitivity::Personal), ("sensitive", Sensitivity::Sensitive)];
            let of = |label: Sensitivity| -> FieldSet {
                model.field_ids().filter(|f| cell.fields.contains(*f) && model.field(*f).sensitivity == label).collect()
            };
            let there = labels.into_iter().filter(|(_, label)| !of(*label).is_empty());
            let words: Vec<&str> = there.map(|(word, _)| word).collect();
            let travels = of(Sensitivity::Personal).union(of(Sensitivity::Sensitive));
            let (Some(first), None) = (travels.iter().next(), &policy.grant(role, cell.grant).reveal) else { continue };
            let are = if travels.iter().count() > 1 { "are" } else { "is" };
            let first = model.field(first);
            let word = if first.sensitivity == Sensitivity::Personal { "personal" } else { "sensitive" };
            diags
                .error(
                    "label_fits_the_place",
                    cell.fields_place.unwrap_or_else(|| policy.place_of(role, cell)),
                    format!(
                        "role `{}` may export {} of `{}`, which {are} {}, and nobody says why",
                        wording::role(policy, role),
                        wording::fields(model, travels),
                        model.name,
                        wording::all_of(words),
                    ),
                )
                .because(word, first.sensitivity_place)
                .help("end the clause in `reveal \"what it is for\";`, or leave the field out")
                .about(Owner::Role(role))
                .about(Owner::Model(cell.model));
        }
    }
}

/// What is filtered by stands in the address, and addresses stay: in histories, in logs, in what is sent on.
///
/// Paths name rows by their number, so that no field's text ever stands in one.
pub(super) fn url_has_no_personal_data(policy: &Policy, diags: &mut Diags) {
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        for &(field, place) in &model.filter {
            let field = model.field(field);
            let word = match field.sensitivity {
                Sensitivity::Personal => "personal",
                Sensitivity::Sensitive => "sensitive",
                // A secret in a filter is told as such.
                Sensitivity::Public | Sensitivity::Internal | Sensitivity::Secret => continue,
            };
            let name = &field.name;
            diags
                .error(
                    "url_has_no_personal_data",
                    place,
                    format!("the filter of `{}` puts `{name}` into addresses, which is {word}", model.name),
                )
                .because(word, field.sensitivity_place)
                .help(format!("take `{name}` out of `filter`"))
                .note("addresses stay in histories and in the logs of what lies between")
                .about(Owner::Model(id));
        }
    }
}

/// A field whose name says what it holds, and no label: it travels with every star, search and export.
pub(super) fn sensitive_name_is_labelled(policy: &Policy, diags: &mut Diags) {
    const KEYS: [&str; 15] = [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "secret",
        "token",
        "apikey",
        "api_key",
        "access_key",
        "private_key",
        "cvv",
        "cvc",
        "pin",
        "otp",
        "mnemonic",
    ];
    const PERSONAL: [&str; 22] = [
        "ssn",
        "social_security",
        "national_id",
        "tax_id",
        "iban",
        "bank_account",
        "card_number",
        "credit_card",
        "passport",
        "dob",
        "birthdate",
        "birth_date",
        "birthday",
        "date_of_birth",
        "salary",
        "wage",
        "income",
        "diagnosis",
        "religion",
        "ethnicity",
        "blood_type",
        "disability",
    ];
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        for field in model.fields.iter().filter(|f| f.sensitivity == Sensitivity::Internal && holds_a_value(f.kind)) {
            let name = wording::plain(&field.name);
            let parts: Vec<&str> = name.split('_').collect();
            let is_one = |words: &[&str]| {
                let one = |word: &&str| if word.contains('_') { stands_in(&name, word) } else { parts.contains(word) };
                if parts.len() == 1 { words.contains(&parts[0]) } else { words.iter().any(one) }
            };
            let advice = match (is_one(&KEYS), is_one(&PERSONAL)) {
                (true, _) => "make it a `Secret`, which is written and never read, or write `sensitive` behind it",
                (false, true) => "write `personal` or `sensitive` behind it, or `public` if it is meant to travel",
                (false, false) => continue,
            };
            diags
                .warning(
                    "sensitive_name_is_labelled",
                    &field.name,
                    format!("`{name}` of `{}` sounds like something that stays inside, and has no label", model.name),
                )
                .help(advice)
                .about(Owner::Model(id));
        }
    }
}

/// `card_number` in `first_card_number`: as whole words.
fn stands_in(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(at, _)| {
        let end = at + word.len();
        (at == 0 || name.as_bytes()[at - 1] == b'_') && (end == name.len() || name.as_bytes()[end] == b'_')
    })
}

/// That a token was used, or when, is not the token.
fn holds_a_value(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Bool | Kind::Time | Kind::Timestamp | Kind::Choice(_) | Kind::Actor | Kind::Model(..) | Kind::Many(_)
    )
}
