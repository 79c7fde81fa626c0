//! Numbers that nobody foresees. They are good enough for names and pauses, and not for secrets.

use std::hash::{BuildHasher, RandomState};

/// A random number.
pub(super) fn random() -> u64 {
    // Each state has keys of its own.
    RandomState::new().hash_one(0_u8)
}

/// A random name for this process: a UUID of version 4 (RFC 9562 section 5.4).
#[must_use]
pub fn instance_id() -> String {
    let high = (random() & !0xf000) | 0x4000;
    let low = (random() >> 2) | (1 << 63);
    let digits = format!("{high:016x}{low:016x}");
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_has_another_name_in_the_form_of_a_uuid() {
        let id = instance_id();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(id.chars().nth(14), Some('4'), "{id}");
        assert!(matches!(id.chars().nth(19), Some('8' | '9' | 'a' | 'b')), "{id}");
        assert_ne!(id, instance_id());
    }
}
