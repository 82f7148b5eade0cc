//! A program without the feature `passkeys`: there is no relying party, and the compiler knows it.

use super::{Asked, Wrong};
use crate::error::Error;
use crate::panel::Panel;
use crate::public_url::PublicUrl;
use crate::store::{NewPasskey, PasskeyRow, Signed};

/// There is none.
#[derive(Debug, Clone)]
pub(crate) enum RelyingParty {}

impl RelyingParty {
    pub(crate) fn of(_: &Panel, _: &PublicUrl) -> Option<Self> {
        None
    }

    pub(crate) fn ask_for_new(&self, _: &[u8], _: &str, _: &[PasskeyRow]) -> Result<Asked, Error> {
        match *self {}
    }

    pub(crate) fn new_key(&self, _: &str, _: &str) -> Result<NewPasskey, Wrong> {
        match *self {}
    }

    pub(crate) fn ask(&self, _: &[PasskeyRow]) -> Result<Asked, Error> {
        match *self {}
    }

    pub(crate) fn ask_anybody(&self) -> Result<Asked, Error> {
        match *self {}
    }

    pub(crate) fn credential(&self, _: &str) -> Option<Vec<u8>> {
        match *self {}
    }

    pub(crate) fn signed(&self, _: &str, _: &str, _: &PasskeyRow) -> Result<Signed, Wrong> {
        match *self {}
    }

    pub(crate) fn signed_by_anybody(&self, _: &str, _: &str, _: &PasskeyRow) -> Result<Signed, Wrong> {
        match *self {}
    }
}
