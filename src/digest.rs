//! Digests that identify a text or a page. Only this file uses the hash function.

use sha2::{Digest, Sha256};

/// SHA-256 of bytes.
#[must_use]
fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The first `digits` hexadecimal digits (at most 64) of the SHA-256 of bytes.
#[must_use]
pub fn hex(bytes: &[u8], digits: usize) -> String {
    let mut out = String::with_capacity(64);
    for byte in sha256(bytes) {
        for nibble in [byte >> 4, byte & 15] {
            out.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
        }
    }
    out.truncate(digits);
    out
}

/// 32 hexadecimal digits that identify a list of texts. `["ab", "c"]` and `["a", "bc"]` differ.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    hex(&bytes, 32)
}

/// A stable number for a text: the same in every version and on every machine.
#[must_use]
pub fn number(text: &str) -> u64 {
    let digest = sha256(text.as_bytes());
    digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A `urn:uuid:` of version 8 (RFC 9562 section 5.8) derived from bytes: the same bytes always give the
/// same UUID.
#[must_use]
pub fn uuid(bytes: &[u8]) -> String {
    let mut digits: Vec<char> = hex(bytes, 32).chars().collect();
    digits[12] = '8';
    let variant = 8 | (digits[16].to_digit(16).unwrap_or(0) & 3);
    digits[16] = char::from_digit(variant, 16).unwrap_or('8');
    let part = |range: std::ops::Range<usize>| digits[range].iter().collect::<String>();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_what_the_standard_says() {
        assert_eq!(hex(b"abc", 16), "ba7816bf8f01cfea");
        assert_eq!(number("abc"), 0xba78_16bf_8f01_cfea);
        assert_eq!(uuid(b"abc"), "urn:uuid:ba7816bf-8f01-8fea-8141-40de5dae2223");
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
