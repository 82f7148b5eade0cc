//! The pages of the second factor. They stand in front of the panel, also for somebody who is in it.

use std::fmt;

use serde::Serialize;

use super::{Frame, Text};

/// Between the password and the panel.
#[derive(Debug, Serialize)]
pub(crate) struct FactorPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    /// A path of this panel to go to afterwards; empty: home.
    pub(crate) next: Text,
    /// A code of the app is taken.
    pub(crate) code: bool,
    /// Where a challenge for a passkey is asked for; none: none is taken.
    pub(crate) passkey: Option<Text>,
    /// What a passkey needs, in a sentence; none: they have none.
    pub(crate) without: Option<Text>,
    /// Recovery codes are made in this panel.
    pub(crate) saved_codes: bool,
    /// The form with the recovery code stands open.
    pub(crate) open: bool,
    pub(crate) sign_out: Text,
}

/// Setting a factor up.
#[derive(Serialize)]
pub(crate) struct EnrolPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) next: Text,
    pub(crate) lead: Text,
    /// Modules a side of the picture.
    pub(crate) size: usize,
    /// The picture, as the path of an SVG.
    pub(crate) path: Text,
    /// For typing.
    pub(crate) secret: Text,
    /// `otpauth:…`
    pub(crate) address: Text,
    pub(crate) error: Option<Text>,
    /// Where a passkey is added instead; none: nowhere.
    pub(crate) passkey: Option<Text>,
    /// Where to go without it; none: there is no way without it but signing out.
    pub(crate) cancel: Option<Text>,
    pub(crate) sign_out: Text,
}

// What stands in it is shown once and to one person.
impl fmt::Debug for EnrolPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolPage(…)")
    }
}

/// Adding a passkey.
#[derive(Debug, Serialize)]
pub(crate) struct PasskeyPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    /// Where a challenge is asked for.
    pub(crate) ask: Text,
    pub(crate) next: Text,
    pub(crate) lead: Text,
    /// What it will be called, to be changed.
    pub(crate) name: Text,
    /// What a passkey needs, in a sentence.
    pub(crate) without: Text,
    /// Where an app is set up instead; none: nowhere.
    pub(crate) app: Option<Text>,
    /// Where to go without it; none: there is no way without it but signing out.
    pub(crate) cancel: Option<Text>,
    pub(crate) sign_out: Text,
}

/// Recovery codes, on this page and nowhere else.
#[derive(Serialize)]
pub(crate) struct CodesPage {
    pub(crate) frame: Frame,
    pub(crate) lead: Text,
    pub(crate) codes: Vec<Text>,
    /// The same as the address of a text file.
    pub(crate) file: Text,
    /// Its name.
    pub(crate) name: Text,
    pub(crate) next: Text,
}

// What stands in it is shown once and to one person.
impl fmt::Debug for CodesPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodesPage(…)")
    }
}
