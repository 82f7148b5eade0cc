//! The panel as WebAuthn's relying party. Its name and origin come from `public_url` alone; user verification (a PIN, a
//! finger, a face) is asked for and insisted on, so that a passkey is two factors by itself.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::{Asked, Wrong};
use crate::error::Error;
use crate::panel::Panel;
use crate::public_url::PublicUrl;
use crate::store::{NewPasskey, PasskeyRow, Signed};

/// It says that it belongs to somebody else than whose it is.
const OTHERS: Wrong = Wrong("wrong handle");

/// Whom passkeys are made for.
#[derive(Debug, Clone)]
pub(crate) struct RelyingParty {
    webauthn: Webauthn,
    /// A key has to say whose it is, so that it can sign in without an address typed.
    discoverable: bool,
}

/// What the browser says of the page that asked; the key signs it.
#[derive(Deserialize)]
struct ClientData {
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

impl RelyingParty {
    /// None: the block declares no passkeys, or the panel is reached at a number, which WebAuthn knows no party by.
    pub(crate) fn of(panel: &Panel, public_url: &PublicUrl) -> Option<Self> {
        let origin = Url::parse(&public_url.origin()).ok().filter(|_| panel.factors.passkey)?;
        let builder = WebauthnBuilder::new(origin.domain()?, &origin).ok()?;
        let webauthn = builder.rp_name(panel.name).build().ok()?;
        Some(Self { webauthn, discoverable: panel.factors.alone })
    }

    /// For a new key of somebody who has those; `handle` is 16 bytes.
    pub(crate) fn ask_for_new(&self, handle: &[u8], email: &str, known: &[PasskeyRow]) -> Result<Asked, Error> {
        let handle = Uuid::from_slice(handle).map_err(|why| bug(&why))?;
        let known = known.iter().map(|row| row.credential.clone()).collect();
        let (options, state) =
            self.webauthn.start_passkey_registration(handle, email, email, Some(known)).map_err(|why| bug(&why))?;
        let mut options = serde_json::to_value(options).map_err(|why| bug(&why))?;
        if self.discoverable
            && let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection")
        {
            selection["residentKey"] = json!("required");
            selection["requireResidentKey"] = json!(true);
        }
        asked(&options, &state)
    }

    /// The key in an answer to [`Self::ask_for_new`].
    pub(crate) fn new_key(&self, answer: &str, state: &str) -> Result<NewPasskey, Wrong> {
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let state: PasskeyRegistration = read(state)?;
        same_origin(&answer.response.client_data_json)?;
        let transports =
            answer.response.transports.iter().flatten().filter_map(|one| match serde_json::to_value(one) {
                Ok(Value::String(word)) => Some(word),
                _ => None,
            });
        let transports = transports.collect::<Vec<_>>().join(" ");
        let key = self.webauthn.finish_passkey_registration(&answer, &state).map_err(|why| wrong(&why))?;
        let public = serde_json::to_string(&key).map_err(|_| Wrong::UNREADABLE)?;
        let key = Credential::from(key);
        Ok(NewPasskey {
            credential: key.cred_id,
            handle: Vec::new(),
            public,
            counter: key.counter.into(),
            transports: transports.chars().take(100).collect(),
            synced: key.backup_state,
        })
    }

    /// For one of these keys.
    pub(crate) fn ask(&self, keys: &[PasskeyRow]) -> Result<Asked, Error> {
        let keys = keys.iter().map(|row| key(row).map_err(|why| bug(&why.0))).collect::<Result<Vec<_>, _>>()?;
        let (options, state) = self.webauthn.start_passkey_authentication(&keys).map_err(|why| bug(&why))?;
        asked(&options, &state)
    }

    /// For whichever key the browser finds.
    pub(crate) fn ask_anybody(&self) -> Result<Asked, Error> {
        let (options, state) = self.webauthn.start_discoverable_authentication().map_err(|why| bug(&why))?;
        asked(&options, &state)
    }

    /// What the authenticator calls the key that signed, as the answer claims.
    #[expect(clippy::unused_self, reason = "there is no answer to read where there is no relying party")]
    pub(crate) fn credential(&self, answer: &str) -> Option<Vec<u8>> {
        read::<PublicKeyCredential>(answer).ok().map(|answer| answer.raw_id)
    }

    /// Whether an answer to [`Self::ask`] is this key's.
    pub(crate) fn signed(&self, answer: &str, state: &str, row: &PasskeyRow) -> Result<Signed, Wrong> {
        let answer = handled(answer, row)?;
        let state: PasskeyAuthentication = read(state)?;
        let right = self.webauthn.finish_passkey_authentication(&answer, &state).map_err(|why| wrong(&why))?;
        Ok(Signed { id: row.id, counter: right.counter().into(), synced: right.backup_state() })
    }

    /// Whether an answer to [`Self::ask_anybody`] is this key's, and says whose that is.
    pub(crate) fn signed_by_anybody(&self, answer: &str, state: &str, row: &PasskeyRow) -> Result<Signed, Wrong> {
        let answer = handled(answer, row)?;
        if answer.get_user_unique_id().is_none() {
            return Err(OTHERS);
        }
        let state: DiscoverableAuthentication = read(state)?;
        let key = DiscoverableKey::from(&key(row)?);
        let right =
            self.webauthn.finish_discoverable_authentication_v2(&answer, state, key).map_err(|why| wrong(&why))?;
        Ok(Signed { id: row.id, counter: right.counter().into(), synced: right.backup_state() })
    }
}

/// An answer of this key to a page of the panel itself.
fn handled(answer: &str, row: &PasskeyRow) -> Result<PublicKeyCredential, Wrong> {
    let answer: PublicKeyCredential = read(answer)?;
    same_origin(&answer.response.client_data_json)?;
    if answer.raw_id != row.credential {
        return Err(Wrong::UNKNOWN);
    }
    // Whose it is, is asked of the row; what the key says of it must agree.
    match answer.get_user_unique_id() {
        Some(handle) if handle != row.handle => Err(OTHERS),
        _ => Ok(answer),
    }
}

/// No page that another site shows within its own.
fn same_origin(client_data: &[u8]) -> Result<(), Wrong> {
    let data: ClientData = serde_json::from_slice(client_data).map_err(|_| Wrong::UNREADABLE)?;
    if data.cross_origin { Err(Wrong("another site's frame")) } else { Ok(()) }
}

/// A row as the library knows it, with the count of now.
fn key(row: &PasskeyRow) -> Result<Passkey, Wrong> {
    let mut key = Credential::from(read::<Passkey>(&row.public)?);
    key.counter = u32::try_from(row.counter).unwrap_or(u32::MAX);
    Ok(key.into())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    serde_json::from_str(text).map_err(|_| Wrong::UNREADABLE)
}

fn asked(options: &impl serde::Serialize, state: &impl serde::Serialize) -> Result<Asked, Error> {
    Ok(Asked {
        options: serde_json::to_string(options).map_err(|why| bug(&why))?,
        state: serde_json::to_string(state).map_err(|why| bug(&why))?,
    })
}

fn bug(why: &impl std::fmt::Display) -> Error {
    Error::Bug(format!("a passkey can't be asked for: {why}"))
}

/// In words for the log.
fn wrong(why: &WebauthnError) -> Wrong {
    match why {
        WebauthnError::MismatchedChallenge => Wrong("wrong challenge"),
        WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => Wrong("wrong origin"),
        WebauthnError::InvalidRPIDHash => Wrong("wrong relying party"),
        WebauthnError::InvalidClientDataType => Wrong("wrong kind of answer"),
        WebauthnError::UserNotPresent | WebauthnError::UserNotVerified => Wrong("person not verified"),
        WebauthnError::CredentialPossibleCompromise => Wrong::COUNTER,
        WebauthnError::CredentialNotFound => Wrong::UNKNOWN,
        WebauthnError::AuthenticationFailure => Wrong("wrong signature"),
        WebauthnError::CredentialAlteredAlgFromRequest | WebauthnError::CredentialInsecureCryptography => {
            Wrong("algorithm not asked for")
        }
        WebauthnError::CredentialBackupEligibilityInconsistent | WebauthnError::CredentialMayNotBeHardwareBound => {
            Wrong("another authenticator")
        }
        _ => Wrong("not as the standard asks"),
    }
}
