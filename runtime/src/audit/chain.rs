//! The hash chain of the log: every entry is hashed over all of its columns and the hash before it, so that an edit, a
//! deletion, an insertion, a reordering or a truncation shows. Whoever can rewrite the whole table and the head can
//! still forge it; keep a copy of the head elsewhere against that.

use sha2::{Digest, Sha256};

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
    /// Stable text id.
    pub event: String,
    /// Declared name of the model.
    pub model: Option<String>,
    /// Which row.
    pub row: Option<i64>,
    /// Changes as JSON.
    pub changes: String,
}

impl Stored {
    /// The hash of this entry after that one. Every column goes in with a byte that tells null from empty and with its
    /// length, so that no two different entries run together into the same bytes.
    #[must_use]
    pub fn hash(&self, previous: &Hash) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(b"bailiwick audit 1\n");
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
    next: i64,
    hash: Hash,
}

impl Default for Walk {
    fn default() -> Self {
        Self { next: 1, hash: START }
    }
}

impl Walk {
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
        Ok(())
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
        Verified::Whole { entries: u64::try_from(last).unwrap_or_default() }
    }
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
            event: "row.updated".to_owned(),
            model: Some("Patient".to_owned()),
            row: Some(4),
            changes: "[]".to_owned(),
        }
    }

    #[test]
    fn every_column_counts() {
        let changes: [fn(&mut Stored); 12] = [
            |e| e.seq = 4,
            |e| e.at.push('0'),
            |e| e.request.push('0'),
            |e| e.actor = Some(8),
            |e| e.actor = None,
            |e| e.actor_email = Some(String::new()),
            |e| e.actor_email = None,
            |e| e.session = None,
            |e| e.event.push('x'),
            |e| e.model = None,
            |e| e.row = Some(5),
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
