//! The words of each mail. They tell what happened and what to do if it was not wanted; of the panel's content, and of
//! who did it, nothing: mail is read along the way and by others.

use super::Notice;

/// What a mail says.
#[derive(Debug)]
pub(super) struct Words {
    /// Without the panel's name.
    pub(super) subject: String,
    /// Sentences, one paragraph each.
    pub(super) paragraphs: Vec<String>,
    /// What the link is called; none: no link.
    pub(super) button: Option<&'static str>,
}

const NOT_YOU: &str = "If you know nothing of this, tell whoever runs the panel at once: somebody else may be using your \
                       account.";

fn plain(subject: &str, paragraphs: &[&str]) -> Words {
    Words {
        subject: subject.to_owned(),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        button: None,
    }
}

fn new_browser(panel: &str, email: &str, browser: &str) -> Words {
    plain(
        "A sign-in in another browser",
        &[
            &format!(
                "Somebody who knows your password, or holds your passkey, signed in to {panel} as {email} in a browser that \
                 is not known for it: {browser}."
            ),
            "If it was you, there is nothing to do. Your account page lists where you are signed in.",
            NOT_YOU,
        ],
    )
}

/// For a notice that carries a link, `good_for` says how long; `detail` is what the queue keeps with it.
pub(super) fn of(notice: Notice, panel: &str, email: &str, detail: &str, good_for: &str) -> Words {
    let link =
        |subject: &str, button, paragraphs: &[&str]| Words { button: Some(button), ..plain(subject, paragraphs) };
    let once = format!("The link works once, for {good_for}. A newer link replaces it.");
    match notice {
        Notice::ResetAsked => link(
            "A new password",
            "Choose a new password",
            &[
                &format!("Somebody, we think you, asked for a new password for {email} in {panel}."),
                &once,
                "If it was not you, do nothing: your password stays as it is, and nobody else gets this link.",
            ],
        ),
        Notice::ResetStarted => link(
            "Choose a new password",
            "Choose a new password",
            &[
                &format!("An administrator of {panel} started a reset of your password for {email}."),
                "Your old password no longer works, and you are signed out everywhere.",
                &once,
            ],
        ),
        Notice::Invited => link(
            "You are invited",
            "Choose a password and sign in",
            &[
                &format!("You are invited to {panel} as {detail}. You sign in as {email}."),
                &once,
                "If you did not expect this, ignore it: without a password the account can't be used.",
            ],
        ),
        Notice::AccountMade => plain(
            "You have an account",
            &[&format!("An account was made for you in {panel}: you sign in as {email}, as {detail}."), NOT_YOU],
        ),
        Notice::LinkMade => plain(
            "A link to a new password was made",
            &[
                &format!(
                    "Whoever runs {panel} made a one-use link to a new password for {email}, to hand over to you."
                ),
                NOT_YOU,
            ],
        ),
        Notice::PasswordSet => plain(
            "Your password was changed",
            &[
                &format!(
                    "The password of {email} in {panel} was changed. You are signed out wherever you were before."
                ),
                NOT_YOU,
            ],
        ),
        Notice::RoleChanged => plain(
            "You have another role",
            &[&format!("You are {detail} in {panel} now. Please sign in again."), NOT_YOU],
        ),
        Notice::Locked => plain(
            "Your account is locked",
            &[
                &format!("Your account {email} in {panel} was locked, and you are signed out everywhere."),
                "An administrator of the panel can unlock it.",
            ],
        ),
        Notice::Unlocked => plain(
            "Your account is open again",
            &[&format!("Your account {email} in {panel} was unlocked. You can sign in."), NOT_YOU],
        ),
        Notice::NewBrowser => new_browser(panel, email, detail),
        Notice::SessionsEnded => plain(
            "You were signed out",
            &[&format!("An administrator of {panel} signed {email} out everywhere. You can sign in again.")],
        ),
        Notice::FactorAdded => plain(
            "A second factor was added",
            &[&format!("A second factor was added to {email} in {panel}: {detail}."), NOT_YOU],
        ),
        Notice::FactorRemoved => plain(
            "A second factor was removed",
            &[&format!("A second factor was removed from {email} in {panel}: {detail}."), NOT_YOU],
        ),
        Notice::TokenMade => token_made(panel, email, detail),
        Notice::TokenEnded => token_ended(panel, email, detail),
        Notice::PasskeySuspect => passkey_suspect(panel, email, detail),
        Notice::CodesMade => plain(
            "New recovery codes",
            &[&format!("Recovery codes were made for {email} in {panel}. Older ones no longer work."), NOT_YOU],
        ),
        Notice::CodeUsed => plain(
            "A recovery code was used",
            &[&format!("A recovery code of {email} was used to get into {panel}. {detail} are left."), NOT_YOU],
        ),
    }
}

fn token_made(panel: &str, email: &str, detail: &str) -> Words {
    plain(
        "An API token was made",
        &[
            &format!("In {panel} somebody, we think you, made {detail}, for {email}."),
            "A program that holds it acts in your name. You see and end your tokens on your account page.",
            NOT_YOU,
        ],
    )
}

fn token_ended(panel: &str, email: &str, detail: &str) -> Words {
    plain(
        "An API token was ended",
        &[&format!("In {panel}, {detail} of {email} was ended. Programs that use it get no answer any more."), NOT_YOU],
    )
}

fn passkey_suspect(panel: &str, email: &str, detail: &str) -> Words {
    plain(
        "A passkey was refused",
        &[
            &format!(
                "The passkey “{detail}” of {email} in {panel} was refused: it signed as if there were a copy of it."
            ),
            "If it was you, remove that passkey on your account page and add it anew.",
            NOT_YOU,
        ],
    )
}

/// A time span as people say it.
pub(crate) fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        s if s >= 7_200 && s % 3_600 == 0 => (s / 3_600, "hours"),
        3_600 => return "one hour".to_owned(),
        s => (s.div_ceil(60), "minutes"),
    };
    format!("{count} {unit}")
}
