//! The visible text of elements, and a measure of its length.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::ElementRef;
use scraper::node::{Element, Node};

/// The visible text of an element: white space is collapsed, a space stands where a block or line ends,
/// none where an inline element begins or ends, and scripts and styles are left out.
pub(crate) fn visible_text(element: ElementRef<'_>) -> String {
    let mut out = VisibleText::default();
    out.push_all(*element);
    out.text
}

/// Collects visible text: all white space becomes single spaces, with none at the ends.
#[derive(Default)]
pub(crate) struct VisibleText {
    pub(crate) text: String,
    /// Whether a space belongs before the next word.
    needs_space: bool,
}

impl VisibleText {
    /// Adds the text of a node and its descendants.
    pub(crate) fn push_all(&mut self, node: NodeRef<'_, Node>) {
        for edge in node.traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Text(text) if !is_in_silent_element(&node) => {
                        self.push(text);
                    }
                    Node::Element(element) => self.edge(element),
                    _ => {}
                },
                Edge::Close(node) => {
                    if let Some(element) = node.value().as_element() {
                        self.edge(element);
                    }
                }
            }
        }
    }

    /// Notes the beginning or end of an element: at those of blocks and lines, words are separated.
    pub(crate) fn edge(&mut self, element: &Element) {
        self.needs_space |= separates_words(element.name());
    }

    /// Adds a text; returns its [`weight`].
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        self.needs_space |= text.starts_with(char::is_whitespace);
        let weight = each_word(text, |word| {
            if self.needs_space && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
            self.needs_space = true;
        });
        // Without white space between them, the last word of this text goes on in the next.
        if !text.is_empty() {
            self.needs_space = text.ends_with(char::is_whitespace);
        }
        weight
    }
}

/// The length of a text for comparisons: its characters with white space collapsed. Characters of scripts
/// without spaces between words count twice, as they say more.
#[must_use]
pub fn weight(text: &str) -> u32 {
    each_word(text, |_| ())
}

/// Calls `visit` with each word between white space; returns the weight of the text.
fn each_word(text: &str, mut visit: impl FnMut(&str)) -> u32 {
    let mut sum = 0;
    let mut words = 0_u32;
    let mut add = |word, weight: u32| {
        visit(word);
        sum += weight;
        words += 1;
    };
    if text.is_ascii() {
        let is_space = |c: char| matches!(c, '\t'..='\r' | ' ');
        let words_of_text = text.split(is_space).filter(|w| !w.is_empty());
        words_of_text.for_each(|word| add(word, u32::try_from(word.len()).unwrap_or(u32::MAX)));
    } else {
        let weight = |word: &str| word.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum();
        text.split_whitespace().for_each(|word| add(word, weight(word)));
    }
    sum + words.saturating_sub(1)
}

/// Whether a text node belongs to an element that shows no text.
fn is_in_silent_element(node: &NodeRef<'_, Node>) -> bool {
    let parent = node.parent().and_then(|p| p.value().as_element().map(Element::name));
    parent.is_some_and(|name| matches!(name, "script" | "style" | "noscript" | "template"))
}

/// Whether a tag is that of a block, both in the text of a listing and in that of an article.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "blockquote"
            | "dd"
            | "div"
            | "dl"
            | "dt"
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
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Whether an element begins and ends with a break between words.
fn separates_words(name: &str) -> bool {
    is_block(name) || matches!(name, "aside" | "br" | "footer" | "form" | "nav" | "option")
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[test]
    fn visible_text_is_what_a_person_reads() {
        let html = Html::parse_document(
            "<div>Dr. <b>Kim</b> , of<script>x()</script> <p>Pa<i></i>ris\n</p>a<br>b </div>",
        );
        assert_eq!(visible_text(html.root_element()), "Dr. Kim , of Paris a b");
    }
}
