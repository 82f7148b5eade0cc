//! The defences of the door, over a real database and a given clock: each test fails when its defence is taken out.

mod account;
mod audit_export;
mod audit_page;
mod authenticator;
mod browser;
mod command_line;
mod database_gone;
mod devices;
mod equal_work;
mod export;
mod factor;
mod flood;
mod forged_forms;
mod halfway;
mod importing;
mod intake;
mod lending;
mod links;
mod mail;
mod mail_tls;
mod migrations;
#[cfg(feature = "passkeys")]
mod passkeys;
mod people;
mod promises;
mod reading;
mod reauth;
mod recovery;
mod resend;
mod server;
mod sessions;
mod sign_in;
mod simulation;
mod sink;
mod two_people;
