//! Content negotiation: which content coding and media type the client prefers (RFC 9110 section 12.5).

use http::{HeaderMap, header};

use crate::model::Format;

/// How many values of an `Accept` header are read.
const MAX_VALUES: usize = 64;

/// A content coding of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Brotli,
    Zstd,
}

impl Encoding {
    /// The name in `Content-Encoding`; `None` for identity.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The suffix of the ETag: each coding of a document is a representation of its own.
    pub(super) const fn tag_suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gzip",
            Self::Brotli => "-br",
            Self::Zstd => "-zstd",
        }
    }

    /// The coding with the highest weight. Among equal weights, the one that compresses best.
    pub(super) fn preferred(headers: &HeaderMap) -> Self {
        let accepted = weighted_values(headers, header::ACCEPT_ENCODING);
        let weight = |name: &str| weight_of(&accepted, name);
        let weight_of_others = weight("*").unwrap_or(0);
        let mut best = Self::Identity;
        let mut best_weight = 1;
        for encoding in [Self::Gzip, Self::Zstd, Self::Brotli] {
            let own_weight = encoding.name().and_then(weight).unwrap_or(weight_of_others);
            if own_weight >= best_weight {
                best = encoding;
                best_weight = own_weight;
            }
        }
        best
    }
}

/// A representation of `/feeds/{id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Representation {
    /// The status page.
    Page,
    /// A document for feed readers.
    Document(Format),
}

impl Representation {
    /// The representation that the `Accept` header prefers. Browsers name `text/html`; feed readers name
    /// the type of a feed, or accept anything and get RSS.
    pub(super) fn preferred(headers: &HeaderMap) -> Self {
        let accepted = weighted_values(headers, header::ACCEPT);
        let weight =
            |names: &[&str]| names.iter().filter_map(|name| weight_of(&accepted, name)).max().unwrap_or(0);
        let choices = [
            (Self::Page, weight(&["text/html", "application/xhtml+xml"])),
            (Self::Document(Format::Atom), weight(&["application/atom+xml"])),
            (Self::Document(Format::Json), weight(&["application/feed+json", "application/json"])),
            (Self::Document(Format::Rss), weight(&["application/rss+xml", "application/rdf+xml"])),
        ];
        // The last choice of equal weight wins: feeds before the page, and RSS before the other feeds.
        let best = choices.into_iter().max_by_key(|(_, weight)| *weight);
        match best {
            Some((representation, weight)) if weight > 0 => representation,
            _ => Self::Document(Format::Rss),
        }
    }
}

/// The values of a header with their weights in thousandths. Only the first [`MAX_VALUES`] are read.
fn weighted_values(headers: &HeaderMap, name: header::HeaderName) -> Vec<(String, u32)> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).take(MAX_VALUES).map(weighted_value).collect()
}

/// `text/html;q=0.5` -> (`text/html`, 500). Without `q` the weight is 1000; an unreadable `q` counts as 0.
fn weighted_value(text: &str) -> (String, u32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_owned();
    let q_text = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let q = q_text.map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    (name, (q * 1000.0) as u32)
}

/// The highest weight of the values with this name, in any case of letters.
fn weight_of(values: &[(String, u32)], name: &str) -> Option<u32> {
    let same_name = values.iter().filter(|(value, _)| value.eq_ignore_ascii_case(name));
    same_name.map(|(_, weight)| *weight).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[track_caller]
    fn coding(value: &'static str, expected: Encoding) {
        assert_eq!(Encoding::preferred(&headers(header::ACCEPT_ENCODING, value)), expected, "{value}");
    }

    #[track_caller]
    fn wanted(value: &'static str, expected: Representation) {
        assert_eq!(Representation::preferred(&headers(header::ACCEPT, value)), expected, "{value}");
    }

    #[test]
    fn codings_are_chosen_by_weight() {
        coding("gzip", Encoding::Gzip);
        coding("gzip, deflate, br", Encoding::Brotli);
        coding("gzip;q=1, br;q=0.5", Encoding::Gzip);
        coding("br;q=0, gzip;q=0", Encoding::Identity);
        coding("*", Encoding::Brotli);
        coding("*;q=0", Encoding::Identity);
        coding("", Encoding::Identity);
        coding("GZIP;q=nonsense", Encoding::Identity);
    }

    #[test]
    fn browsers_get_pages_and_readers_documents() {
        wanted("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Representation::Page);
        wanted("*/*", Representation::Document(Format::Rss));
        wanted(
            "application/atom+xml, application/rss+xml;q=0.9, text/html;q=0.5",
            Representation::Document(Format::Atom),
        );
        wanted("application/rss+xml, application/atom+xml", Representation::Document(Format::Rss));
        wanted("application/feed+json", Representation::Document(Format::Json));
        wanted("text/html, application/rss+xml", Representation::Document(Format::Rss));
    }
}
