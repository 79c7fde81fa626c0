//! Players and other things of elsewhere that a page embeds: the address that leads there.

use scraper::ElementRef;

use super::escape::{push_attribute, push_escaped};
use super::picture;

/// Parts of addresses of frames that show no content: advertisements, counters, buttons.
const WITHOUT_CONTENT: &[&str] = &[
    "//ad.",
    "//ads.",
    "doubleclick.net",
    "googlesyndication.com",
    "googletagmanager.com",
    "google.com/recaptcha",
    "facebook.com/plugins/like",
    "platform.twitter.com/widgets/follow",
    "disqus.com",
];

/// Elements of services, each with the attribute that holds an identifier, and the address before it.
const SERVICES: &[(&str, &str, &str)] = &[
    ("amp-youtube", "data-videoid", "https://www.youtube.com/watch?v="),
    ("lite-youtube", "videoid", "https://www.youtube.com/watch?v="),
    ("amp-vimeo", "data-videoid", "https://vimeo.com/"),
    ("lite-vimeo", "videoid", "https://vimeo.com/"),
    ("amp-dailymotion", "data-videoid", "https://www.dailymotion.com/video/"),
    ("amp-twitter", "data-tweetid", "https://twitter.com/i/status/"),
    ("amp-instagram", "data-shortcode", "https://www.instagram.com/p/"),
    ("amp-tiktok", "data-src", ""),
    ("amp-facebook", "data-href", ""),
];

/// Cap on the elements inside one that are searched for its poster.
const MAX_ELEMENTS: usize = 20;

/// Cap on the characters of the text inside an element that is taken for its title.
const MAX_TITLE_CHARS: usize = 120;
/// Words of the texts for readers whose browser cannot play a thing.
const WORDS_OF_FALLBACKS: &[&str] =
    &["browser", "brauser", "navegador", "navigateur", "браузер", "support", "html5", "javascript"];

/// A thing that a page embeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Embed {
    /// The address of the embedded thing; it may be relative.
    pub(crate) address: String,
    /// The address of the picture that stands for it until it plays, maybe relative.
    pub(crate) poster: Option<String>,
    /// Its title, if it has one.
    pub(crate) title: Option<String>,
}

impl Embed {
    /// A link to it, with its poster, else its title, else the name of its file or host as the text; without the
    /// link where one is open already.
    pub(crate) fn markup(&self, is_in_link: bool) -> String {
        let mut out = String::new();
        if !is_in_link {
            out.push_str("<a");
            push_attribute("href", &self.address, &mut out);
            out.push('>');
        }
        if let Some(poster) = &self.poster {
            out.push_str("<img");
            push_attribute("src", poster, &mut out);
            push_attribute("alt", self.title.as_deref().unwrap_or_default(), &mut out);
            out.push('>');
        } else {
            push_escaped(self.title.as_deref().unwrap_or_else(|| short_name(&self.address)), &mut out);
        }
        if !is_in_link {
            out.push_str("</a>");
        }
        out
    }
}

/// Whether elements of a name embed something.
pub(crate) fn is_embed(name: &str) -> bool {
    matches!(
        name,
        "iframe" | "video" | "audio" | "object" | "embed" | "amp-iframe" | "amp-video" | "amp-audio"
    ) || SERVICES.iter().any(|(service, ..)| *service == name)
}

/// The thing that an element embeds; `None` if it embeds nothing, or nothing that people see.
pub(crate) fn of(element: ElementRef<'_>) -> Option<Embed> {
    if !is_embed(element.value().name()) || is_invisible(element) {
        return None;
    }
    let address = address(element)?;
    if WITHOUT_CONTENT.iter().any(|part| address.contains(part)) {
        return None;
    }
    let attribute = |name: &&str| element.attr(name).map(str::trim).filter(|value| !value.is_empty());
    let own_poster = ["poster", "data-poster"].iter().find_map(attribute).filter(|p| !picture::is_blank(p));
    // AMP has the poster as a picture inside.
    let inner_poster = || {
        let inside = element.descendent_elements().take(MAX_ELEMENTS);
        inside.filter(|e| picture::is_picture(*e)).find_map(picture::address)
    };
    Some(Embed {
        address,
        poster: own_poster.map(str::to_owned).or_else(inner_poster),
        title: ["title", "aria-label"]
            .iter()
            .find_map(attribute)
            .map(str::to_owned)
            .or_else(|| own_text(element)),
    })
}

/// The text inside an object, if it is a title, and no note about browsers. That of players is for browsers without
/// sound or video.
fn own_text(element: ElementRef<'_>) -> Option<String> {
    if element.value().name() != "object" {
        return None;
    }
    let words = element.text().take(MAX_ELEMENTS).flat_map(str::split_whitespace);
    let text = words.take(MAX_TITLE_CHARS).collect::<Vec<_>>().join(" ");
    let lower = text.to_lowercase();
    let is_title = !text.is_empty()
        && text.chars().count() <= MAX_TITLE_CHARS
        && !WORDS_OF_FALLBACKS.iter().any(|word| lower.contains(word));
    is_title.then_some(text)
}

/// The name of the file that an address leads to, else its host, else the last part of its path.
fn short_name(address: &str) -> &str {
    let whole = address.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = match whole.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            rest.split_once('/').unwrap_or((rest, ""))
        }
        _ => ("", whole),
    };
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_file = last.rsplit_once('.').is_some_and(|(stem, format)| {
        let is_format = (2..=5).contains(&format.len()) && format.bytes().all(|b| b.is_ascii_alphanumeric());
        !stem.is_empty() && is_format
    });
    let host = host.strip_prefix("www.").unwrap_or(host);
    let names = [if is_file { last } else { "" }, host, last];
    names.into_iter().find(|name| !name.is_empty()).unwrap_or(address)
}

fn address(element: ElementRef<'_>) -> Option<String> {
    let name = element.value().name();
    if let Some((_, attribute, before)) = SERVICES.iter().find(|(service, ..)| *service == name) {
        let identifier = element.attr(attribute).map(str::trim).filter(|value| !value.is_empty())?;
        return Some(format!("{before}{identifier}"));
    }
    let attribute = if name == "object" { "data" } else { "src" };
    let own = own_address(element, attribute);
    let of_sources = || {
        let mut sources = element.child_elements().filter(|e| e.value().name() == "source");
        sources.find_map(|source| own_address(source, "src"))
    };
    own.or_else(of_sources).filter(|address| !is_flash(address)).map(str::to_owned)
}

/// Whether an address is that of a Flash film, which nothing plays any more.
fn is_flash(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.to_ascii_lowercase().ends_with(".swf")
}

fn own_address<'a>(element: ElementRef<'a>, attribute: &str) -> Option<&'a str> {
    let eager = || element.attr(attribute).map(str::trim).filter(|address| !picture::is_blank(address));
    picture::late_address(element).or_else(eager)
}

/// Whether an element is hidden or has no size, as frames of counters.
fn is_invisible(element: ElementRef<'_>) -> bool {
    let side = |name: &str| element.attr(name).and_then(|value| value.trim().parse().ok());
    let style = element.attr("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    element.attr("hidden").is_some()
        || style.contains("display:none")
        || style.contains("visibility:hidden")
        || element.attr("layout").is_none() && picture::is_tiny(side("width"), side("height"))
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[test]
    fn a_short_name_is_that_of_the_file_or_the_host() {
        for (address, name) in [
            ("/doc.pdf", "doc.pdf"),
            ("//www.youtube.com/embed/z", "youtube.com"),
            ("https://player.example.net/7?src=/a.mp4", "player.example.net"),
            ("https://cdn.example.net/a/horn%20two.ogg#t=5", "horn%20two.ogg"),
            ("/embed/7/", "7"),
            ("?v=7", "?v=7"),
        ] {
            assert_eq!(short_name(address), name, "{address}");
        }
    }

    #[test]
    fn the_text_inside_is_a_title() {
        let title = |markup: &str| {
            let page = Html::parse_fragment(markup);
            let mut elements = page.root_element().descendent_elements();
            elements.find_map(of).and_then(|found| found.title)
        };
        let object = "<object data=/plan.pdf><p>Plan of the <a href=/plan.pdf>new pier</a></p></object>";
        assert_eq!(title(object).as_deref(), Some("Plan of the new pier"));
        assert_eq!(title("<audio src=/h.ogg>Your browser cannot play this.</audio>"), None);
        assert_eq!(title("<audio src=/h.ogg title=Horn>Fog horn</audio>").as_deref(), Some("Horn"));
        assert_eq!(title(&format!("<video src=/v.mp4>{}</video>", "long ".repeat(500))), None);
    }
}
