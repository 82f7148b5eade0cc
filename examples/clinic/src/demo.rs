//! Rows to look at: a few hundred for a database that was made just now, as many as one likes with `clinic seed`.
//! Nobody in it can sign in; `clinic user link EMAIL` lets one of the staff choose a password.

use std::io::Write as _;

use bailiwick::audit::{Context, Origin};
use bailiwick::store::{NewPerson, Recorded, Write};
use bailiwick::typed::RowId as _;
use bailiwick::typed::{Decimal, Input, Model, PersonId};
use bailiwick::value::Value;
use bailiwick::{Error, Store};
use chrono::{DateTime, Duration, SubsecRound, Timelike, Utc};

use super::people::{Dice, invent};
use super::{
    Doctor, DoctorId, Invoice, InvoiceState, Language, LanguageId, NewDoctor, NewInvoice, NewLanguage, NewPatient,
    NewVisit, Patient, PatientId, Speciality, Visit, VisitState,
};

/// Rows of one statement's worth of work: large enough to be quick, small enough to show progress.
const BATCH: u64 = 5_000;

const DOCTORS: [(&str, Speciality); 12] = [
    ("Dr. Amina Haddad", Speciality::General),
    ("Dr. Jonas Keller", Speciality::General),
    ("Dr. Elena Popescu", Speciality::Heart),
    ("Dr. Samir Khan", Speciality::Skin),
    ("Dr. Ines Almeida", Speciality::General),
    ("Dr. Kenji Tanaka", Speciality::Heart),
    ("Dr. Greta Lindqvist", Speciality::Skin),
    ("Dr. Omar Demir", Speciality::General),
    ("Dr. Mila Horvat", Speciality::General),
    ("Dr. Rosa Castro", Speciality::Heart),
    ("Dr. Felix Bauer", Speciality::Skin),
    ("Dr. Noor Rahman", Speciality::General),
];

const LANGUAGES: [&str; 8] = ["Arabic", "English", "French", "German", "Polish", "Spanish", "Turkish", "Ukrainian"];

/// Address, role, and the number of the doctor that they are.
const STAFF: [(&str, &str, Option<usize>); 6] = [
    ("mona.manager@example.org", "Manager", None),
    ("amina.haddad@example.org", "Clinician", Some(0)),
    ("jonas.keller@example.org", "Clinician", Some(1)),
    ("rita.reception@example.org", "Reception", None),
    ("ravi.reception@example.org", "Reception", None),
    ("arne.auditor@example.org", "Auditor", None),
];

/// What a fresh database starts with.
pub(crate) async fn load(store: Store) -> Result<(), Error> {
    fill(&store, 320, false).await
}

/// `clinic seed --patients N`: N patients, a visit for every other and an invoice for every fifth, in one transaction.
pub(crate) async fn fill(store: &Store, patients: u64, say_progress: bool) -> Result<(), Error> {
    let now = Utc::now().trunc_subsecs(6);
    let mut write = store.write(Context::of_nobody(Origin::own(), now)).await?;
    let clinic = staff(&mut write).await?;
    let mut recorded = None;
    // Later loads go on where the last one ended: the number of a patient makes their address unique.
    let first =
        write.newest_ids(Patient::MODEL, 1).await?.first().and_then(|id| id.number()).map_or(0, i64::unsigned_abs);
    let (mut done, last) = (first, first + patients);
    while done < last {
        let upto = last.min(done + BATCH);
        let people: Vec<Planned> = (done..upto)
            .map(|number| {
                let mut dice = Dice::new(number ^ 0xd0c);
                (number, seen_first(number - first, patients, now, &mut dice), *dice.pick(&clinic.doctors))
            })
            .collect();
        let rows =
            people.iter().map(|(number, seen, doctor)| patient(*number, *doctor, &clinic.languages, *seen)).collect();
        let (ids, _) = write.seed(Patient::MODEL, rows).await?;
        let known: Vec<(PatientId, &Planned)> = ids.into_iter().filter_map(PatientId::of_key).zip(&people).collect();
        let visits = known.iter().filter(|(_, (number, ..))| number % 2 == 0);
        let rows = visits.map(|(id, (number, _, doctor))| visit(*number, *id, *doctor, now)).collect();
        // The events of all batches are of one transaction; any of them proves that it has one.
        let _: Recorded = write.seed(Visit::MODEL, rows).await?.1;
        let invoices = known.iter().filter(|(_, (number, ..))| number % 5 == 0);
        let rows = invoices.map(|(id, (number, seen, _))| invoice(*number, *id, *seen, clinic.author, now)).collect();
        recorded = Some(write.seed(Invoice::MODEL, rows).await?.1);
        done = upto;
        if say_progress {
            print!("\r{} of {patients} patients", done - first);
            // A terminal that is gone is no reason to stop.
            let _ = std::io::stdout().flush();
        }
    }
    if say_progress {
        println!();
    }
    match recorded {
        Some(recorded) => write.commit(recorded).await,
        None => write.roll_back().await,
    }
}

/// As it is in a practice: who came later has the higher number. Over three years, as evenly as people come.
fn seen_first(place: u64, patients: u64, now: DateTime<Utc>, dice: &mut Dice) -> DateTime<Utc> {
    const SECONDS: u64 = 3 * 365 * 24 * 60 * 60;
    let apart = (SECONDS / patients.max(1)).max(1);
    let ago = (patients - place) * SECONDS / patients.max(1);
    now - Duration::seconds(i64::try_from(ago.saturating_sub(dice.below(apart))).unwrap_or_default())
}

/// Number, first visit and doctor of a patient that is made.
type Planned = (u64, DateTime<Utc>, DoctorId);

/// Who and what the rows point at; made once, found again by the next `seed`.
struct Staff {
    languages: Vec<LanguageId>,
    doctors: Vec<DoctorId>,
    author: PersonId,
}

async fn staff(write: &mut Write) -> Result<Staff, Error> {
    let mut languages = write.newest_ids(Language::MODEL, 8).await?;
    if languages.is_empty() {
        let rows = LANGUAGES.map(|name| NewLanguage { name: name.to_owned() }.given().into_values());
        languages = write.seed(Language::MODEL, rows.to_vec()).await?.0;
    }
    languages.sort_unstable();
    let languages: Vec<LanguageId> = languages.into_iter().filter_map(LanguageId::of_key).collect();
    let mut doctors = write.newest_ids(Doctor::MODEL, 12).await?;
    if doctors.is_empty() {
        doctors = write.seed(Doctor::MODEL, doctor_rows(&languages)).await?.0;
    }
    doctors.sort_unstable();
    let doctors: Vec<DoctorId> = doctors.into_iter().filter_map(DoctorId::of_key).collect();
    let mut author = None;
    for (email, role, doctor) in STAFF {
        let attributes = match doctor.and_then(|number| doctors.get(number)) {
            Some(doctor) => format!("{{\"doctor\":{doctor}}}"),
            None => "{}".to_owned(),
        };
        let new = NewPerson { email, role, password_hash: None, attributes };
        let id = match write.create_person(&new).await? {
            Some((id, _)) => Some(id),
            None => write.person_by_email(email).await?.map(|person| person.id),
        };
        author = author.or(id);
    }
    let author =
        author.map(PersonId).ok_or_else(|| Error::Setup("nobody of the staff could be made or found".to_owned()))?;
    Ok(Staff { languages, doctors, author })
}

/// Some of them, not the same for everybody; few have more than three.
fn spoken(number: u64, languages: &[LanguageId]) -> Vec<LanguageId> {
    let mut dice = Dice::new(number ^ 0x1a96);
    let count = [0, 1, 1, 1, 2, 2, 3][usize::try_from(dice.below(7)).unwrap_or_default()];
    let mut spoken: Vec<LanguageId> = (0..count).map(|_| *dice.pick(languages)).collect();
    spoken.sort_unstable();
    spoken.dedup();
    spoken
}

fn doctor_rows(languages: &[LanguageId]) -> Vec<Vec<(usize, Value)>> {
    (0_u64..)
        .zip(DOCTORS)
        .map(|(number, (name, speciality))| {
            NewDoctor {
                name: name.to_owned(),
                speciality: Some(speciality),
                // One has left the practice, so that the filter has something to find.
                active: Some(!name.ends_with("Bauer")),
                languages: Some(spoken(number, languages)),
            }
            .given()
            .into_values()
        })
        .collect()
}

fn patient(number: u64, doctor: DoctorId, languages: &[LanguageId], seen: DateTime<Utc>) -> Vec<(usize, Value)> {
    let person = invent(number);
    NewPatient {
        name: person.name,
        email: person.email,
        phone: person.phone,
        born: person.born,
        doctor,
        languages: Some(spoken(number, languages)),
        notes: Some(person.notes),
    }
    .given()
    .with(Patient::CREATED_AT.field(), seen)
    .into_values()
}

fn visit(number: u64, patient: PatientId, doctor: DoctorId, now: DateTime<Utc>) -> Vec<(usize, Value)> {
    let mut dice = Dice::new(number ^ 0x0007_1517);
    // Between half a year ago and six weeks ahead, in quarters of an hour within opening times.
    let days = i64::try_from(dice.below(222)).unwrap_or_default() - 180;
    let quarters = i64::try_from(dice.below(36)).unwrap_or_default();
    let midnight = now - Duration::seconds(i64::from(now.num_seconds_from_midnight()));
    let at = midnight.trunc_subsecs(0) + Duration::days(days) + Duration::minutes(8 * 60 + 15 * quarters);
    let state = if at > now {
        VisitState::Booked
    } else if dice.percent(6) {
        VisitState::Missed
    } else {
        VisitState::Done
    };
    let note = (state == VisitState::Done && dice.percent(40)).then(|| "Check-up, nothing to add.".to_owned());
    NewVisit { patient, doctor, at, state: Some(state), note }.given().into_values()
}

fn invoice(
    number: u64,
    patient: PatientId,
    seen: DateTime<Utc>,
    author: PersonId,
    now: DateTime<Utc>,
) -> Vec<(usize, Value)> {
    let mut dice = Dice::new(number ^ 0x1f0);
    let cents = i64::try_from(dice.below(48_000)).unwrap_or_default() + 1_500;
    let age = (now - seen).num_minutes().max(1).unsigned_abs();
    let written = seen + Duration::minutes(i64::try_from(dice.below(age)).unwrap_or_default());
    let state = match dice.below(10) {
        0..3 => InvoiceState::Draft,
        3..5 => InvoiceState::Approved,
        _ => InvoiceState::Paid,
    };
    NewInvoice { patient, amount: Decimal::new(cents, 2), state: Some(state) }
        .given()
        .with(Invoice::AUTHOR.field(), author)
        .with(Invoice::CREATED_AT.field(), written)
        .into_values()
}
