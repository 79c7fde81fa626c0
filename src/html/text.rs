//! The text of elements as a person reads it.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::node::{Element, Node};
use scraper::{ElementRef, Html};

/// The text that a person reads: white space folded, a space where a block or line ends, nothing
/// from scripts and styles, and no space where only an inline tag stands.
pub(crate) fn text(element: ElementRef<'_>) -> String {
    let mut out = Folding::default();
    out.push_all(*element);
    out.text
}

/// A text in which all white space becomes single spaces, and none at its ends.
#[derive(Default)]
pub(crate) struct Folding {
    pub(crate) text: String,
    /// Whether white space stands before what comes next.
    gap: bool,
}

impl Folding {
    /// Adds a node and all in it.
    pub(crate) fn push_all(&mut self, node: NodeRef<'_, Node>) {
        for edge in node.traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Text(text) if !silent(&node) => {
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

    /// Notes where an element begins or ends.
    pub(crate) fn edge(&mut self, element: &Element) {
        self.gap |= breaks(element.name());
    }

    /// Adds a text; gives its [`weight`].
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        self.gap |= text.starts_with(char::is_whitespace);
        let weight = each_word(text, |word| {
            if self.gap && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
            self.gap = true;
        });
        // The next text's first word may go on where this one ended.
        if !text.is_empty() {
            self.gap = text.ends_with(char::is_whitespace);
        }
        weight
    }
}

/// How much a text says: characters, white space folded; those of scripts without spaces between
/// words count twice.
#[must_use]
pub fn weight(text: &str) -> u32 {
    each_word(text, |_| ())
}

/// Looks at the words of a text between white space; gives its weight.
fn each_word(text: &str, mut see: impl FnMut(&str)) -> u32 {
    let (mut sum, mut words) = (0, 0_u32);
    let mut add = |word, weight: u32| {
        see(word);
        sum += weight;
        words += 1;
    };
    if text.is_ascii() {
        let space = |c: char| matches!(c, '\t'..='\r' | ' ');
        let all = text.split(space).filter(|w| !w.is_empty());
        all.for_each(|word| add(word, u32::try_from(word.len()).unwrap_or(u32::MAX)));
    } else {
        let weight = |word: &str| word.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum();
        text.split_whitespace().for_each(|word| add(word, weight(word)));
    }
    sum + words.saturating_sub(1)
}

fn silent(node: &NodeRef<'_, Node>) -> bool {
    let parent = node.parent().and_then(|p| p.value().as_element().map(Element::name));
    parent.is_some_and(|name| matches!(name, "script" | "style" | "noscript" | "template"))
}

fn breaks(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "br"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
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
            | "nav"
            | "ol"
            | "option"
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

/// Escaped HTML as a person reads it.
#[must_use]
pub fn plain_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    text(Html::parse_fragment(html).root_element())
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[test]
    fn text_reads_as_a_person_reads() {
        let html = Html::parse_document(
            "<div>Dr. <b>Kim</b> , of<script>x()</script> <p>Pa<i></i>ris\n</p>a<br>b </div>",
        );
        assert_eq!(text(html.root_element()), "Dr. Kim , of Paris a b");
    }
}
