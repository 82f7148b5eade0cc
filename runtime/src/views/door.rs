//! The pages in front of the panel. They tell nothing about who has an account.

use serde::Serialize;

use super::{Frame, Hidden, Text};

/// Sign-in. What went wrong goes into `frame.notes`, in the same words for every cause.
#[derive(Debug, Serialize)]
pub(crate) struct SignInPage {
    pub(crate) frame: Frame,
    /// Where the form is posted.
    pub(crate) action: Text,
    /// As typed.
    pub(crate) email: Text,
    /// A path of this panel to go to afterwards; empty: home.
    pub(crate) next: Text,
    /// Where a challenge for a passkey is asked for; none: no passkey signs in by itself.
    pub(crate) passkey: Option<Text>,
    /// What a passkey needs, in a sentence.
    pub(crate) without: Text,
    /// Where to ask for a link to a new password; none: nowhere.
    pub(crate) recovery: Option<Text>,
    /// How to get back in, in a sentence; empty: none.
    pub(crate) help: Text,
}

/// Asking for a link to a new password by mail.
#[derive(Debug, Serialize)]
pub(crate) struct RecoveryPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    /// Back to the sign-in.
    pub(crate) sign_in: Text,
    /// It was asked for; the same page for every address.
    pub(crate) asked: bool,
    /// How long a link is good.
    pub(crate) good_for: Text,
}

/// A fresh proof of identity, asked for within the panel. What the person was sending is carried along.
#[derive(Debug, Serialize)]
pub(crate) struct ProvePage {
    pub(crate) frame: Frame,
    /// Where the form was going.
    pub(crate) action: Text,
    /// What the proof is for, in a sentence.
    pub(crate) lead: Text,
    /// For password managers; not sent.
    pub(crate) email: Text,
    /// A code is asked for too: what the field is called; none: they have no second factor.
    pub(crate) code: Option<Text>,
    /// Where a challenge for a passkey is asked for; none: they have none.
    pub(crate) passkey: Option<Text>,
    /// What a passkey needs, in a sentence.
    pub(crate) without: Text,
    /// The form as it was sent.
    pub(crate) fields: Vec<Hidden>,
    pub(crate) cancel: Text,
}

/// Choosing a password with a one-use link: the first owner, an invitation, a reset.
#[derive(Debug, Serialize)]
pub(crate) struct ChoosePasswordPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    /// The link's token, handed on to the POST.
    pub(crate) token: Text,
    /// Why the person is here, in a sentence.
    pub(crate) lead: Text,
    /// Whose password it is; none: the link makes a new account and asks for the address.
    pub(crate) email: Option<Text>,
    /// The address as typed, when it is asked for.
    pub(crate) typed_email: Text,
    pub(crate) email_error: Option<Text>,
    pub(crate) password_error: Option<Text>,
    pub(crate) again_error: Option<Text>,
    /// Shortest password, code points.
    pub(crate) min: u32,
}
