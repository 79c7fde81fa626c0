//! Numbers that look like chance and are not: the same input gives the same output for ever.

/// A sequence of numbers made from a seed. Not for secrets.
pub(super) struct Mixer {
    state: u64,
}

impl Mixer {
    /// The sequence of a seed; `purpose` tells apart sequences that share a seed.
    pub(super) const fn new(seed: u64, purpose: u64) -> Self {
        Self { state: mixed(seed ^ mixed(purpose)) }
    }

    /// The next number of the sequence.
    pub(super) const fn roll(&mut self) -> u64 {
        // An odd step visits every state; the constant is the fraction of the golden ratio.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.state)
    }

    /// The next element of the sequence out of a list that is not empty.
    pub(super) const fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        nth(list, self.roll())
    }
}

/// The element at a number, counted round and round. The list must not be empty.
#[expect(clippy::cast_possible_truncation, reason = "the remainder is less than a usize")]
pub(super) const fn nth<T: Copy>(list: &[T], number: u64) -> T {
    list[(number % list.len() as u64) as usize]
}

/// Spreads the bits of a number over all others; every output has exactly one input.
const fn mixed(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x1F83_D9AB_FB41_BD6B);
    x = (x ^ (x >> 29)).wrapping_mul(0xA24B_AED4_963E_E407);
    x = (x ^ (x >> 32)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    x ^ (x >> 28)
}
