//! Makes HTML safe to show in a reader. The only home of the sanitiser, which parses the HTML again: so the
//! HTML goes through the bounded parse first.

use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};
use url::Url;

use crate::html::{Unparsable, parse};

/// Sanitises the HTML of a page: keeps the tags and attributes of an allow-list, and only absolute http,
/// https and mailto addresses.
///
/// # Errors
/// When the HTML is beyond the bounds of a parse, such as the depth of nesting.
pub(super) fn sanitise(html: &str, base: &Url) -> Result<String, Unparsable> {
    parse::fragment(html)?;
    let clean = Builder::default()
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::RewriteWithBase(base.clone()))
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(html)
        .to_string();
    Ok(clean.trim().chars().filter(|&c| is_xml_char(c)).collect())
}

/// Whether XML 1.0 section 2.2 allows the character.
fn is_xml_char(c: char) -> bool {
    !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let base = Url::parse("https://news.example.org/a/b").expect("an address");
        assert_eq!(sanitise(input, &base).as_deref(), Ok(expected));
    }

    #[test]
    fn scripts_are_removed_and_text_stays() {
        check("<p onclick=x>Hi<script>alert(1)</script></p>", "<p>Hi</p>");
        check("<img src=../p.png onerror=x>", "<img src=\"https://news.example.org/p.png\">");
        check("<a href='java\nscript:x'>y</a>", "<a rel=\"noopener noreferrer nofollow\">y</a>");
        check(
            "<svg><style><img src=x onerror=y></style></svg>",
            "<img src=\"https://news.example.org/a/x\">",
        );
        check("<iframe src=//x></iframe>text", "text");
    }
}
