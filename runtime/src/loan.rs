//! Loans: what the block declares with `may`, for somebody of that role, until a date. A loan names a right (verb and
//! subject), the role that it was lent for and the clauses as they stood then; whether it counts is said in
//! authorize.rs. Nothing here decides who may lend.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

use crate::clause;
use crate::panel::{Model, Panel, PeopleVerb, Role, Verb};

/// Longest a loan runs, days. What is needed for longer belongs into the block.
pub const LONGEST_DAYS: i64 = 366;
/// Longest reason, code points.
pub const LONGEST_WHY: usize = 500;

/// A right as it is lent, by declared names: `export Patient`, `approve Invoice`, `reset Clinician`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// A verb, an action's name, or a verb over people.
    pub verb: String,
    /// A model, or a role.
    pub subject: String,
}

impl std::fmt::Display for Right {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.verb, self.subject)
    }
}

impl Right {
    /// Reads `export Patient`; none when it is not two words.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(verb), Some(subject), None) => Some(Self { verb: verb.to_owned(), subject: subject.to_owned() }),
            _ => None,
        }
    }

    /// Whether this is the right to do `verb` with rows of `model`.
    #[must_use]
    pub fn is_over(&self, model: &Model, verb: Verb) -> bool {
        self.subject == model.name && self.verb == clause::verb(model, verb)
    }

    /// Whether this is the right to do `verb` with holders of `role`.
    #[must_use]
    pub fn is_over_people(&self, role: &Role, verb: PeopleVerb) -> bool {
        self.subject == role.name && self.verb == clause::people_verb(verb)
    }
}

/// A loan that runs, as the session lookup of this request found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// What is lent.
    pub right: Right,
    /// [`clauses`] of the receiver's role when it was lent.
    pub clauses: String,
}

/// To whom something is lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// A person, by id.
    Person(i64),
    /// Everybody of a group who holds the role of the loan, by the group's id.
    Group(i64),
}

/// What may be lent to holders of this role, in declared order, each once.
#[must_use]
pub fn lendable(panel: &Panel, role: &Role) -> Vec<Right> {
    let over_models = role.cells.iter().filter(|cell| cell.lendable).filter_map(|cell| {
        let model = panel.models.get(cell.model)?;
        Some(Right { verb: clause::verb(model, cell.verb).to_owned(), subject: model.name.to_owned() })
    });
    let over_people = role.people.iter().filter(|cell| cell.lendable).filter_map(|cell| {
        let target = panel.roles.get(cell.target)?;
        Some(Right { verb: clause::people_verb(cell.verb).to_owned(), subject: target.name.to_owned() })
    });
    let mut all = Vec::new();
    for right in over_models.chain(over_people) {
        if !all.contains(&right) {
            all.push(right);
        }
    }
    all
}

/// Whether the block declares anything that may be lent.
#[must_use]
pub fn is_declared(panel: &Panel) -> bool {
    panel
        .roles
        .iter()
        .any(|role| role.cells.iter().any(|cell| cell.lendable) || role.people.iter().any(|cell| cell.lendable))
}

/// The block's `may` clauses that say what this right is for this role, as text; none: it can't be lent to them. A loan
/// keeps the text, and counts no longer once the block says something else.
#[must_use]
pub fn clauses(panel: &Panel, role: &Role, right: &Right) -> Option<String> {
    let over_models = role
        .cells
        .iter()
        .filter(|cell| cell.lendable)
        .filter(|cell| panel.models.get(cell.model).is_some_and(|model| right.is_over(model, cell.verb)))
        .map(|cell| cell.grant);
    let over_people = role
        .people
        .iter()
        .filter(|cell| cell.lendable)
        .filter(|cell| panel.roles.get(cell.target).is_some_and(|target| right.is_over_people(target, cell.verb)))
        .map(|cell| cell.grant);
    let mut texts = Vec::new();
    for grant in over_models.chain(over_people) {
        let text = role.grants.get(grant).map_or("", |clause| clause.text);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// The end of a loan that is given as a day, which it still covers: the midnight after it, UTC.
#[must_use]
pub fn end_of_day(text: &str) -> Option<DateTime<Utc>> {
    let day: NaiveDate = text.trim().parse().ok()?;
    Some(day.succ_opt()?.and_time(NaiveTime::MIN).and_utc())
}

/// The last moment of a loan as a person reads it: the day that it still covers, or the minute.
#[must_use]
pub fn until_in_words(until: DateTime<Utc>) -> String {
    if until.time() == NaiveTime::MIN {
        let last = until.date_naive().pred_opt().unwrap_or_else(|| until.date_naive());
        return format!("the end of {last}");
    }
    until.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Whether a loan may run from `now` to `until`; else why not, as a sentence.
pub fn check_until(until: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), String> {
    if until <= now {
        return Err("The end of a loan lies ahead.".to_owned());
    }
    // The day that is named counts whole.
    if until > now + Duration::days(LONGEST_DAYS + 1) {
        return Err(format!(
            "A loan runs for {LONGEST_DAYS} days at most; it can be renewed. What is needed for longer belongs into the \
             block."
        ));
    }
    Ok(())
}

/// The reason, without what surrounds it; else what is wrong with it, as a sentence.
pub fn check_why(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("Say why: whoever reads the record later wants to know.".to_owned());
    }
    if text.chars().count() > LONGEST_WHY {
        return Err(format!("At most {LONGEST_WHY} characters."));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
        return Err("The reason is plain text.".to_owned());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_whole_and_a_year_is_the_most() {
        let now = crate::testing::now();
        let until = end_of_day("2026-12-31").unwrap();
        assert_eq!(until.to_rfc3339(), "2027-01-01T00:00:00+00:00");
        assert_eq!(until_in_words(until), "the end of 2026-12-31");
        assert!(check_until(until, now).is_ok());
        assert!(check_until(now, now).is_err());
        assert!(check_until(end_of_day("2026-11-21").unwrap(), now).is_ok(), "today");
        assert!(check_until(end_of_day("2027-11-22").unwrap(), now).is_ok());
        assert!(check_until(end_of_day("2027-11-24").unwrap(), now).is_err());
        assert!(end_of_day("31.12.2026").is_none() && end_of_day("+262142-12-31").is_none());
    }

    #[test]
    fn a_right_is_two_words() {
        let right = Right::parse("  export   Patient ").unwrap();
        assert_eq!(right.to_string(), "export Patient");
        assert!(Right::parse("export").is_none() && Right::parse("may export Patient").is_none());
    }
}
