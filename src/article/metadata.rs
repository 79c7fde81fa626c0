//! What a page says of its article for machines: JSON-LD, Open Graph, meta elements, headings.

use serde_json::Value;

use super::title;
use crate::extract::sources::json::embedded;
use crate::html::tree::{ElementRef, Html, Selector};
use crate::html::{parse, text};

/// What a page says of its article.
#[derive(Debug, Default)]
pub(crate) struct Meta {
    pub(crate) title: Option<String>,
    pub(crate) byline: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) image: Option<String>,
    /// What the page says it is about.
    pub(crate) description: Option<String>,
}

pub(crate) fn read(document: &Html) -> Meta {
    let data = structured(document);
    let text = |key: &str| data.as_ref().and_then(|d| string(d.get(key)?));
    let site = meta(document, &["og:site_name", "application-name"]);
    let headline = data
        .as_ref()
        .and_then(|d| named(d, parse::title(document).as_deref()))
        .or_else(|| meta(document, &["og:title", "twitter:title", "dc.title", "dcterm:title"]));
    Meta {
        title: title::headline(document, headline, site.as_deref()),
        byline: data.as_ref().and_then(|d| authors(d.get("author")?)).or_else(|| byline(document)),
        published: text("datePublished").or_else(|| {
            meta(document, &["article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "pubdate", "publishdate", "og:published_time"])
                .or_else(|| first_attribute(document, "time[datetime][pubdate], article time[datetime], time[itemprop=datePublished], [itemprop=datePublished][content]", &["datetime", "content"]))
        }),
        description: meta(document, &["description", "og:description", "twitter:description"]),
        image: meta(document, &["og:image", "twitter:image", "twitter:image:src"]),
    }
}

/// What data calls its article: `headline`, unless only `name` stands in the page's title, too.
fn named(data: &Value, title: Option<&str>) -> Option<String> {
    let text = |key: &str| string(data.get(key)?);
    let in_title = |text: &String| title.is_some_and(|t| t.contains(text.as_str()));
    match (text("headline"), text("name")) {
        (Some(headline), Some(name)) if !in_title(&headline) && in_title(&name) => Some(name),
        (headline, name) => headline.or(name),
    }
}

/// The first article of the page's JSON-LD, `@graph` included.
fn structured(document: &Html) -> Option<Value> {
    let selector = Selector::parse("script[type*=\"ld+json\" i]").ok()?;
    let mut open = embedded::values(document, Some(&selector));
    open.reverse();
    let mut steps = 0;
    while let Some(value) = open.pop() {
        steps += 1;
        if steps > 1000 {
            return None;
        }
        match value {
            Value::Array(list) => open.extend(list.into_iter().rev()),
            Value::Object(ref map) => {
                if is_article(map.get("@type")) {
                    return Some(value);
                }
                if let Some(graph) = map.get("@graph") {
                    open.push(graph.clone());
                }
                if let Some(main) = map.get("mainEntity") {
                    open.push(main.clone());
                }
            }
            _ => {}
        }
    }
    None
}

fn is_article(kind: Option<&Value>) -> bool {
    let named = |v: &Value| {
        v.as_str().is_some_and(|t| {
            t.ends_with("Article")
                || matches!(t, "BlogPosting" | "Report" | "LiveBlogPosting" | "SocialMediaPosting")
        })
    };
    match kind {
        Some(Value::Array(kinds)) => kinds.iter().any(named),
        Some(kind) => named(kind),
        None => false,
    }
}

fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => return list.first().and_then(string),
        _ => return None,
    };
    let text = readable(&text);
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

/// Texts of attributes and data, entities decoded.
fn readable(text: &str) -> String {
    let text = if text.contains('&') {
        text::visible_text(Html::parse_fragment(text).root_element())
    } else {
        text.to_owned()
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn meta(document: &Html, names: &[&str]) -> Option<String> {
    let selector = Selector::parse("meta[content]").ok()?;
    let all: Vec<ElementRef<'_>> = document.select(&selector).collect();
    names.iter().find_map(|wanted| {
        let named = |e: &&ElementRef<'_>| {
            let name = ["property", "name", "itemprop"].iter().find_map(|a| e.attr(a));
            name.is_some_and(|n| n.trim().eq_ignore_ascii_case(wanted))
        };
        let found = all.iter().find(named)?.attr("content").map(readable)?;
        (!found.is_empty()).then_some(found)
    })
}

fn first_attribute(document: &Html, css: &str, attributes: &[&str]) -> Option<String> {
    let selector = Selector::parse(css).ok()?;
    let element = document.select(&selector).next()?;
    attributes.iter().find_map(|a| element.attr(a)).map(str::to_owned)
}

fn byline(document: &Html) -> Option<String> {
    let named = meta(document, &["author", "article:author", "dc.creator", "byl", "parsely-author"]);
    let named = named.filter(|n| !n.starts_with("http"));
    named.or_else(|| {
        let selector =
            Selector::parse("[rel=author], [itemprop~=author], .byline, .author, .article-author").ok()?;
        let texts = document.select(&selector).map(text::visible_text);
        texts.into_iter().find(|t| !t.is_empty() && t.chars().count() < 100)
    })
}
