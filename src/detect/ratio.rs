//! Counts as floating-point numbers, and ratios of them. Scores are made of these.

/// A count as a floating-point number.
pub(crate) fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// `part / whole`; an empty whole counts as one.
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    as_f64(part) / as_f64(whole.max(1))
}

/// 1.0 for true, 0.0 for false.
pub(crate) fn indicator(condition: bool) -> f64 {
    f64::from(u8::from(condition))
}
