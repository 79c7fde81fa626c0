//! One item of an XML feed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::SaidItem;
use crate::html::plain_text;
use crate::html::tree::ElementRef;
use crate::html::xml;
use crate::html::xml::Space;
use crate::model::{Candidate, Enclosure, Podcast};

/// Authors, tags or media files of one item.
const MAX_VALUES: usize = 100;

use Space::{Content, Core, Dc, Itunes, Media};

pub(crate) fn read(item: ElementRef<'_>, position: u32, page: &Url) -> SaidItem {
    let first = |names: &[(Space, &str)]| xml::child(item, names).map(xml::text).filter(|t| !t.is_empty());
    let published = [
        (Core, "pubdate"),
        (Core, "published"),
        (Core, "issued"),
        (Dc, "date"),
        (Dc, "issued"),
        (Dc, "created"),
        (Core, "created"),
    ];
    let changed = [(Core, "updated"), (Core, "modified"), (Dc, "modified")];
    let updated = first(&changed);
    let title = xml::child(item, &[(Core, "title"), (Dc, "title"), (Media, "title")]).map(plain);
    let content = content(item);
    let summary = xml::child(
        item,
        &[(Core, "description"), (Core, "summary"), (Itunes, "summary"), (Dc, "description")],
    );
    let date = first(&published).or_else(|| updated.clone());
    // An item that has nothing but a date is still told from the others by it.
    let bare = title.as_ref().is_none_or(String::is_empty) && link(item, page).is_none();
    let id = first(&[(Core, "guid"), (Core, "id")]).or_else(|| date.clone().filter(|_| bare));
    let candidate = Candidate {
        position,
        id,
        title: title.filter(|t| !t.is_empty()),
        link: link(item, page),
        date: None,
        updated: None,
        summary: summary.map(plain).filter(|s| !s.is_empty()),
        content: content.or_else(|| summary.map(html).filter(|h| h.contains('<'))),
        authors: authors(item),
        tags: tags(item),
        image: image(item, page),
        enclosures: enclosures(item, page),
        comments: comments(item, page),
        schemes: schemes(item),
        podcast: podcast(item),
        ..Candidate::default()
    };
    SaidItem { candidate, date, updated }
}

/// An element as plain text, whatever it holds: text, escaped HTML, or markup.
pub(crate) fn plain(element: ElementRef<'_>) -> String {
    if let Some(text) = encoded(element) {
        return plain_text(&text);
    }
    if is_plain(element) {
        return xml::text(element).split_whitespace().collect::<Vec<_>>().join(" ");
    }
    plain_text(&html(element))
}

/// What stands there in Base64, as Atom 0.3 has by its `mode` and Atom 1.0 for types that are no text.
fn encoded(element: ElementRef<'_>) -> Option<String> {
    let kind = xml::attribute(element, "type").unwrap_or_default().to_ascii_lowercase();
    let binary = kind.contains('/') && !kind.starts_with("text/") && !kind.contains("xml");
    let said = xml::attribute(element, "mode").is_some_and(|m| m.eq_ignore_ascii_case("base64"));
    if !binary && !said {
        return None;
    }
    let text: String = xml::text(element).split_whitespace().collect();
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// Atom says what its texts are; RSS does not, and HTML is what it mostly is.
fn is_plain(element: ElementRef<'_>) -> bool {
    match xml::attribute(element, "type") {
        Some(kind) => kind.eq_ignore_ascii_case("text") || kind.eq_ignore_ascii_case("text/plain"),
        // RFC 4287 section 3.1.1: without a type it is text.
        None => element.parent().and_then(ElementRef::wrap).is_some_and(|p| xml::is(p, &["entry", "feed"])),
    }
}

/// An element as HTML.
fn html(element: ElementRef<'_>) -> String {
    if let Some(text) = encoded(element) {
        return text;
    }
    if element.child_elements().next().is_some() { xml::markup(element) } else { xml::text(element) }
}

fn content(item: ElementRef<'_>) -> Option<String> {
    let names = [(Content, "encoded"), (Core, "content"), (Core, "fullitem"), (Core, "body")];
    let element = xml::child(item, &names)?;
    let text = if is_plain(element) { escaped(&xml::text(element)) } else { html(element) };
    Some(text).filter(|t| !t.trim().is_empty())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The address of the item: Atom's alternate, RSS's link, or an identifier that is one.
fn link(item: ElementRef<'_>, page: &Url) -> Option<String> {
    let atom = xml::children(item, Core, "link").filter(|l| xml::attribute(*l, "href").is_some());
    // RFC 4287 section 4.2.7.2: a registered relation may be written as an address.
    let relation = |l: &ElementRef<'_>| {
        let said = xml::attribute(*l, "rel").unwrap_or("alternate").to_ascii_lowercase();
        said.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let alternates: Vec<ElementRef<'_>> = atom.filter(|l| relation(l) == "alternate").collect();
    let is_page = |l: &&ElementRef<'_>| xml::attribute(**l, "type").is_none_or(|t| t.contains("html"));
    let best = alternates.iter().find(is_page).or(alternates.first());
    let alternate = best.copied().and_then(|l| resolved(l, xml::attribute(l, "href")?, page));
    let rss = || {
        let mut links = xml::children(item, Core, "link");
        links.find_map(|l| Some(xml::text(l)).filter(|t| !t.is_empty()).and_then(|t| resolved(l, &t, page)))
    };
    let identifier = || {
        let guid = xml::child(item, &[(Core, "guid"), (Core, "id")])?;
        let address = xml::text(guid);
        let permalink = !xml::attribute(guid, "ispermalink").is_some_and(|v| v.eq_ignore_ascii_case("false"));
        let web = ["http://", "https://"].iter().any(|s| address.starts_with(s));
        (permalink && web).then_some(address)
    };
    alternate.or_else(rss).or_else(identifier)
}

/// An address as `xml:base` and the feed's own address make it absolute.
fn resolved(element: ElementRef<'_>, address: &str, page: &Url) -> Option<String> {
    let chain: Vec<&str> = std::iter::once(element)
        .chain(element.ancestors().filter_map(ElementRef::wrap))
        .filter_map(|e| xml::attribute(e, "base"))
        .collect();
    let base = chain.iter().rev().fold(page.clone(), |base, next| base.join(next).unwrap_or(base));
    let address = address.trim();
    Some(base.join(address).map_or_else(|_| address.to_owned(), String::from)).filter(|a| !a.is_empty())
}

fn authors(item: ElementRef<'_>) -> Vec<String> {
    let named = xml::children(item, Core, "author").map(|author| {
        let name = xml::child(author, &[(Core, "name"), (Core, "email")]);
        name.map_or_else(|| plain_text(&xml::text(author)), xml::text)
    });
    let creators = xml::children(item, Dc, "creator").map(plain);
    let mut found: Vec<String> = named.chain(creators).filter(|a| !a.is_empty()).take(MAX_VALUES).collect();
    if found.is_empty() {
        found.extend(
            xml::children(item, Itunes, "author").map(plain).filter(|a| !a.is_empty()).take(MAX_VALUES),
        );
    }
    found
}

fn tags(item: ElementRef<'_>) -> Vec<String> {
    let categories = xml::children(item, Core, "category").map(|category| {
        let term = xml::attribute(category, "label").or_else(|| xml::attribute(category, "term"));
        term.map_or_else(|| plain(category), str::to_owned)
    });
    let subjects = xml::children(item, Dc, "subject").map(plain);
    categories.chain(subjects).filter(|t| !t.is_empty()).take(MAX_VALUES).collect()
}

/// Tags that are of a vocabulary: `scheme` in Atom, `domain` in RSS.
fn schemes(item: ElementRef<'_>) -> Vec<(String, String)> {
    let categories = xml::children(item, Core, "category").filter_map(|category| {
        let scheme = xml::attribute(category, "scheme").or_else(|| xml::attribute(category, "domain"))?;
        let term = xml::attribute(category, "label").or_else(|| xml::attribute(category, "term"));
        Some((term.map_or_else(|| plain(category), str::to_owned), scheme.to_owned()))
    });
    categories.filter(|(tag, scheme)| !tag.is_empty() && !scheme.trim().is_empty()).take(MAX_VALUES).collect()
}

/// The page with comments: RSS has an element, Atom the relation `replies` (RFC 4685 section 4).
fn comments(item: ElementRef<'_>, page: &Url) -> Option<String> {
    let own = xml::children(item, Core, "comments").next();
    let text = own.map(xml::text).filter(|t| !t.is_empty());
    let linked = || {
        let mut links = xml::children(item, Core, "link");
        let replies = links.find(|l| {
            let html = xml::attribute(*l, "type").is_none_or(|t| t.contains("html"));
            html && xml::attribute(*l, "rel").is_some_and(|r| r.eq_ignore_ascii_case("replies"))
        })?;
        resolved(replies, xml::attribute(replies, "href")?, page)
    };
    match (own, text) {
        (Some(element), Some(text)) => resolved(element, &text, page),
        _ => linked(),
    }
}

fn podcast(item: ElementRef<'_>) -> Podcast {
    let said = |name| xml::children(item, Itunes, name).next().map(xml::text).filter(|t| !t.is_empty());
    let number = |name| said(name).and_then(|n| n.parse().ok());
    Podcast {
        duration_s: said("duration").and_then(|d| seconds(&d)),
        episode: number("episode"),
        season: number("season"),
        explicit: said("explicit").and_then(|e| match e.to_ascii_lowercase().as_str() {
            "yes" | "true" | "explicit" => Some(true),
            "no" | "false" | "clean" => Some(false),
            _ => None,
        }),
    }
}

/// `1:02:03`, `02:03` or seconds.
fn seconds(text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    parts.iter().try_fold(0_u32, |sum, part| {
        let whole = part.trim().split('.').next()?;
        sum.checked_mul(60)?.checked_add(whole.parse().ok()?)
    })
}

fn image(item: ElementRef<'_>, page: &Url) -> Option<String> {
    let mut media = item.descendent_elements().filter(|e| xml::space(*e) == Media);
    let pictured = |e: &ElementRef<'_>| {
        let says = |name, what: &str| xml::attribute(*e, name).is_some_and(|v| v.starts_with(what));
        e.value().name() == "thumbnail" || says("medium", "image") || says("type", "image/")
    };
    let media = media.find(pictured).and_then(|e| resolved(e, xml::attribute(e, "url")?, page));
    media.or_else(|| {
        let cover = xml::children(item, Itunes, "image").next()?;
        resolved(cover, xml::attribute(cover, "href")?, page)
    })
}

fn enclosures(item: ElementRef<'_>, page: &Url) -> Vec<Enclosure> {
    let plain = xml::children(item, Core, "enclosure").map(|e| (e, "url"));
    let is_enclosure =
        |l: &ElementRef<'_>| xml::attribute(*l, "rel").is_some_and(|r| r.eq_ignore_ascii_case("enclosure"));
    let linked = xml::children(item, Core, "link").filter(is_enclosure).map(|e| (e, "href"));
    let media =
        item.descendent_elements().filter(|e| xml::space(*e) == Media && e.value().name() == "content");
    let found = plain.chain(linked).chain(media.map(|e| (e, "url"))).filter_map(|(element, name)| {
        let url = resolved(element, xml::attribute(element, name)?, page)?;
        let length = xml::attribute(element, "length").or_else(|| xml::attribute(element, "filesize"));
        Some(Enclosure {
            url,
            media_type: xml::attribute(element, "type").map(str::to_owned),
            length: length.and_then(|l| l.trim().parse().ok()).filter(|l| *l > 0),
        })
    });
    found.take(MAX_VALUES).collect()
}
