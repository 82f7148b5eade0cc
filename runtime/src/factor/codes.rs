//! Recovery codes: 80 random bits each, shown once, kept as Argon2id hashes, good once. Two public letters in front say
//! which hash to check, so that a try costs one hash and not one for each code.

use crate::error::Error;
use crate::password::{Hasher, Password};
use crate::store::{NewCode, PasswordHash};

/// Base32 without letters that look like digits (Crockford): what is read off paper is not misread.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code behind its mark: 16 × 5 bits.
const LENGTH: usize = 16;
/// Letters of a mark.
const MARK: usize = 2;

/// A recovery code as it was typed, letter case, blanks and hyphens aside.
pub(crate) struct Typed {
    pub(crate) mark: String,
    pub(crate) secret: Password,
}

/// Reads what somebody typed; none: it has not the shape of a code.
pub(crate) fn read(text: &str) -> Option<Typed> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let known = plain.len() == MARK + LENGTH && plain.bytes().all(|byte| LETTERS.contains(&byte));
    let (mark, secret) = plain.split_at_checked(MARK).filter(|_| known)?;
    Some(Typed { mark: mark.to_owned(), secret: Password::typed(secret) })
}

/// So many new codes: as they are shown, and as they are kept. `None`: too many hashes are waiting.
/// `address` is whose share of the queue they take.
pub(crate) async fn make(
    hasher: &Hasher,
    address: &str,
    count: u32,
) -> Result<Option<(Vec<String>, Vec<NewCode>)>, Error> {
    let Ok(place) = hasher.place_for(address) else { return Ok(None) };
    let (mut shown, mut marks, mut secrets) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..count {
        // Different by construction; it tells nothing.
        let mark: String = [number / 32 % 32, number % 32].iter().filter_map(|i| letter(*i)).collect();
        let mut bytes = [0_u8; LENGTH];
        getrandom::fill(&mut bytes)
            .map_err(|why| Error::Bug(format!("the operating system gives no random bytes: {why}")))?;
        // 256 is eight times 32: every letter is as likely.
        let secret: String = bytes.iter().filter_map(|byte| letter(u32::from(*byte) % 32)).collect();
        let groups: Vec<&str> = secret.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
        shown.push(format!("{mark}-{}", groups.join("-")));
        marks.push(mark);
        secrets.push(Password::typed(&secret));
    }
    let kept = hasher.hash_all(place, secrets).await?;
    let kept = marks.into_iter().zip(kept).map(|(mark, hash)| NewCode { mark, hash: PasswordHash(hash) });
    Ok(Some((shown, kept.collect())))
}

fn letter(index: u32) -> Option<char> {
    LETTERS.get(usize::try_from(index).ok()?).map(|byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_code_is_read_however_it_is_typed_and_only_its_own_hash_takes_it() {
        let hasher = Hasher::new(4);
        let (shown, kept) = make(&hasher, "192.0.2.1", 3).await.unwrap().unwrap();
        assert_eq!((shown.len(), kept.len(), shown[0].len()), (3, 3, 2 + 4 * 5));
        let marks: Vec<&str> = kept.iter().map(|code| code.mark.as_str()).collect();
        assert_eq!(marks, ["00", "01", "02"]);
        for (i, code) in shown.iter().enumerate() {
            let spoken = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            for text in [code.clone(), spoken, code.replace('-', "")] {
                let typed = read(&text).unwrap();
                assert_eq!(typed.mark, marks[i]);
                let place = hasher.place().unwrap();
                assert!(hasher.verify(place, typed.secret, Some(kept[i].hash.0.clone())).await.unwrap(), "{text}");
            }
        }
        let place = hasher.place().unwrap();
        let other = read(&shown[0]).unwrap().secret;
        assert!(!hasher.verify(place, other, Some(kept[1].hash.0.clone())).await.unwrap());
        for bad in ["", "123456", "00-AAAA-AAAA-AAAA-AAA", "00-AAAA-AAAA-AAAA-AAAAA", "00-AAAA-AAAA-AAAA-AAA\u{e9}"] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
