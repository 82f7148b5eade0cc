//! The typed shell over a real store. The block stands in a private module with every lint on: what `admin!` writes
//! must not ask its user for an exception.

#![forbid(unsafe_code)]
#![deny(missing_docs, unreachable_pub, dead_code, unused, clippy::pedantic)]

#[allow(clippy::doc_markdown, reason = "product names in prose, as in the rest of the runtime")]
#[path = "../../src/testing/place.rs"]
mod place;

mod actions;
mod rows;
mod words;

use bailiwick::audit::{Context, Origin};
use bailiwick::authorize::{Actor, authorize};
use bailiwick::condition::Asker;
use bailiwick::panel::Verb;
use bailiwick::prelude::*;
use bailiwick::store::NewPerson;
use bailiwick::{Store, action};
use chrono::{DateTime, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use office::{Desk, DeskId, Letter, LetterId, Mood, NewDesk, NewLetter, Office, PANEL, Role};

mod office {
    use bailiwick::prelude::*;

    bailiwick::admin! {
        /// Letters of an office.
        panel Office {
            database "sqlite:office.db";
            public_url "http://127.0.0.1:8000";
            proxies none;
        }

        choice Mood { Calm, Cross "Rather cross" }

        model Desk {
            number: i32 min 1 label;
            list number;
        }

        model Letter {
            subject: String len 1..=80 label;
            desk: Desk restrict transfers;
            mood: Mood default Calm;
            note: Option<Text> sensitive;
            sent: bool default false readonly;
            author: Actor author;
            list subject, mood, sent;
            /// Sends it, once and for all.
            action send writes sent;
            action archive writes sent;
        }

        /// Runs the office.
        role Owner {
            all *;
            all Letter;
            send, archive Letter;
            view Audit;
            assign *, Owner; reset *; lock *; unlock *; revoke *;
        }

        role Clerk under Owner {
            view Desk;
            view, create, edit Letter when mood == Calm;
            send Letter when mood == Calm and sent == false;
            archive Letter when mood == Calm;
            accept scope_is_fixed "the tests try to carry a letter out of the rows, and are refused";
        }

        role Guest under Owner {
            view Desk;
            view Letter { subject, desk, mood };
        }

        throttle login 5 per 15min by account, 20 per 10min by address;
        throttle factor 5 per 10min by session;
        throttle reauth 5 per 10min by session;
        throttle recovery 3 per 1h by account, 5 per 15min by address;
        recovery { break_glass cli; }
        reauth delete, assign, reset;
    }

    impl LetterActions for Office {
        async fn send(letter: Letter, cx: &mut ActionCx<'_>, may: May<Send, Letter>) -> ActionResult {
            assert_eq!(may.actor().asker().person, cx.actor().asker().person);
            cx.update(letter.id, LetterChange { sent: Some(true), ..Default::default() }).await?;
            ActionResult::done(format!("Sent {}", letter.subject))
        }

        // Writes what its declaration does not name.
        async fn archive(letter: Letter, cx: &mut ActionCx<'_>, _may: May<Archive, Letter>) -> ActionResult {
            cx.update(letter.id, LetterChange { sent: Some(true), ..Default::default() }).await?;
            cx.update(letter.id, LetterChange { subject: Some("archived".to_owned()), ..Default::default() }).await?;
            ActionResult::done("Archived")
        }
    }
}

struct World {
    store: Store,
    _directory: TempDir,
    desk: DeskId,
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

/// The one person of these tests, in whichever role.
const ADA: i64 = 1;

fn person(role: Role) -> Actor {
    let asker = Asker { person: ADA, attributes: Vec::new(), now: now() };
    Actor::vouched_for_without_any_proof(role.table(), "ada@example.org".to_owned(), asker)
}

fn context(actor: &Actor) -> Context {
    Context::of(actor, Origin { request: Uuid::nil(), address: None })
}

async fn world() -> World {
    let directory = tempfile::tempdir().expect("a directory");
    let url = place::url(directory.path());
    let store = Store::open(&PANEL, &url).await.expect("a store");
    store.migrate(Context::of_nobody(Origin { request: Uuid::nil(), address: None }, now())).await.expect("a schema");
    let mut write = store
        .write(Context::of_nobody(Origin { request: Uuid::nil(), address: None }, now()))
        .await
        .expect("a transaction");
    let ada = NewPerson { email: "ada@example.org", role: "Owner", password_hash: None, attributes: "{}".to_owned() };
    let (number, recorded) = write.create_person(&ada).await.expect("an answer").expect("a person");
    assert_eq!(number, ADA);
    write.commit(recorded).await.expect("a commit");
    let may = May::<Create, Desk>::ask(&person(Role::Owner)).expect("the right");
    let desk = Desk::create(&store, &may, NewDesk { number: 3 }).await.expect("a desk");
    World { store, _directory: directory, desk }
}

impl World {
    async fn letter(&self, subject: &str, mood: Mood, note: Option<&str>) -> LetterId {
        let may = May::<Create, Letter>::ask(&person(Role::Owner)).expect("the right");
        let new = NewLetter {
            subject: subject.to_owned(),
            desk: self.desk,
            mood: Some(mood),
            note: note.map(str::to_owned),
            sent: None,
        };
        Letter::create(&self.store, &may, new).await.expect("a letter")
    }

    async fn read(&self, id: LetterId) -> Letter {
        let may = May::<View, Letter>::ask(&person(Role::Owner)).expect("the right");
        Letter::get(&self.store, &may, id).await.expect("an answer").expect("a letter")
    }

    async fn act(&self, role: Role, which: &str, id: LetterId, version: Option<i64>) -> ActionResult {
        let actor = person(role);
        let index = Letter::MODEL.actions.iter().position(|one| one.name == which).expect("an action");
        let terms = authorize(&PANEL, &actor, Verb::Act(index), Letter::MODEL).granted()?;
        action::perform(&self.store, &Office, context(&actor), &actor, terms, id.key(), version).await
    }
}
