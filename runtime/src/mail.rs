//! What the panel tells people by mail: which things, in which words, by which way. A mail is queued in the transaction
//! of what it tells and sent later, by `sender`; nothing is sent while somebody waits for a page.

mod line;
mod message;
pub(crate) mod sender;
pub mod way;
pub(crate) mod words;

use crate::panel::Panel;

macro_rules! notices {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)?) => {
        /// What a mail tells. The text of one never changes once released: it stands in the queue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Notice { $($(#[$doc])* $variant),* }

        impl Notice {
            /// Every one, in declared order.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its stable text.
            pub(crate) fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The one of this text.
            pub(crate) fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

notices! {
    /// They asked for a way back in, and get a link.
    ResetAsked = "reset_asked",
    /// An administrator started a reset; they get a link.
    ResetStarted = "reset_started",
    /// An administrator invited them; they get a link. The detail is the role.
    Invited = "invited",
    /// An account was made for them. The detail is the role.
    AccountMade = "account_made",
    /// A link to a new password was made at the command line and handed over some other way.
    LinkMade = "link_made",
    /// Their password was set.
    PasswordSet = "password_set",
    /// They hold another role. The detail is the role.
    RoleChanged = "role_changed",
    /// Their account was locked.
    Locked = "locked",
    /// It was unlocked.
    Unlocked = "unlocked",
    /// An administrator ended their sessions.
    SessionsEnded = "sessions_ended",
    /// They signed in in a browser that is not known for it, while others are. The detail is what it says of itself.
    NewBrowser = "new_browser",
    /// A second factor was added. The detail is its name.
    FactorAdded = "factor_added",
    /// A second factor was removed. The detail is its name.
    FactorRemoved = "factor_removed",
    /// An API token was made for them. The detail is its name and what it may.
    TokenMade = "token_made",
    /// An API token of theirs was ended. The detail is its name.
    TokenEnded = "token_ended",
    /// A passkey signed in a way that a copy of it would. The detail is its name.
    PasskeySuspect = "passkey_suspect",
    /// Recovery codes were made; older ones are no longer good.
    CodesMade = "codes_made",
    /// A recovery code was used. The detail is how many are left.
    CodeUsed = "code_used",
}

impl Notice {
    /// Whether the mail carries a link to a new password, which is minted when it is sent.
    pub(crate) fn carries_link(self) -> bool {
        matches!(self, Self::ResetAsked | Self::ResetStarted | Self::Invited)
    }

    /// How long the link in it is good, seconds.
    pub(crate) fn link_lifetime(self, panel: &Panel) -> u64 {
        const UNDECLARED: u64 = 24 * 3_600;
        match self {
            Self::ResetAsked => panel.recovery.by_email,
            _ => panel.recovery.by_administrator,
        }
        .unwrap_or(UNDECLARED)
    }

    /// For how long sending is tried, seconds. Nobody waits longer for a link than it would have been good; of the
    /// rest, a day is what mail servers give each other.
    pub(crate) fn patience(self, panel: &Panel) -> u64 {
        const A_DAY: u64 = 24 * 3_600;
        if self.carries_link() { self.link_lifetime(panel) } else { A_DAY }
    }
}

/// Whether the block has a `mail` clause: then people are told by mail, and links go out with it and nowhere else.
pub(crate) fn is_declared(panel: &Panel) -> bool {
    panel.mail.env.is_some() || panel.mail.fallback.is_some()
}
