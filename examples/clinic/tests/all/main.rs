//! The clinic as its people meet it: every test drives the whole panel, from a request or a command line down to the
//! database file, and looks at what comes back.

mod api;
mod authenticator;
mod break_glass;
mod browser;
mod bulk;
mod chromium;
mod commands;
mod export;
mod factor;
mod forms;
mod guesses;
mod hidden;
mod house;
mod import;
mod kill;
mod links;
mod matrix;
mod nested;
mod passkeys;
mod processes;
mod program;
mod secrets;
mod statements;
mod throttle;
mod visitor;
mod walk;

#[path = "../../../../runtime/src/testing/place.rs"]
mod place;

#[path = "../../../../runtime/src/tests/sink.rs"]
#[allow(dead_code, reason = "the tests of the queue of mail ask it more than these")]
mod sink;

#[path = "../../src/main.rs"]
#[allow(
    dead_code,
    reason = "the panel is served from here by `Clinic::builder`; `main`, commands and demo data are the binary's"
)]
mod clinic;
