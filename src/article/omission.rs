//! Decides which elements inside the main text are left out of the article.

use std::collections::HashSet;

use url::Url;

use super::boilerplate::{
    is_boilerplate, is_card, is_interaction, is_label, is_note_reference, is_table_of_contents, is_teaser,
};
use super::element_kind::is_silent;
use super::measure::PageContext;
use super::text::{comparable, text_of};
use crate::html::embed;
use crate::html::tree::{ElementRef, NodeId};

/// Hosts for sharing: a list of links to them is no list of references.
const SHARING_HOSTS: &[&str] =
    &["facebook.", "twitter.", "x.com", "whatsapp", "t.me", "linkedin.", "pinterest.", "reddit."];

/// The facts about an article that decide which elements are left out.
pub(crate) struct Omissions<'m> {
    pub(crate) context: PageContext<'m>,
    /// The headline in its form for comparisons.
    pub(crate) title: Option<String>,
    /// Blocks at the head of the text that are boilerplate.
    pub(crate) head: HashSet<NodeId>,
    /// Notes of the text, the elements around them, and the marks that lead to them.
    pub(crate) notes: HashSet<NodeId>,
    /// The host of the page.
    pub(crate) host: Option<String>,
}

impl Omissions<'_> {
    /// Whether an element is left out.
    pub(crate) fn is_omitted(&self, element: ElementRef<'_>) -> bool {
        if self.notes.contains(&element.id()) {
            return false;
        }
        if embed::is_embed(element.value().name()) {
            return self.context.is_boilerplate_by_name(element);
        }
        is_silent(element)
            || self.head.contains(&element.id())
            || is_note_reference(element)
            || is_label(element)
            || self.repeats_title(element)
            || element.value().name() == "h1"
            || self.is_omitted_by_content(element)
    }

    fn repeats_title(&self, element: ElementRef<'_>) -> bool {
        matches!(element.value().name(), "h1" | "h2")
            && self.title.as_deref().is_some_and(|title| title == comparable(&text_of(element)))
    }

    fn is_omitted_by_content(&self, element: ElementRef<'_>) -> bool {
        let name = element.value().name();
        let (text_length, linked_length) = self.context.text_lengths(element);
        let is_boilerplate_by_name = self.context.is_boilerplate_by_name(element);
        if is_part_of_text(name) {
            let is_mostly_links = text_length == 0 || linked_length * 2 > text_length;
            return is_boilerplate_by_name && name != "p" && is_mostly_links
                || is_teaser(element, text_length, linked_length)
                || (name == "figure" && is_card(element, text_length, linked_length));
        }
        let is_long_prose = text_length > 1000 && linked_length * 5 < text_length;
        if is_boilerplate_by_name && (!is_long_prose || self.context.is_comments(element)) {
            return true;
        }
        if !matches!(name, "div" | "section" | "ul" | "ol" | "table" | "dl" | "header") {
            return false;
        }
        is_interaction(element, text_length)
            || is_table_of_contents(element)
            || is_boilerplate(element, self.context) && !self.leads_mostly_elsewhere(element)
    }

    /// Whether most links of a list lead to other sites, as references do.
    fn leads_mostly_elsewhere(&self, element: ElementRef<'_>) -> bool {
        if !matches!(element.value().name(), "ul" | "ol") || self.host.is_none() {
            return false;
        }
        let mut links = 0;
        let mut references = 0;
        for address in element.descendent_elements().filter_map(|e| e.attr("href")) {
            links += 1;
            references += usize::from(self.leads_to_other_site(address));
        }
        links > 1 && references * 3 > links * 2
    }

    fn leads_to_other_site(&self, address: &str) -> bool {
        let url = Url::parse(address).ok();
        let Some(host) = url.as_ref().and_then(Url::host_str) else { return false };
        Some(host) != self.host.as_deref() && !SHARING_HOSTS.iter().any(|sharing| host.contains(sharing))
    }
}

/// Whether a tag is that of prose, pictures, quotes or tables: such an element is left out only if it is
/// surely boilerplate.
fn is_part_of_text(name: &str) -> bool {
    matches!(
        name,
        "p" | "a"
            | "span"
            | "em"
            | "strong"
            | "b"
            | "i"
            | "img"
            | "picture"
            | "figure"
            | "figcaption"
            | "code"
            | "pre"
            | "blockquote"
            | "td"
            | "tr"
            | "tbody"
    )
}
