//! Texts of an article that its page has beside what it shows: `articleBody` of JSON-LD, the page's own JSON,
//! and `<noscript>`. One of them is taken only where it is clearly longer than the text that is shown.

use serde_json::Value;

use super::measure::{Measures, PageContext};
use super::text::comparable;
use super::write::{self, MainText};
use crate::extract::sources::json::embedded;
use crate::html::tree::{ElementRef, Html};
use crate::html::{inner_html, markup, parse, plain, plain_text};

/// From so many characters on, what a page shows is an article, and its JSON is not searched.
const ENOUGH: usize = 250;
/// Characters by which a text is longer at the least.
const MIN_MORE: usize = 150;
/// Minimum length of a text in JSON or `<noscript>`.
const MIN_TEXT: usize = 140;
/// Texts in `<noscript>` that name scripts are notices up to this length.
const MAX_NOTICE: usize = 400;
/// Cap on the values of JSON that are searched.
const MAX_VALUES: usize = 50_000;
/// Cap on the elements `<noscript>` that are read.
const MAX_NOSCRIPTS: usize = 50;

/// Keys of the text of an article, and of its title, in JSON.
const TEXT_KEYS: &[&str] = &[
    "articleBody",
    "body",
    "bodyHtml",
    "body_html",
    "content",
    "contentHtml",
    "content_html",
    "html",
    "text",
    "fullText",
    "rendered",
];
const TITLE_KEYS: &[&str] = &["title", "headline", "name"];
/// Keys of the text of one block of an article.
const BLOCK_KEYS: &[&str] = &["text", "html", "content", "value"];

/// The page for which texts are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatedContext<'a> {
    /// `articleBody` of JSON-LD.
    pub(crate) article_body: Option<&'a str>,
    pub(crate) title: Option<&'a str>,
    /// The first headings of the page.
    pub(crate) headings: &'a [String],
    pub(crate) host: Option<&'a str>,
    /// The deepest nesting of elements that is parsed.
    pub(crate) max_depth: usize,
}

/// The text that the page states beside the one that it shows, if it is clearly longer.
pub(crate) fn longer(document: &Html, shown: &MainText, context: StatedContext<'_>) -> Option<MainText> {
    let shown_length = shown.text.chars().count();
    let written = |source: &str| {
        let text = main_text(source, context)?;
        is_clearly_longer(text.text.chars().count(), shown_length).then_some(text)
    };
    let of_json_ld = context.article_body.and_then(written);
    if of_json_ld.is_some() || shown_length >= ENOUGH {
        return of_json_ld;
    }
    in_page_data(document, context).as_deref().and_then(written).or_else(|| {
        let noscript = in_noscript(document);
        noscript.as_deref().and_then(written)
    })
}

/// Whether a text is longer than the shown one by half, and by more than a notice or a teaser.
const fn is_clearly_longer(length: usize, shown: usize) -> bool {
    (shown == 0 && length > 0) || (length * 2 >= shown * 3 && length >= shown + MIN_MORE)
}

/// A stated text as main text. It is plain text with line breaks, HTML, or HTML with its marks escaped.
fn main_text(source: &str, context: StatedContext<'_>) -> Option<MainText> {
    let html = if markup::is_html(source) {
        source.to_owned()
    } else if source.contains("&lt;p") || source.contains("&lt;br") {
        source.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    } else {
        paragraphs(source)
    };
    let document = parse::parse(&html, context.max_depth).ok()?;
    let measures = Measures::of(&document);
    let mut page = PageContext { text_length: 0, trusts_names: true, measures: &measures };
    page.text_length = page.text_length(document.root_element());
    let body = document.root_element().child_elements().find(|e| e.value().name() == "body")?;
    let text = write::write(&[body], context.title, page, context.host);
    (!text.text.is_empty()).then_some(text)
}

/// The lines of a plain text as paragraphs of HTML.
fn paragraphs(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    plain::html_of_seeming_text(&lines.join("\n\n"))
}

/// The text of the article in the page's own JSON: that of the only object with a title and a long text, or
/// of the one whose title is that of the page.
fn in_page_data(document: &Html, context: StatedContext<'_>) -> Option<String> {
    let values = embedded::values(document, None);
    let mut open: Vec<&Value> = values.iter().rev().collect();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut visited = 0;
    while let Some(value) = open.pop() {
        visited += 1;
        if visited > MAX_VALUES {
            break;
        }
        match value {
            Value::Array(list) => open.extend(list.iter().rev()),
            Value::Object(map) => {
                found.extend(titled_text(value));
                open.extend(map.values());
            }
            _ => {}
        }
    }
    let known: Vec<String> = context
        .title
        .into_iter()
        .chain(context.headings.iter().map(String::as_str))
        .map(comparable)
        .collect();
    let is_of_page = |title: &String| known.contains(&comparable(title));
    let first = found.first().map(|(title, _)| comparable(title))?;
    let is_only_one = found.iter().all(|(title, _)| comparable(title) == first);
    found.into_iter().find(|(title, _)| is_only_one || is_of_page(title)).map(|(_, text)| text)
}

/// The title and the long text of an object of JSON.
fn titled_text(object: &Value) -> Option<(String, String)> {
    let title = TITLE_KEYS.iter().find_map(|key| text_or_rendered(object.get(key)?))?;
    // Questions for consent have a title and a text, too.
    if title.to_lowercase().contains("cookie") {
        return None;
    }
    let is_long = |text: &String| text.chars().count() >= MIN_TEXT && is_prose(text);
    let text = TEXT_KEYS.iter().filter_map(|key| stated_text(object.get(key)?)).find(is_long)?;
    Some((title, text))
}

/// A string, or the string under `rendered`, as WordPress has it.
fn text_or_rendered(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("rendered")?.as_str()).map(str::to_owned)
}

/// A text in JSON: a string, or a list of blocks.
fn stated_text(value: &Value) -> Option<String> {
    if let Some(text) = text_or_rendered(value) {
        return Some(text);
    }
    let blocks: Vec<String> = value.as_array()?.iter().filter_map(block_text).collect();
    (!blocks.is_empty()).then(|| blocks.join("\n\n"))
}

/// The text of one block: a string, an object with a text, or one with pieces of text under `children`.
fn block_text(block: &Value) -> Option<String> {
    let of_string = |value: &Value| value.as_str().map(str::to_owned);
    let own = of_string(block).or_else(|| BLOCK_KEYS.iter().find_map(|key| of_string(block.get(key)?)));
    own.or_else(|| {
        let pieces = block.get("children")?.as_array()?;
        Some(pieces.iter().filter_map(|piece| piece.get("text")?.as_str()).collect())
    })
}

/// Whether a text has words with spaces between them, or letters of a script without spaces: identifiers and
/// programs have neither.
fn is_prose(text: &str) -> bool {
    let is_program = text.trim_start().starts_with(['{', '[']) || text.contains("function(");
    let spaces = text.chars().filter(|c| c.is_whitespace()).count();
    let has_no_spaces = text.chars().any(|c| u32::from(c) >= 0x0e00);
    !is_program && (spaces * 20 >= text.chars().count() || has_no_spaces)
}

/// The HTML in `<noscript>` that holds a text, and not a notice about scripts.
fn in_noscript(document: &Html) -> Option<String> {
    let body = document.root_element().child_elements().find(|e| e.value().name() == "body")?;
    let all = body.descendent_elements().filter(|e| e.value().name() == "noscript").take(MAX_NOSCRIPTS);
    let texts: Vec<String> = all.map(source_of).filter(|html| is_text(html)).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The source of an element. The parser keeps that of `<noscript>` as one text.
fn source_of(noscript: ElementRef<'_>) -> String {
    if noscript.child_elements().next().is_some() { inner_html(noscript) } else { noscript.text().collect() }
}

fn is_text(html: &str) -> bool {
    let text = plain_text(html);
    let length = text.chars().count();
    let lower = text.to_lowercase();
    let names_scripts =
        ["javascript", "java script", "enable scripts", "browser"].iter().any(|w| lower.contains(w));
    length >= MIN_TEXT && !(names_scripts && length < MAX_NOTICE)
}
