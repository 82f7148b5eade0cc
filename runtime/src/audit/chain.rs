//! The hash chain of the log: every entry is hashed over all of its columns and the hash before it, so that an edit, a
//! deletion, an insertion, a reordering or a truncation shows. Whoever can rewrite the whole table and the head can
//! still forge it; a [`Checkpoint`] kept elsewhere finds that out.

use sha2::{Digest, Sha256};

use crate::audit::{Change, EventId};

/// SHA-256 of one entry; of nothing before the first: zeros.
pub type Hash = [u8; 32];

/// What the first entry follows.
pub const START: Hash = [0; 32];

/// An entry as stored, column by column, in the order in which they are hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Place in the chain, from 1.
    pub seq: i64,
    /// RFC 3339, UTC, microseconds.
    pub at: String,
    /// Id of the request.
    pub request: String,
    /// Id of the person.
    pub actor: Option<i64>,
    /// Their address then.
    pub actor_email: Option<String>,
    /// Id of the session.
    pub session: Option<i64>,
    /// Where the request came from; none: no request, or an entry of a version that kept none.
    pub address: Option<String>,
    /// Stable text id.
    pub event: String,
    /// Declared name of the model.
    pub model: Option<String>,
    /// Which row: its number, or where the log looks for its key.
    pub row: Option<i64>,
    /// Its key, if that is no number.
    pub key: Option<String>,
    /// Changes as JSON.
    pub changes: String,
}

impl Stored {
    /// The hash of this entry after that one. Every column goes in with a byte that tells null from empty and with its
    /// length, so that no two different entries run together into the same bytes. An entry without an address, or
    /// without a key beside its number, is hashed as every entry was before there were any, and begins differently from
    /// one with: neither can be made the other.
    #[must_use]
    pub fn hash(&self, previous: &Hash) -> Hash {
        let mut hasher = Sha256::new();
        match (&self.key, &self.address) {
            (None, None) => hasher.update(b"bailiwick audit 1\n"),
            (None, Some(address)) => {
                hasher.update(b"bailiwick audit 2\n");
                text(&mut hasher, Some(address));
            }
            (Some(key), address) => {
                hasher.update(b"bailiwick audit 3\n");
                text(&mut hasher, address.as_deref());
                text(&mut hasher, Some(key));
            }
        }
        hasher.update(previous);
        int(&mut hasher, Some(self.seq));
        text(&mut hasher, Some(&self.at));
        text(&mut hasher, Some(&self.request));
        int(&mut hasher, self.actor);
        text(&mut hasher, self.actor_email.as_deref());
        int(&mut hasher, self.session);
        text(&mut hasher, Some(&self.event));
        text(&mut hasher, self.model.as_deref());
        int(&mut hasher, self.row);
        text(&mut hasher, Some(&self.changes));
        hasher.finalize().into()
    }
}

fn text(hasher: &mut Sha256, value: Option<&str>) {
    match value {
        None => hasher.update([0]),
        Some(value) => {
            hasher.update([1]);
            hasher.update((value.len() as u64).to_be_bytes());
            hasher.update(value.as_bytes());
        }
    }
}

fn int(hasher: &mut Sha256, value: Option<i64>) {
    match value {
        None => hasher.update([0]),
        Some(value) => {
            hasher.update([2]);
            hasher.update(value.to_be_bytes());
        }
    }
}

/// A place in the chain and the hash of the entry there, kept outside of the database: who rewrites the whole chain
/// can't rewrite that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Place in the chain; 0: before the first entry.
    pub seq: i64,
    /// Of the entry there.
    pub hash: Hash,
}

impl std::fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.hash))
    }
}

impl Checkpoint {
    /// Reads what `Display` wrote; anything else is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.trim().split_once(':')?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0)?;
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(hash.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self { seq, hash: bytes })
    }
}

/// In hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

/// What reading the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Every entry is where it was written, as it was written.
    Whole {
        /// How many.
        entries: u64,
    },
    /// The first entry that is not.
    Broken {
        /// Its place in the chain.
        seq: i64,
        /// What is wrong with it, as a sentence.
        why: String,
    },
}

/// Walks the chain entry by entry, in order of `seq`.
#[derive(Debug)]
pub struct Walk {
    /// What the first entry that is left follows; 0: none was ever removed.
    start: Checkpoint,
    next: i64,
    hash: Hash,
    /// What the newest entry about a removal says: through which entry, and its hash.
    removed: Option<(String, String)>,
    /// To be met on the way.
    held_against: Option<Checkpoint>,
}

impl Default for Walk {
    fn default() -> Self {
        Self::after(Checkpoint { seq: 0, hash: START })
    }
}

impl Walk {
    /// From what retention left: the entries up to this one are gone, and an entry must say so.
    #[must_use]
    pub fn after(start: Checkpoint) -> Self {
        Self { start, next: start.seq + 1, hash: start.hash, removed: None, held_against: None }
    }

    /// Held against a checkpoint that was kept outside.
    pub fn against(mut self, checkpoint: Checkpoint) -> Result<Self, Verified> {
        if checkpoint.seq < self.start.seq {
            return Err(Verified::Broken {
                seq: checkpoint.seq,
                why: format!("the entry of the checkpoint was removed: the log starts after entry {}", self.start.seq),
            });
        }
        if checkpoint.seq == self.start.seq && checkpoint.hash != self.start.hash {
            return Err(off_the_checkpoint(checkpoint.seq));
        }
        self.held_against = Some(checkpoint);
        Ok(self)
    }

    /// The place after which the next entries are to be read.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.next - 1
    }

    /// The next entry, with the two hashes stored beside it.
    pub fn step(&mut self, entry: &Stored, previous: &[u8], hash: &[u8]) -> Result<(), Verified> {
        let broken = |seq: i64, why: String| Err(Verified::Broken { seq, why });
        if entry.seq != self.next {
            return broken(self.next, format!("entry {} is missing; entry {} follows", self.next, entry.seq));
        }
        if previous != self.hash {
            return broken(entry.seq, format!("entry {} does not follow the one before it", entry.seq));
        }
        let computed = entry.hash(&self.hash);
        if hash != computed {
            return broken(entry.seq, format!("entry {} is not as it was written", entry.seq));
        }
        self.hash = computed;
        self.next += 1;
        if entry.event == EventId::AuditPruned.text() {
            self.removed = removal(&entry.changes);
        }
        match self.held_against {
            Some(checkpoint) if checkpoint.seq == entry.seq && checkpoint.hash != computed => {
                Err(off_the_checkpoint(entry.seq))
            }
            _ => Ok(()),
        }
    }

    /// The end, with the head that was kept apart.
    #[must_use]
    pub fn end(self, head_seq: i64, head_hash: &[u8]) -> Verified {
        let last = self.last();
        if head_seq > last {
            let seq = last + 1;
            return Verified::Broken { seq, why: format!("entries {seq} to {head_seq} are missing at the end") };
        }
        if head_seq < last {
            let seq = head_seq + 1;
            return Verified::Broken { seq, why: format!("entry {seq} was added after the end of the chain") };
        }
        if head_hash != self.hash {
            return Verified::Broken { seq: last, why: format!("entry {last} is not the one that ended the chain") };
        }
        if let Some(checkpoint) = self.held_against.filter(|checkpoint| checkpoint.seq > last) {
            let (seq, to) = (last + 1, checkpoint.seq);
            return Verified::Broken { seq, why: format!("entries {seq} to {to} were there at the checkpoint") };
        }
        let said = (self.start.seq.to_string(), hex(&self.start.hash));
        if self.start.seq > 0 && self.removed.as_ref() != Some(&said) {
            let why = format!("entries 1 to {} are missing, and no entry says that they were removed", said.0);
            return Verified::Broken { seq: 1, why };
        }
        Verified::Whole { entries: u64::try_from(last - self.start.seq).unwrap_or_default() }
    }
}

fn off_the_checkpoint(seq: i64) -> Verified {
    Verified::Broken { seq, why: format!("entry {seq} is not the one that was there at the checkpoint") }
}

/// What an entry about a removal says.
fn removal(changes: &str) -> Option<(String, String)> {
    let changes: Vec<Change> = serde_json::from_str(changes).ok()?;
    let said = |name: &str| changes.iter().find(|change| change.field == name)?.after.clone();
    Some((said("through")?, said("hash")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Stored {
        Stored {
            seq: 3,
            at: "2026-11-21T12:00:00.000000Z".to_owned(),
            request: "00000000-0000-0000-0000-000000000000".to_owned(),
            actor: Some(7),
            actor_email: Some("anna@example.org".to_owned()),
            session: Some(1),
            address: Some("198.51.100.7".to_owned()),
            event: "row.updated".to_owned(),
            model: Some("Patient".to_owned()),
            row: Some(4),
            key: None,
            changes: "[]".to_owned(),
        }
    }

    #[test]
    fn an_entry_of_before_there_were_addresses_keeps_its_hash() {
        let old = Stored { address: None, ..entry() };
        // As the version before computed it.
        assert_eq!(hex(&old.hash(&START)), "70f5af88e1b93ff3f893e4fb637031fa0995644b3dd4364d536b453fb88457fb");
    }

    #[test]
    fn every_column_counts() {
        let changes: [fn(&mut Stored); 17] = [
            |e| e.seq = 4,
            |e| e.at.push('0'),
            |e| e.request.push('0'),
            |e| e.actor = Some(8),
            |e| e.actor = None,
            |e| e.actor_email = Some(String::new()),
            |e| e.actor_email = None,
            |e| e.session = None,
            |e| e.address = Some("198.51.100.8".to_owned()),
            |e| e.address = Some(String::new()),
            |e| e.address = None,
            |e| e.event.push('x'),
            |e| e.model = None,
            |e| e.row = Some(5),
            |e| e.key = Some("text A".to_owned()),
            |e| (e.key, e.address) = (Some("text A".to_owned()), None),
            |e| e.changes = "[ ]".to_owned(),
        ];
        let mut hashes = vec![entry().hash(&START), entry().hash(&[1; 32])];
        for change in changes {
            let mut other = entry();
            change(&mut other);
            hashes.push(other.hash(&START));
        }
        let all = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
        assert_eq!(entry().hash(&START), entry().hash(&START));
    }

    #[test]
    fn columns_do_not_run_together() {
        // Without lengths, the byte that says "text follows" could be part of a text.
        let (mut one, mut other) = (entry(), entry());
        (one.event, one.model) = ("a\u{1}b".to_owned(), Some("c".to_owned()));
        (other.event, other.model) = ("a".to_owned(), Some("b\u{1}c".to_owned()));
        assert_ne!(one.hash(&START), other.hash(&START));
    }
}
