//! Pseudo-random numbers. The same seed always gives the same numbers, in every version.

/// A sequence of pseudo-random numbers. Not for secrets.
pub(super) struct PseudoRandom {
    state: u64,
}

impl PseudoRandom {
    /// The sequence of a seed. `purpose` gives several independent sequences for one seed.
    pub(super) const fn new(seed: u64, purpose: u64) -> Self {
        Self { state: mix_bits(seed ^ mix_bits(purpose)) }
    }

    /// The next number of the sequence.
    pub(super) const fn next_number(&mut self) -> u64 {
        // An odd step visits every state. The constant is the fraction of the golden ratio.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix_bits(self.state)
    }

    /// A pseudo-random element of a list, which must not be empty.
    pub(super) const fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        nth(list, self.next_number())
    }
}

/// The element at an index, which wraps around at the end. The list must not be empty.
#[expect(clippy::cast_possible_truncation, reason = "the remainder is less than a usize")]
pub(super) const fn nth<T: Copy>(list: &[T], number: u64) -> T {
    list[(number % list.len() as u64) as usize]
}

/// Mixes the bits of a number, so that each input bit affects all output bits. Every output has exactly
/// one input.
const fn mix_bits(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x1F83_D9AB_FB41_BD6B);
    x = (x ^ (x >> 29)).wrapping_mul(0xA24B_AED4_963E_E407);
    x = (x ^ (x >> 32)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    x ^ (x >> 28)
}
