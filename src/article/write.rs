//! The main text without what stands among it: as HTML and as plain text.

use std::collections::HashSet;

use url::Url;

use super::boilerplate::{is_asking, is_card, is_contents, is_furniture, is_label, is_mark, is_teaser};
use super::measure::{Around, bare, is_block, is_silent, text_of};
use super::preamble;
use crate::html::tree::{ElementRef, Node, NodeId};

/// Tags that stay in the HTML.
const KEPT: &str = "p h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code table thead tbody tfoot tr td th figure \
    figcaption a em strong b i u s sub sup q cite time abbr kbd samp var mark small del ins caption \
    ruby rt rp details summary bdi bdo";

/// The main text, written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) html: String,
    pub(crate) text: String,
}

/// Writes elements without what is no text of the article. A headline that repeats the title is left
/// out.
/// Links to other hosts than `host` are of the text; those to the site itself are mostly not.
pub(crate) fn write(
    body: &[ElementRef<'_>],
    title: Option<&str>,
    around: Around<'_>,
    host: Option<&str>,
) -> Written {
    let skipped = preamble::furniture(body, title, around);
    let mut writer = Writer {
        out: Written::default(),
        title: title.map(bare),
        around,
        skipped,
        host: host.map(str::to_owned),
    };
    for element in body {
        writer.element(*element, true);
    }
    let text = std::mem::take(&mut writer.out.text);
    writer.out.text = tidy(&text);
    writer.out
}

struct Writer<'m> {
    out: Written,
    title: Option<String>,
    around: Around<'m>,
    /// Blocks at the head that are no text.
    skipped: HashSet<NodeId>,
    /// The host of the page.
    host: Option<String>,
}

/// Whether what a larger element has beside a smaller one is running text: most of it in paragraphs, few
/// links.
pub(crate) fn runs_on(larger: ElementRef<'_>, smaller: ElementRef<'_>, around: Around<'_>) -> bool {
    let inside = |e: &ElementRef<'_>| e.ancestors().any(|a| a.id() == smaller.id()) || e.id() == smaller.id();
    let hidden = |e: &ElementRef<'_>| {
        let mut path = e.ancestors().take_while(|a| a.id() != larger.id()).filter_map(ElementRef::wrap);
        is_silent(*e) || around.holds(*e) || path.any(|a| is_silent(a) || around.holds(a))
    };
    // Cards of other articles have paragraphs, too, but their headings are links.
    let (outer, inner) = (around.lengths(larger), around.lengths(smaller));
    if outer.1.saturating_sub(inner.1) * 3 > outer.0.saturating_sub(inner.0) {
        return false;
    }
    let (mut all, mut linked, mut long) = (0, 0, 0);
    for block in larger.descendent_elements().filter(|e| e.value().name() == "p") {
        if inside(&block) || hidden(&block) {
            continue;
        }
        let (n, l) = around.lengths(block);
        all += n;
        linked += l;
        long += if n > 80 { n } else { 0 };
    }
    all > 80 && linked * 4 < all && long * 3 > all * 2
}

impl Writer<'_> {
    fn element(&mut self, element: ElementRef<'_>, top: bool) {
        let name = element.value().name();
        if !top && self.left_out(element) {
            return;
        }
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
            "img" => {
                self.image(element);
                return;
            }
            _ => {}
        }
        let block = is_block(name);
        if block {
            self.out.text.push_str("\n\n");
        }
        let kept = kept_tag(name);
        if let Some(tag) = kept {
            self.open(tag, element);
        }
        self.children(element, name == "pre");
        if let Some(tag) = kept {
            self.out.html.push_str("</");
            self.out.html.push_str(tag);
            self.out.html.push('>');
        }
        if block {
            self.out.text.push_str("\n\n");
        } else if matches!(name, "td" | "th") {
            self.out.text.push(' ');
        }
    }

    fn children(&mut self, element: ElementRef<'_>, verbatim: bool) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => {
                    push_escaped(text, &mut self.out.html);
                    if verbatim {
                        self.out.text.push_str(text);
                    } else {
                        push_folded(text, &mut self.out.text);
                    }
                }
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, false);
                    }
                }
                _ => {}
            }
        }
    }

    fn open(&mut self, tag: &str, element: ElementRef<'_>) {
        self.out.html.push('<');
        self.out.html.push_str(tag);
        for name in ["href", "colspan", "rowspan", "lang", "dir", "cite", "datetime"] {
            if let Some(value) = element.attr(name) {
                self.out.html.push(' ');
                self.out.html.push_str(name);
                self.out.html.push_str("=\"");
                push_attribute(value, &mut self.out.html);
                self.out.html.push('"');
            }
        }
        self.out.html.push('>');
    }

    /// A picture, also one that is loaded late.
    fn image(&mut self, element: ElementRef<'_>) {
        let lazy = ["data-src", "data-lazy-src", "data-original", "data-full-src", "src"];
        let plain = lazy
            .iter()
            .filter_map(|a| element.attr(a))
            .find(|a| !a.trim().is_empty() && !a.starts_with("data:"));
        let set = || {
            let set = element.attr("data-srcset").or_else(|| element.attr("srcset"))?;
            set.split(',').next_back()?.split_whitespace().next()
        };
        let Some(address) = plain.or_else(set) else { return };
        self.out.html.push_str("<img src=\"");
        push_attribute(address, &mut self.out.html);
        if let Some(alt) = element.attr("alt") {
            self.out.html.push_str("\" alt=\"");
            push_attribute(alt, &mut self.out.html);
        }
        self.out.html.push_str("\">");
    }

    /// Whether a list leads to other sites, as references do.
    fn refers(&self, element: ElementRef<'_>) -> bool {
        if !matches!(element.value().name(), "ul" | "ol") || self.host.is_none() {
            return false;
        }
        let links = element.descendent_elements().filter_map(|e| e.attr("href"));
        let (mut all, mut away) = (0, 0);
        for link in links {
            all += 1;
            let host = Url::parse(link).ok().and_then(|u| u.host_str().map(str::to_owned));
            let asks =
                ["facebook.", "twitter.", "x.com", "whatsapp", "t.me", "linkedin.", "pinterest.", "reddit."];
            away += usize::from(
                host.is_some_and(|h| Some(&h) != self.host.as_ref() && !asks.iter().any(|a| h.contains(a))),
            );
        }
        all > 1 && away * 3 > all * 2
    }

    /// What stands among the text and is none of it.
    fn left_out(&self, element: ElementRef<'_>) -> bool {
        let name = element.value().name();
        if is_silent(element) || self.skipped.contains(&element.id()) || is_mark(element) || is_label(element)
        {
            return true;
        }
        let (all, linked) = self.around.lengths(element);
        if matches!(name, "h1" | "h2") && self.title.as_deref().is_some_and(|t| t == bare(&text_of(element)))
        {
            return true;
        }
        if matches!(name, "h1") {
            return true;
        }
        if matches!(
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
        ) {
            return self.around.holds(element) && name != "p" && (all == 0 || linked * 2 > all)
                || is_teaser(element, all, linked)
                || (name == "figure" && is_card(element, all, linked));
        }
        if self.around.holds(element) && !(all > 1000 && linked * 5 < all) {
            return true;
        }
        matches!(name, "div" | "section" | "ul" | "ol" | "table" | "dl" | "header")
            && (is_asking(element, all) || is_contents(element))
            || matches!(name, "div" | "section" | "ul" | "ol" | "table" | "dl" | "header")
                && is_furniture(element, self.around)
                && !self.refers(element)
    }
}

/// Tags that stay in the HTML.
fn kept_tag(name: &str) -> Option<&'static str> {
    if matches!(name, "div" | "section" | "article" | "main" | "header" | "center" | "address") {
        return Some("div");
    }
    KEPT.split_whitespace().find(|k| *k == name)
}

fn push_folded(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(|l: char| l.is_whitespace()) {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
}

fn push_escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

fn push_attribute(text: &str, out: &mut String) {
    for part in text.split_inclusive('"') {
        push_escaped(part.trim_end_matches('"'), out);
        if part.ends_with('"') {
            out.push_str("&quot;");
        }
    }
}

/// Lines without spaces at their ends, paragraphs parted by one blank line.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            blank += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank > 0 { "\n\n" } else { "\n" });
        }
        blank = 0;
        out.push_str(line);
    }
    out
}
