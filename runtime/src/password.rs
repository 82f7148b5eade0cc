//! Passwords: which may be chosen, and Argon2id on blocking threads behind a bounded queue. Every check costs one hash,
//! whether or not there is an account to check; a password is held in memory that is wiped, and never printed.

mod memory;
mod rank;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Params, ParamsBuilder};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::blocklist;
use crate::error::Error;
use crate::panel;
use crate::pepper::Peppers;
use crate::places::{Place, Places};

use self::memory::{Hashing, Kept};
use self::rank::Ranks;

/// Code points that are taken; longer is an error, never cut.
pub const LONGEST: usize = 256;
/// Bytes of UTF-8 that are taken.
pub const LONGEST_BYTES: usize = 1_024;
/// Hashes that may wait for a thread; more are turned away.
pub const QUEUE: usize = 32;

/// Hashes at work at one time; more are slower.
const MOST_AT_ONCE: usize = 4;

/// Hashes at work at one time on so many cores. One core is left for everything else, where there are two: a page that
/// wakes on a core where a hash runs waits until the system parts them, which takes some milliseconds however far
/// behind the hash stands.
fn at_once(cores: usize) -> usize {
    cores.saturating_sub(1).clamp(1, MOST_AT_ONCE)
}

/// Argon2id with 19 MiB, two passes, one lane: the floor of the OWASP password storage cheat sheet.
fn params_of_today() -> Params {
    Params::DEFAULT
}

/// A hash with the same parameters that no password is known for: 32 zero bytes came out of no password that anybody
/// has.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YmFpbGl3aWNrLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as somebody typed it, in Unicode's composed form (NFC), so that every keyboard's spelling is the same.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// As typed. What is longer than any password may be becomes one that is right for nobody.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        // Composing can lengthen text threefold; nothing beyond this could come out within the limit.
        if text.len() > 4 * LONGEST_BYTES {
            return Self(Zeroizing::new("\u{0}".repeat(LONGEST_BYTES + 1)));
        }
        Self(Zeroizing::new(text.nfc().collect()))
    }

    /// Whether it may be chosen for this account; else a sentence for the person who chose it.
    pub fn may_be_chosen(&self, rules: &Rules<'_>) -> Result<(), String> {
        let text = self.0.as_str();
        let length = text.chars().count();
        let min = rules.min as usize;
        if text.trim().is_empty() {
            return Err("Choose a password.".to_owned());
        }
        if length < min {
            return Err(format!("Use at least {min} characters; this one has {length}. A few words are easy to keep."));
        }
        if length > LONGEST || text.len() > LONGEST_BYTES {
            return Err(format!("Use at most {LONGEST} characters ({LONGEST_BYTES} bytes)."));
        }
        let folded = text.trim().to_lowercase();
        if folded == rules.email.to_lowercase() || rules.email.split('@').next().is_some_and(|name| folded == name) {
            return Err("The password must not be the e-mail address.".to_owned());
        }
        // The panel's name, alone or with figures and signs around it or over and over, is the first thing to be tried.
        let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
        let name: String = rules.panel.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
        if !name.is_empty() && letters.replace(&name, "").is_empty() && letters.contains(&name) {
            return Err(format!("The password must be more than the name {}.", rules.panel));
        }
        let mut chars = text.chars();
        let first = chars.next();
        if chars.all(|c| Some(c) == first) {
            return Err("The password must be more than one character over and over.".to_owned());
        }
        if rules.blocklist && blocklist::holds(text, &[rules.email, rules.panel]) {
            return Err("This is among the passwords that are tried first, or is made of them. A few unrelated words \
                        are easy to keep and hard to guess."
                .to_owned());
        }
        Ok(())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What a chosen password is held against.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Shortest, code points.
    pub min: u32,
    /// Address of the account.
    pub email: &'a str,
    /// The panel's name.
    pub panel: &'a str,
    /// Common passwords are refused.
    pub blocklist: bool,
}

impl<'a> Rules<'a> {
    /// For an account.
    #[must_use]
    pub fn of(panel: &'static panel::Panel, email: &'a str) -> Self {
        Self { min: panel.password.min, email, panel: panel.name, blocklist: panel.password.blocklist }
    }

    /// For somebody who holds this role. The shorter minimum is for those who never get in with the password alone.
    #[must_use]
    pub fn for_role(self, panel: &'static panel::Panel, role: &str) -> Self {
        let factor = panel.roles.iter().any(|one| one.name == role && one.factor_required);
        Self { min: if factor { panel.password.min_with_factor.min(self.min) } else { self.min }, ..self }
    }
}

/// A place in the queue for one hash. Held until the hash is done, also when nobody waits for it any more.
#[derive(Debug)]
pub struct Slot(#[expect(dead_code, reason = "held for its drop, which gives the place back")] Place);

/// Too many wait already; try again in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// Makes and checks hashes, a few at a time.
#[derive(Debug)]
pub struct Hasher {
    threads: Arc<Semaphore>,
    places: Places,
    peppers: Arc<Peppers>,
    waiting: Arc<AtomicUsize>,
    ranks: Ranks,
    kept: Kept,
    at_once: Arc<AtomicU64>,
    most_at_once: Arc<AtomicU64>,
    hashes: Arc<AtomicU64>,
    verified: Arc<AtomicU64>,
}

impl Hasher {
    /// As many at once as there are cores but for one, one to four (more are slower and cost 19 MiB each), and so many
    /// waiting.
    #[must_use]
    pub fn new(queue: usize) -> Self {
        let threads = at_once(thread::available_parallelism().map_or(1, usize::from));
        Self {
            threads: Arc::new(Semaphore::new(threads)),
            places: Places::new(threads.saturating_add(queue)),
            peppers: Arc::default(),
            waiting: Arc::default(),
            ranks: Ranks::default(),
            kept: Kept::default(),
            at_once: Arc::default(),
            most_at_once: Arc::default(),
            hashes: Arc::default(),
            verified: Arc::default(),
        }
    }

    /// With keys outside the database.
    #[must_use]
    pub fn with_peppers(self, peppers: Peppers) -> Self {
        Self { peppers: Arc::new(peppers), ..self }
    }

    /// A place in the queue, at once or not at all, for what nobody at a browser waits for.
    pub fn place(&self) -> Result<Slot, Busy> {
        self.places.take(None).map(Slot).ok_or(Busy)
    }

    /// A place in the queue for a visitor of this network address ([`crate::context::Cx::address`]), who can't take
    /// them all. Taken before a try is counted: who is turned away has not tried; and before anything is known of the
    /// account.
    pub fn place_for(&self, address: &str) -> Result<Slot, Busy> {
        self.places.take(Some(address)).map(Slot).ok_or(Busy)
    }

    /// Whether the password is the one behind this hash. `None` (no account, no password, not allowed to try) costs the
    /// same and is no.
    pub async fn verify(&self, place: Slot, password: Password, hash: Option<String>) -> Result<bool, Error> {
        if hash.is_some() {
            self.verified.fetch_add(1, Ordering::Relaxed);
        }
        let (peppers, kept) = (Arc::clone(&self.peppers), self.kept.clone());
        self.on_a_thread(place, move || {
            let known = hash.as_deref().and_then(|text| PasswordHash::new(text).ok()).and_then(|held| {
                let params = Params::try_from(&held).ok()?;
                let pepper = peppers.of_hash(params.keyid())?;
                Some((held, pepper))
            });
            let real = known.is_some();
            let (held, pepper) = match known {
                Some(known) => known,
                None => match PasswordHash::new(NOBODYS) {
                    Ok(nobodys) => (nobodys, peppers.current()),
                    Err(_) => return false,
                },
            };
            let typed = match pepper {
                Some(pepper) => pepper.applied(password.0.as_bytes()),
                None => Zeroizing::new(password.0.as_bytes().to_vec()),
            };
            let right = Hashing::with(params_of_today(), &kept).verify_password(&typed, &held).is_ok();
            right && real && password.0.len() <= LONGEST_BYTES
        })
        .await
    }

    /// A new hash, as a PHC string.
    pub async fn hash(&self, place: Slot, password: Password) -> Result<String, Error> {
        let (peppers, kept) = (Arc::clone(&self.peppers), self.kept.clone());
        self.on_a_thread(place, move || hashed(&password, &peppers, &kept)).await?
    }

    /// New hashes of several secrets, one after the other in one place.
    pub(crate) async fn hash_all(&self, place: Slot, secrets: Vec<Password>) -> Result<Vec<String>, Error> {
        let (peppers, kept) = (Arc::clone(&self.peppers), self.kept.clone());
        self.on_a_thread(place, move || secrets.iter().map(|secret| hashed(secret, &peppers, &kept)).collect()).await?
    }

    /// How many hashes were computed so far, and how many of those against the hash of an account.
    #[must_use]
    pub fn work(&self) -> (u64, u64) {
        (self.hashes.load(Ordering::Relaxed), self.verified.load(Ordering::Relaxed))
    }

    /// The most hashes that were ever under way at the same time; each takes 19 MiB.
    #[must_use]
    pub fn most_at_once(&self) -> u64 {
        self.most_at_once.load(Ordering::SeqCst)
    }

    /// Whether a hash was made with weaker parameters than today's, or another key, and should be made anew at the next
    /// sign-in.
    #[must_use]
    pub fn is_outdated(&self, hash: &str) -> bool {
        let held = PasswordHash::new(hash).ok().and_then(|held| Params::try_from(&held).ok());
        is_outdated(hash) || held.is_none_or(|held| !self.peppers.is_current(held.keyid()))
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        place: Slot,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let waiting = Waiting::counted(&self.waiting);
        let thread = self.threads.clone().acquire_owned().await;
        drop(waiting);
        let thread = thread.map_err(|_| Error::Bug("the queue of hashes is closed".to_owned()))?;
        let hashes = self.hashes.clone();
        let (at_once, most) = (Arc::clone(&self.at_once), Arc::clone(&self.most_at_once));
        let (waiting, kept) = (Arc::clone(&self.waiting), self.kept.clone());
        let (tell, told) = tokio::sync::oneshot::channel();
        let run = move || {
            hashes.fetch_add(1, Ordering::Relaxed);
            most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let done = work();
            if waiting.load(Ordering::SeqCst) == 0 {
                kept.give_back();
            }
            at_once.fetch_sub(1, Ordering::SeqCst);
            // Before anybody hears of it: whoever comes then finds the place free.
            drop(place);
            // Who asked may have gone.
            let _ = tell.send(done);
        };
        let others_wait = self.waiting.load(Ordering::SeqCst) > 0;
        // Both permits go along to the thread: a visitor who hangs up frees nothing that is still at work.
        self.ranks
            .compute(others_wait, thread, run)
            .map_err(|why| Error::Unavailable(format!("a thread for a hash can't be had: {why}")))?;
        told.await.map_err(|_| Error::Bug("a hash did not finish".to_owned()))
    }
}

/// One who waits for a thread; also one who gave up counts no longer.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn counted(all: &'a AtomicUsize) -> Self {
        all.fetch_add(1, Ordering::SeqCst);
        Self(all)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn hashed(password: &Password, peppers: &Peppers, kept: &Kept) -> Result<String, Error> {
    let refused = |why: &dyn fmt::Display| Error::Bug(format!("Argon2id refused: {why}"));
    let today = params_of_today();
    let (params, typed) = match peppers.current() {
        Some(pepper) => {
            let mut params = ParamsBuilder::new();
            params.m_cost(today.m_cost()).t_cost(today.t_cost()).p_cost(today.p_cost());
            params.keyid(pepper.id().ok_or_else(|| Error::Bug("the pepper has no name".to_owned()))?);
            (params.build().map_err(|why| refused(&why))?, pepper.applied(password.0.as_bytes()))
        }
        None => (today, Zeroizing::new(password.0.as_bytes().to_vec())),
    };
    Hashing::with(params, kept)
        .hash_password(&typed)
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|why| refused(&why))
}

/// Whether a hash was made with weaker parameters than today's and should be made anew at the next sign-in.
#[must_use]
pub(crate) fn is_outdated(hash: &str) -> bool {
    PasswordHash::new(hash)
        .ok()
        .and_then(|held| Params::try_from(&held).ok())
        .is_none_or(|held| held.m_cost() < params_of_today().m_cost() || held.t_cost() < params_of_today().t_cost())
}
