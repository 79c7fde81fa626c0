//! The work that all parses of one page may do together. Each text of a page is parsed within bounds of its own,
//! but a page may hold hundreds of texts.
//!
//! The allowance belongs to the thread that reads the page, so that no parse is left out of it by mistake.

use std::cell::Cell;

use super::error::Unparsable;
use crate::model::Limit;

/// Units of work that the parses of one page may take. A unit is about as much work as a tag without
/// attributes.
const UNITS_OF_PAGE: u64 = 1_500_000;

/// A text of at most so many bytes is read also when nothing is left.
pub(crate) const SHORT_TEXT_BYTES: usize = 1024;

/// Bytes of plain text that are as much work as a unit.
const BYTES_PER_UNIT: usize = 32;

/// Units for a character reference without a name.
const UNITS_PER_REFERENCE: usize = 2;
/// Letters of the longest name of a reference (HTML standard, section 13.5).
const MAX_NAME_BYTES: usize = 31;

/// Outside of a page's reading, nothing is counted.
const UNCOUNTED: u64 = u64::MAX;

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(UNCOUNTED) };
}

/// Ends the allowance, also when the work panics.
struct OpenAllowance;

impl Drop for OpenAllowance {
    fn drop(&mut self) {
        LEFT.set(UNCOUNTED);
    }
}

/// Does the work of reading one page within one allowance. Work inside of other such work shares the allowance of
/// that.
pub fn of_page<T>(work: impl FnOnce() -> T) -> T {
    if LEFT.get() != UNCOUNTED {
        return work();
    }
    LEFT.set(UNITS_OF_PAGE);
    let _open = OpenAllowance;
    work()
}

/// The units for a piece of a text that has added so many nodes to a tree.
pub(super) fn units(piece: &str, added_nodes: usize) -> u64 {
    let references: usize = piece.split('&').skip(1).map(reference_units).sum();
    least_units(piece) + (references + added_nodes) as u64
}

/// The units that a text takes at least.
fn least_units(text: &str) -> u64 {
    // The parser reads each NUL by itself.
    let tags = text.bytes().filter(|byte| matches!(byte, b'<' | b'=' | 0)).count();
    (tags + text.len() / BYTES_PER_UNIT) as u64
}

/// The units for a reference, by the text after its ampersand: the parser looks up each letter of a name.
fn reference_units(rest: &str) -> usize {
    UNITS_PER_REFERENCE + rest.bytes().take(MAX_NAME_BYTES).take_while(u8::is_ascii_alphanumeric).count() / 2
}

/// Takes units of the page that is read.
///
/// # Errors
/// [`Limit::Markup`] when none are left.
pub(crate) fn take(units: u64) -> Result<(), Unparsable> {
    let left = LEFT.get();
    if left == UNCOUNTED {
        return Ok(());
    }
    LEFT.set(left.saturating_sub(units));
    if left < units { Err(Unparsable::Limit(Limit::Markup)) } else { Ok(()) }
}

/// Looks at a text before it is parsed: the parser need not begin if the text is sure to take more than is left. Such
/// a text takes only what the look at it costs, so that the texts after it are read.
///
/// # Errors
/// [`Limit::Markup`] if the text is sure to take more.
pub(super) fn begin(text: &str, weight: u64) -> Result<(), Unparsable> {
    if weight * least_units(text) <= LEFT.get() {
        return Ok(());
    }
    take((text.len() / BYTES_PER_UNIT) as u64)?;
    Err(Unparsable::Limit(Limit::Markup))
}

/// Whether nothing is left for the page.
pub(crate) fn is_used_up() -> bool {
    LEFT.get() == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{content, parse};

    /// How many of a thousand texts are read within one allowance.
    fn texts_read(text: &str) -> usize {
        of_page(|| (0..1000).filter(|_| parse::fragment(text).is_ok()).count())
    }

    #[test]
    fn the_texts_of_a_page_share_one_allowance() {
        let honest = format!("<p>{}</p>", "A word and <b>more</b> words. ".repeat(20));
        assert_eq!(texts_read(&honest), 1000);
        for hostile in ["<b>x<tr>", "<", "&amp;", "<i a=1>", "<br>"] {
            let read = texts_read(&hostile.repeat(20_000 / hostile.len()));
            assert!(read < 200, "{read} of `{hostile}`");
        }
        assert!(of_page(|| parse::fragment(&honest).is_ok()), "each page has its own");
    }

    #[test]
    fn a_page_of_too_much_markup_is_not_parsed_at_all() {
        let page = "=".repeat(1_500_000);
        let (refused, next) =
            of_page(|| (parse::parse(&page, 512), parse::parse(&"<p>tide".repeat(400), 512)));
        assert_eq!(refused.unwrap_err(), Unparsable::Limit(Limit::Markup));
        assert!(next.is_ok(), "the texts after it are read");
        assert_eq!(of_page(|| begin(&page, 1)), Err(Unparsable::Limit(Limit::Markup)));
    }

    #[test]
    fn a_sitemap_of_the_largest_size_is_read() {
        // The protocol of sitemaps allows 50,000 addresses.
        let url = "<url><loc>https://example.org/news/2026/harbour-1234</loc><lastmod>2026-11-04</lastmod>\
                   <changefreq>daily</changefreq><priority>0.5</priority></url>";
        let head = "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">";
        let sitemap = format!("{head}{}</urlset>", url.repeat(50_000));
        assert!(of_page(|| crate::html::xml::parse(&sitemap, 512)).is_ok());
    }

    #[test]
    fn pictures_and_players_cost_more_than_other_tags() {
        let text = "<iframe src=https://player.example.net/7></iframe>".repeat(400);
        let read = of_page(|| (0..1000).filter(|_| content::rewritten(&text, None).is_ok()).count());
        assert!(read < 200, "{read}");
    }

    #[test]
    fn work_that_panics_leaves_no_allowance_behind() {
        let panicked = std::panic::catch_unwind(|| of_page(|| panic!("a bug")));
        assert!(panicked.is_err());
        assert_eq!(take(UNITS_OF_PAGE + 1), Ok(()));
    }

    #[test]
    fn inner_work_shares_the_allowance() {
        let left = of_page(|| of_page(|| take(UNITS_OF_PAGE)).and_then(|()| take(1)));
        assert_eq!(left, Err(Unparsable::Limit(Limit::Markup)));
    }
}
