//! The metadata of an article: from JSON-LD, Open Graph, meta elements and headings.

use serde_json::Value;

use super::title;
use crate::extract::sources::json::embedded;
use crate::html::tree::{ElementRef, Html, Selector};
use crate::html::{fragment_text, parse, text};

/// Cap on the values of JSON-LD that are searched for the article.
const MAX_VALUES: usize = 1000;
/// Maximum length of a byline, in characters.
const MAX_BYLINE_CHARS: usize = 100;

/// Names of meta elements with the time of publication, in order of preference.
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "og:published_time",
];
/// Elements with the time of publication in an attribute.
const PUBLISHED_ELEMENTS: &str = "time[datetime][pubdate], article time[datetime], time[itemprop=datePublished], \
    [itemprop=datePublished][content]";

/// The metadata of an article.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) byline: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) image: Option<String>,
    /// The page's description of itself.
    pub(crate) description: Option<String>,
}

/// Reads the metadata of a page.
pub(crate) fn read(document: &Html) -> Metadata {
    let data = json_ld_article(document);
    let published = || data.as_ref().and_then(|d| string(d.get("datePublished")?));
    let site = meta(document, &["og:site_name", "application-name"]);
    let headline = data
        .as_ref()
        .and_then(|d| json_ld_headline(d, parse::title(document).as_deref()))
        .or_else(|| meta(document, &["og:title", "twitter:title", "dc.title", "dcterm:title"]));
    Metadata {
        title: title::headline(document, headline, site.as_deref()),
        byline: data.as_ref().and_then(|d| authors(d.get("author")?)).or_else(|| byline(document)),
        published: published()
            .or_else(|| meta(document, PUBLISHED))
            .or_else(|| first_attribute(document, PUBLISHED_ELEMENTS, &["datetime", "content"])),
        description: meta(document, &["description", "og:description", "twitter:description"]),
        image: meta(document, &["og:image", "twitter:image", "twitter:image:src"]),
    }
}

/// The headline in JSON-LD. It is `headline`, else `name`. If both are there, and the page's title contains
/// `name` but not `headline`, it is `name`.
fn json_ld_headline(data: &Value, title: Option<&str>) -> Option<String> {
    let text = |key: &str| string(data.get(key)?);
    let is_in_title = |text: &String| title.is_some_and(|t| t.contains(text.as_str()));
    match (text("headline"), text("name")) {
        (Some(headline), Some(name)) if !is_in_title(&headline) && is_in_title(&name) => Some(name),
        (headline, name) => headline.or(name),
    }
}

/// The first article in the page's JSON-LD. It may be inside a `@graph` or a `mainEntity`.
fn json_ld_article(document: &Html) -> Option<Value> {
    let selector = Selector::parse("script[type*=\"ld+json\" i]").ok()?;
    let mut unvisited = embedded::values(document, Some(&selector));
    unvisited.reverse();
    let mut visited = 0;
    while let Some(value) = unvisited.pop() {
        visited += 1;
        if visited > MAX_VALUES {
            return None;
        }
        match value {
            Value::Array(list) => unvisited.extend(list.into_iter().rev()),
            Value::Object(ref map) => {
                if is_article(map.get("@type")) {
                    return Some(value);
                }
                if let Some(graph) = map.get("@graph") {
                    unvisited.push(graph.clone());
                }
                if let Some(main) = map.get("mainEntity") {
                    unvisited.push(main.clone());
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether the value of `@type` is that of an article.
fn is_article(kind: Option<&Value>) -> bool {
    let is_article_type = |v: &Value| {
        v.as_str().is_some_and(|t| {
            t.ends_with("Article")
                || matches!(t, "BlogPosting" | "Report" | "LiveBlogPosting" | "SocialMediaPosting")
        })
    };
    match kind {
        Some(Value::Array(kinds)) => kinds.iter().any(is_article_type),
        Some(kind) => is_article_type(kind),
        None => false,
    }
}

/// The text of a value: a string, or the first of a list.
fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => decode(text),
        Value::Array(list) => return list.first().and_then(string),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn authors(value: &Value) -> Option<String> {
    let names: Vec<String> = match value {
        Value::Array(list) => list.iter().filter_map(author).collect(),
        one => author(one).into_iter().collect(),
    };
    (!names.is_empty()).then(|| names.join(", "))
}

fn author(value: &Value) -> Option<String> {
    string(value).or_else(|| value.get("name").and_then(string)).filter(|n| !n.starts_with("http"))
}

/// Decodes the entities in a text of an attribute or of data, and collapses its white space.
fn decode(text: &str) -> String {
    let decoded = if text.contains('&') { fragment_text(text) } else { text.to_owned() };
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The content of a meta element. The names are tried in their order; the first that gives a text counts.
fn meta(document: &Html, names: &[&str]) -> Option<String> {
    let selector = Selector::parse("meta[content]").ok()?;
    let all: Vec<ElementRef<'_>> = document.select(&selector).collect();
    names.iter().find_map(|wanted| {
        let has_name = |e: &&ElementRef<'_>| {
            let name = ["property", "name", "itemprop"].iter().find_map(|a| e.attr(a));
            name.is_some_and(|n| n.trim().eq_ignore_ascii_case(wanted))
        };
        let found = all.iter().find(has_name)?.attr("content").map(decode)?;
        (!found.is_empty()).then_some(found)
    })
}

fn first_attribute(document: &Html, css: &str, attributes: &[&str]) -> Option<String> {
    let selector = Selector::parse(css).ok()?;
    let element = document.select(&selector).next()?;
    attributes.iter().find_map(|a| element.attr(a)).map(str::to_owned)
}

fn byline(document: &Html) -> Option<String> {
    let of_meta = meta(document, &["author", "article:author", "dc.creator", "byl", "parsely-author"]);
    of_meta.filter(|name| !name.starts_with("http")).or_else(|| {
        let selector =
            Selector::parse("[rel=author], [itemprop~=author], .byline, .author, .article-author").ok()?;
        let mut texts = document.select(&selector).map(text::visible_text);
        texts.find(|t| !t.is_empty() && t.chars().count() < MAX_BYLINE_CHARS)
    })
}
