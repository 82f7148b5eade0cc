//! The panel's settings, limits and ways in. Defaults are filled in here; their sources stand in docs/security.md.

use std::net::IpAddr;

use super::names::{plain, unknown};
use crate::ast::{self, HeadSetting, Setting as Written, Way};
use crate::diag::Diags;
use crate::panel::{
    Accept, Brand, By, Factors, Limit, Owner, Panel, Password, PeopleVerb, Place, Proxies, Reauth, ReauthWhat,
    Recovery, Session, Setting, Throttle, ThrottleName, Verb,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

const THROTTLES: [(&str, ThrottleName); 6] = [
    ("login", ThrottleName::Login),
    ("factor", ThrottleName::Factor),
    ("reauth", ThrottleName::Reauth),
    ("recovery", ThrottleName::Recovery),
    ("export", ThrottleName::Export),
    ("token", ThrottleName::Token),
];

const COUNTED: [(&str, By); 5] = [
    ("account", By::Account),
    ("address", By::Address),
    ("session", By::Session),
    ("actor", By::Actor),
    ("token", By::Token),
];

/// A clause that stands twice where it may stand once: the second is reported and not read.
pub(crate) fn once<'b, T>(
    clauses: impl IntoIterator<Item = &'b T>,
    word: &'static str,
    place: impl Fn(&T) -> Place,
    diags: &mut Diags,
) -> Option<&'b T>
where
    T: 'b,
{
    let mut clauses = clauses.into_iter();
    let first = clauses.next()?;
    for again in clauses {
        diags
            .error("duplicate_name", place(again), format!("`{word}` stands twice"))
            .because(word, place(first))
            .help("keep one of the two");
    }
    Some(first)
}

/// What stands in `panel Name { … }`.
pub(crate) fn head(panel: &mut Panel, head: &ast::Head, diags: &mut Diags) {
    let mut seen: Vec<(&'static str, Place)> = Vec::new();
    for setting in &head.settings {
        let (word, place) = match setting {
            HeadSetting::Brand(_, place) => ("brand", *place),
            HeadSetting::Database(source) => ("database", source.place),
            HeadSetting::PublicUrl(source) => ("public_url", source.place),
            HeadSetting::Mail(source) => ("mail", source.place),
            HeadSetting::Proxies(_, place) => ("proxies", *place),
        };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == word) {
            diags.error("duplicate_name", place, format!("`{word}` stands twice")).because(word, *first);
            continue;
        }
        seen.push((word, place));
        match setting {
            HeadSetting::Brand(text, place) => {
                panel.brand = colour(&text.value).map(|rgb| Brand { rgb, place: *place });
                if panel.brand.is_none() {
                    diags.syntax(text.place, "the brand is not a colour").help("write it as `\"#0b6e4f\"`");
                }
            }
            HeadSetting::Database(source) => panel.database = Some(self::source(source)),
            HeadSetting::PublicUrl(source) => panel.public_url = Some(self::source(source)),
            HeadSetting::Mail(source) => panel.mail = Some(self::source(source)),
            HeadSetting::Proxies(ranges, _) => {
                for range in ranges.iter().filter(|range| !is_range(&range.value)) {
                    diags
                        .syntax(range.place, format!("`{}` is not a range of addresses", range.value))
                        .help("write it as `\"10.0.0.0/8\"`");
                }
                let ranges = ranges.iter().map(|range| range.value.clone()).filter(|range| is_range(range));
                panel.proxies = Some(Proxies { ranges: ranges.collect() });
            }
        }
    }
}

/// Where the rows and the mail go when the block does not say; `public_url` and `proxies` are never guessed.
pub(crate) fn fill_sources(panel: &mut Panel, place: Place) {
    let name = plain(&panel.name).to_lowercase();
    panel.database.get_or_insert_with(|| Setting {
        env: Some("DATABASE_URL".to_owned()),
        fallback: Some(format!("sqlite:{name}.db")),
        place,
    });
    panel.mail.get_or_insert_with(|| Setting {
        env: Some("SMTP_URL".to_owned()),
        fallback: Some("file:outbox".to_owned()),
        place,
    });
}

fn source(source: &ast::Source) -> Setting {
    Setting {
        env: source.env.as_ref().map(|text| text.value.clone()),
        fallback: source.fallback.as_ref().map(|text| text.value.clone()),
        place: source.place,
    }
}

fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// An address, or one with the length of its prefix.
fn is_range(text: &str) -> bool {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    prefix.is_none_or(|prefix| prefix.parse::<u8>().is_ok_and(|length| length <= most))
}

/// NIST SP 800-63B-4, 3.1.1.2: 15 characters alone, 8 beside a second factor.
pub(crate) fn default_password(place: Place) -> Password {
    Password { min: 15, min_with_factor: 8, blocklist: true, place }
}

pub(crate) fn password(clause: &ast::Settings, diags: &mut Diags) -> Password {
    let mut password = default_password(clause.place);
    for (name, setting) in unique(&clause.settings, diags) {
        match (name.to_string().as_str(), setting) {
            ("min", Written::Count(count)) => password.min = *count,
            ("min_with_factor", Written::Count(count)) => password.min_with_factor = *count,
            ("blocklist", Written::Word(word)) if word == "common" || word == "none" => {
                password.blocklist = word == "common";
            }
            ("blocklist", Written::Word(word)) => {
                let known = ["common", "none"].map(str::to_owned).into_iter();
                unknown(word, "blocklist", "blocklists", known, diags);
            }
            _ => {}
        }
    }
    password
}

/// Without the clause: an authenticator app. `built`: this build has passkeys in it.
pub(crate) fn factors(clause: Option<&ast::Factors>, built: bool, diags: &mut Diags) -> Factors {
    let mut factors =
        Factors { totp: clause.is_none(), passkey: false, alone: false, place: clause.map(|clause| clause.place) };
    for (kind, alone) in clause.iter().flat_map(|clause| &clause.kinds) {
        let known = match kind.to_string().as_str() {
            "totp" => &mut factors.totp,
            "passkey" => &mut factors.passkey,
            _ => {
                unknown(kind, "factor", "factors", ["totp", "passkey"].map(str::to_owned).into_iter(), diags);
                continue;
            }
        };
        if std::mem::replace(known, true) {
            diags.error("duplicate_name", kind, format!("`{kind}` stands twice"));
        }
        match alone {
            Some(alone) if kind == "totp" => {
                diags
                    .syntax(alone, "a code of an app signs nobody in `alone`: it does not say whose it is")
                    .help("write `totp`, or `passkey alone`");
            }
            other => factors.alone |= other.is_some(),
        }
        if kind == "passkey" && !built {
            diags
                .syntax(kind, "passkeys are not built into this program: the feature `passkeys` of `bailiwick` is off")
                .help("in Cargo.toml, write `features = [\"passkeys\"]` for `bailiwick`");
        }
    }
    factors
}

/// NIST SP 800-63B-4, AAL2: half an hour idle, twelve hours in all; for whoever rules over people a quarter, and a
/// working day (AAL3: at most 15 minutes and 12 hours).
pub(crate) fn default_session(place: Place) -> Session {
    Session {
        idle: 30 * MINUTE,
        absolute: 12 * HOUR,
        reauth: 10 * MINUTE,
        at_most: 5,
        ruling_idle: 15 * MINUTE,
        ruling_absolute: 8 * HOUR,
        place,
    }
}

pub(crate) fn session(clause: &ast::Settings, diags: &mut Diags) -> Session {
    let mut session = default_session(clause.place);
    let mut ruling = (None, None);
    for (name, setting) in unique(&clause.settings, diags) {
        match (name.to_string().as_str(), setting) {
            ("idle", Written::Seconds(seconds)) => (session.idle, session.ruling_idle) = (*seconds, *seconds),
            ("absolute", Written::Seconds(seconds)) => {
                (session.absolute, session.ruling_absolute) = (*seconds, *seconds);
            }
            ("ruling_idle", Written::Seconds(seconds)) => ruling.0 = Some(*seconds),
            ("ruling_absolute", Written::Seconds(seconds)) => ruling.1 = Some(*seconds),
            ("reauth", Written::Seconds(seconds)) => session.reauth = *seconds,
            ("at_most", Written::Count(count)) => {
                session.at_most = *count;
                if !(1..=20).contains(count) {
                    diags
                        .error(
                            "value_in_bounds",
                            name,
                            format!("a person may have {count} sessions, and 1 to 20 are allowed"),
                        )
                        .note("the bound is ASVS 5.0, 7.1.2");
                }
            }
            _ => {}
        }
    }
    session.ruling_idle = ruling.0.unwrap_or(session.ruling_idle);
    session.ruling_absolute = ruling.1.unwrap_or(session.ruling_absolute);
    session
}

fn unique<'b>(
    settings: &'b [(proc_macro2::Ident, Written)],
    diags: &mut Diags,
) -> Vec<&'b (proc_macro2::Ident, Written)> {
    let mut kept: Vec<&(proc_macro2::Ident, Written)> = Vec::new();
    for setting in settings {
        if let Some((first, _)) = kept.iter().find(|(name, _)| *name == setting.0) {
            let message = format!("`{}` stands twice", setting.0);
            diags.error("duplicate_name", &setting.0, message).because("first", first);
        } else {
            kept.push(setting);
        }
    }
    kept
}

/// What the block limits, and what is limited without its saying so.
pub(crate) fn throttles(clauses: &[ast::Throttle], head: Place, diags: &mut Diags) -> Vec<Throttle> {
    let mut throttles = declared_throttles(clauses, diags);
    for throttle in default_throttles(head) {
        if throttles.iter().all(|declared| declared.name != throttle.name) {
            throttles.push(throttle);
        }
    }
    throttles
}

pub(crate) fn declared_throttles(clauses: &[ast::Throttle], diags: &mut Diags) -> Vec<Throttle> {
    let mut throttles: Vec<Throttle> = Vec::new();
    for clause in clauses {
        let Some(word) = &clause.name else { continue };
        let Some((_, name)) = THROTTLES.iter().find(|(known, _)| word == known) else {
            unknown(word, "throttle", "throttles", THROTTLES.iter().map(|(known, _)| (*known).to_owned()), diags);
            continue;
        };
        if let Some(first) = throttles.iter().find(|throttle| throttle.name == *name) {
            diags
                .error("duplicate_name", clause.place, format!("there are two throttles of `{word}`"))
                .because("throttle", first.place);
            continue;
        }
        let mut limits = Vec::new();
        for limit in &clause.limits {
            let Some(by) = &limit.by else { continue };
            match COUNTED.iter().find(|(known, _)| by == known) {
                Some((_, by)) => {
                    limits.push(Limit { count: limit.count, window: limit.window, by: *by, place: limit.place });
                }
                None => unknown(by, "key", "keys", COUNTED.iter().map(|(known, _)| (*known).to_owned()), diags),
            }
        }
        throttles.push(Throttle { name: *name, limits, wait: clause.wait, cap: clause.cap, place: clause.place });
    }
    throttles
}

/// Without the clause everything asks that can't be undone or opens a way in.
pub(crate) fn default_reauth(place: Place) -> Vec<Reauth> {
    let people = [PeopleVerb::Assign, PeopleVerb::Reset].map(ReauthWhat::People);
    let verbs = [Verb::Delete, Verb::Export].map(ReauthWhat::Verb);
    verbs.into_iter().chain(people).map(|what| Reauth { what, place }).collect()
}

/// Login: NIST SP 800-63B-4, 3.2.2. Factor: ASVS 5.0, 6.6.3. Recovery: Rodauth. Addresses and exports: a judgement.
fn default_throttles(place: Place) -> [Throttle; 5] {
    let limit = |count, window, by| Limit { count, window, by, place };
    let throttle = |name, limits| Throttle { name, limits, wait: None, cap: None, place };
    [
        Throttle {
            wait: Some((1, 15 * MINUTE)),
            cap: Some(100),
            ..throttle(
                ThrottleName::Login,
                vec![limit(5, 15 * MINUTE, By::Account), limit(20, 10 * MINUTE, By::Address)],
            )
        },
        throttle(ThrottleName::Factor, vec![limit(5, 10 * MINUTE, By::Session)]),
        throttle(ThrottleName::Reauth, vec![limit(5, 10 * MINUTE, By::Session)]),
        throttle(ThrottleName::Recovery, vec![limit(3, HOUR, By::Account), limit(5, 15 * MINUTE, By::Address)]),
        throttle(ThrottleName::Export, vec![limit(10, HOUR, By::Actor)]),
    ]
}

pub(crate) fn recovery(clause: Option<&ast::Recovery>, diags: &mut Diags) -> Recovery {
    let mut recovery = Recovery {
        by_email: None,
        by_administrator: None,
        codes: None,
        break_glass: None,
        place: clause.map(|clause| clause.place),
    };
    let Some(clause) = clause else { return recovery };
    for way in &clause.ways {
        let (place, first) = match way {
            Way::Link { by, seconds, place } if by == "email" => {
                (place, fill(&mut recovery.by_email, seconds.unwrap_or(30 * MINUTE), *place))
            }
            Way::Link { by, seconds, place } if by == "administrator" => {
                (place, fill(&mut recovery.by_administrator, seconds.unwrap_or(24 * HOUR), *place))
            }
            Way::Link { by, .. } => {
                unknown(by, "link", "links", ["email", "administrator"].map(str::to_owned).into_iter(), diags);
                continue;
            }
            Way::Codes(count, place) => (place, fill(&mut recovery.codes, count.unwrap_or(10), *place)),
            Way::BreakGlass(place) => (place, recovery.break_glass.replace(*place)),
        };
        if let Some(first) = first {
            diags.error("duplicate_name", *place, "this way back in stands twice").because("first", first);
        }
    }
    recovery
}

/// Sets a way back in; gives the place where it stood before.
fn fill<T>(slot: &mut Option<(T, Place)>, value: T, place: Place) -> Option<Place> {
    slot.replace((value, place)).map(|(_, first)| first)
}

/// The accepts of one owner. Whether rule, reason and date are good is for the judge of accepts.
pub(crate) fn accepts(written: &[ast::Accept], owner: Owner, into: &mut Vec<Accept>, diags: &mut Diags) {
    for accept in written {
        let (Some(rule), Some(reason)) = (&accept.rule, &accept.reason) else { continue };
        let until = accept.until.as_ref().and_then(|text| {
            let day = day(&text.value);
            if day.is_none() {
                diags.syntax(text.place, format!("`{}` is not a day", text.value)).help("write it as `\"2027-06-30\"`");
            }
            day
        });
        into.push(Accept {
            rule: plain(rule),
            rule_place: rule.into(),
            reason: reason.value.clone(),
            until,
            owner,
            place: accept.place,
        });
    }
}

pub(crate) fn day(text: &str) -> Option<(i32, u32, u32)> {
    use chrono::Datelike as _;
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)?;
    Some((day.year(), day.month(), day.day()))
}
