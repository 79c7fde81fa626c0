//! Makes HTML safe to show in a reader. The only home of the sanitiser, which parses the HTML again: so the
//! HTML goes through the bounded parse first.

use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};
use url::Url;

use crate::html::{Unparsable, content, parse};

/// Sanitises the HTML of a page: keeps the tags and attributes of an allow-list, and only absolute http,
/// https and mailto addresses. Pictures that load late get their addresses, and players become links.
///
/// # Errors
/// When the HTML is beyond the bounds of a parse, such as the depth of nesting.
pub(super) fn sanitise(html: &str, base: &Url) -> Result<String, Unparsable> {
    parse::fragment(html)?;
    let rewritten = content::rewritten(html, None);
    let clean = sanitiser(base, rewritten.is_some()).clean(rewritten.as_deref().unwrap_or(html)).to_string();
    Ok(clean.trim().chars().filter(|&c| is_xml_char(c)).collect())
}

/// The sanitiser. Identifiers stay in HTML that was written anew: it has only those that its links lead to.
fn sanitiser(base: &Url, keeps_identifiers: bool) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::RewriteWithBase(base.clone()))
        .link_rel(Some("noopener noreferrer nofollow"))
        .add_tag_attributes("ol", ["reversed"])
        .add_tag_attributes("li", ["value"]);
    if keeps_identifiers {
        builder.add_generic_attributes(["id"]);
    }
    builder
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
    }

    #[test]
    fn players_are_links_and_late_pictures_have_addresses() {
        check(
            "<iframe src=//player.example.net/7></iframe>text",
            "<p><a href=\"https://player.example.net/7\" rel=\"noopener noreferrer nofollow\">player.example.net</a></p>text",
        );
        check("<iframe src='javascript:x'></iframe>text", "text");
        check(
            "<img src=data:image/gif;base64,R0 data-src='/p/a b.jpg'>",
            "<img src=\"https://news.example.org/p/a%20b.jpg\">",
        );
    }

    #[test]
    fn identifiers_stay_where_a_link_leads_to_them() {
        check(
            "<p id=x>Hi</p><ol start=4><li value=9>a</li></ol>",
            "<p>Hi</p><ol start=\"4\"><li value=\"9\">a</li></ol>",
        );
        check(
            "<p id=x>Hi</p><a href=#x>up</a>",
            "<p id=\"x\">Hi</p><a href=\"https://news.example.org/a/b#x\" rel=\"noopener noreferrer nofollow\">up</a>",
        );
    }
}
