//! What elements of an article's page are like: their names, their text, their links.

use crate::html::tree::{Edge, ElementRef, Html, Node, NodeId};
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

/// Names of what stands around an article.
static AROUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(^|[-_ ])(ad|ads|advert\w*|sponsor\w*|promo\w*|banner|breadcrumbs?|combx|comments?|comment-\w+|community|cookie\w*|consent|gdpr|disqus|extra|footer|footnav|legends|masthead|menu\w*|nav|navbar|navigation|newsletter\w*|pager|pagination|popup|modal|related\w*|recommend\w*|more-?(stories|news|from)|read-?(more|next|also)|remark|replies|rss|share\w*|sharing|shoutbox|sidebar\w*|skyscraper|sociable|social\w*|subscribe\w*|subscription|signup|tags?|tag-?list|taglist|taboola|outbrain|tools?|toolbar|trending|popular|widget\w*|yom-remote|author-?(bio|box|info|card)|about-?author|byline|dateline|meta|post-?meta|entry-?meta|print|hidden|sr-only|visually-hidden|screen-reader\w*|skip-?link|jump|login|register|paywall|donat\w*|follow\w*|most-?read|teaser\w*|infobox\w*|toc|table-of-contents|mw-editsection|editsection|references?|reflist|footnotes?|catlinks|hatnote|noprint|navbox|bookmark-card|next-?post|prev-?post|post-?nav\w*|copyright|correction-?link)($|[-_ ])",
    )
});
/// Names of what holds an article.
static BODY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story|prose|markdown|richtext)",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are valid")
}

/// Class and id of an element, as one text.
fn names(element: ElementRef<'_>) -> String {
    let value = element.value();
    format!("{} {}", value.attr("class").unwrap_or_default(), value.attr("id").unwrap_or_default())
}

/// What stands around an article is less of the page's text than this.
const MAX_AROUND: f64 = 0.4;

/// What all elements of a page are like, measured once: asked for at every level of a page that nests
/// deeply, the same text would be read over and over.
#[derive(Debug, Default)]
pub(crate) struct Measures(HashMap<NodeId, Measure>);

/// What an element is like.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Measure {
    /// Length of its text, silent elements apart.
    pub(crate) all: usize,
    /// Length of that inside links.
    pub(crate) linked: usize,
    /// Elements in it that are paragraphs, list items, pictures, blocks.
    pub(crate) paragraphs: usize,
    pub(crate) items: usize,
    pub(crate) pictures: usize,
    pub(crate) blocks: usize,
    /// Its names say that it stands around an article.
    named: bool,
}

impl Measures {
    /// Measures every element, from the innermost outwards.
    pub(crate) fn of(document: &Html) -> Self {
        let mut measures = HashMap::new();
        let mut open: Vec<Measure> = Vec::new();
        for edge in document.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(_) => open.push(Measure::default()),
                    Node::Text(text) => {
                        if let Some(around) = open.last_mut() {
                            around.all += length(text);
                        }
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    if let Some(element) = ElementRef::wrap(node)
                        && let Some(mut own) = open.pop()
                    {
                        own.close(element);
                        if let Some(around) = open.last_mut() {
                            around.take(element, &own);
                        }
                        measures.insert(element.id(), own);
                    }
                }
            }
        }
        Self(measures)
    }

    fn get(&self, element: ElementRef<'_>) -> Measure {
        self.0.get(&element.id()).copied().unwrap_or_default()
    }
}

impl Measure {
    /// The element itself, once all in it is known.
    fn close(&mut self, element: ElementRef<'_>) {
        let link = element.value().name() == "a" && element.attr("href").is_some_and(|h| !h.starts_with('#'));
        if link {
            self.linked = self.all;
        }
        self.named = is_named_around(element);
    }

    /// Adds an element that lies in this one.
    fn take(&mut self, element: ElementRef<'_>, inner: &Self) {
        let name = element.value().name();
        if !is_silent(element) {
            self.all += inner.all;
            self.linked += inner.linked;
        }
        self.paragraphs += inner.paragraphs + usize::from(name == "p");
        self.items += inner.items + usize::from(name == "li");
        self.pictures += inner.pictures + usize::from(name == "img");
        self.blocks += inner.blocks + usize::from(is_block(name));
    }
}

/// The page's text as a whole, against which its parts are judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'m> {
    /// Length of the text of the page.
    pub(crate) total: usize,
    /// Names are believed.
    pub(crate) strict: bool,
    /// What its elements are like.
    pub(crate) measures: &'m Measures,
}

impl Around<'_> {
    /// Whether an element stands around the article: its names say so, and it is no large part of the
    /// page.
    pub(crate) fn holds(self, element: ElementRef<'_>) -> bool {
        let measure = self.of(element);
        self.strict && measure.named && share(measure.all, self.total.max(1)) < MAX_AROUND
    }

    /// What an element is like.
    pub(crate) fn of(self, element: ElementRef<'_>) -> Measure {
        self.measures.get(element)
    }

    /// Length of the text of an element, silent elements apart, and of that inside links.
    pub(crate) fn lengths(self, element: ElementRef<'_>) -> (usize, usize) {
        let measure = self.of(element);
        (measure.all, measure.linked)
    }

    /// The share of an element's text that is inside links.
    pub(crate) fn density(self, element: ElementRef<'_>) -> f64 {
        let (all, linked) = self.lengths(element);
        if all == 0 { 0.0 } else { share(linked, all) }
    }
}

/// Whether its names say that it stands around an article, and not that it holds one.
fn is_named_around(element: ElementRef<'_>) -> bool {
    let names = names(element);
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
    ) || (AROUND.is_match(&names) && !strongly_body(element, &names))
}

fn strongly_body(element: ElementRef<'_>, names: &str) -> bool {
    let tag = element.value().name();
    matches!(tag, "body" | "html" | "article" | "main")
        || element.attr("itemprop") == Some("articleBody")
        || names.split_whitespace().any(|n| {
            let n = n.to_ascii_lowercase();
            matches!(
                n.as_str(),
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

/// How much the names speak for an element.
pub(crate) fn weight(element: ElementRef<'_>) -> f64 {
    let names = names(element);
    let mut weight = 0.0;
    if AROUND.is_match(&names) {
        weight -= 25.0;
    }
    if BODY.is_match(&names) {
        weight += 25.0;
    }
    weight
}

/// Whether an element never holds text of an article.
pub(crate) fn is_silent(element: ElementRef<'_>) -> bool {
    matches!(
        element.value().name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "nav"
            | "aside"
            | "footer"
            | "form"
            | "button"
            | "input"
            | "select"
            | "textarea"
            | "iframe"
            | "object"
            | "embed"
            | "svg"
            | "link"
            | "meta"
            | "head"
            | "dialog"
            | "label"
            | "canvas"
            | "menu"
    ) || is_hidden(element)
}

fn is_hidden(element: ElementRef<'_>) -> bool {
    let style = element.attr("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    element.attr("hidden").is_some()
        || style.contains("display:none")
        || style.contains("visibility:hidden")
        || (element.attr("aria-hidden") == Some("true")
            && !matches!(element.value().name(), "img" | "picture" | "figure" | "span"))
}

/// Whether an element begins a new line of text.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "blockquote"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "center"
    )
}

/// How long a text is: characters, those of scripts without spaces counted twice.
pub(crate) fn length(text: &str) -> usize {
    let wide = |c: char| matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7a3);
    let mut length = 0;
    let mut space = true;
    for c in text.chars() {
        if c.is_whitespace() {
            length += usize::from(!space);
            space = true;
        } else {
            length += if wide(c) { 2 } else { 1 };
            space = false;
        }
    }
    length
}

/// Lengths of pages are far below what floating point numbers hold exactly.
#[expect(clippy::cast_precision_loss, reason = "texts are shorter than 2^52")]
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The text of an element, white space folded.
pub(crate) fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text for comparison: letters and digits alone.
pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
