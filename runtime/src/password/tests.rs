//! What may be chosen, what is verified, and how many hashes are computed at once.

use super::*;

const RULES: Rules<'static> = Rules { min: 15, email: "anna.berg@clinic.example", panel: "Clinic", blocklist: true };

#[test]
fn length_is_counted_in_code_points_after_composing() {
    // Fifteen letters, each typed as a letter and a combining mark: thirty code points before composing.
    let decomposed = "u\u{308}".repeat(7) + &"o\u{308}".repeat(8);
    assert_eq!(Password::typed(&decomposed).may_be_chosen(&RULES), Ok(()));
    let short = "u\u{308}".repeat(7) + &"o\u{308}".repeat(7);
    assert!(Password::typed(&short).may_be_chosen(&RULES).is_err());
    assert_eq!(*Password::typed("u\u{308}").0, "\u{fc}");
}

#[test]
fn the_hashes_at_work_fit_in_memory() {
    // The floor is OWASP's; 256 MiB is what a small machine has to spare.
    let (memory, passes, lanes) = (params_of_today().m_cost(), params_of_today().t_cost(), params_of_today().p_cost());
    assert!(memory >= 19 * 1_024 && passes >= 2 && lanes >= 1);
    let at_once = Hasher::new(QUEUE).threads.available_permits();
    assert!(at_once <= MOST_AT_ONCE && memory as usize * MOST_AT_ONCE <= 256 * 1_024, "{at_once} × {memory} KiB");
}

#[test]
fn one_core_is_left_for_pages() {
    assert_eq!([1, 2, 3, 4, 5, 64].map(super::at_once), [1, 1, 2, 3, 4, 4]);
}

#[test]
fn too_long_is_an_error_and_never_cut() {
    let rules = Rules { blocklist: false, ..RULES };
    let long = "ab".repeat(128);
    assert_eq!(Password::typed(&long).may_be_chosen(&rules), Ok(()));
    assert!(Password::typed(&format!("{long}c")).may_be_chosen(&rules).is_err());
    // 256 code points of four bytes are 1,024 bytes.
    let wide = "\u{1f600}\u{1f601}".repeat(128);
    assert_eq!(Password::typed(&wide).may_be_chosen(&rules), Ok(()));
    assert!(Password::typed(&"x".repeat(100_000)).may_be_chosen(&rules).is_err());
}

#[test]
fn what_is_tried_first_is_refused() {
    for bad in [
        "",
        "               ",
        "anna.berg@clinic.example",
        "Anna.Berg@Clinic.example",
        "ClinicClinicClinic",
        "clinic-2026-clinic!",
        "aaaaaaaaaaaaaaaaaaaa",
        "short",
    ] {
        assert!(Password::typed(bad).may_be_chosen(&RULES).is_err(), "{bad}");
    }
    for good in ["correct horse battery", "the clinic by the lake", "βραδια στον κηπο"] {
        assert_eq!(Password::typed(good).may_be_chosen(&RULES), Ok(()), "{good}");
    }
}

#[tokio::test]
async fn every_check_costs_one_hash_and_only_the_right_password_passes() {
    let hasher = Hasher::new(QUEUE);
    let right = Password::typed("correct horse battery");
    let hash = hasher.hash(hasher.place().unwrap(), right.clone()).await.unwrap();
    assert!(!is_outdated(&hash) && is_outdated("$argon2id$v=19$m=8,t=1,p=1$YmFpbGl3aWNr$AAAAAAAAAAAAAAAAAAAAAA"));
    let checks = [
        (Some(hash.clone()), "correct horse battery", true),
        (Some(hash.clone()), "correct horse batterz", false),
        (None, "correct horse battery", false),
        (Some("no hash at all".to_owned()), "correct horse battery", false),
    ];
    for (i, (hash, text, expected)) in checks.into_iter().enumerate() {
        let place = hasher.place().unwrap();
        assert_eq!(hasher.verify(place, Password::typed(text), hash).await.unwrap(), expected, "{i}");
        assert_eq!(hasher.work().0, i as u64 + 2);
    }
}

#[tokio::test]
async fn a_pepper_may_be_changed_and_who_lost_it_gets_nobody_in() {
    let key = |letter: &str| Some(letter.repeat(32));
    let with = |current, previous| {
        Hasher::new(QUEUE).with_peppers(Peppers::new(current, previous).expect("keys that are long enough"))
    };
    let right = || Password::typed("correct horse battery");
    let plain = Hasher::new(QUEUE).hash(Hasher::new(1).place().unwrap(), right()).await.unwrap();
    let first = with(key("a"), None);
    let old = first.hash(first.place().unwrap(), right()).await.unwrap();
    let rotated = with(key("b"), key("a"));
    let new = rotated.hash(rotated.place().unwrap(), right()).await.unwrap();
    for (hasher, hash, passes, outdated) in [
        (&first, &plain, true, true),
        (&first, &old, true, false),
        (&rotated, &old, true, true),
        (&rotated, &new, true, false),
        (&Hasher::new(QUEUE), &old, false, true),
        (&with(key("c"), None), &old, false, true),
    ] {
        let got = hasher.verify(hasher.place().unwrap(), right(), Some(hash.clone())).await.unwrap();
        assert_eq!((got, hasher.is_outdated(hash)), (passes, outdated), "{hash}");
        let wrong = Password::typed("correct horse batterz");
        assert!(!hasher.verify(hasher.place().unwrap(), wrong, Some(hash.clone())).await.unwrap());
    }
    assert!(Peppers::new(Some("short".to_owned()), None).is_err());
}

#[tokio::test]
async fn the_queue_is_bounded() {
    let hasher = Hasher::new(0);
    let mut places = Vec::new();
    while let Ok(place) = hasher.place() {
        places.push(place);
        assert!(places.len() <= 4, "a bound at all");
    }
    assert!((1..=4).contains(&places.len()));
    places.pop();
    assert!(hasher.place().is_ok());
}

#[test]
fn nobodys_hash_has_the_cost_of_everybodys() {
    assert!(!is_outdated(NOBODYS));
}

#[tokio::test]
async fn memory_stays_while_others_wait_and_goes_with_the_last_of_them() {
    let hasher = Arc::new(Hasher::new(8));
    let all = u32::try_from(hasher.threads.available_permits()).unwrap();
    let mut busy = hasher.threads.clone().acquire_many_owned(all).await.unwrap();
    let waiting = async |so_many| {
        while hasher.waiting.load(Ordering::SeqCst) < so_many {
            tokio::task::yield_now().await;
        }
    };
    let (first, place) = (Arc::clone(&hasher), hasher.place().unwrap());
    let first =
        tokio::spawn(
            async move { first.verify(place, Password::typed("a lamp beside the lake"), None).await.unwrap() },
        );
    waiting(1).await;
    let (second, place, kept) = (Arc::clone(&hasher), hasher.place().unwrap(), hasher.kept.clone());
    let second = tokio::spawn(async move { second.on_a_thread(place, move || kept.pieces()).await.unwrap() });
    waiting(2).await;
    drop(busy.split(1));
    assert!(!first.await.unwrap());
    assert_eq!(second.await.unwrap(), 1, "what the first left");
    assert_eq!((hasher.kept.pieces(), hasher.waiting.load(Ordering::SeqCst)), (0, 0), "nobody waits any more");
    drop(busy);
}
