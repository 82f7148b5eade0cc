//! One believable view of each page, as full as it gets, for the tests of the templates.

use super::Assets;
use crate::panel::Brand;
use crate::views::{
    Cell, ChoosePasswordPage, Filter, Frame, Hidden, Link, NavItem, Note, OptionView, Person, PickView, ProvePage,
    RecoveryPage, RefusalPage, RowView, SentAgain, SignInPage, Step, Text, Tone,
};

mod account;
mod life;
mod loans;
mod moves;
mod people;
mod record;
mod tables;

pub(super) use account::{account, codes, enrol, factor, passkey, token};
pub(super) use life::{history, restore};
pub(super) use loans::{group, groups, loans};
pub(super) use moves::{bulk, columns, export, import, job, work};
pub(super) use people::{handed_link, invite, people, person};
pub(super) use record::{delete, detail, form, refused_delete, stale};
pub(super) use tables::{audit, empty_home, empty_list, home, list, policy};

pub(super) const BRAND: Brand = Brand { light: "#0b6e4f", on_light: "#ffffff", dark: "#4fb88f", on_dark: "#07140f" };

const NAMES: [&str; 12] = [
    "Anna Berg",
    "Omar Haddad",
    "Zoë O'Neill",
    "Tom Ferri & Sons",
    "Karim Brown",
    "Nora Rossi",
    "Lina Petrov",
    "Max Meyer",
    "Ida Kim",
    "Yusuf Olsen",
    "Sara Nasser",
    "Maximiliana von Hohenfels-Bartenstein",
];

const DOCTORS: [&str; 5] = ["Dr Zoe Brown", "Dr Tom Ferri", "Dr Sara Nasser", "Dr Sami Lund", "Dr Yusuf Olsen"];

pub(super) fn frame(title: &'static str, current: &str, crumbs: &[(&'static str, &'static str)]) -> Frame {
    let assets = Assets::for_brand(BRAND);
    let item = |label: &'static str, href: &'static str, icon: &'static str| NavItem {
        label: label.into(),
        href: href.into(),
        icon,
        current: label == current,
    };
    Frame {
        lang: "en",
        dir: "ltr",
        theme: None,
        base: "".into(),
        panel: "Clinic".into(),
        title: title.into(),
        css: format!("/static/{}", assets.css.file).into(),
        js: format!("/static/{}", assets.js.file).into(),
        icons: format!("/static/{}", assets.icons.file).into(),
        csrf: "q3Vn0c6mT2sWb1rY8kXe4uLh7aDf9gJp".into(),
        models: vec![
            item("Doctors", "/doctors", ""),
            item("Patients", "/patients", ""),
            item("Visits", "/visits", ""),
            item("Invoices", "/invoices", ""),
        ],
        tools: vec![
            item("Home", "/", "home"),
            item("Audit", "/audit", "audit"),
            item("People", "/people", "person"),
            item("Policy", "/policy", "policy"),
        ],
        person: Some(Person { email: "anna@clinic.example".into(), role: "Owner".into() }),
        crumbs: crumbs.iter().map(|(label, href)| Link { label: (*label).into(), href: (*href).into() }).collect(),
        notes: Vec::new(),
    }
}

fn door(title: &'static str) -> Frame {
    Frame { models: Vec::new(), tools: Vec::new(), person: None, ..frame(title, "", &[]) }
}

pub(super) fn cell(text: impl Into<Text>, kind: &'static str) -> Cell {
    Cell { text: text.into(), kind, ..Cell::default() }
}

fn tagged(text: &'static str, tone: &'static str) -> Cell {
    Cell { tone: Some(tone), ..cell(text, "") }
}

fn when(stamp: &'static str, text: &'static str) -> Cell {
    Cell { stamp: stamp.into(), title: Some(stamp.into()), ..cell(text, "when") }
}

fn reference(text: &'static str, href: &'static str) -> Cell {
    Cell { href: Some(href.into()), ..cell(text, "") }
}

fn option(value: &'static str, label: &'static str, selected: bool) -> OptionView {
    OptionView { value: value.into(), label: label.into(), selected }
}

fn doctors(any: &'static str) -> Vec<OptionView> {
    let mut options = vec![option("", any, false)];
    options.extend((0..50).map(|n| OptionView {
        value: n.to_string().into(),
        label: format!("{} {n}", DOCTORS[n % 5]).into(),
        selected: n == 7,
    }));
    options
}

fn pick() -> PickView {
    PickView { href: "/patients/pick/doctor".into(), more: true, name: "find.doctor".into(), query: "".into() }
}

fn filter(label: &'static str, name: &'static str, kind: &'static str) -> Filter {
    Filter {
        label: label.into(),
        name: name.into(),
        kind,
        active: false,
        summary: "any".into(),
        options: Vec::new(),
        pick: None,
        input: "text",
        step: None,
        from: "".into(),
        to: "".into(),
        has: "".into(),
        word: "".into(),
        presets: Vec::new(),
        nulls: Vec::new(),
    }
}

fn states(any: &'static str) -> Vec<OptionView> {
    vec![
        option("", any, true),
        option("Booked", "Booked", false),
        option("Arrived", "Arrived", false),
        option("Done", "Done", false),
        option("Missed", "Did not come", false),
    ]
}

fn steps() -> Vec<Step> {
    vec![
        Step { label: "First".into(), href: None, icon: "first", rel: "" },
        Step { label: "Previous".into(), href: None, icon: "left", rel: "prev" },
        Step {
            label: "Next".into(),
            href: Some("/patients?sort=-created_at&after=bm90IGEgY3Vyc29y".into()),
            icon: "right",
            rel: "next",
        },
    ]
}

fn patient(n: usize) -> RowView {
    let born = format!("19{:02}-0{}-1{}", 40 + n % 60, 1 + n % 9, n % 10);
    RowView {
        href: format!("/patients/{}", 4711 + n).into(),
        cells: vec![
            cell(NAMES[n % NAMES.len()], ""),
            Cell { href: Some(format!("/doctors/{}", n % 5).into()), ..cell(DOCTORS[n % 5], "") },
            cell(born, ""),
            if n % 4 == 3 { cell("–", "none") } else { tagged("Arrived", ["t0", "t1", "t2"][n % 3]) },
            cell(format!("{}.50", 10 + 37 * n), "num"),
            when("2026-11-20T14:02:11.000000Z", "2026-11-20 14:02"),
        ],
    }
}

pub(super) fn recovery(asked: bool) -> RecoveryPage {
    RecoveryPage {
        frame: Frame { models: Vec::new(), tools: Vec::new(), person: None, ..frame("Forgotten password", "", &[]) },
        action: "/recovery".into(),
        sign_in: "/sign-in".into(),
        asked,
        good_for: "30 minutes".into(),
    }
}

pub(super) fn sign_in() -> SignInPage {
    let mut frame = door("Sign in");
    frame.notes.push(Note {
        tone: Tone::Bad,
        text: "That didn't work. Check the address and the password and try again.".into(),
        link: None,
    });
    SignInPage {
        frame,
        action: "/login".into(),
        email: "anna@clinic.example".into(),
        next: "/patients".into(),
        passkey: Some("/factor/challenge".into()),
        without: "A passkey needs JavaScript.".into(),
        recovery: Some("/recovery".into()),
        help: "No way in? Whoever administers this panel can send you a link.".into(),
    }
}

pub(super) fn choose_password() -> ChoosePasswordPage {
    ChoosePasswordPage {
        frame: door("Choose a password"),
        action: "/first".into(),
        token: "tok".into(),
        lead: "You are the first owner of this panel.".into(),
        email: None,
        typed_email: "".into(),
        email_error: Some("An address is needed.".into()),
        password_error: Some("This one is on the list of common passwords.".into()),
        again_error: Some("The two are not the same.".into()),
        min: 15,
    }
}

pub(super) fn prove() -> ProvePage {
    ProvePage {
        frame: frame("Your password, once more", "Patients", &[]),
        action: "/patients/4/delete".into(),
        lead: "To delete this patient, your last proof of who you are must be younger than 10 minutes.".into(),
        email: "anna@clinic.example".into(),
        code: Some("Code from your app, or a recovery code".into()),
        passkey: Some("/factor/challenge".into()),
        without: "A passkey needs JavaScript.".into(),
        fields: vec![Hidden { name: "bw.version".into(), value: "3\">".into() }],
        cancel: "/patients/4".into(),
    }
}

pub(super) fn refusal(inside: bool) -> RefusalPage {
    RefusalPage {
        frame: if inside { frame("Not yours to change", "Patients", &[]) } else { door("Too many tries") },
        status: if inside { 403 } else { 429 },
        text: if inside {
            "Your role Reception may not delete Patients.".into()
        } else {
            "Signing in is paused for this address.".into()
        },
        steps: vec!["Owner and Manager hold that right; ask one of them to do it.".into()],
        links: vec![
            Link { label: "Back to Patients".into(), href: "/patients".into() },
            Link { label: "Home".into(), href: "/".into() },
        ],
        reference: Some("0193-4711".into()),
        again: (!inside).then(|| SentAgain {
            action: "/patients/new".into(),
            csrf: "q3Vn0c6mT2sWb1rY8kXe4uLh7aDf9gJp".into(),
            fields: vec![Hidden { name: "name".into(), value: "Zoë \"O'Neill\" <&>".into() }],
            comes_back: true,
            sign_in: Some("/sign-in".into()),
        }),
    }
}
