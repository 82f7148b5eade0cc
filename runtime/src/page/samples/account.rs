//! Views of the second factor and of one's own account.

use super::{door, frame};
use crate::views::{
    AccountPage, CodesPage, EnrolPage, FactorPage, Note, OwnEvent, OwnPasskey, OwnSession, OwnToken, PasskeyPage,
    TokenPage, TokensView, Tone,
};

pub(in crate::page) fn factor() -> FactorPage {
    FactorPage {
        frame: door("Your second factor"),
        action: "/factor".into(),
        next: "/patients?q=a&page=2".into(),
        code: true,
        passkey: Some("/factor/challenge".into()),
        without: Some("A passkey needs JavaScript.".into()),
        saved_codes: true,
        open: true,
        sign_out: "/sign-out".into(),
    }
}

pub(in crate::page) fn enrol() -> EnrolPage {
    let offer = crate::factor::offer(b"12345678901234567890", "Clinic", "anna@clinic.example").expect("a picture");
    EnrolPage {
        frame: door("Set up your second factor"),
        action: "/factor/enrol".into(),
        next: "".into(),
        lead: "Your role asks for a second factor. Scan this with an authenticator app on your phone.".into(),
        size: offer.size,
        path: offer.path.into(),
        secret: offer.text.into(),
        address: offer.address.into(),
        error: Some("This is not the code that the app shows now.".into()),
        passkey: Some("/factor/passkey".into()),
        cancel: Some("/account".into()),
        sign_out: "/sign-out".into(),
    }
}

pub(in crate::page) fn passkey() -> PasskeyPage {
    PasskeyPage {
        frame: door("Add a passkey"),
        action: "/factor/passkey".into(),
        ask: "/factor/passkey/challenge".into(),
        next: "".into(),
        lead: "Your device proves that it is you.".into(),
        name: "Firefox on \"Linux\"".into(),
        without: "A passkey needs JavaScript.".into(),
        app: Some("/factor/enrol".into()),
        cancel: Some("/account".into()),
        sign_out: "/sign-out".into(),
    }
}

pub(in crate::page) fn codes() -> CodesPage {
    CodesPage {
        frame: door("Your recovery codes"),
        lead: "Keep these codes where you find them without your phone.".into(),
        codes: (0..10).map(|n| format!("0{n}-7K3M-Q9XA-0V2B-H4ZT").into()).collect(),
        file: "data:text/plain;charset=utf-8,00%2D7K3M".into(),
        name: "clinic-recovery-codes.txt".into(),
        next: "/".into(),
    }
}

pub(in crate::page) fn account() -> AccountPage {
    let session = |device: &'static str, end: Option<&'static str>| OwnSession {
        device: device.into(),
        address: "2001:db8:4711::/64".into(),
        since: "2026-11-20 08:14".into(),
        seen: "2026-11-21 11:59".into(),
        end: end.map(Into::into),
    };
    let mut frame = frame("Your account", "", &[]);
    let text = "One recovery code is left. Make new ones below.";
    frame.notes.push(Note { tone: Tone::Warn, text: text.into(), link: None });
    AccountPage {
        frame,
        email: "anna@clinic.example".into(),
        sessions: vec![
            session("Firefox on Linux", None),
            session("Safari on iPhone", Some("/account/sessions/3/end")),
            session("Samsung Internet on Android", Some("/account/sessions/2/end")),
        ],
        end_others: Some("/account/sessions/end".into()),
        change_password: "/account/password".into(),
        old_error: Some("That is not your password. Nothing was changed.".into()),
        password_error: Some("Use at least 15 characters; this one has 5.".into()),
        again_error: Some("This is not the same as above.".into()),
        min: 15,
        has_app: true,
        enrol: Some("/factor/enrol".into()),
        passkeys: vec![OwnPasskey {
            id: 4,
            name: "Blue <key>".into(),
            kind: "on one device".into(),
            since: "2026-11-20 08:14".into(),
            used: "never".into(),
            rename: "/account/passkeys/4/name".into(),
            remove: Some("/account/passkeys/4/remove".into()),
        }],
        add_passkey: Some("/factor/passkey".into()),
        no_passkeys: Some("Passkeys are made for a name.".into()),
        remove: Some("/account/factor-off".into()),
        new_codes: Some("/account/codes".into()),
        codes: "1 of 10 are left".into(),
        few_codes: true,
        tokens: Some(TokensView {
            make: "/account/tokens".into(),
            lines: vec![OwnToken {
                name: "Nightly <import>".into(),
                may: "reads and changes",
                since: "2026-11-20 08:14".into(),
                until: "2027-02-18 08:14".into(),
                used: "2026-11-21 11:59".into(),
                address: "198.51.100.7".into(),
                end: "/account/tokens/4/end".into(),
            }],
            error: Some("It is good for 1 to 365 days.".into()),
            name: "The \"bill\" printer".into(),
            days: "400".into(),
            writes: false,
            longest: 365,
        }),
        events: vec![
            OwnEvent {
                at: "2026-11-21 11:02".into(),
                what: "wrong code".into(),
                tone: "bad",
                by: "".into(),
                detail: "from 198.51.100.7".into(),
            },
            OwnEvent {
                at: "2026-11-20 08:14".into(),
                what: "role given".into(),
                tone: "t1",
                by: "by an administrator".into(),
                detail: "".into(),
            },
        ],
    }
}

pub(in crate::page) fn token() -> TokenPage {
    TokenPage {
        frame: frame("Nightly <import>", "", &[("Your account", "/account")]),
        lead: "This is the token, and it is shown only now.".into(),
        token: "bwk_0123456789abcdefghijklmnopqrstuvwxyz0123456".into(),
        example: Some("curl -H \"Authorization: Bearer $TOKEN\" https://clinic.example/api/doctors".into()),
        back: "/account".into(),
    }
}
