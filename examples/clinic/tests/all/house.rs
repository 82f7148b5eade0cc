//! A clinic of its own for each test: a database in a new directory, a clock that the test moves, and one person of
//! every role. The person's password is the same for all, since a hash costs more than a test.

use std::path::Path;
use std::sync::{Arc, Mutex};

use bailiwick::audit::{Context, Origin};
use bailiwick::password::{Hasher, Password};
use bailiwick::store::{NewPerson, PasswordHash, Recorded, Store};
use bailiwick::typed::{Input, Model, RowKey};
use bailiwick::value::{Row, Value};
use bailiwick::{Clock, Service};
use chrono::{DateTime, Duration, Utc};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::authenticator::{SECRET, WITH_FACTOR};
use crate::clinic::{Clinic, DoctorId, NewDoctor, Speciality};
use crate::place;
use crate::visitor::{Visitor, Way, in_process};

/// Everybody's.
pub(crate) const PASSWORD: &str = "sparrows nest above the gate";

/// Role and address; the clinician is the first doctor.
pub(crate) const STAFF: [(&str, &str); 5] = [
    ("Owner", "owner@example.org"),
    ("Manager", "manager@example.org"),
    ("Clinician", "clinician@example.org"),
    ("Reception", "reception@example.org"),
    ("Auditor", "auditor@example.org"),
];

/// The address of whoever holds this role.
pub(crate) fn email(role: &str) -> &'static str {
    STAFF.iter().find(|(name, _)| *name == role).map(|(_, email)| *email).expect("a role of the clinic")
}

async fn hash() -> PasswordHash {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH.get_or_init(|| async {
        let hasher = Hasher::new(1);
        let place = hasher.place().expect("nobody else is there");
        hasher.hash(place, Password::typed(PASSWORD)).await.expect("a hash")
    });
    PasswordHash(hash.await.clone())
}

pub(crate) struct House {
    directory: TempDir,
    time: Arc<Mutex<DateTime<Utc>>>,
    pub(crate) service: Service,
    pub(crate) doctors: Vec<DoctorId>,
}

impl House {
    /// Two doctors and one person of every role.
    pub(crate) async fn open() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self::within(directory).await
    }

    /// The same over a database that something else may have filled before.
    pub(crate) async fn within(directory: TempDir) -> Self {
        let start = DateTime::parse_from_rfc3339("2026-11-21T10:00:00Z").expect("a moment").to_utc();
        let time = Arc::new(Mutex::new(start));
        let hands = Arc::clone(&time);
        let service = Clinic::builder()
            .public_url("http://127.0.0.1:8000")
            .mail(format!("file:{}", directory.path().join("outbox").display()))
            .clock(Clock::new(move || *hands.lock().expect("a clock")))
            .service(&url(&directory))
            .await
            .expect("a panel over an empty database");
        let mut house = Self { directory, time, service, doctors: Vec::new() };
        let mine = house.doctor("Dr. Ada Berg").await;
        let other = house.doctor("Dr. Ben Falk").await;
        house.doctors = vec![mine, other];
        for (role, email) in STAFF {
            let person = house.person(email, role, (role == "Clinician").then_some(mine)).await;
            if WITH_FACTOR.contains(&role) {
                house.factor(person).await;
            }
        }
        house
    }

    pub(crate) fn url(&self) -> String {
        url(&self.directory)
    }

    /// Where `clinic.db` is, when the rows are in a file.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.service.app().store
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, by: Duration) {
        let mut time = self.time.lock().expect("a clock");
        *time += by;
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        *self.time.lock().expect("a clock")
    }

    fn context(&self) -> Context {
        Context::of_nobody(Origin::own(), self.now())
    }

    pub(crate) async fn person(&self, email: &str, role: &str, doctor: Option<DoctorId>) -> i64 {
        let attributes = doctor.map_or_else(|| "{}".to_owned(), |doctor| format!("{{\"doctor\":{}}}", doctor.0));
        let mut write = self.store().write(self.context()).await.expect("a transaction");
        let new = NewPerson { email, role, password_hash: Some(hash().await), attributes };
        let (id, recorded) = write.create_person(&new).await.expect("a statement").expect("nobody has the address");
        write.commit(recorded).await.expect("a commit");
        id
    }

    /// Gives a person the factor of [`SECRET`].
    async fn factor(&self, person: i64) {
        let secret = self.service.app().secrets.get().expect("the panel made one");
        let sealed = secret.seal(person, &SECRET).expect("a seal");
        let mut write = self.store().write(self.context()).await.expect("a transaction");
        let (_, recorded) = write.enrol(person, &sealed, 0).await.expect("a factor");
        write.commit(recorded).await.expect("a commit");
    }

    pub(crate) async fn person_id(&self, email: &str) -> i64 {
        self.store().person_by_email(email).await.expect("a statement").expect("somebody").id
    }

    /// A row that was there before anybody came; fields that the framework fills in may be given.
    pub(crate) async fn row<N: Input>(&self, new: N, also: &[(usize, Value)]) -> Row {
        let model = <N::Model as Model>::MODEL;
        let mut values = new.given().into_values();
        values.extend_from_slice(also);
        let mut write = self.store().write(self.context()).await.expect("a transaction");
        let (ids, recorded): (Vec<RowKey>, Recorded) =
            write.seed(model, vec![values.clone()]).await.expect("a row that fits");
        write.commit(recorded).await.expect("a commit");
        let mut row = Row::new(ids[0], 1, model.fields.len());
        for (field, value) in values {
            row.set(field, value);
        }
        row
    }

    pub(crate) async fn doctor(&self, name: &str) -> DoctorId {
        let new = NewDoctor {
            name: name.to_owned(),
            speciality: Some(Speciality::General),
            active: Some(true),
            languages: None,
        };
        DoctorId(number(self.row::<NewDoctor>(new, &[]).await.id))
    }

    /// A browser with nobody signed in.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(self.way())
    }

    pub(crate) fn way(&self) -> Way {
        in_process(self.service.clone())
    }

    /// A browser in which whoever holds this role has signed in.
    pub(crate) async fn signed_in(&self, role: &str) -> Visitor {
        let mut visitor = self.visitor();
        if WITH_FACTOR.contains(&role) {
            // A code counts once, and the clock of the test stands still.
            place::run(&self.url(), "UPDATE bw_factors SET last_step = 0").await;
            visitor.sign_in_with_code("/sign-in", email(role), PASSWORD, self.now()).await.expect(303);
        } else {
            visitor.sign_in("/sign-in", email(role), PASSWORD).await.expect(303);
        }
        visitor.get("/").await.expect(200);
        visitor
    }

    /// One number out of the database, past the panel.
    pub(crate) async fn number(&self, sql: &'static str, bound: &[i64]) -> i64 {
        place::ask(&self.url(), sql, bound).await
    }

    /// One text out of the database, past the panel.
    pub(crate) async fn text(&self, sql: &'static str, row: i64) -> String {
        place::ask(&self.url(), sql, &[row]).await
    }
}

/// As a URL of the panel.
pub(crate) fn url(directory: &TempDir) -> String {
    place::url(directory.path())
}

/// The number that a row of the panel's own tables is known by.
pub(crate) fn number(key: RowKey) -> i64 {
    key.number().expect("a row with a number")
}
