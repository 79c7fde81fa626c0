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

    /// Its names in `Accept-Encoding`. `x-gzip` is gzip (RFC 9110 section 8.4.1.3).
    const fn accepted_names(self) -> &'static [&'static str] {
        match self {
            Self::Identity => &["identity"],
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Brotli => &["br"],
            Self::Zstd => &["zstd"],
        }
    }

    /// The coding with the highest weight. Among equal weights, the one that compresses best.
    ///
    /// A coding that is not named has the weight of `*`, else none. The plain document is acceptable without
    /// being named, after everything that is. It is also the answer if nothing is acceptable: a reader is
    /// better served by it than by an error (RFC 9110 section 12.5.3).
    pub(super) fn preferred(headers: &HeaderMap) -> Self {
        let accepted = weighted_values(headers, header::ACCEPT_ENCODING);
        let weight_of_others = weight_of(&accepted, "*");
        let own_weight = |encoding: Self| {
            let named = encoding.accepted_names().iter().filter_map(|name| weight_of(&accepted, name)).max();
            named.or(weight_of_others).unwrap_or(0)
        };
        let choices = [Self::Identity, Self::Gzip, Self::Zstd, Self::Brotli];
        let weighted = choices.map(|encoding| (encoding, own_weight(encoding)));
        // The last one of equal weight wins.
        let best = weighted.into_iter().filter(|(_, weight)| *weight > 0).max_by_key(|(_, weight)| *weight);
        best.map_or(Self::Identity, |(encoding, _)| encoding)
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
    ///
    /// A representation of which no type is named has the weight of a range such as `text/*`, else that of
    /// `*/*` (RFC 9110 section 12.5.1).
    pub(super) fn preferred(headers: &HeaderMap) -> Self {
        let accepted = weighted_values(headers, header::ACCEPT);
        let weight = |names: &[&str]| media_weight(&accepted, names);
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

/// The weight of a representation that has these names, in thousandths: of a name, else of the range of its
/// type, else of all types.
fn media_weight(accepted: &[(String, u32)], names: &[&str]) -> u32 {
    let named = names.iter().filter_map(|name| weight_of(accepted, name)).max();
    let of_range = |name: &&str| {
        let (family, _) = name.split_once('/')?;
        weight_of(accepted, &format!("{family}/*"))
    };
    let in_range = || names.iter().filter_map(of_range).max();
    named.or_else(in_range).or_else(|| weight_of(accepted, "*/*")).unwrap_or(0)
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
    let weight_text = parts.find_map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    (name, weight_text.map_or(1000, |text| thousandths(text).unwrap_or(0)))
}

/// A `qvalue` of RFC 9110 section 12.4.2 in thousandths: 0 or 1, with at most three digits behind the point.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u32 = match whole {
        "0" => 0,
        "1" => 1000,
        _ => return None,
    };
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{fraction:0<3}");
    let weight = whole + padded.parse::<u32>().ok()?;
    (weight <= 1000).then_some(weight)
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
    fn the_plain_document_has_a_weight_too() {
        coding("identity, gzip;q=0.5", Encoding::Identity);
        coding("identity;q=0.3, zstd;q=0.300, x;q=1", Encoding::Zstd);
        coding("identity;q=0, gzip;q=0.001", Encoding::Gzip);
        coding("deflate, compress", Encoding::Identity);
        coding("*;q=0, zstd;q=0.1", Encoding::Zstd);
        coding("gzip;q=0, *;q=0.4", Encoding::Brotli);
        coding("br;q=0, zstd;q=0, *", Encoding::Gzip);
        coding("identity;q=0.9, *;q=0.2", Encoding::Identity);
    }

    #[test]
    fn weights_have_one_form_only() {
        for mistake in ["2", "1.001", "-1", "+1", ".5", "0.1234", "1e0", "NaN", "inf", "", "0,5", "\"1\""] {
            assert_eq!(thousandths(mistake), None, "{mistake}");
        }
        for (text, expected) in [("0", 0), ("0.", 0), ("0.29", 290), ("0.001", 1), ("1.000", 1000)] {
            assert_eq!(thousandths(text), Some(expected), "{text}");
        }
        coding("br;q=1.5, gzip;q=0.1", Encoding::Gzip);
        coding("Br ; Q = 0.2 ,X-GZip;q=0.21", Encoding::Gzip);
        coding("zstd;level=3;q=0, br;q=0", Encoding::Identity);
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

    #[test]
    fn ranges_of_types_count_for_what_is_not_named() {
        wanted("text/*", Representation::Page);
        wanted("application/*", Representation::Document(Format::Rss));
        wanted("TEXT/*, application/*;q=0.9", Representation::Page);
        wanted("application/rss+xml;q=0.1, application/*", Representation::Document(Format::Json));
        wanted(
            "application/rss+xml;q=0, application/feed+json;q=0, */*",
            Representation::Document(Format::Atom),
        );
        wanted("text/html;q=0.2, */*;q=0.1", Representation::Page);
        wanted("text/html;q=0.2, */*;q=0.3", Representation::Document(Format::Rss));
        wanted("text/html, */*;q=0.001", Representation::Page);
    }
}
