//! Open Graph: a page that describes itself as an article.

use super::super::self_describing::SelfDescribedItem;
use crate::html::tree::{ElementRef, Html};
use crate::model::Candidate;

/// The page itself as an item, if its type is that of an article.
pub(crate) fn item(html: &Html) -> Option<SelfDescribedItem> {
    let metas: Vec<ElementRef<'_>> =
        html.root_element().descendent_elements().filter(|e| e.value().name() == "meta").collect();
    let meta = |name: &str| {
        let element = metas.iter().find(|m| m.attr("property").or_else(|| m.attr("name")) == Some(name))?;
        element.attr("content").map(str::to_owned).filter(|c| !c.trim().is_empty())
    };
    meta("og:type").filter(|t| t == "article")?;
    Some(SelfDescribedItem {
        candidate: Candidate {
            title: meta("og:title"),
            link: meta("og:url"),
            summary: meta("og:description"),
            image: meta("og:image"),
            authors: meta("article:author").filter(|a| !a.starts_with("http")).into_iter().collect(),
            tags: meta("article:section").into_iter().collect(),
            ..Candidate::default()
        },
        date: meta("article:published_time"),
        updated: meta("article:modified_time"),
    })
}
