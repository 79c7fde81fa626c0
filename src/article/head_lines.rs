//! The short lines around the headline of an article, where pages show its date and its author.

use std::collections::HashSet;

use super::element_kind::{is_heading, is_silent};
use crate::html::text::visible_text;
use crate::html::tree::{ElementRef, Html, NodeId};

/// Maximum length of a line, in characters.
const MAX_LINE: usize = 140;
/// Cap on the characters of a line before white space is collapsed.
const MAX_RAW: usize = 2000;
/// Minimum length of a paragraph of the text, in characters.
const MIN_PARAGRAPH: usize = 100;
/// Paragraphs that are passed outside of an `<article>`.
const MAX_PARAGRAPHS: usize = 2;
/// Cap on the elements inside a line.
const MAX_PARTS: usize = 100;
/// Cap on the lines of a page.
const MAX_LINES: usize = 1000;

/// Parts of class names whose elements belong to other texts than the article.
const OTHERS: &[&str] = &[
    "comment",
    "comments",
    "disqus",
    "related",
    "recommended",
    "recommendations",
    "replies",
    "reply",
    "sidebar",
    "teaser",
    "teasers",
    "trending",
    "popular",
    "newsletter",
    "widget",
];

/// A short line.
#[derive(Debug)]
pub(crate) struct HeadLine<'a> {
    pub(crate) element: ElementRef<'a>,
    pub(crate) text: String,
    /// Whether the line stands before the first paragraph of the text.
    pub(crate) is_in_head: bool,
}

/// The short lines of the article, in page order.
///
/// In an `<article>` they are those of the whole element; elsewhere they end with the second paragraph, as
/// comments and other articles may follow.
pub(crate) fn head_lines(document: &Html) -> Vec<HeadLine<'_>> {
    let headline = document.root_element().descendent_elements().find(|e| e.value().name() == "h1");
    let scope = scope(document, headline);
    let mut lines = Lines {
        is_article: scope.value().name() == "article",
        scope: scope.id(),
        around_headline: around(headline),
        is_before_headline: headline.is_some() && scope.id() == document.root_element().id(),
        paragraphs: 0,
        out: Vec::new(),
    };
    lines.collect(scope);
    lines.out
}

/// The article that holds the headline, else the main part of the page, else the page.
fn scope<'a>(document: &'a Html, headline: Option<ElementRef<'a>>) -> ElementRef<'a> {
    let is_scope =
        |e: &ElementRef<'_>| matches!(e.value().name(), "article" | "main") || e.attr("role") == Some("main");
    let root = document.root_element();
    match headline {
        Some(h1) => h1.ancestors().filter_map(ElementRef::wrap).find(is_scope).unwrap_or(root),
        None => root.descendent_elements().find(is_scope).unwrap_or(root),
    }
}

fn around(headline: Option<ElementRef<'_>>) -> HashSet<NodeId> {
    headline.into_iter().flat_map(|h1| h1.ancestors().map(|node| node.id()).collect::<Vec<_>>()).collect()
}

struct Lines<'a> {
    /// Whether the scope is an `<article>`.
    is_article: bool,
    scope: NodeId,
    /// The ancestors of the headline: they hold the article, whatever their names.
    around_headline: HashSet<NodeId>,
    /// Whether the lines begin after a headline that is still to come.
    is_before_headline: bool,
    paragraphs: usize,
    out: Vec<HeadLine<'a>>,
}

impl<'a> Lines<'a> {
    fn collect(&mut self, scope: ElementRef<'a>) {
        let mut open = vec![scope];
        while let Some(element) = open.pop() {
            let is_over =
                self.out.len() >= MAX_LINES || (!self.is_article && self.paragraphs >= MAX_PARAGRAPHS);
            if is_over {
                return;
            }
            if element.value().name() == "h1" {
                self.is_before_headline = false;
            }
            if is_heading(element) || self.is_of_others(element) {
                continue;
            }
            self.visit(element);
            let children: Vec<ElementRef<'_>> = element.child_elements().collect();
            open.extend(children.into_iter().rev());
        }
    }

    fn visit(&mut self, element: ElementRef<'a>) {
        if self.is_before_headline || self.around_headline.contains(&element.id()) {
            return;
        }
        match short_line(element) {
            Some(text) if is_paragraph(element, &text) => self.paragraphs += 1,
            Some(text) if !text.is_empty() => {
                self.out.push(HeadLine { element, text, is_in_head: self.paragraphs == 0 });
            }
            Some(_) => {}
            None => self.paragraphs += usize::from(has_long_text(element)),
        }
    }

    /// Whether an element belongs to other texts: comments, teasers, navigation.
    fn is_of_others(&self, element: ElementRef<'_>) -> bool {
        if element.id() == self.scope || self.around_headline.contains(&element.id()) {
            return false;
        }
        let name = element.value().name();
        (is_silent(element) && !(name == "footer" && self.is_article))
            || (name == "article" && self.is_article)
            || class_words(element).iter().any(|word| OTHERS.contains(&word.as_str()))
    }
}

/// The words of the class and the id of an element, in lower case.
pub(crate) fn class_words(element: ElementRef<'_>) -> Vec<String> {
    let names = [element.attr("class"), element.attr("id")];
    let words = names.into_iter().flatten().flat_map(|n| n.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The text of an element, if it is short.
fn short_line(element: ElementRef<'_>) -> Option<String> {
    if element.descendent_elements().take(MAX_PARTS + 1).count() > MAX_PARTS {
        return None;
    }
    let raw: String = element.text().flat_map(str::chars).take(MAX_RAW).collect();
    let letters = raw.chars().filter(|c| !c.is_whitespace()).count();
    // A text of the full raw length may go on.
    (letters <= MAX_LINE && raw.chars().count() < MAX_RAW).then(|| visible_text(element))
}

/// Whether a short text is a paragraph of the article: rather long, and a sentence.
fn is_paragraph(element: ElementRef<'_>, text: &str) -> bool {
    element.value().name() == "p" && text.chars().count() >= MIN_PARAGRAPH && is_sentence(text)
}

/// Whether an element has a long text: a paragraph, or a box with text of its own.
fn has_long_text(element: ElementRef<'_>) -> bool {
    let own_text = || {
        let texts = element.children().filter_map(|c| c.value().as_text());
        texts.flat_map(|t| t.chars()).filter(|c| !c.is_whitespace()).take(MIN_PARAGRAPH).count()
    };
    match element.value().name() {
        "p" | "blockquote" | "pre" => true,
        "div" | "section" | "td" | "li" => own_text() >= MIN_PARAGRAPH,
        _ => false,
    }
}

/// Whether a text ends as a sentence does. `9:30 a.m.` is none.
pub(crate) fn is_sentence(text: &str) -> bool {
    let text = text.trim_end();
    let ends_with_hour = ["a.m.", "p.m.", "A.M.", "P.M."].iter().any(|hour| text.ends_with(hour));
    text.ends_with(['.', '!', '?', '。', '？', '！', '…', '।', '؟', ':']) && !ends_with_hour
}
