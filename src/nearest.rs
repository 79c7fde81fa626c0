//! The known name that a mistyped one probably means. The only home of the crate that measures the distance
//! of texts.

/// The known name that was probably meant: at most one edit away, and one more for every four letters.
#[must_use]
pub fn nearest<'a>(mistyped: &str, known: &[&'a str]) -> Option<&'a str> {
    let is_near = |distance: usize, name: &str| distance <= 1 + name.len().max(mistyped.len()) / 4;
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(mistyped, name), *name))
        .filter(|(distance, name)| is_near(*distance, name))
        .min()
        .map(|(_, name)| name)
}
