//! HTML that is safe to show in a reader. The only home of the sanitiser.

use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};
use url::Url;

/// Sanitises the HTML of a page: an allow-list of tags and attributes, absolute http, https and
/// mailto addresses only.
pub(super) fn sanitise(html: &str, base: &Url) -> String {
    let clean = Builder::default()
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::RewriteWithBase(base.clone()))
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(html)
        .to_string();
    let allowed = |c: &char| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    clean.trim().chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let base = Url::parse("https://news.example.org/a/b").expect("an address");
        assert_eq!(sanitise(input, &base), expected);
    }

    #[test]
    fn what_runs_is_gone_and_what_is_said_stays() {
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
