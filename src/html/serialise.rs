//! The HTML of a part of a document (HTML standard, section 13.3).
//!
//! The serialiser of `html5ever` takes quadratic time for a long text with many ampersands; this one takes
//! linear time.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

use super::escape::{push_serialised, push_serialised_attribute};
use super::parse::is_html;

/// Elements of HTML without content and end tag.
const VOID: &[&str] = &[
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr",
];
/// Elements of HTML whose text is written as it is.
const RAW: &[&str] = &["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"];

/// The HTML of all that an element holds.
pub(crate) fn inner_html(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) | Edge::Close(node) if node == *element => {}
            Edge::Open(node) => push_opened(node, &mut out),
            Edge::Close(node) => {
                if let Some(ended) = ElementRef::wrap(node).filter(|ended| !is_one_of(*ended, VOID)) {
                    out.extend(["</", ended.value().name(), ">"]);
                }
            }
        }
    }
    out
}

/// Appends a start tag, a text or a comment.
fn push_opened(node: NodeRef<'_, Node>, out: &mut String) {
    match node.value() {
        Node::Text(text) if is_raw(node) => out.push_str(text),
        Node::Text(text) => push_serialised(text, out),
        Node::Element(element) => {
            out.extend(["<", element.name()]);
            for (name, value) in &element.attrs {
                match name.prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
                    None => push_serialised_attribute(&name.local, value, out),
                    Some(prefix) => {
                        push_serialised_attribute(&format!("{prefix}:{}", name.local), value, out);
                    }
                }
            }
            out.push('>');
        }
        Node::Comment(comment) => out.extend(["<!--", &**comment, "-->"]),
        _ => {}
    }
}

fn is_raw(text: NodeRef<'_, Node>) -> bool {
    text.parent().and_then(ElementRef::wrap).is_some_and(|parent| is_one_of(parent, RAW))
}

/// Whether an element is one of HTML and has one of the names.
fn is_one_of(element: ElementRef<'_>, names: &[&str]) -> bool {
    is_html(element) && names.contains(&element.value().name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{parse, xml};

    #[test]
    fn html_is_written_as_the_parser_read_it() {
        for html in [
            "<p class=\"a &amp; &quot;b&quot;\">Fish &amp; chips&nbsp;<br>&lt;now&gt;</p><!-- x --><hr>",
            "<script>if (a < b && c) {}</script><style>a > b {}</style><textarea>&lt;p&gt;</textarea>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xlink:href=\"#a\"><title>x</title><path d=\"M0\"></path></svg><img src=\"/a.png\">",
            "<table><tbody><tr><td>a</td></tr></tbody></table>",
        ] {
            let fragment = parse::fragment(html).unwrap();
            let root = fragment.root_element();
            assert_eq!(inner_html(root), html);
            assert_eq!(inner_html(root), root.inner_html());
        }
    }

    #[test]
    fn the_markup_in_noscript_is_its_text() {
        let html = "<noscript><img src=\"/b.png\"></noscript>";
        assert_eq!(inner_html(parse::fragment(html).unwrap().root_element()), html);
    }

    #[test]
    fn elements_of_xml_have_end_tags() {
        let document = xml::parse("<rss><a:x xmlns:a='u:a' b='1'/><br/>y</rss>", 9).unwrap();
        let root = xml::root(&document).unwrap();
        assert_eq!(inner_html(root), root.inner_html());
    }
}
