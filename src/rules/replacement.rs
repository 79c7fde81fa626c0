//! Replacements of patterns in texts, within bounds: for the fields of items and for filters.

use regex::Regex;

use crate::html::{PatternCost, allowance};

/// Longest text in which a pattern is searched, in bytes; the rest of a longer one is left out of the search.
const MAX_SEARCHED_BYTES: usize = 512 << 10;

/// A search with a pattern of this weight or less takes few steps for each byte. Others search as much of a text as
/// [`MAX_SEARCH_STEPS`] allows.
const LIGHT_WEIGHT: usize = 64;

/// Cap on the product of the bytes that are searched and the weight of the pattern.
const MAX_SEARCH_STEPS: usize = 1_500_000;

/// Largest text that replacements make, in bytes. Each may make a text many times longer.
const MAX_REPLACED_BYTES: usize = 2 << 20;

/// Bytes that are searched, or that a result has, for a unit of the page's allowance.
const BYTES_PER_UNIT: usize = 16;

/// The same for a search whose groups must be found, which cannot be as quick.
const BYTES_PER_UNIT_WITH_GROUPS: usize = 8;

/// A match is as much work as this many bytes of the result.
const BYTES_PER_MATCH: usize = 8;

/// Bytes behind a match that a search may read again, for a byte of the result: few searches read all of them.
const BYTES_READ_AGAIN: usize = 16;

/// Largest text that is made of one match, in bytes: a replacement may name its groups many times.
const MAX_EXPANDED_BYTES: usize = 8 << 20;

/// Work between two looks at the page's allowance, in bytes of the result.
const STEP_BYTES: usize = 4096;

/// The text with all matches replaced. Behind the bytes that are searched it stays as it is; a result that grows
/// beyond its bound is cut. A long text for which the page's allowance does not suffice stays as it is, so that no
/// text is replaced in part; short ones, such as titles and addresses, are always read.
#[must_use]
pub fn replaced(text: &str, pattern: &Regex, replacement: &str) -> String {
    let searched = searched_part(text, pattern);
    if !may_search(searched, pattern) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let groups = replacement.matches('$').count();
    let may_read_far = PatternCost::of(pattern.as_str()).may_read_far;
    let mut work = ReplacementWork::default();
    for captures in pattern.captures_iter(searched) {
        let Some(whole) = captures.get(0) else { continue };
        if whole.len().saturating_mul(groups) > MAX_EXPANDED_BYTES {
            return text.to_owned();
        }
        if may_read_far {
            work.read_again += (searched.len() - whole.end()) / BYTES_READ_AGAIN;
        }
        out.push_str(&searched[copied..whole.start()]);
        captures.expand(replacement, &mut out);
        copied = whole.end();
        if !work.may_go_on(out.len()) {
            return text.to_owned();
        }
        if out.len() > MAX_REPLACED_BYTES {
            return beginning(&out, MAX_REPLACED_BYTES).to_owned();
        }
    }
    out.push_str(&text[copied..]);
    beginning(&out, MAX_REPLACED_BYTES.max(text.len())).to_owned()
}

/// Takes the search of a text from the page's allowance. Whether there was enough.
fn may_search(searched: &str, pattern: &Regex) -> bool {
    let has_groups = pattern.captures_len() > 1;
    let per_unit = if has_groups { BYTES_PER_UNIT_WITH_GROUPS } else { BYTES_PER_UNIT };
    let taken = allowance::take((searched.len() / per_unit) as u64);
    taken.is_ok() || searched.len() <= allowance::SHORT_TEXT_BYTES
}

/// The work of writing a result.
#[derive(Default)]
struct ReplacementWork {
    matches: usize,
    /// The part of the text that was searched again, in bytes of the result.
    read_again: usize,
    /// The work that was taken from the page's allowance.
    paid: usize,
}

impl ReplacementWork {
    /// Counts a match, after which the result has so many bytes. Whether the page's allowance has room for more.
    fn may_go_on(&mut self, result_bytes: usize) -> bool {
        self.matches += 1;
        let done = result_bytes + self.matches * BYTES_PER_MATCH + self.read_again;
        if done < self.paid + STEP_BYTES {
            return true;
        }
        let units = (done - self.paid) / BYTES_PER_UNIT;
        self.paid = done;
        allowance::take(units as u64).is_ok()
    }
}

/// The part of a text in which a pattern is searched: its beginning, shorter for patterns that may take many steps
/// for each byte, as those with counted repetitions do.
#[must_use]
pub fn searched_part<'t>(text: &'t str, pattern: &Regex) -> &'t str {
    let weight = PatternCost::of(pattern.as_str()).weight;
    // Only counted repetitions make a pattern that is much larger than it is written.
    let is_light = weight <= LIGHT_WEIGHT || !pattern.as_str().contains('{');
    beginning(text, if is_light { MAX_SEARCHED_BYTES } else { MAX_SEARCH_STEPS / weight })
}

/// The longest beginning of a text of at most so many bytes.
fn beginning(text: &str, max_bytes: usize) -> &str {
    let mut end = text.len().min(max_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_stay_within_their_bound() {
        let pattern = Regex::new("").expect("a pattern");
        let replacement = "harbour ".repeat(1_000);
        let once = replaced(&"x".repeat(100_000), &pattern, &replacement);
        assert!(once.len() <= MAX_REPLACED_BYTES);
        assert!(replaced(&once, &pattern, &replacement).len() <= MAX_REPLACED_BYTES);
        let tide = Regex::new(r"(\w+) tide").expect("a pattern");
        assert_eq!(replaced("low tide, high tide.", &tide, "$1 water"), "low water, high water.");
        assert_eq!(replaced("a tide", &tide, "${1}x"), "ax");
    }

    #[test]
    fn replacements_share_the_allowance_of_their_page() {
        let pattern = Regex::new("").expect("a pattern");
        let text = "x".repeat(2_000);
        let replacement = "harbour ".repeat(20);
        let made: usize =
            allowance::of_page(|| (0..1_000).map(|_| replaced(&text, &pattern, &replacement).len()).sum());
        assert!((10 << 20..40 << 20).contains(&made), "{made} bytes");
        let address = "https://example.org/a?id=7";
        let id = Regex::new(r"^.*id=(\d+)$").expect("a pattern");
        let beyond = allowance::of_page(|| {
            let used_up = allowance::take(u64::MAX - 1).is_err();
            (used_up, replaced(address, &id, "/$1"), replaced(&text, &pattern, "-") == text)
        });
        assert_eq!(beyond, (true, "/7".to_owned(), true));
        let open = "<!--".repeat(100_000);
        let comments = Regex::new("(?s)<!--.*?-->|<").expect("a pattern");
        assert!(
            allowance::of_page(|| replaced(&open, &comments, "-")) == open,
            "each match reads to the end"
        );
        let long = "x".repeat(500_000);
        let all = Regex::new("(?s)(.+)").expect("a pattern");
        let doubled = |_: &usize| replaced(&long, &all, "$1$1").len() > long.len();
        let changed = allowance::of_page(|| (0..1_000).filter(doubled).count());
        assert!((10..40).contains(&changed), "{changed}");
    }

    #[test]
    fn costly_patterns_search_less_of_a_text() {
        let part = |pattern: &str| {
            searched_part(&"x".repeat(1 << 20), &Regex::new(pattern).expect("a pattern")).len()
        };
        assert_eq!(part(&format!("(?i){}", "tide|harbour|pier|".repeat(30))), MAX_SEARCHED_BYTES);
        assert!(part("(a{1,500}){1,5}x") < 2_000);
        assert!(part(r"(\w{1,20}-){2}\d{4}") > 3_000);
    }

    #[test]
    fn a_long_text_is_searched_at_its_beginning() {
        let text = format!("{}END", "é".repeat(MAX_SEARCHED_BYTES));
        let end = Regex::new("END").expect("a pattern");
        assert_eq!(replaced(&text, &end, ""), text);
    }
}
