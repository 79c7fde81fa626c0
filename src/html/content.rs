//! The HTML of an item's content, written anew so that a reader without scripts shows all of it: pictures
//! have their addresses, players are links, what a `<noscript>` holds is markup.
//!
//! The result is not safe yet: whoever shows it sanitises it.

mod attributes;
mod gather;
mod noscript;

use scraper::{ElementRef, Node};
use url::Url;

use super::embed::{self, Embed};
use super::escape::push_escaped;
use super::{Unparsable, parse, picture};
use gather::Gathered;

/// Bytes of text that are written between two comments. The serialiser of the sanitiser takes quadratic time
/// for one long text with many ampersands.
const TEXT_PIECE_BYTES: usize = 1024;
/// Characters that a picture's alternative text may have to stand for it: that of an emoji.
const MAX_EMOJI_CHARS: usize = 4;

/// Content that was written anew.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) html: String,
    /// The tags of the elements that links in the content lead to, and the names of these places.
    pub(crate) places: Vec<(String, String)>,
}

/// The content with its pictures and players resolved, and without scripts and styles.
///
/// With a `base`, addresses become absolute by it; links to places in the content stay.
///
/// # Errors
/// When the content is beyond the bounds of a parse, such as the depth of nesting.
pub(crate) fn rewritten(html: &str, base: Option<&Url>) -> Result<Rewritten, Unparsable> {
    let fragment = parse::fragment(html)?;
    let root = fragment.root_element();
    let gathered = Gathered::of(root);
    let has_hidden = gathered.has_hidden;
    let mut writer = ContentWriter::new(gathered, html.len());
    writer.children(root, base);
    if has_hidden && shows_nothing(&writer.out) {
        // All of it is hidden, until a script of the page shows it.
        writer = ContentWriter { shows_hidden: true, ..ContentWriter::new(writer.gathered, html.len()) };
        writer.children(root, base);
    }
    Ok(Rewritten { html: writer.out, places: writer.places })
}

/// Whether HTML as the writer writes it has neither text nor a picture.
fn shows_nothing(html: &str) -> bool {
    let mut pieces = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    !html.contains("<img") && pieces.all(|text| text.trim().is_empty())
}

struct ContentWriter<'d> {
    out: String,
    gathered: Gathered<'d>,
    /// The places that were written; see [`Rewritten`].
    places: Vec<(String, String)>,
    /// The number of links that are open.
    open_links: usize,
    /// The number of elements that are open and may hold no paragraph.
    open_paragraphs: usize,
    /// Whether hidden elements are written, too.
    shows_hidden: bool,
}

impl<'d> ContentWriter<'d> {
    fn new(gathered: Gathered<'d>, length: usize) -> Self {
        Self {
            out: String::with_capacity(length),
            gathered,
            places: Vec::new(),
            open_links: 0,
            open_paragraphs: 0,
            shows_hidden: false,
        }
    }

    fn children(&mut self, element: ElementRef<'_>, base: Option<&Url>) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.text(text),
                Node::Element(_) => {
                    if let Some(inner) = ElementRef::wrap(child) {
                        self.element(inner, base);
                    }
                }
                _ => {}
            }
        }
    }

    /// Writes a text in pieces.
    fn text(&mut self, text: &str) {
        for (index, piece) in parse::pieces(text, TEXT_PIECE_BYTES).enumerate() {
            self.out.push_str(if index > 0 { "<!---->" } else { "" });
            push_escaped(piece, &mut self.out);
        }
    }

    fn element(&mut self, element: ElementRef<'_>, base: Option<&Url>) {
        let own_base = attributes::own_base(element, base);
        let base = own_base.as_ref().or(base);
        let name = element.value().name();
        match name {
            "script" | "style" | "template" | "noembed" | "noframes" | "source" | "track" | "param"
            | "amp-analytics" | "amp-pixel" | "amp-ad" => {}
            "noscript" => self.noscript(element, base),
            // A parser would read comments in it as text.
            "textarea" | "title" => self.children(element, base),
            _ if picture::is_picture(element) => self.picture(element, base),
            _ if embed::is_embed(name) => self.embed(element, base),
            _ if !self.shows_hidden && gather::is_hidden(element) => {}
            _ => self.tag(element, base),
        }
    }

    /// Writes an element that stays, with all in it.
    fn tag(&mut self, element: ElementRef<'_>, base: Option<&Url>) {
        let name = match element.value().name() {
            // The parser reads the content of these as text only.
            "xmp" | "plaintext" | "listing" => "pre",
            name => name,
        };
        let is_link = name == "a";
        let is_paragraph = holds_no_paragraph(name);
        self.out.push('<');
        self.out.push_str(name);
        self.attributes(element, base);
        self.out.push('>');
        if attributes::is_void(name) {
            return;
        }
        self.open_links += usize::from(is_link);
        self.open_paragraphs += usize::from(is_paragraph);
        if name == "pre" && starts_with_line_break(element) {
            // A parser drops the first line break in it.
            self.out.push('\n');
        }
        self.children(element, base);
        if !element.has_children()
            && let Some(address) = picture::background(element)
        {
            self.image(&attributes::absolute(address, base), None);
        }
        self.open_links -= usize::from(is_link);
        self.open_paragraphs -= usize::from(is_paragraph);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Writes the attributes of an element that may matter to a reader. Identifiers, and names of anchors, stay
    /// where a link of the content leads to them.
    fn attributes(&mut self, element: ElementRef<'_>, base: Option<&Url>) {
        for (name, value) in element.value().attrs() {
            if matches!(name, "href" | "src" | "cite") {
                attributes::push(name, &attributes::absolute(value, base), &mut self.out);
            } else if gather::is_place(element, name) {
                if self.gathered.is_target(value) {
                    attributes::push(name, value, &mut self.out);
                    self.places.push((element.value().name().to_owned(), value.trim().to_owned()));
                }
            } else if attributes::is_of_use(name) {
                attributes::push(name, value, &mut self.out);
            }
        }
    }

    fn picture(&mut self, element: ElementRef<'_>, base: Option<&Url>) {
        // The alternative text of a `<picture>` is that of the image in it.
        let image =
            element.descendent_elements().find(|e| e.value().name() != "picture" && picture::is_picture(*e));
        let described = image.unwrap_or(element);
        if let Some(address) = picture::address(element) {
            self.image(&attributes::absolute(&address, base), Some(described));
        } else if let Some(emoji) = described.attr("alt").filter(|alt| is_emoji(alt)) {
            push_escaped(emoji, &mut self.out);
        }
    }

    /// Writes an image, with the descriptions that the page's own one has.
    fn image(&mut self, address: &str, described: Option<ElementRef<'_>>) {
        self.out.push_str("<img");
        attributes::push("src", address, &mut self.out);
        for (name, value) in described.iter().flat_map(|image| attributes::of_image(*image)) {
            attributes::push(name, value, &mut self.out);
        }
        self.out.push('>');
    }

    fn embed(&mut self, element: ElementRef<'_>, base: Option<&Url>) {
        match embed::of(element) {
            Some(found) => self.link_to(&found, base),
            // What an object without an address holds is shown instead of it.
            None if element.value().name() == "object" => self.children(element, base),
            None => {}
        }
    }

    fn link_to(&mut self, found: &Embed, base: Option<&Url>) {
        let absolute = Embed {
            address: attributes::absolute(&found.address, base),
            poster: found.poster.as_deref().map(|poster| attributes::absolute(poster, base)),
            title: found.title.clone(),
        };
        let is_in_link = self.open_links > 0;
        let is_block = self.open_paragraphs == 0;
        let link = absolute.markup(is_in_link);
        self.out.push_str(if is_block { "<p>" } else { "" });
        self.out.push_str(&link);
        self.out.push_str(if is_block { "</p>" } else { "" });
    }

    /// Writes the pictures and players of a `<noscript>` that stand nowhere else in the content.
    fn noscript(&mut self, noscript: ElementRef<'_>, base: Option<&Url>) {
        if noscript::stands_for_neighbour(noscript) {
            return;
        }
        let Some(document) = picture::noscript_document(noscript) else { return };
        for element in noscript::shown(&document) {
            let is_known = if picture::is_picture(element) {
                picture::address(element).is_none_or(|address| self.gathered.has(&address))
            } else {
                embed::of(element).is_none_or(|found| self.gathered.has(&found.address))
            };
            if !is_known {
                self.element(element, base);
            }
        }
    }
}

/// Whether an element may hold no paragraph: a paragraph inside would end it.
pub(crate) fn holds_no_paragraph(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "span" | "a" | "b" | "i" | "em" | "strong" | "pre"
    )
}

fn starts_with_line_break(element: ElementRef<'_>) -> bool {
    let first = element.first_child().and_then(|child| child.value().as_text());
    first.is_some_and(|text| text.starts_with('\n'))
}

/// Whether an alternative text is an emoji or a smiley, and no word.
fn is_emoji(alt: &str) -> bool {
    let is_short = alt.chars().count() <= MAX_EMOJI_CHARS;
    !alt.trim().is_empty() && is_short && !alt.chars().any(char::is_alphanumeric)
}

/// The markup of a `<noscript>` that no picture or player beside it stands for.
pub(crate) fn needed_noscript(noscript: ElementRef<'_>) -> Option<String> {
    let is_needed = !noscript::stands_for_neighbour(noscript);
    is_needed.then(|| format!("<noscript>{}</noscript>", noscript.text().collect::<String>()))
}

#[cfg(test)]
mod tests;
