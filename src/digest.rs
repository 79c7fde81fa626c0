//! Digests: short texts that stand for a page, a text or settings. The only home of the hash function.
//!
//! Hashes of settings are stored. They are made of canonical JSON, never of the names of types, and carry the
//! version of their form, so that a later form can be told from this one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 of bytes.
#[must_use]
fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// HMAC with SHA-256 (RFC 2104).
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // A key of any length is right.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Bytes as text: base64 with padding (RFC 4648 section 4).
#[must_use]
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a text in base64, with padding or without it. `None` for other texts.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok().or_else(|| STANDARD_NO_PAD.decode(text).ok())
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

/// Marks a stored hash of settings that was made by [`settings_hash`].
const SETTINGS_FORM: &str = "1:";

/// A stored hash of settings: the version of its form, and 32 hexadecimal digits. Equal settings have equal
/// hashes in every version of the program that knows this form.
#[must_use]
pub fn settings_hash(parts: &[&str]) -> String {
    format!("{SETTINGS_FORM}{}", fingerprint(parts))
}

/// Whether a stored hash has the present form. An older one says nothing about whether settings have changed.
#[must_use]
pub fn is_settings_hash(text: &str) -> bool {
    text.starts_with(SETTINGS_FORM)
}

/// Settings as one text: JSON with sorted keys and without nulls, so that a new key which nobody has
/// written changes no text. Empty tables stay, as a table that is there may mean something. A value that
/// JSON cannot express gives an empty text.
#[must_use]
pub fn canonical_json(settings: &impl Serialize) -> String {
    serde_json::to_value(settings).map(|value| sorted(value).to_string()).unwrap_or_default()
}

/// The value with the keys of its tables sorted, and without those that are null.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().filter(|value| !value.is_null()).map(sorted).collect(),
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().filter(|(_, v)| !v.is_null()).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.into_iter().map(|(key, value)| (key, sorted(value))).collect()
        }
        plain => plain,
    }
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
    fn canonical_json_is_a_promise() {
        let written = serde_json::json!({ "b": [1, null, "x"], "a": { "z": null, "y": {} }, "c": "ü" });
        assert_eq!(canonical_json(&written), r#"{"a":{"y":{}},"b":[1,"x"],"c":"ü"}"#);
        assert_eq!(canonical_json(&serde_json::json!({ "a": null })), "{}");
        let hash = settings_hash(&[&canonical_json(&written)]);
        assert_eq!(hash, "1:90d172d8d26020dcf3ff1b3eb513e976");
        assert!(is_settings_hash(&hash) && !is_settings_hash(&fingerprint(&["x"])));
    }

    #[test]
    fn digests_are_what_the_standard_says() {
        assert_eq!(hex(b"abc", 16), "ba7816bf8f01cfea");
        assert_eq!(number("abc"), 0xba78_16bf_8f01_cfea);
        assert_eq!(uuid(b"abc"), "urn:uuid:ba7816bf-8f01-8fea-8141-40de5dae2223");
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
