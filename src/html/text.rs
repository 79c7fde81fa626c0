//! The visible text of elements, and a measure of its length.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::ElementRef;
use scraper::node::{Element, Node};

use super::spacing;
use super::tags::separates_words;

/// The visible text of an element: white space is collapsed, a space stands where a block or line ends,
/// none where an inline element begins or ends, and scripts and styles are left out. A stray space before
/// punctuation is left out as well, see [`spacing`].
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
    /// Whether a block or line has begun or ended since the last word.
    is_line_start: bool,
}

impl VisibleText {
    /// Adds the text of a node and its descendants.
    pub(crate) fn push_all(&mut self, node: NodeRef<'_, Node>) {
        for edge in node.traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Text(_) if !is_in_silent_element(&node) => {
                        self.push_text(node);
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
        let is_break = separates_words(element.name());
        self.needs_space |= is_break;
        self.is_line_start |= is_break;
    }

    /// Adds a text node; returns the [`weight`] of its text.
    pub(crate) fn push_text(&mut self, node: NodeRef<'_, Node>) -> u32 {
        let Some(text) = node.value().as_text() else { return 0 };
        self.needs_space |= text.starts_with(char::is_whitespace);
        if self.needs_space && !self.is_line_start && self.ends_before_stray_space(node) {
            self.needs_space = false;
        }
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
        self.is_line_start &= weight == 0;
        weight
    }

    /// Whether the space between the text so far and a text node is stray.
    fn ends_before_stray_space(&self, node: NodeRef<'_, Node>) -> bool {
        self.text.chars().next_back().is_some_and(|last| spacing::stands_after_stray_space(node, last))
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

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;
    use crate::html::plain_text;

    #[test]
    fn visible_text_is_what_a_person_reads() {
        let html = Html::parse_document(
            "<div>Dr. <b>Kim</b> , of<script>x()</script> <p>Pa<i></i>ris\n</p>a<br>b </div>",
        );
        assert_eq!(visible_text(html.root_element()), "Dr. Kim, of Paris a b");
    }

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(plain_text(html), expected);
    }

    #[test]
    fn a_space_that_a_tag_leaves_goes() {
        check("<b>Mara Lind</b> , who left", "Mara Lind, who left");
        check("Mara Lind <i>, who</i> left <b>early</b> .", "Mara Lind, who left early.");
        check("<a>“Quay”</a>\n<!-- x -->\n. It is open", "“Quay”. It is open");
        check("<code>cargo</code> , they say", "cargo, they say");
        check("<ruby>港</ruby> 、船", "港、船");
    }

    #[test]
    fn a_space_that_a_person_wrote_stays() {
        check("<b>Introducing</b> .NET 10", "Introducing .NET 10");
        check("<b>ASP</b> <i>.NET</i>", "ASP .NET");
        check("<b>ASP</b> .<i>NET</i>", "ASP .NET");
        check("<i>Run</i> cd .. &amp; ls , then", "Run cd .. & ls , then");
        check("<b>cd</b> .. and <b>ls</b> ./pier", "cd .. and ls ./pier");
        check("Run <code>git add</code> <code>.</code> here", "Run git add . here");
        check("<b>Fair wind</b> :-) and <i>rain</i> ;)", "Fair wind :-) and rain ;)");
        check("<p>One</p>, two", "One , two");
        check("<i>Qui</i> ? <i>Moi</i> !", "Qui ? Moi !");
    }

    #[test]
    fn the_language_of_the_page_decides_about_other_marks() {
        let text = |language: &str| {
            let page = format!("<html lang=\"{language}\"><p><b>Who</b> ? <b>Kim</b> ; yes ! No</p>");
            visible_text(Html::parse_document(&page).root_element())
        };
        assert_eq!(text("en"), "Who? Kim; yes ! No");
        assert_eq!(text("fr-CA"), "Who ? Kim ; yes ! No");
    }
}
