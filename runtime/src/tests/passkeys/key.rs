//! A security key in software: ES256, with a count of its signatures, and a person who unlocks it. It can be told to
//! lie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(super) const ORIGIN: &str = "http://localhost:8000";

const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const NEW: u8 = 64;

#[derive(Clone)]
pub(super) struct Key {
    pub(super) signing: SigningKey,
    pub(super) id: Vec<u8>,
    /// Whose it says it is.
    pub(super) handle: Vec<u8>,
    pub(super) counter: u32,
    /// What the browser says of the page.
    pub(super) origin: String,
    pub(super) cross_origin: bool,
    /// Whom it was asked by, as the browser says.
    pub(super) party: String,
    /// Its person unlocked it.
    pub(super) verified: bool,
    /// What the answer is called; none: what it is.
    pub(super) kind: Option<&'static str>,
}

pub(super) fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("text")).expect("base64url")
}

impl Key {
    /// Each number is another key.
    pub(super) fn number(number: u8) -> Self {
        Self {
            signing: SigningKey::from_slice(&[number; 32]).expect("a number that is a key"),
            id: vec![number; 20],
            handle: Vec::new(),
            counter: 0,
            origin: ORIGIN.to_owned(),
            cross_origin: false,
            party: "localhost".to_owned(),
            verified: true,
            kind: None,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        });
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.verified { VERIFIED } else { 0 };
        let mut data = Sha256::digest(self.party.as_bytes()).to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn answer(&self, response: &Value) -> String {
        json!({ "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "response": response }).to_string()
    }

    /// A new key, as `navigator.credentials.create` gives it.
    pub(super) fn create(&mut self, asked: &str) -> String {
        let asked: Value = serde_json::from_str(asked).expect("options");
        let options = &asked["publicKey"];
        self.handle = bytes(&options["user"]["id"]);
        let point = self.signing.verifying_key().to_sec1_point(false);
        let mut data = self.data(NEW);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        // COSE: EC2, ES256, P-256, x, y.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point.as_bytes()[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point.as_bytes()[33..]);
        // CBOR: { "fmt": "none", "attStmt": {}, "authData": … }.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        object.extend(&data);
        let client_data = self.client_data("webauthn.create", options);
        self.answer(&json!({
            "clientDataJSON": text(&client_data),
            "attestationObject": text(&object),
            "transports": ["usb", "nfc"],
        }))
    }

    /// A signature, as `navigator.credentials.get` gives it.
    pub(super) fn get(&mut self, asked: &str) -> String {
        self.counter += 1;
        self.get_at_this_count(asked)
    }

    pub(super) fn get_at_this_count(&self, asked: &str) -> String {
        let asked: Value = serde_json::from_str(asked).expect("options");
        let client_data = self.client_data("webauthn.get", &asked["publicKey"]);
        let data = self.data(0);
        let signed = [data.as_slice(), Sha256::digest(&client_data).as_slice()].concat();
        let signature: Signature = self.signing.sign(&signed);
        self.answer(&json!({
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(signature.to_der().as_bytes()),
            "userHandle": text(&self.handle),
        }))
    }
}

/// The same answer with another value at this place of its response.
pub(super) fn with(answer: &str, place: &str, value: impl Into<Value>) -> String {
    let mut answer: Value = serde_json::from_str(answer).expect("an answer");
    answer["response"][place] = value.into();
    answer.to_string()
}

/// The same answer with a bit of this part of its response turned.
pub(super) fn tampered(answer: &str, place: &str) -> String {
    let whole: Value = serde_json::from_str(answer).expect("an answer");
    let mut part = bytes(&whole["response"][place]);
    // The last byte: a signature stays one, a count is another count.
    *part.last_mut().expect("bytes") ^= 1;
    with(answer, place, text(&part))
}
