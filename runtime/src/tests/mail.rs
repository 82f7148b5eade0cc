//! The queue of mail: queued with what it tells, sent by one of several processes, tried again, given up; and no row of
//! it holds anything that lets somebody in.

use http::StatusCode;

use super::browser::{House, PASSWORD};
use super::sink::Sink;
use crate::audit::EntryQuery;
use crate::mail::{Notice, sender};
use crate::panel::{Panel, Recovery, Setting};
use crate::store::PasswordHash;
use crate::testing::{CLINIC, command_line};
use crate::token::Token;

const ANNA: &str = "anna@clinic.example";

/// The clinic with mail, and a way back by it.
pub(crate) static MAILED: Panel = MAILED_PARTS;

/// The same, to vary.
pub(super) const MAILED_PARTS: Panel = Panel {
    mail: Setting { env: None, fallback: Some("file:outbox") },
    recovery: Recovery { by_email: Some(1_800), ..CLINIC.recovery },
    ..super::browser::CLINIC_AT_THE_DOOR
};

async fn house(sink: &Sink) -> House {
    House::posting(&MAILED, "https://clinic.example/admin", &sink.url()).await
}

async fn tell(house: &House, person: i64, notice: Notice) {
    let mut write = house.app().store.write(command_line()).await.unwrap();
    write.tell(person, notice, "Owner").await.unwrap();
    let recorded = write.record(crate::audit::Event::plain(crate::audit::EventId::PersonUpdated));
    write.commit(recorded).await.unwrap();
}

async fn sent(house: &House) -> u32 {
    sender::deliver_due(house.app()).await.unwrap()
}

#[tokio::test]
async fn a_mail_is_queued_with_what_it_tells_or_not_at_all() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person_with(ANNA, "Owner", None).await;
    let store = &house.app().store;
    let mut write = store.write(command_line()).await.unwrap();
    let _ = write.lock(anna).await.unwrap();
    drop(write);
    assert_eq!(sent(&house).await, 0);
    let mut write = store.write(command_line()).await.unwrap();
    let recorded = write.lock(anna).await.unwrap();
    write.commit(recorded).await.unwrap();
    assert_eq!((sent(&house).await, sent(&house).await), (1, 0));
    let [mail] = &sink.mails()[..] else { panic!("one mail") };
    assert_eq!(mail.to, ANNA);
    assert_eq!(mail.header("Subject").as_deref(), Some("Clinic: Your account is locked"));
    assert_eq!(mail.header("From").as_deref(), Some("Clinic <clinic@clinic.example>"));
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert!(mail.text().contains("https://clinic.example/admin"), "{}", mail.text());
    assert!(mail.raw.contains(MAILED.brand.light), "the HTML form has the brand's colour");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_wakes_the_sender_of_its_process() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person_with(ANNA, "Owner", None).await;
    let app = std::sync::Arc::clone(house.service.app());
    let sending = tokio::spawn(sender::run(std::sync::Arc::downgrade(&app), app.store.bell()));
    tell(&house, anna, Notice::Unlocked).await;
    let mail = tokio::task::spawn_blocking(move || sink.wait_until(|mail| mail.to == ANNA)).await.unwrap();
    assert_eq!(mail.header("Subject").as_deref(), Some("Clinic: Your account is open again"));
    sending.abort();
}

#[tokio::test]
async fn of_several_processes_one_sends() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let others = [house.again().await, house.again().await, house.again().await];
    let anna = house.person_with(ANNA, "Owner", None).await;
    for _ in 0..12 {
        tell(&house, anna, Notice::Unlocked).await;
    }
    let (a, b, c, d) = tokio::join!(sent(&house), sent(&others[0]), sent(&others[1]), sent(&others[2]));
    assert_eq!(a + b + c + d, 12);
    assert_eq!(sink.mails().len(), 12);
}

#[tokio::test]
async fn a_sender_that_dies_leaves_its_mail_to_the_next() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person_with(ANNA, "Owner", None).await;
    tell(&house, anna, Notice::Unlocked).await;
    let store = &house.app().store;
    let now = house.app().clock.now();
    store.claim_mail("a process that is gone", now, crate::throttle::later(now, 300)).await.unwrap().expect("a mail");
    assert_eq!(sent(&house).await, 0, "it may still be at it");
    house.advance(300);
    assert_eq!(sent(&house).await, 1);
    // It comes back to life and finds its claim gone.
    store.postpone_mail(1, "a process that is gone", now, "late").await.unwrap();
    assert_eq!(sent(&house).await, 0);
}

#[tokio::test]
async fn a_failure_waits_longer_each_time_and_is_given_up_with_an_event() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person_with(ANNA, "Owner", None).await;
    tell(&house, anna, Notice::Unlocked).await;
    for _ in 0..100 {
        sink.refuse_next("451 anna@clinic.example is not at home");
    }
    let mut tries = 0;
    for _ in 0..24 * 60 + 2 {
        sent(&house).await;
        tries = sink.connections();
        house.advance(60);
    }
    assert!((25..40).contains(&tries), "{tries} tries in a day");
    assert_eq!(sink.mails().len(), 0);
    let query = EntryQuery { size: 1, ..EntryQuery::default() };
    let entry = &house.app().store.entries(&query).await.unwrap().entries[0];
    assert_eq!(entry.event, "mail.given_up");
    let told = format!("{:?}", entry.changes.iter().map(|c| c.after.clone()).collect::<Vec<_>>());
    assert!(told.contains("the server refused it (451)") && !told.contains("at home"), "{told}");
    let state = house.app().store.mail_state().await.unwrap();
    assert_eq!((state.queued, state.given_up), (0, 1));
    assert_eq!((sent(&house).await, sink.connections()), (0, tries), "given up for good");
}

#[tokio::test]
async fn without_tls_where_tls_is_asked_for_nothing_is_said() {
    for scheme in ["smtp", "smtps"] {
        let sink = Sink::open();
        let house = House::posting(&MAILED, "https://clinic.example", &sink.tls_url(scheme)).await;
        let anna = house.person_with(ANNA, "Owner", None).await;
        tell(&house, anna, Notice::ResetAsked).await;
        assert_eq!(sent(&house).await, 0);
        assert_eq!((sink.mails().len(), sink.connections()), (0, 1), "{scheme}");
        let state = house.app().store.mail_state().await.unwrap();
        assert!(state.fault.as_deref().is_some_and(|fault| fault.contains("TLS")), "{state:?}");
    }
}

#[tokio::test]
async fn a_link_is_minted_when_its_mail_is_sent_and_stands_nowhere_else() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person_with(ANNA, "Owner", None).await;
    tell(&house, anna, Notice::Invited).await;
    let links = || async { house.app().store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM bw_tokens").await };
    assert_eq!(links().await, "0", "nothing to steal before");
    sink.refuse_next("451 later");
    assert_eq!(sent(&house).await, 0);
    house.advance(30);
    assert_eq!(sent(&house).await, 1);
    let link = sink.mails()[0].link().expect("a link");
    assert!(link.starts_with("/admin/join?token="), "{link}");
    let text = link.split('=').nth(1).unwrap();
    let hash = Token::parse(text).expect("a token").hash();
    let file = house.all_that_is_kept().await;
    assert!(!file.windows(text.len()).any(|part| part == text.as_bytes()));
    assert!(file.windows(hash.len()).any(|part| part == hash));
    assert_eq!(links().await, "1", "the one that did not go out was replaced");
}

#[tokio::test]
async fn a_newer_request_takes_the_place_of_an_older_one() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person_with(ANNA, "Owner", None).await;
    tell(&house, anna, Notice::Invited).await;
    tell(&house, anna, Notice::ResetAsked).await;
    tell(&house, anna, Notice::Unlocked).await;
    assert_eq!(sent(&house).await, 2);
    let subjects: Vec<_> = sink.mails().iter().filter_map(|mail| mail.header("Subject")).collect();
    assert_eq!(subjects, ["Clinic: A new password", "Clinic: Your account is open again"]);
}

#[tokio::test]
async fn files_are_whole_and_for_their_owner_alone() {
    let house = House::of_mailed(&MAILED).await;
    let anna = house.person_with(ANNA, "Owner", None).await;
    let hash = PasswordHash("$argon2id$none".to_owned());
    let mut write = house.app().store.write(command_line()).await.unwrap();
    let recorded = write.set_password(anna, &hash).await.unwrap();
    write.commit(recorded).await.unwrap();
    assert_eq!(sent(&house).await, 1);
    let directory = house.directory.path().join("outbox");
    let files: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].to_str().unwrap().ends_with("-1-1.eml"), "{files:?}");
    assert!(std::fs::read_to_string(&files[0]).unwrap().contains("Subject: Clinic: Your password was changed"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&directory), mode(&files[0])), (0o700, 0o600));
    }
}

#[tokio::test]
async fn a_sign_in_in_another_browser_is_told_once_and_the_first_of_all_is_not() {
    let sink = Sink::open();
    let house = house(&sink).await;
    house.person(ANNA, "Owner").await;
    sent(&house).await;
    let before = sink.mails().len();
    house.signed_in(ANNA).await;
    assert_eq!(sent(&house).await, 0, "nobody signed in before");
    let mut another = house.browser();
    assert_eq!(another.sign_in(ANNA, "a lamp beside the sea").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sent(&house).await, 0, "who did not get in");
    assert_eq!(another.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sent(&house).await, 1);
    let mail = &sink.mails()[before];
    assert_eq!(mail.header("Subject").as_deref(), Some("Clinic: A sign-in in another browser"));
    another.cookies.retain(|name, _| name.ends_with("device"));
    assert_eq!(another.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sent(&house).await, 0, "it is known now");
}
