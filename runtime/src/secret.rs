//! The process secret: what second factors are sealed with, so that the database alone lets nobody sign in. It stands
//! outside the database, in `BAILIWICK_SECRET` or in a file beside a SQLite database, and is never printed. It is not
//! made anew while something is sealed with the one before.

use std::fmt;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::config::Settings;
use crate::error::Error;
use crate::mac;
use crate::store::Store;
use crate::token::Token;

/// Fewest characters of `BAILIWICK_SECRET`: what `openssl rand -hex 16` prints, 128 bits.
const SHORTEST: usize = 32;
/// Bytes of the nonce of XChaCha20-Poly1305, in front of what is sealed. Drawn at random: 192 bits don't repeat.
const NONCE: usize = 24;
/// Bytes of a factor's secret: 160 bits, as RFC 4226 (R6) recommends.
pub const FACTOR_BYTES: usize = 20;

/// The secret in hand.
pub struct Secret(Zeroizing<[u8; 32]>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From the text of the variable or the file.
    ///
    /// # Errors
    /// [`Error::Setup`] for less than 32 characters.
    pub fn from_text(text: &str, place: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.chars().count() < SHORTEST {
            return Err(Error::Setup(format!(
                "{place} holds less than {SHORTEST} characters; `openssl rand -hex 32` makes a good one"
            )));
        }
        Ok(Self(Zeroizing::new(mac::of_parts(text.as_bytes(), &[b"bailiwick process secret"]))))
    }

    /// Seals a factor's secret for one person: moved to another's row it does not open.
    pub fn seal(&self, person: i64, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)
            .map_err(|why| Error::Bug(format!("the operating system gives no random bytes: {why}")))?;
        let aad = person.to_be_bytes();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| Error::Bug("a factor could not be sealed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What was sealed for this person.
    ///
    /// # Errors
    /// [`Error::Setup`] when it was sealed with another secret, for somebody else, or is damaged.
    pub fn open(&self, person: i64, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let opened = sealed.split_first_chunk::<NONCE>().and_then(|(nonce, rest)| {
            let aad = person.to_be_bytes();
            self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: rest, aad: &aad }).ok()
        });
        opened.map(Zeroizing::new).ok_or_else(|| {
            Error::Setup(
                "a second factor was sealed with another secret than the one at hand: bring back the file or the \
                 BAILIWICK_SECRET that belongs to this database, or remove the factors with `user factor-off`"
                    .to_owned(),
            )
        })
    }

    /// The factor that a session is offered: the same as long as the session is and enrols nothing, so that a page
    /// loaded anew shows the same picture; another one after each enrolment.
    #[must_use]
    pub fn offered(&self, person: i64, session: i64, newest_factor: i64) -> Zeroizing<[u8; FACTOR_BYTES]> {
        let parts = [person, session, newest_factor].map(i64::to_be_bytes);
        let whole = mac::of_parts(self.0.as_slice(), &[b"offered factor", &parts[0], &parts[1], &parts[2]]);
        let mut offered = Zeroizing::new([0; FACTOR_BYTES]);
        offered.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        offered
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(mac::of_parts(self.0.as_slice(), &[b"sealed factor"])))
    }
}

/// Where the secret is, and the secret once it was read.
pub struct Secrets {
    text: Option<Zeroizing<String>>,
    file: Option<PathBuf>,
    read: OnceLock<Secret>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Secrets {
    /// As the settings say: the variable, else `PATH.key` beside `sqlite:PATH`, else nowhere.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let path = settings.database.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        Self {
            text: settings.secret.clone(),
            file: path.map(|path| PathBuf::from(format!("{path}.key"))),
            read: OnceLock::new(),
        }
    }

    /// The secret, to open what is sealed.
    ///
    /// # Errors
    /// [`Error::Setup`] where there is none.
    pub fn get(&self) -> Result<&Secret, Error> {
        if let Some(secret) = self.read.get() {
            return Ok(secret);
        }
        let secret = match (&self.text, &self.file) {
            (Some(text), _) => Secret::from_text(text, "BAILIWICK_SECRET")?,
            (None, Some(file)) => match read(file)? {
                Some(text) => Secret::from_text(&text, &file.display().to_string())?,
                None => {
                    return Err(Error::Setup(format!(
                        "{} is not there, and second factors were sealed with it: bring it back, or remove the factors \
                         with `user factor-off`",
                        file.display()
                    )));
                }
            },
            (None, None) => {
                return Err(Error::Setup(
                    "BAILIWICK_SECRET is not set (or BAILIWICK_SECRET_FILE): second factors are sealed with it; \
                     `openssl rand -hex 32` makes one"
                        .to_owned(),
                ));
            }
        };
        Ok(self.read.get_or_init(|| secret))
    }

    /// The secret, to seal with: a file that is not there is made, unless something in the database was sealed before.
    ///
    /// # Errors
    /// As [`Secrets::get`], and where the file can't be made.
    pub(crate) async fn to_seal(&self, store: &Store) -> Result<&Secret, Error> {
        if self.read.get().is_none()
            && self.text.is_none()
            && let Some(file) = &self.file
            && read(file)?.is_none()
            && store.any_factor().await?.is_none()
        {
            make(file)?;
        }
        self.get()
    }

    /// Whether what is sealed in this database opens, and whether there is something to seal with where a role will ask
    /// for it.
    ///
    /// # Errors
    /// [`Error::Setup`], to be told at the start rather than to the first who signs in.
    pub(crate) async fn check(&self, store: &Store) -> Result<(), Error> {
        if let Some((person, factor)) = store.any_factor().await? {
            self.get()?.open(person, &factor.sealed)?;
        } else if store.panel().factors.totp && store.panel().roles.iter().any(|role| role.factor_required) {
            self.to_seal(store).await?;
        }
        Ok(())
    }
}

fn read(file: &Path) -> Result<Option<Zeroizing<String>>, Error> {
    let mut text = Zeroizing::new(String::new());
    match std::fs::File::open(file).and_then(|opened| opened.take(4_096).read_to_string(&mut text)) {
        Ok(_) => Ok(Some(text)),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
        Err(why) => Err(Error::Setup(format!("{} can't be read: {why}", file.display()))),
    }
}

/// Readable for nobody but the account that runs the program. Whole or not at all: another process may look at it.
fn make(file: &Path) -> Result<(), Error> {
    let failed = |why: std::io::Error| Error::Setup(format!("{} can't be made: {why}", file.display()));
    let text = Zeroizing::new(format!("{}\n", Token::fresh()?.text()));
    let draft = PathBuf::from(format!("{}.{}", file.display(), Token::fresh()?.text()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(&draft).map_err(failed)?;
    let written = opened.write_all(text.as_bytes()).and_then(|()| opened.sync_all());
    // A link, unlike a rename, takes the place of nothing: the first of two processes wins, and both read its file.
    let linked = written.and_then(|()| match std::fs::hard_link(&draft, file) {
        Err(why) if why.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = std::fs::remove_file(&draft);
    linked.and(removed).map_err(failed)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn secrets(directory: &tempfile::TempDir) -> Secrets {
        Secrets { text: None, file: Some(directory.path().join("clinic.db.key")), read: OnceLock::new() }
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_person_with_the_same_secret_and_no_other() {
        let (one, other) = (Secret::from_text(&"a".repeat(32), "x").unwrap(), Secret::from_text(&"b".repeat(32), "x"));
        let sealed = one.seal(7, b"twenty bytes of salt").unwrap();
        assert_eq!(one.open(7, &sealed).unwrap().as_slice(), b"twenty bytes of salt");
        assert_ne!(sealed, one.seal(7, b"twenty bytes of salt").unwrap(), "no two look alike");
        assert!(!sealed.windows(6).any(|part| part == b"twenty"));
        assert!(one.open(8, &sealed).is_err() && other.unwrap().open(7, &sealed).is_err());
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert!(one.open(7, &bent).is_err() && one.open(7, b"").is_err());
    }

    #[test]
    fn what_an_older_build_sealed_opens() {
        let secret = Secret::from_text(&"a".repeat(32), "x").unwrap();
        let sealed = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBLYcADjJXdrTEjPXz9TnGtgvfQQdUid6suvgFXA8OKZjXo0kb";
        let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap();
        assert_eq!(secret.open(7, &sealed).unwrap().as_slice(), b"twenty bytes of salt");
        assert_eq!(URL_SAFE_NO_PAD.encode(secret.offered(1, 2, 3)), "gig-8RUXUfwheh_dOooRArnUqf8");
    }

    #[test]
    fn each_session_and_each_enrolment_is_offered_another_factor() {
        let secret = Secret::from_text(&"a".repeat(32), "x").unwrap();
        let offered = secret.offered(1, 1, 0);
        assert_eq!(offered, secret.offered(1, 1, 0));
        for other in [secret.offered(2, 1, 0), secret.offered(1, 2, 0), secret.offered(1, 1, 1)] {
            assert_ne!(offered, other);
        }
    }

    #[test]
    fn a_secret_that_is_short_is_refused_and_none_is_printed() {
        let short = Secret::from_text("hunter2", "BAILIWICK_SECRET").unwrap_err().to_string();
        assert!(short.contains("BAILIWICK_SECRET") && !short.contains("hunter2"));
        assert_eq!(format!("{:?}", Secret::from_text(&"a".repeat(32), "x").unwrap()), "Secret(…)");
    }

    #[tokio::test]
    async fn a_file_is_made_once_for_its_owner_alone_and_not_again_while_something_is_sealed() {
        let (directory, store) = crate::testing::store().await;
        let first = secrets(&directory);
        assert!(first.get().is_err(), "it is made for sealing only");
        let sealed = first.to_seal(&store).await.unwrap().seal(1, b"x").unwrap();
        let file = directory.path().join("clinic.db.key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // Another process reads the same one, also when it comes to make one.
        make(&file).unwrap();
        assert_eq!(secrets(&directory).to_seal(&store).await.unwrap().open(1, &sealed).unwrap().as_slice(), b"x");
        assert_eq!(
            std::fs::read_dir(directory.path())
                .unwrap()
                .filter(|e| e.as_ref().is_ok_and(|e| e.file_name().to_string_lossy().starts_with("clinic.db.key")))
                .count(),
            1
        );
        store
            .execute_for_test(
                "INSERT INTO bw_people (id, email, role, created_at) VALUES (1, 'a@b.example', 'Owner', 'x')",
            )
            .await;
        store
            .execute_for_test(
                "INSERT INTO bw_factors (person, kind, sealed, last_step, created_at) VALUES (1, 'totp', x'00', 0, 'x')",
            )
            .await;
        std::fs::remove_file(&file).unwrap();
        assert!(secrets(&directory).to_seal(&store).await.is_err(), "what was sealed would never open again");
        assert!(!file.exists());
    }
}
