//! Writes the elements of the main text as HTML and as plain text, without the boilerplate inside them.

use super::element_kind::is_block;
use super::head_boilerplate::head_boilerplate;
use super::measure::PageContext;
use super::notes;
use super::omission::Omissions;
use super::text::comparable;
use crate::html::escape::{push_attribute, push_escaped};
use crate::html::spacing::stands_after_stray_space;
use crate::html::tree::{ElementRef, Node, NodeRef};
use crate::html::{content, embed, picture};

/// Tags that stay in the HTML.
const KEPT: &str = "p h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code table thead tbody tfoot tr td th figure \
    figcaption a em strong b i u s sub sup q cite time abbr kbd samp var mark small del ins caption \
    ruby rt rp details summary bdi bdo";
/// Attributes that stay in the HTML.
const ATTRIBUTES: [&str; 11] =
    ["href", "colspan", "rowspan", "lang", "dir", "cite", "datetime", "start", "value", "reversed", "id"];

/// The main text of an article.
#[derive(Debug, Default)]
pub(crate) struct MainText {
    /// The text as HTML, not sanitised.
    pub(crate) html: String,
    /// The text without tags, with paragraphs separated by blank lines.
    pub(crate) text: String,
    /// The address of its first picture, maybe relative.
    pub(crate) picture: Option<String>,
    /// Whether it is a list of links to other sites. Whoever writes the text finds that out.
    pub(crate) lists_links: bool,
}

/// Writes elements without the boilerplate inside them.
///
/// A heading that repeats the title is left out. `host` is the host of the page: a list whose links mostly
/// lead to other hosts is a list of references, and stays.
pub(crate) fn write(
    body: &[ElementRef<'_>],
    title: Option<&str>,
    context: PageContext<'_>,
    host: Option<&str>,
) -> MainText {
    let omissions = Omissions {
        context,
        title: title.map(comparable),
        head: head_boilerplate(body, title, context),
        notes: notes::of_body(body),
        host: host.map(str::to_owned),
    };
    let mut writer = Writer { out: MainText::default(), omissions };
    for element in body {
        writer.element(*element);
    }
    let text = tidy(&writer.out.text);
    MainText { text, ..writer.out }
}

struct Writer<'m> {
    out: MainText,
    omissions: Omissions<'m>,
}

impl Writer<'_> {
    /// Writes an element with all in it.
    fn element(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        match name {
            "br" => {
                self.out.html.push_str("<br>");
                self.out.text.push('\n');
                return;
            }
            "hr" => {
                self.out.html.push_str("<hr>");
                return;
            }
            _ if picture::is_picture(element) => {
                self.picture(element);
                return;
            }
            _ if embed::is_embed(name) => {
                self.embed(element);
                return;
            }
            _ => {}
        }
        let is_block = is_block(name);
        if is_block {
            self.out.text.push_str("\n\n");
        }
        let tag = kept_tag(name);
        if let Some(tag) = tag {
            self.open(tag, element);
        }
        self.children(element, name == "pre");
        if let Some(tag) = tag {
            self.out.html.push_str("</");
            self.out.html.push_str(tag);
            self.out.html.push('>');
        }
        if is_block {
            self.out.text.push_str("\n\n");
        } else if matches!(name, "td" | "th") {
            self.out.text.push(' ');
        }
    }

    /// Writes the children of an element. With `verbatim`, the plain text keeps their white space.
    fn children(&mut self, element: ElementRef<'_>, verbatim: bool) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => {
                    push_escaped(text, &mut self.out.html);
                    if verbatim {
                        self.out.text.push_str(text);
                    } else {
                        push_text(child, text, &mut self.out.text);
                    }
                }
                Node::Element(_) => {
                    if let Some(inner) = ElementRef::wrap(child) {
                        self.child(inner);
                    }
                }
                _ => {}
            }
        }
    }

    /// Writes a child unless it is left out. The content of a `<noscript>` is read when the article is
    /// sanitised.
    fn child(&mut self, element: ElementRef<'_>) {
        if element.value().name() == "noscript" {
            self.out.html.push_str(&content::needed_noscript(element).unwrap_or_default());
        } else if !self.omissions.is_omitted(element) {
            self.element(element);
        }
    }

    /// Writes a start tag with the attributes that stay.
    fn open(&mut self, tag: &str, element: ElementRef<'_>) {
        self.out.html.push('<');
        self.out.html.push_str(tag);
        for name in ATTRIBUTES {
            if let Some(value) = element.attr(name) {
                push_attribute(name, value, &mut self.out.html);
            }
        }
        self.out.html.push('>');
    }

    /// Writes a picture.
    fn picture(&mut self, element: ElementRef<'_>) {
        let Some(address) = picture::address(element) else { return };
        // The alternative text of a `<picture>` is that of the image in it.
        let alt = element.descendent_elements().find_map(|e| e.attr("alt"));
        self.out.html.push_str("<img");
        push_attribute("src", &address, &mut self.out.html);
        if let Some(alt) = alt {
            push_attribute("alt", alt, &mut self.out.html);
        }
        self.out.html.push('>');
        if self.out.picture.is_none() {
            self.out.picture = Some(address);
        }
    }

    /// Writes a link in the place of a player.
    fn embed(&mut self, element: ElementRef<'_>) {
        let Some(found) = embed::of(element) else { return };
        let around = || element.ancestors().filter_map(ElementRef::wrap).map(|e| e.value().name());
        let link = found.markup(around().any(|name| name == "a"));
        let is_block = !around().any(content::holds_no_paragraph);
        self.out.html.push_str(if is_block { "<p>" } else { "" });
        self.out.html.push_str(&link);
        self.out.html.push_str(if is_block { "</p>" } else { "" });
    }
}

/// The tag that is written for an element. `None` if only the content of the element is written.
fn kept_tag(name: &str) -> Option<&'static str> {
    if matches!(name, "div" | "section" | "article" | "main" | "header" | "center" | "address") {
        return Some("div");
    }
    KEPT.split_whitespace().find(|k| *k == name)
}

/// Appends the text of a node with white space collapsed, and without a stray space before it.
fn push_text(node: NodeRef<'_, Node>, text: &str, out: &mut String) {
    let written = out.strip_suffix(' ').unwrap_or(out);
    let written_bytes = written.len();
    let is_stray = written.chars().next_back().is_some_and(|last| stands_after_stray_space(node, last));
    if is_stray {
        out.truncate(written_bytes);
        push_collapsed(text.trim_start(), out);
    } else {
        push_collapsed(text, out);
    }
}

/// Appends a text with white space collapsed.
fn push_collapsed(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(char::is_whitespace) {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
}

/// Trims all lines, and separates paragraphs by one blank line.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank_lines = 0;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            blank_lines += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank_lines > 0 { "\n\n" } else { "\n" });
        }
        blank_lines = 0;
        out.push_str(line);
    }
    out
}
