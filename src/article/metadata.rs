//! The metadata of an article: from JSON-LD, Open Graph, meta elements and headings.

use std::cell::LazyCell;

use serde_json::Value;

use super::head_lines::head_lines;
use super::{byline, published, title};
use crate::extract::sources::json::embedded;
use crate::html::tree::{ElementRef, Html, Selector};
use crate::html::{fragment_text, parse};

/// Cap on the values of JSON-LD that are searched for the article.
const MAX_VALUES: usize = 1000;
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

/// The metadata of an article.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) byline: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) image: Option<String>,
    /// The page's description of itself.
    pub(crate) description: Option<String>,
    /// The text of the article for machines: plain text or HTML.
    pub(crate) article_body: Option<String>,
}

/// Reads the metadata of a page.
pub(crate) fn read(document: &Html) -> Metadata {
    let data = json_ld_article(document);
    let published = || data.as_ref().and_then(|d| string(d.get("datePublished")?));
    let lines = LazyCell::new(|| head_lines(document));
    let site = meta(document, &["og:site_name", "application-name"]);
    let headline = data
        .as_ref()
        .and_then(|d| json_ld_headline(d, parse::title(document).as_deref()))
        .or_else(|| meta(document, &["og:title", "twitter:title", "dc.title", "dcterm:title"]));
    Metadata {
        title: title::headline(document, headline, site.as_deref()),
        byline: data
            .as_ref()
            .and_then(|d| authors(d.get("author")?))
            .or_else(|| meta_byline(document))
            .or_else(|| byline::byline(document, &lines)),
        published: published()
            .or_else(|| meta(document, PUBLISHED))
            .or_else(|| published::published(document, &lines)),
        description: meta(document, &["description", "og:description", "twitter:description"]),
        image: meta(document, &["og:image", "twitter:image", "twitter:image:src"]),
        article_body: data.as_ref().and_then(|d| stated_text(d.get("articleBody")?)),
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
    let name = string(value).or_else(|| value.get("name").and_then(string))?;
    (!name.starts_with("http")).then(|| byline::without_by(&name).to_owned())
}

/// The text of `articleBody`: a string, or a list of paragraphs. Line breaks stay.
fn stated_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n\n")),
        _ => None,
    }
}

/// The author in the meta elements.
fn meta_byline(document: &Html) -> Option<String> {
    let stated = meta(document, &["author", "article:author", "dc.creator", "byl", "parsely-author"]);
    stated.filter(|name| !name.starts_with("http")).and_then(|name| byline::names(&name))
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
