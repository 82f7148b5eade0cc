//! Argon2id in memory that one hash leaves to the next while others wait, and that goes back to the system with the
//! last of them. An allocator would keep pieces of 19 MiB for later, one for each thread that ever made a hash: after a
//! flood of sign-ins that is many times what is in use. And a system that takes 19 MiB back and hands them out again,
//! cleared, lets everything else on that core wait meanwhile.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, CustomizedPasswordHasher, PasswordHasher};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Blocks of 1 KiB of which room is made at least; only those in use are ever touched. From 32 MiB on, the allocators
/// of Linux give each piece a mapping of its own, which ends when it is freed (glibc: `M_MMAP_THRESHOLD`, at most 32
/// MiB).
const OWN_MAPPING: usize = 33 * 1_024;

/// Memory of hashes that are done, for those that come: never more than were at work at one time.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<Vec<Block>>>>);

impl Kept {
    /// All that nobody uses goes back to the system.
    pub(super) fn give_back(&self) {
        self.unused().clear();
    }

    fn take(&self, count: usize) -> Vec<Block> {
        let mut memory = self.unused().pop().unwrap_or_else(|| Vec::with_capacity(count.max(OWN_MAPPING)));
        memory.resize(count, Block::new());
        memory
    }

    fn keep(&self, memory: Vec<Block>) {
        self.unused().push(memory);
    }

    /// How many pieces nobody uses.
    #[cfg(test)]
    pub(super) fn pieces(&self) -> usize {
        self.unused().len()
    }

    fn unused(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands in the memory was made of passwords.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({} pieces)", self.unused().len())
    }
}

/// Argon2id with these parameters.
#[derive(Debug, Clone)]
pub(super) struct Hashing {
    kept: Kept,
    algorithm: Algorithm,
    version: Version,
    params: Params,
}

impl Hashing {
    pub(super) fn with(params: Params, kept: &Kept) -> Self {
        Self { kept: kept.clone(), algorithm: Algorithm::Argon2id, version: Version::V0x13, params }
    }
}

impl PasswordHasher<PasswordHash> for Hashing {
    fn hash_password_with_salt(&self, password: &[u8], salt: &[u8]) -> password_hash::Result<PasswordHash> {
        let salt = Salt::new(salt)?;
        let mut buffer = [0; Output::MAX_LENGTH];
        let length = self.params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let out = buffer.get_mut(..length).ok_or(password_hash::Error::OutputSize)?;
        let mut memory = self.kept.take(self.params.block_count());
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        let made = argon2.hash_password_into_with_memory(password, &salt, out, memory.as_mut_slice());
        self.kept.keep(memory);
        made?;
        Ok(PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(salt),
            hash: Some(Output::new(out)?),
        })
    }
}

/// What a verification asks for: the parameters that stand in the hash.
impl CustomizedPasswordHasher<PasswordHash> for Hashing {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        Self { kept: self.kept.clone(), algorithm, version, params }.hash_password_with_salt(password, salt)
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier as _;

    use super::*;

    #[test]
    fn the_memory_of_a_hash_is_a_mapping_of_its_own() {
        let memory = Kept::default().take(19_456);
        assert_eq!(memory.len(), 19_456, "19 MiB in use");
        assert!(memory.capacity() * Block::SIZE > 32 * 1_024 * 1_024, "beyond what is kept for later");
    }

    #[test]
    fn hashes_are_those_of_the_library() {
        let params = Params::new(64, 2, 1, None).unwrap();
        let kept = Kept::default();
        let ours = Hashing::with(params.clone(), &kept);
        let theirs = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = b"sixteen bytes!!!";
        let made = ours.hash_password_with_salt(b"a lamp beside the lake", salt).unwrap();
        assert_eq!(made, theirs.hash_password_with_salt(b"a lamp beside the lake", salt).unwrap());
        let read = PasswordHash::new(&made.to_string()).unwrap();
        assert!(ours.verify_password(b"a lamp beside the lake", &read).is_ok());
        assert!(theirs.verify_password(b"a lamp beside the lake", &read).is_ok());
        assert!(ours.verify_password(b"a lamp beside the sea", &read).is_err());
        assert_eq!(kept.pieces(), 1, "all of it in what the first one left");
    }
}
