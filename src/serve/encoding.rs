//! What the client accepts: content codings and media types (RFC 9110 section 12.5).

use http::{HeaderMap, header};

use crate::model::Format;

/// A content coding in which documents are kept.
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

    /// What is added to the ETag: two codings of one document are two representations.
    pub(super) const fn tag_suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gzip",
            Self::Brotli => "-br",
            Self::Zstd => "-zstd",
        }
    }

    /// The best coding that the client accepts; of equal ones, the smallest.
    pub(super) fn accepted(headers: &HeaderMap) -> Self {
        let values = list(headers, header::ACCEPT_ENCODING);
        let weight = |name: &str| weight_of(&values, |v| v.eq_ignore_ascii_case(name));
        let any = weight("*").unwrap_or(0);
        let mut best = (Self::Identity, 1);
        for encoding in [Self::Gzip, Self::Zstd, Self::Brotli] {
            let q = encoding.name().and_then(&weight).unwrap_or(any);
            if q > 0 && q >= best.1 {
                best = (encoding, q);
            }
        }
        best.0
    }
}

/// What `/feeds/{id}` should answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A page for a person.
    Page,
    /// A document for a reader.
    Document(Format),
}

impl Wanted {
    /// Browsers name `text/html`; readers name a feed type, or take anything.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values = list(headers, header::ACCEPT);
        let weight = |names: &[&str]| {
            names.iter().filter_map(|n| weight_of(&values, |v| v.eq_ignore_ascii_case(n))).max().unwrap_or(0)
        };
        let choices = [
            (Self::Page, weight(&["text/html", "application/xhtml+xml"])),
            (Self::Document(Format::Atom), weight(&["application/atom+xml"])),
            (Self::Document(Format::Json), weight(&["application/feed+json", "application/json"])),
            (Self::Document(Format::Rss), weight(&["application/rss+xml", "application/rdf+xml"])),
        ];
        let best = choices.iter().copied().max_by_key(|(_, q)| *q);
        match best {
            Some((wanted, q)) if q > 0 => {
                // On equal wishes a reader that also takes HTML still wants the feed.
                let feed = choices[1..].iter().rev().find(|(_, w)| *w == q);
                feed.map_or(wanted, |(feed, _)| *feed)
            }
            _ => Self::Document(Format::Rss),
        }
    }
}

fn list(headers: &HeaderMap, name: header::HeaderName) -> Vec<(String, u32)> {
    let values = headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
    values.flat_map(|v| v.split(',')).take(64).map(weighted).collect()
}

/// `text/html;q=0.5` -> (`text/html`, 500).
fn weighted(part: &str) -> (String, u32) {
    let mut pieces = part.split(';').map(str::trim);
    let name = pieces.next().unwrap_or_default().to_owned();
    let q = pieces.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")));
    let q = q.map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    (name, (q * 1000.0) as u32)
}

fn weight_of(values: &[(String, u32)], is: impl Fn(&str) -> bool) -> Option<u32> {
    values.iter().filter(|(name, _)| is(name)).map(|(_, q)| *q).max()
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
        assert_eq!(Encoding::accepted(&headers(header::ACCEPT_ENCODING, value)), expected, "{value}");
    }

    #[track_caller]
    fn wanted(value: &'static str, expected: Wanted) {
        assert_eq!(Wanted::of(&headers(header::ACCEPT, value)), expected, "{value}");
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
        wanted("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Wanted::Page);
        wanted("*/*", Wanted::Document(Format::Rss));
        wanted(
            "application/atom+xml, application/rss+xml;q=0.9, text/html;q=0.5",
            Wanted::Document(Format::Atom),
        );
        wanted("application/rss+xml, application/atom+xml", Wanted::Document(Format::Rss));
        wanted("application/feed+json", Wanted::Document(Format::Json));
        wanted("text/html, application/rss+xml", Wanted::Document(Format::Rss));
    }
}
