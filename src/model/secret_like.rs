//! Texts that look like secrets: parameters such as `api_key=8c1f…`, and values that nobody writes by hand.
//! A secret can only be guessed, so a guess warns, and decides what readers see; it never changes a request.

use std::ops::Range;

use url::{Url, form_urlencoded};

/// Words of names whose values are secrets, whatever they look like.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "passphrase",
    "secret",
    "apikey",
    "accesstoken",
    "authtoken",
    "accesskey",
    "token",
    "auth",
    "authorization",
    "authentication",
    "bearer",
    "jwt",
    "credential",
    "credentials",
    "sig",
    "signature",
    "hmac",
    "session",
];

/// Pairs of words that name a secret together.
const SECRET_PAIRS: &[[&str; 2]] = &[
    ["api", "key"],
    ["access", "key"],
    ["secret", "key"],
    ["private", "key"],
    ["subscription", "key"],
    ["access", "token"],
    ["auth", "token"],
    ["client", "secret"],
];

/// Words of names whose values are secrets unless they are plain words: `key=harbour` is a question.
const DOUBTFUL_NAMES: &[&str] = &["key", "code", "sessionid", "phpsessid", "jsessionid", "sid", "hash"];

/// Letters and digits of a value that was made by chance, at least.
const MIN_RANDOM: usize = 20;

/// Whether a parameter looks like a secret. Both texts are decoded.
#[must_use]
pub fn looks_secret(name: &str, value: &str) -> bool {
    let value = value.trim();
    let is_placeholder = value.starts_with('{') && value.ends_with('}');
    if value.is_empty() || is_placeholder {
        return false;
    }
    let words = words(name);
    let is_one = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let is_pair = words.windows(2).any(|pair| SECRET_PAIRS.iter().any(|known| pair == known));
    if is_pair || is_one(SECRET_NAMES) {
        return !matches!(value.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no" | "0" | "1");
    }
    if is_one(DOUBTFUL_NAMES) {
        // Codes of countries, places and courses mix letters and digits.
        let is_short_code = words.iter().any(|word| word == "code") && value.len() <= 8;
        return !is_short_code && !is_plain(value);
    }
    // Names such as `channel_id` are those of public things.
    let names_a_thing = words.len() > 1 && words.last().is_some_and(|word| word == "id");
    !names_a_thing && is_random(value)
}

/// The words of a name, in small letters: `X-Api-Key2` and `apiKey` have `api` and `key`.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 8);
    let mut was_small = false;
    for c in name.chars() {
        if c.is_uppercase() && was_small {
            spaced.push(' ');
        }
        was_small = c.is_lowercase();
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    let words = spaced.split(' ').map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether a value is made of words and small numbers: `harbour-news`, `EUR`, `2025-autumn`.
fn is_plain(value: &str) -> bool {
    let mut parts = value.split(['-', '_', ' ', '+', '.', ',', ':']).filter(|part| !part.is_empty());
    value.chars().count() <= 24 && parts.all(|part| is_word(part) || is_small_number(part))
}

/// Letters, all small or all large behind the first.
fn is_word(part: &str) -> bool {
    let rest = || part.chars().skip(1);
    let has_one_case = rest().all(|c| !c.is_uppercase()) || part.chars().all(|c| !c.is_lowercase());
    part.chars().all(char::is_alphabetic) && part.chars().count() <= 16 && has_one_case
}

fn is_small_number(part: &str) -> bool {
    part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a value is long and changes between letters and digits all the time, as no words and dates do.
fn is_random(value: &str) -> bool {
    let is_token = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'+' | b'=' | b'/'));
    let length = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    if !is_token || length < MIN_RANDOM {
        return false;
    }
    let has = |letter: &u8| value.bytes().any(|b| b.to_ascii_lowercase() == *letter);
    let letters = (b'a'..=b'z').filter(has).count();
    let changes = value.as_bytes().windows(2).filter(|pair| {
        (pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
            || (pair[0].is_ascii_alphabetic() && pair[1].is_ascii_digit())
    });
    letters >= 4 && changes.count() >= (length / 8).max(3)
}

/// One parameter of a query as it is written, decoded. A text without `=` is a value without a name.
fn decoded(piece: &str) -> (String, String) {
    let (name, value) = form_urlencoded::parse(piece.as_bytes()).next().unwrap_or_default();
    if piece.contains('=') {
        (name.into_owned(), value.into_owned())
    } else {
        (String::new(), name.into_owned())
    }
}

fn is_secret_piece(piece: &str) -> bool {
    let (name, value) = decoded(piece);
    looks_secret(&name, &value)
}

/// The names of the parameters of an address that look like secrets; an empty name is that of a bare value.
#[must_use]
pub fn secret_names(address: &Url) -> Vec<String> {
    let texts = [address.query(), address.fragment()];
    let in_path = address.path().split('/').flat_map(|segment| segment.split(';').skip(1));
    let pieces = texts.into_iter().flatten().flat_map(|text| text.split(['&', ';'])).chain(in_path);
    pieces.filter(|piece| is_secret_piece(piece)).map(|piece| decoded(piece).0).collect()
}

/// The address without the parts that look like secrets: what readers may see. An address without such parts
/// stays as it is.
#[must_use]
pub fn public_address(address: &Url) -> Url {
    let mut public = address.clone();
    // Only addresses that have no host refuse this, and those have no user either.
    let _ = public.set_username("");
    let _ = public.set_password(None);
    if secret_names(address).is_empty() {
        return public;
    }
    public.set_query(address.query().and_then(public_pieces).as_deref());
    public.set_fragment(address.fragment().and_then(public_pieces).as_deref());
    if address.path().contains(';') {
        let segments: Vec<String> = address.path().split('/').map(public_segment).collect();
        public.set_path(&segments.join("/"));
    }
    public
}

/// The parameters that are no secrets; `None` if there are none left.
fn public_pieces(text: &str) -> Option<String> {
    let kept: Vec<&str> = text.split('&').filter(|piece| !piece.split(';').any(is_secret_piece)).collect();
    (!kept.is_empty()).then(|| kept.join("&"))
}

/// A segment of a path without parameters such as `;jsessionid=…` (RFC 3986 section 3.3).
fn public_segment(segment: &str) -> String {
    let mut parts = segment.split(';');
    let first = parts.next().unwrap_or_default();
    let kept = parts.filter(|piece| !is_secret_piece(piece)).map(|piece| format!(";{piece}"));
    std::iter::once(first.to_owned()).chain(kept).collect()
}

/// The places of secrets in an address as a person wrote it: user and password, and values of parameters.
/// The address may have mistakes.
#[must_use]
pub fn secret_ranges(address: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let Some(scheme) = address.find("://") else { return ranges };
    if let Some(at) = user_end(&address[scheme + 3..]) {
        ranges.push(scheme + 3..scheme + 3 + at);
    }
    let mut start = scheme;
    for piece in address[scheme..].split_inclusive(['?', '#', '&', ';']) {
        let text = piece.trim_end_matches(['?', '#', '&', ';']);
        if start > scheme && is_secret_piece(text) {
            let value = text.find('=').map_or(0, |equals| equals + 1);
            ranges.push(start + value..start + text.len());
        }
        start += piece.len();
    }
    ranges
}

/// The end of user and password in the text behind a scheme. A password may have any sign in it by mistake; but
/// paths may have an `@`, too.
fn user_end(rest: &str) -> Option<usize> {
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let own = rest[..host_end].rfind('@');
    let port = rest[..host_end].rsplit_once(':').map(|(_, port)| port);
    let has_port = port.is_none_or(|port| port.ends_with(']') || port.bytes().all(|b| b.is_ascii_digit()));
    own.or_else(|| rest.rfind('@').filter(|_| !has_port))
}

/// An address without its secrets, for messages.
#[must_use]
pub fn redacted(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut end = 0;
    for range in secret_ranges(address) {
        // A user name may hold what looks like a parameter.
        if range.start >= end {
            out.push_str(&address[end..range.start]);
            out.push('…');
            end = range.end;
        }
    }
    out.push_str(&address[end..]);
    out
}

/// The name in the first `${NAME}` of a text: such a text is not filled in.
#[must_use]
pub fn unfilled_name(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("${")?;
    let (name, _) = rest.split_once('}')?;
    (!name.is_empty()).then_some(name)
}

/// The first parameter whose value has a `${NAME}`, and that name; `None` if one stands elsewhere in the address:
/// a parameter alone would not mend that.
#[must_use]
pub fn unfilled_parameter(address: &str) -> Option<(&str, &str)> {
    let (before, query) = address.split_once('?')?;
    if unfilled_name(before).is_some() {
        return None;
    }
    let mut pieces = query.split('&').filter_map(|piece| piece.split_once('='));
    pieces.find_map(|(name, value)| unfilled_name(value).map(|variable| (name, variable)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> String {
        public_address(&address.parse().expect("an address")).to_string()
    }

    #[test]
    fn ordinary_questions_are_no_secrets() {
        for query in [
            "category=harbour&lang=en&id=12345&page=2&q=harbour+news&utm_source=newsletter",
            "key=harbour&sort_key=date&code=DE&country_code=pt-BR&hash=news&author=letmein&design=abcdefghijkl",
            "from=2025-01-01T00:00:00.000Z&to=20250201T000000Z&bbox=12.31,45.42,12.39,45.46",
            "utm_campaign=autumn_2025_newsletter_harbour&author=ann-quay&keywords=pier&postcode=10115",
            "channel_id=UCq3R7mZx1k8vT5wYb2nD9fA&cursor={cursor}&token={cursor}&token=&secret=0",
            "slug=the-new-pier-of-2025-opens-in-march&fields=id,title,published_at",
        ] {
            let address = format!("https://example.org/news?{query}#top");
            assert_eq!(public(&address), address);
        }
    }

    #[test]
    fn secrets_are_left_out_of_public_addresses() {
        for piece in [
            "api_key=QUAY77",
            "apikey=quay",
            "X-Api-Key=quay",
            "accessToken=b1946ac9",
            "token=f3a9",
            "sig=Yk2%2Fx9%3D",
            "token=abc",
            "auth=letmein",
            "session=abcdefghij",
            "feed_token=abcdefghijklmnop",
            "signature=abcdefghijkl",
            "pw=letmein",
            "jwt=harbour",
            "password=summer",
            "code=4%2F0AeaYSHB7x2k",
            "hash=9e107d9d372b",
            "u=9e107d9d372bb6826bd81d3542a419d6",
            "feed=550e8400-e29b-41d4-a716-446655440000",
            "t=Zx8kP2mQ7vR4tY1wB6nD",
            "9e107d9d372bb6826bd81d3542a419d6",
        ] {
            let address = format!("https://example.org/news?lang=en&{piece}&page=2");
            assert_eq!(public(&address), "https://example.org/news?lang=en&page=2", "{piece}");
            assert_eq!(public(&format!("https://example.org/news?{piece}")), "https://example.org/news");
        }
        assert_eq!(public("https://ann:pier@example.org/n#access_token=x9"), "https://example.org/n");
        assert_eq!(public("https://example.org/n;jsessionid=1A2B3C;v=2/x"), "https://example.org/n;v=2/x");
    }

    #[test]
    fn messages_show_no_secret() {
        assert_eq!(
            redacted("https://ann:pier@example.org/?a=1&token=x9#k"),
            "https://…@example.org/?a=1&token=…#k"
        );
        assert_eq!(redacted("example.org/?a=1"), "example.org/?a=1");
        assert_eq!(redacted("https://ann:p@ss@example.org/"), "https://…@example.org/");
        assert_eq!(redacted("https://ann:p/q@example.org/"), "https://…@example.org/");
        let plain = "https://example.org:8080/@ann/news?to=b@example.org";
        assert_eq!(redacted(plain), plain);
        assert_eq!(unfilled_name("https://example.org/?k=${PIER_KEY}&a"), Some("PIER_KEY"));
        assert_eq!(unfilled_parameter("https://example.org/?a=1&k=${PIER_KEY}"), Some(("k", "PIER_KEY")));
        assert_eq!(unfilled_parameter("https://example.org/${X}?a=${PIER_KEY}"), None);
        assert_eq!(unfilled_parameter("https://example.org/?${X}&a=${PIER_KEY}"), Some(("a", "PIER_KEY")));
        assert_eq!(unfilled_name("https://example.org/?page={page}"), None);
    }
}
