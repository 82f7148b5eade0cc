//! `policy simulate`: what the server would answer this person for this row, clause by clause, asked of the database by
//! the same terms that a request gets. It changes nothing and prints no value of the row.

use clap::{Arg, ArgMatches, Command};

use super::{Question, asked, explain, question};
use crate::audit::{Context, Origin};
use crate::authorize::{Actor, Terms, Verdict, authorize, each_clause};
use crate::builder::Builder;
use crate::clause;
use crate::cli::{Failure, Outcome, print, settings};
use crate::condition::Asker;
use crate::email;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{FieldSet, Panel};
use crate::session;
use crate::store::shown;
use crate::store::{GetQuery, PersonRow, Store};

pub(super) fn command() -> Command {
    question(Command::new("simulate").about("What the server would answer a person now, and why; status 1 for a no"))
        .arg(Arg::new("as").long("as").value_name("EMAIL").required(true).help("Somebody of the panel"))
        .arg(Arg::new("row").long("row").value_name("ID").help("This row; not for create and import"))
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let question = asked(builder.panel, given)?;
    let settings = settings(builder, given)?;
    // Looking must neither make a database nor change its schema.
    if Store::plan_for_none(builder.panel, &settings.database)?.is_some() {
        return Err(Failure::Found("there is no database yet".to_owned()));
    }
    let store = Store::open(builder.panel, &settings.database).await?;
    if !store.plan().await?.is_empty() {
        return Err(Failure::Found("the schema is not up to date; run `migrate` first".to_owned()));
    }
    let address = email::fold(given.get_one::<String>("as").map_or("", String::as_str));
    let person = store.person_by_email(&address).await?;
    let person = person.ok_or_else(|| Failure::Found(format!("nobody signs in as {address}")))?;
    let row = given.get_one::<String>("row").map(|text| {
        let unread = || Failure::Usage(format!("`{text}` is no key of a {}", question.model.name));
        RowKey::read(question.model.key, text).ok_or_else(unread)
    });
    let row = row.transpose()?;
    let takes_a_row = !matches!(question.verb, crate::panel::Verb::Create | crate::panel::Verb::Import);
    if takes_a_row && row.is_none() {
        return Err(Failure::Usage(format!("`{}` is about a row: say --row ID", question.word())));
    }
    let now = builder.context().now();
    let simulated = simulated(builder.panel, &store, &person, &question, row.filter(|_| takes_a_row), now).await?;
    for line in &simulated.trace {
        print(line);
    }
    if simulated.answer == Answer::Yes { Ok(()) } else { Err(Failure::Found("the answer is no".to_owned())) }
}

/// What the server would answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It does what is asked, on a fresh proof of identity if `policy explain` says so.
    Yes,
    /// 403: the role lacks the right.
    NoRight,
    /// 404: no such row, or none within the right; the server does not tell which.
    NoRow,
    /// The row, but not this field of it.
    NotField,
    /// No session of this person lives.
    NoSession,
}

/// An answer and the way to it.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) answer: Answer,
    pub(crate) trace: Vec<String>,
}

pub(crate) async fn simulated(
    panel: &'static Panel,
    store: &Store,
    person: &PersonRow,
    question: &Question,
    row: Option<RowKey>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Simulated, Error> {
    let mut trace = Vec::new();
    let right = format!("{} {}", question.word(), question.model.name);
    if person.inactive || person.locked_until.is_some_and(|until| now < until) {
        let state = if person.inactive { "switched off" } else { "locked" };
        trace.push(format!("No. {} is {state}: every session has ended.", person.email));
        return Ok(Simulated { answer: Answer::NoSession, trace });
    }
    let Some(role) = panel.roles.iter().find(|role| role.name == person.role) else {
        trace.push(format!("No. {} holds `{}`, and the block has no such role.", person.email, person.role));
        return Ok(Simulated { answer: Answer::NoSession, trace });
    };
    let attributes = session::attributes(panel, &store.attributes(person.id).await?);
    let known: Vec<String> = panel
        .actor
        .iter()
        .zip(&attributes)
        .map(|(attribute, value)| {
            let value = if value.is_null() { "unknown".to_owned() } else { value.to_text() };
            format!("me.{} = {value}", attribute.name)
        })
        .collect();
    let asker = Asker { person: person.id, attributes, now };
    let mut actor = Actor::vouched_for_without_any_proof(role, person.email.clone(), asker);
    // What is lent is asked for where a change asks; the transaction is dropped and changes nothing.
    actor.lent = store.write(Context::of_nobody(Origin::own(), now)).await?.lent_to(person.id).await?;
    let terms = match authorize(panel, &actor, question.verb, question.model) {
        Verdict::Granted(terms) => terms,
        Verdict::Refused(_) => {
            trace.push(format!("No (403). {} is {}:", person.email, role.name));
            trace.extend(explain::explained(panel, role, *question).as_text().lines().map(str::to_owned));
            return Ok(Simulated { answer: Answer::NoRight, trace });
        }
    };
    let (answer, fields) = match row {
        None => (Answer::Yes, terms.fields_somewhere()),
        Some(id) => match within(store, &terms, id).await? {
            Some(fields) => (Answer::Yes, fields),
            None => (Answer::NoRow, FieldSet::NONE),
        },
    };
    let answer = match (answer, question.field) {
        (Answer::Yes, Some(field)) if !fields.contains(field.index) => Answer::NotField,
        (answer, _) => answer,
    };
    let of_row = row.map_or_else(String::new, |id| format!(" {id}"));
    trace.push(match (answer, question.field) {
        (Answer::NotField, Some(field)) => {
            format!("No. {} may {right}{of_row}, but not its `{}`.", person.email, field.name)
        }
        (Answer::Yes, _) => format!("Yes. {} may {right}{of_row}.", person.email),
        _ => format!(
            "No (404). There is no {}{of_row} that {} may {}.",
            question.model.name,
            person.email,
            question.word()
        ),
    });
    let about = if known.is_empty() { String::new() } else { format!(", {}", known.join(", ")) };
    trace.push(format!(
        "  role {}, me = {}{about}, now = {}",
        role.name,
        person.id,
        now.format("%Y-%m-%d %H:%M:%S UTC")
    ));
    if terms.needs_fresh_proof() && answer == Answer::Yes {
        trace.push("  It asks for a fresh proof of identity first (`reauth`).".to_owned());
    }
    let (texts, values) = shown::scope(&terms, &|_| None);
    trace.push(format!("  rows in SQL: {}", explain::with_values(&texts, &values)));
    for (grant, terms) in each_clause(panel, &actor, question.verb, question.model) {
        let holds = match row {
            None => true,
            Some(id) => within(store, &terms, id).await?.is_some(),
        };
        let clause = role.grants.get(grant).map_or_else(String::new, |clause| explain::with_place(panel, clause));
        let fields = if holds && question.verb.is_of_fields() {
            format!(": {}", clause::names(question.model, terms.fields_somewhere()).join(", "))
        } else {
            String::new()
        };
        trace.push(format!("  {} by {clause}{fields}", if holds { "reached" } else { "not reached" }));
    }
    Ok(Simulated { answer, trace })
}

/// The fields of the row that are within the terms, as a page asks for them; `None`: no such row within them.
async fn within(store: &Store, terms: &Terms, id: RowKey) -> Result<Option<FieldSet>, Error> {
    let query = GetQuery { terms, id, columns: FieldSet::NONE, labels: &[] };
    Ok(store.get(&query).await?.map(|listed| terms.fields_of(&listed.row)))
}
