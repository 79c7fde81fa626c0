//! Makes HTML safe to show in a reader. The only home of the sanitiser, which parses the HTML again: so it gets
//! only HTML that was parsed within bounds and written anew.

use std::borrow::Cow;
use std::collections::HashSet;

use ammonia::{Builder, UrlRelative, UrlRelativeEvaluate};
use url::Url;

use crate::html::{Unparsable, content};

/// Tags whose direction of writing stays. In ammonia's own list, only `bdo` has one.
const DIRECTED: &[&str] = &[
    "article",
    "aside",
    "bdi",
    "blockquote",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "span",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Sanitises the HTML of a page: keeps the tags and attributes of an allow-list, and only absolute http,
/// https and mailto addresses. Pictures that load late get their addresses, and players become links.
///
/// # Errors
/// When the HTML is beyond the bounds of a parse, such as the depth of nesting.
pub(super) fn sanitise(html: &str, base: &Url) -> Result<String, Unparsable> {
    let rewritten = content::rewritten(html, None)?;
    let tags = Builder::default().clone_tags();
    let kept = rewritten.places.into_iter().filter(|(tag, _)| tags.contains(tag.as_str()));
    let places = kept.map(|(_, place)| place).collect();
    let clean = sanitiser(base, places).clean(&rewritten.html).to_string();
    Ok(clean.trim().chars().filter(|&c| is_xml_char(c)).collect())
}

/// The sanitiser. Links to the `places` in the HTML stay as they are.
fn sanitiser(base: &Url, places: HashSet<String>) -> Builder<'static> {
    let mut builder = Builder::default();
    for tag in DIRECTED {
        builder.add_tag_attribute_values(*tag, "dir", ["rtl", "ltr", "auto"]);
    }
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Custom(Box::new(Addresses { base: base.clone(), places })))
        .link_rel(Some("noopener noreferrer nofollow"))
        // The writer leaves only those that links lead to.
        .add_generic_attributes(["id"])
        .add_tag_attributes("a", ["name"])
        .add_tag_attributes("ol", ["reversed"])
        .add_tag_attribute_values("ol", "type", ["1", "a", "i"])
        .add_tag_attributes("li", ["value"]);
    builder
}

/// Makes relative addresses absolute.
struct Addresses {
    base: Url,
    /// The names of the places in the content.
    places: HashSet<String>,
}

impl UrlRelativeEvaluate<'static> for Addresses {
    fn evaluate<'url>(&self, address: &'url str) -> Option<Cow<'url, str>> {
        let trimmed = address.trim();
        if trimmed.strip_prefix('#').is_some_and(|place| self.places.contains(place)) {
            return Some(Cow::Borrowed(trimmed));
        }
        self.base.join(address).ok().map(|absolute| Cow::Owned(absolute.into()))
    }
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
            "<p id=\"x\">Hi</p><a href=\"#x\" rel=\"noopener noreferrer nofollow\">up</a>",
        );
        check(
            "<p><a name=n>1</a> <a name=m>2</a></p><a href=#n>down</a><a href=#o>out</a>",
            "<p><a name=\"n\" rel=\"noopener noreferrer nofollow\">1</a> <a rel=\"noopener noreferrer nofollow\">2</a></p><a href=\"#n\" rel=\"noopener noreferrer nofollow\">down</a>\
             <a href=\"https://news.example.org/a/b#o\" rel=\"noopener noreferrer nofollow\">out</a>",
        );
        // A tag that goes takes its identifier with it: then the link leads to the page.
        check(
            "<blink id=x>Hi</blink><a href=#x>up</a>",
            "Hi<a href=\"https://news.example.org/a/b#x\" rel=\"noopener noreferrer nofollow\">up</a>",
        );
    }

    #[test]
    fn directions_and_kinds_of_lists_stay() {
        check("<p dir=rtl>خبر</p><div dir=x>a</div>", "<p dir=\"rtl\">خبر</p><div>a</div>");
        check(
            "<ol type=A><li dir=auto>a</li></ol><ol type=x></ol>",
            "<ol type=\"A\"><li dir=\"auto\">a</li></ol><ol></ol>",
        );
    }

    #[test]
    fn hidden_elements_are_left_out() {
        check("<p>One</p><p hidden>two</p><div style='Display: none !important'>three</div>", "<p>One</p>");
        check("<p style='display:none;color:red'>One</p>", "<p>One</p>");
        check("<div><p hidden>One</p></div>", "<div><p>One</p></div>");
        check("<p hidden=until-found>One</p>", "<p>One</p>");
    }
}
