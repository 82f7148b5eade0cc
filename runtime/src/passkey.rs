//! Passkeys (WebAuthn): what a browser is asked to sign, and whether what comes back is right. Who is asked, how often,
//! and what a right answer is good for, is decided elsewhere; nothing here trusts a word of the browser that the key
//! did not sign. Without the feature `passkeys` there is no relying party, and a block that declares passkeys does not
//! compile.

pub(crate) mod challenge;
pub(crate) mod check;
#[cfg_attr(not(feature = "passkeys"), path = "passkey/not_built.rs")]
mod relying_party;

pub(crate) use self::relying_party::RelyingParty;
use crate::app::App;
use crate::error::Error;

/// Passkeys that one person may have.
pub(crate) const AT_MOST: usize = 20;

/// Something to be asked of a browser.
#[derive(Debug)]
pub(crate) struct Asked {
    /// For the browser, a JSON object.
    pub(crate) options: String,
    /// What the answer is checked against, a JSON object. It stays here.
    pub(crate) state: String,
}

/// Why an answer is not right, for the log; visitors are told the same of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) &'static str);

impl Wrong {
    /// The challenge was answered before, is too old, or was never made for this session.
    pub(crate) const CHALLENGE: Self = Self("no such challenge");
    /// Nobody has this key, or somebody else does.
    pub(crate) const UNKNOWN: Self = Self("unknown key");
    /// Its count of signatures did not go up.
    pub(crate) const COUNTER: Self = Self("counter went back");
    /// It can't be read.
    pub(crate) const UNREADABLE: Self = Self("unreadable");
}

/// Whether who must have a factor can get one here.
///
/// # Errors
/// [`Error::Setup`] where the block takes passkeys alone and the panel is reached at a number, which none is made for.
pub(crate) fn check_setup(app: &App) -> Result<(), Error> {
    let factors = app.panel.factors;
    let required = app.panel.roles.iter().any(|role| role.factor_required);
    if required && factors.passkey && !factors.totp && app.passkeys.is_none() {
        return Err(Error::Setup(format!(
            "public_url is {}: passkeys are made for a name, not for a number, and this block takes no other factor; on \
             this machine, http://localhost with the port is one",
            app.settings.public_url
        )));
    }
    Ok(())
}
