//! Version numbers in titles of releases: `1.12.0`, `v2.4.0-rc.2`, `Version 3.1 (May 2026)`.

/// A longer text is more than the name of a release.
const MAX_RELEASE_BYTES: usize = 120;
/// Words before the number: `Release`, `Sedge Tools`.
const MAX_WORDS_BEFORE: usize = 3;
/// Parts of a version that are read.
const MAX_PARTS: usize = 6;

/// Matches the part of a text up to and with its version; the first group is the rest. It matches as
/// [`after_version`] reads.
pub(crate) const REST_PATTERN: &str = r"(?s)^.*?[0-9]+(?:\.[0-9]+)+\S*\s*(.*)$";

/// Whether a text is the name of a release.
pub(crate) fn names_release(text: &str) -> bool {
    version(text).is_some()
}

/// The numbers of the version in the name of a release.
pub(crate) fn version(text: &str) -> Option<Vec<u32>> {
    if text.len() > MAX_RELEASE_BYTES {
        return None;
    }
    let (start, end) = version_span(text)?;
    let words_before = text[..start].split_whitespace().count();
    let parts = text[start..end].split('.').take(MAX_PARTS);
    let parts = parts.map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>()?;
    (words_before <= MAX_WORDS_BEFORE && !is_day(&parts) && !is_identifier(&parts)).then_some(parts)
}

/// The text behind a version, without white space around it; `None` if nothing follows.
pub(crate) fn after_version(text: &str) -> Option<&str> {
    let (_, end) = version_span(text)?;
    let rest = &text[end..];
    let suffix = rest.find(char::is_whitespace)?;
    Some(rest[suffix..].trim()).filter(|rest| !rest.is_empty())
}

/// Whether most of several versions are lower than the one before, as where the newest release comes first.
pub(crate) fn fall<'t>(texts: impl Iterator<Item = &'t str>) -> bool {
    let versions: Vec<Option<Vec<u32>>> = texts.map(version).collect();
    let falls = |pair: &&[Option<Vec<u32>>]| matches!(pair, [Some(a), Some(b)] if a > b);
    versions.len() > 2 && versions.windows(2).filter(falls).count() * 10 >= (versions.len() - 1) * 8
}

/// Where the first numbers with dots between them begin and end.
fn version_span(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += digits(start);
        let mut parts = usize::from(at > start);
        while parts > 0 && bytes.get(at) == Some(&b'.') && digits(at + 1) > 0 {
            at += 1 + digits(at + 1);
            parts += 1;
        }
        if parts > 1 {
            return Some((start, at));
        }
        at = at.max(start + 1);
    }
    None
}

/// Whether numbers are the identifier of a paper or case, such as `2611.09871`.
fn is_identifier(parts: &[u32]) -> bool {
    matches!(*parts, [_, number] if number >= 1000)
}

/// Whether numbers are a day, such as `4.11.2025` or `2025.11.04`.
fn is_day(parts: &[u32]) -> bool {
    let is_year = |part: u32| (1900..2200).contains(&part);
    let is_month = |part: u32| (1..=12).contains(&part);
    match *parts {
        [day, month, year] if is_year(year) => (1..=31).contains(&day) && is_month(month),
        [year, month, day] if is_year(year) => is_month(month) && (1..=31).contains(&day),
        [month, year] => is_month(month) && is_year(year),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_releases_have_versions() {
        for (text, wanted) in [
            ("1.12.0", vec![1, 12, 0]),
            ("v2.4.0-rc.2", vec![2, 4, 0]),
            ("Version 3.1 (May 2026)", vec![3, 1]),
            ("[0.9.1] - 2025-11-04", vec![0, 9, 1]),
            ("Quay Tools 24.10", vec![24, 10]),
        ] {
            assert_eq!(version(text), Some(wanted), "{text}");
        }
        for text in [
            "",
            "12",
            "4.11.2025",
            "2025.11.04",
            "Ropes and knots",
            "arXiv:2611.09871",
            "1. First",
            "The price of ropes rose 3.5",
        ] {
            assert_eq!(version(text), None, "{text}");
        }
    }

    #[test]
    fn what_follows_a_version_may_be_its_date() {
        assert_eq!(after_version("1.12.0 - 2025-11-04"), Some("- 2025-11-04"));
        assert_eq!(after_version("[1.2.0-rc.1] (4 May 2026) "), Some("(4 May 2026)"));
        assert_eq!(after_version("1.2.0 "), None);
        assert_eq!(after_version("Ropes"), None);
    }

    #[test]
    fn the_newest_release_comes_first() {
        assert!(fall(["1.10.0", "1.9.2", "1.9.1", "1.2"].into_iter()));
        assert!(!fall(["1.1 Ropes", "1.2 Knots", "1.3 Piers"].into_iter()));
        assert!(!fall(["2.0", "1.0"].into_iter()));
    }
}
