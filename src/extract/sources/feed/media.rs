//! The media of an item of an XML feed: image, enclosures, and what iTunes says about a podcast's episode.

use url::Url;

use super::super::self_describing::MAX_VALUES;
use super::address::resolve;
use crate::html::tree::ElementRef;
use crate::html::xml::Vocabulary::{Core, Itunes, Media};
use crate::html::{picture, xml};
use crate::model::{Enclosure, Podcast};

/// The elements of iTunes about an episode.
pub(crate) fn podcast(item: ElementRef<'_>) -> Podcast {
    let text = |name| xml::children(item, Itunes, name).next().map(xml::text).filter(|t| !t.is_empty());
    let number = |name| text(name).and_then(|n| n.parse().ok());
    Podcast {
        duration_s: text("duration").and_then(|d| seconds(&d)),
        episode: number("episode"),
        season: number("season"),
        explicit: text("explicit").and_then(|e| match e.to_ascii_lowercase().as_str() {
            "yes" | "true" | "explicit" => Some(true),
            "no" | "false" | "clean" => Some(false),
            _ => None,
        }),
    }
}

/// Reads a duration, `1:02:03`, `02:03` or seconds, in seconds.
fn seconds(text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    parts.iter().try_fold(0_u32, |sum, part| {
        let without_fraction = part.trim().split('.').next()?;
        sum.checked_mul(60)?.checked_add(without_fraction.parse().ok()?)
    })
}

/// The address of the image: that of Media RSS, else the cover of iTunes.
pub(crate) fn image(item: ElementRef<'_>, page: &Url) -> Option<String> {
    let mut media = item.descendent_elements().filter(|e| xml::vocabulary(*e) == Media);
    let is_image = |e: &ElementRef<'_>| {
        let starts_with =
            |name, prefix: &str| xml::attribute(*e, name).is_some_and(|value| value.starts_with(prefix));
        e.value().name() == "thumbnail" || starts_with("medium", "image") || starts_with("type", "image/")
    };
    let side = |e: ElementRef<'_>, name| xml::attribute(e, name).and_then(|side| side.trim().parse().ok());
    let is_picture = |e: &ElementRef<'_>| {
        let is_avatar = xml::attribute(*e, "url").is_some_and(picture::is_avatar_address);
        is_image(e) && !is_avatar && !picture::is_tiny(side(*e, "width"), side(*e, "height"))
    };
    let of_media = media.find(is_picture).and_then(|e| resolve(e, xml::attribute(e, "url")?, page));
    of_media.or_else(|| {
        let cover = xml::children(item, Itunes, "image").next()?;
        resolve(cover, xml::attribute(cover, "href")?, page)
    })
}

/// The media files: enclosures of RSS, links of Atom with `rel="enclosure"`, and the content of Media RSS.
pub(crate) fn enclosures(item: ElementRef<'_>, page: &Url) -> Vec<Enclosure> {
    let of_rss = xml::children(item, Core, "enclosure").map(|e| (e, "url"));
    let is_enclosure =
        |l: &ElementRef<'_>| xml::attribute(*l, "rel").is_some_and(|r| r.eq_ignore_ascii_case("enclosure"));
    let of_atom = xml::children(item, Core, "link").filter(is_enclosure).map(|e| (e, "href"));
    let of_media = item
        .descendent_elements()
        .filter(|e| xml::vocabulary(*e) == Media && e.value().name() == "content")
        .map(|e| (e, "url"));
    let found = of_rss.chain(of_atom).chain(of_media).filter_map(|(element, attribute)| {
        let url = resolve(element, xml::attribute(element, attribute)?, page)?;
        let length = xml::attribute(element, "length").or_else(|| xml::attribute(element, "filesize"));
        Some(Enclosure {
            url,
            media_type: xml::attribute(element, "type").map(str::to_owned),
            length: length.and_then(|l| l.trim().parse().ok()).filter(|l| *l > 0),
        })
    });
    found.take(MAX_VALUES).collect()
}
