//! Sites of WordPress as a source, by the REST API that their pages announce.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::json;
use super::self_describing::{SelfDescribed, SelfDescribedItem, to_extraction};
use crate::date::DateRules;
use crate::extract::extraction::{ExtractLimits, Extraction, LinkedPages};
use crate::extract::json_text::text;
use crate::extract::text_kind::trim_text_start;
use crate::extract::web_address::web_address;
use crate::html::plain_text;
use crate::html::tree::{ElementRef, Html};
use crate::html::{Unparsable, parse};
use crate::model::{Candidate, Page};

/// Posts in one request.
const POSTS: &str = "20";

/// Reads the posts of an answer of the API; of a web page, gives the address of the API that it announces.
///
/// # Errors
/// When the page announces no API, or the answer is not a list of posts.
pub(crate) fn extract(
    page: &Page,
    dates: &DateRules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let body = trim_text_start(&page.text);
    let source = if body.starts_with('<') {
        let html = parse::parse(body, limits.depth)?;
        let posts = posts_address(&html, &page.url).ok_or(Unparsable::NoWordPress)?;
        SelfDescribed {
            title: parse::title(&html),
            linked_pages: LinkedPages { pages: vec![posts], newest_first: true },
            ..SelfDescribed::default()
        }
    } else {
        let answer = json::parse::parse(body)?;
        let posts = answer.as_array().ok_or(Unparsable::NoWordPress)?;
        let numbered = posts.iter().take(limits.candidates).enumerate();
        let items = numbered.filter_map(|(index, p)| post(p, u32::try_from(index).unwrap_or(u32::MAX)));
        SelfDescribed { items: items.collect(), ..SelfDescribed::default() }
    };
    Ok(to_extraction(source, page, dates, now))
}

/// The address of the posts in the API: of those of a category, tag or author if the page is that of one.
fn posts_address(html: &Html, page: &Url) -> Option<Url> {
    let links = || html.root_element().descendent_elements().filter(|e| e.value().name() == "link");
    let has_relation = |e: &ElementRef<'_>, name: &str| {
        e.attr("rel").is_some_and(|r| r.split_whitespace().any(|r| r.eq_ignore_ascii_case(name)))
    };
    let root = links().find(|e| has_relation(e, "https://api.w.org/"))?.attr("href")?;
    let mut address = web_address(page, root)?;
    // Sites without permalinks have the route in the query.
    let route =
        address.query_pairs().find(|(name, _)| name == "rest_route").map(|(_, route)| route.into_owned());
    match route {
        Some(route) => {
            let route_of_posts = format!("{}/wp/v2/posts", route.trim_end_matches('/'));
            address.query_pairs_mut().clear().append_pair("rest_route", &route_of_posts);
        }
        None => address.set_path(&format!("{}/wp/v2/posts", address.path().trim_end_matches('/'))),
    }
    address
        .query_pairs_mut()
        .append_pair("per_page", POSTS)
        .append_pair("_embed", "author,wp:term,wp:featuredmedia");
    let archive =
        links().filter(|e| has_relation(e, "alternate")).find_map(|e| archive_filter(e.attr("href")?));
    if let Some((name, number)) = archive {
        address.query_pairs_mut().append_pair(name, &number);
    }
    Some(address)
}

/// The query parameter that selects the posts of a category, tag or author, made of its address in the API.
fn archive_filter(address: &str) -> Option<(&'static str, String)> {
    let decoded = address.replace("%2F", "/").replace("%2f", "/");
    let kinds = [("/wp/v2/categories/", "categories"), ("/wp/v2/tags/", "tags"), ("/wp/v2/users/", "author")];
    kinds.iter().find_map(|(path, name)| {
        let (_, rest) = decoded.split_once(path)?;
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!number.is_empty()).then_some((*name, number))
    })
}

fn post(post: &Value, position: u32) -> Option<SelfDescribedItem> {
    let field = |name: &str| text(post.get(name)?, &["rendered", "raw"]);
    let link = field("link")?;
    let embedded = |name: &str| post.get("_embedded").and_then(|e| e.get(name)).into_iter();
    let lists =
        |name: &str| embedded(name).filter_map(Value::as_array).flatten().cloned().collect::<Vec<_>>();
    let terms = lists("wp:term").into_iter().filter_map(|t| t.as_array().cloned()).flatten();
    // `date` is in the site's time zone, which the answer does not name: `date_gmt` is preferred.
    let instant = |utc: &str, local: &str| field(utc).map(|d| format!("{d}Z")).or_else(|| field(local));
    let published = instant("date_gmt", "date");
    let modified = instant("modified_gmt", "modified").filter(|m| Some(m) != published.as_ref());
    let candidate = Candidate {
        position,
        id: field("guid"),
        title: field("title").map(|t| plain_text(&t)),
        link: Some(link),
        summary: field("excerpt").map(|e| plain_text(&e)),
        content: field("content"),
        authors: lists("author").iter().filter_map(|a| text(a.get("name")?, &[])).collect(),
        tags: terms.filter_map(|t| text(t.get("name")?, &[])).map(|t| plain_text(&t)).collect(),
        image: lists("wp:featuredmedia").iter().find_map(|m| text(m.get("source_url")?, &[])),
        ..Candidate::default()
    };
    Some(SelfDescribedItem { candidate, date: published, updated: modified })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(head: &str) -> Option<String> {
        let page = Url::parse("https://example.org/blog/").expect("an address");
        posts_address(&Html::parse_document(head), &page).map(String::from)
    }

    #[test]
    fn the_api_is_where_the_page_announces_it() {
        let root = r#"<link rel="https://api.w.org/" href="https://example.org/wp-json/">"#;
        let embed = "per_page=20&_embed=author%2Cwp%3Aterm%2Cwp%3Afeaturedmedia";
        assert_eq!(found(root), Some(format!("https://example.org/wp-json/wp/v2/posts?{embed}")));
        let category = format!(
            r#"{root}<link rel="alternate" type="application/json" href="https://example.org/wp-json/wp/v2/categories/7">"#
        );
        let expected = format!("https://example.org/wp-json/wp/v2/posts?{embed}&categories=7");
        assert_eq!(found(&category), Some(expected));
        let plain = r#"<link rel="https://api.w.org/" href="/index.php?rest_route=/">"#;
        let expected = format!("https://example.org/index.php?rest_route=%2Fwp%2Fv2%2Fposts&{embed}");
        assert_eq!(found(plain), Some(expected));
        assert_eq!(found("<title>x</title>"), None);
    }
}
