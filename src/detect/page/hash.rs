//! Fast hashes, and tables that use them. They resist no attacker, and need not: every table lives only
//! while one page is read, and the size of a page is limited.

use std::hash::{Hash, Hasher as _};

use rustc_hash::FxHasher;

pub(crate) use rustc_hash::FxHashMap;

/// The hash of a value.
pub(crate) fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Combines two numbers into one hash; the order of the two matters. Every bit of the result depends on
/// every bit of both (as in `SplitMix64`), so that sums of such hashes differ for different sets of
/// numbers.
pub(crate) fn combine(a: u64, b: u64) -> u64 {
    let mut x = (a ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ b.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 32)
}
