//! Hints from the names of an element: its class, id and role.

use std::sync::LazyLock;

use regex::Regex;

use crate::html::tree::ElementRef;

/// Names of boilerplate around an article.
static BOILERPLATE_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(^|[-_ ])(ad|ads|advert\w*|sponsor\w*|promo\w*|banner|breadcrumbs?|combx|comments?|comment-\w+|community|cookie\w*|consent|gdpr|disqus|extra|footer|footnav|legends|masthead|menu\w*|nav|navbar|navigation|newsletter\w*|pager|pagination|popup|modal|related\w*|recommend\w*|more-?(stories|news|from)|read-?(more|next|also)|remark|replies|rss|share\w*|sharing|shoutbox|sidebar\w*|skyscraper|sociable|social\w*|subscribe\w*|subscription|signup|tags?|tag-?list|taglist|taboola|outbrain|tools?|toolbar|trending|popular|widget\w*|yom-remote|author-?(bio|box|info|card)|about-?author|byline|dateline|meta|post-?meta|entry-?meta|print|hidden|sr-only|visually-hidden|screen-reader\w*|skip-?link|jump|login|register|paywall|donat\w*|follow\w*|most-?read|teaser\w*|infobox\w*|toc|table-of-contents|mw-editsection|editsection|references?|reflist|footnotes?|catlinks|hatnote|noprint|navbox|bookmark-card|next-?post|prev-?post|post-?nav\w*|copyright|correction-?link)($|[-_ ])",
    )
});
/// Names of elements that hold an article.
static CONTENT_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story|prose|markdown|richtext)",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are valid")
}

/// Class and id of an element, as one text.
fn class_and_id(element: ElementRef<'_>) -> String {
    let value = element.value();
    format!("{} {}", value.attr("class").unwrap_or_default(), value.attr("id").unwrap_or_default())
}

/// Whether the names of an element are those of boilerplate, and not those of an article's body.
pub(crate) fn has_boilerplate_name(element: ElementRef<'_>) -> bool {
    let names = class_and_id(element);
    let role = element.attr("role").unwrap_or_default();
    matches!(
        role,
        "navigation"
            | "complementary"
            | "banner"
            | "contentinfo"
            | "dialog"
            | "alertdialog"
            | "menu"
            | "search"
    ) || (BOILERPLATE_NAMES.is_match(&names) && !is_surely_content(element, &names))
}

/// Whether the names of an element are those of the comments of readers as a whole.
pub(crate) fn has_comments_name(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let is_comments = |name: &str| {
        [
            "comments",
            "comment-list",
            "commentlist",
            "comments-list",
            "comments-area",
            "disqus",
            "disqus_thread",
        ]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    };
    let has_name = value.classes().chain(value.attr("id")).any(is_comments);
    has_name && !is_surely_content(element, &class_and_id(element))
}

/// Whether an element surely holds the article's body, by its tag or one of its names.
fn is_surely_content(element: ElementRef<'_>, names: &str) -> bool {
    let tag = element.value().name();
    matches!(tag, "body" | "html" | "article" | "main")
        || element.attr("itemprop") == Some("articleBody")
        || names.split_whitespace().any(|name| {
            matches!(
                name.to_ascii_lowercase().as_str(),
                "article-body"
                    | "articlebody"
                    | "article-content"
                    | "entry-content"
                    | "post-content"
                    | "post-body"
                    | "story-body"
                    | "article__body"
                    | "article_body"
                    | "content-body"
                    | "main-content"
                    | "maincontent"
            )
        })
}

/// The score of an element's names: positive for those of content, negative for those of boilerplate.
pub(crate) fn class_weight(element: ElementRef<'_>) -> f64 {
    let names = class_and_id(element);
    let mut weight = 0.0;
    if BOILERPLATE_NAMES.is_match(&names) {
        weight -= 25.0;
    }
    if CONTENT_NAMES.is_match(&names) {
        weight += 25.0;
    }
    weight
}
