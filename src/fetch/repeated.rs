//! Parameters of a request that its page repeats in addresses: they are taken out of the text of the page. So no
//! link, identifier, content or stored rule that is made of the page holds them.
//!
//! It works on the text, because addresses stand in pages in many forms: as attributes, in HTML inside of JSON or of
//! a feed, and in parameters of other addresses.

use super::written::{Written, address_goes_on, spelled, written};
use crate::model::Secret;
use crate::model::secret_like::looks_secret;

/// A secret of so many bytes is taken out under any name: it stands nowhere by chance.
const MIN_SECRET_BYTES: usize = 8;

/// Longest other name.
const MAX_NAME_BYTES: usize = 64;

/// The text of a page without the parameters of its request, by name and value, or by value alone if it looks like a secret. A page of a request without
/// parameters stays as it is. The time is linear in the text.
pub(super) fn without_repeated(text: String, parameters: &[(String, Secret)]) -> String {
    let sought: Vec<Sought<'_>> = parameters
        .iter()
        .filter(|(name, value)| !name.is_empty() && !value.expose().is_empty())
        .map(|(name, value)| Sought::of(name, value.expose()))
        .collect();
    if sought.is_empty() {
        return text;
    }
    match without_pairs(text.as_bytes(), &sought) {
        // Whole characters were taken out, so the rest is UTF-8 as before.
        Some(rest) => String::from_utf8_lossy(&rest).into_owned(),
        None => text,
    }
}

/// A parameter that is taken out of a page.
struct Sought<'p> {
    name: &'p [u8],
    value: &'p [u8],
    /// A page may give it on under another name.
    is_under_any_name: bool,
}

impl<'p> Sought<'p> {
    fn of(name: &'p str, value: &'p str) -> Self {
        let is_under_any_name = value.len() >= MIN_SECRET_BYTES && looks_secret(name, value);
        Self { name: name.as_bytes(), value: value.as_bytes(), is_under_any_name }
    }

    /// The length of the name with which a text begins, if the parameter may have it.
    fn name_in(&self, text: &[u8]) -> Option<usize> {
        spelled(text, self.name)
            .or_else(|| Some(any_name(text)).filter(|length| self.is_under_any_name && *length > 0))
    }
}

/// The text without the pairs of name and value; `None` if it has none of them.
fn without_pairs(text: &[u8], pairs: &[Sought<'_>]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    while at < text.len() {
        let Some(delimiter) = delimiter(&text[at..]) else {
            at += 1;
            continue;
        };
        let start = at + delimiter.length;
        let (taken, is_last) = taken_out(&text[start..], delimiter.level, pairs);
        let behind = start + taken;
        if taken > 0 {
            // A `;` may be the end of a character reference, which must stay whole.
            let keeps_delimiter = !is_last || delimiter.byte == b';';
            out.extend_from_slice(&text[copied..if keeps_delimiter { start } else { at }]);
            copied = behind;
        }
        at = behind;
    }
    if copied == 0 {
        return None;
    }
    out.extend_from_slice(&text[copied..]);
    Some(out)
}

/// The sign before a parameter, if the text begins with one.
fn delimiter(text: &[u8]) -> Option<Written> {
    let may_begin = matches!(text.first(), Some(b'?' | b'&' | b';' | b'#' | b'%' | b'\\'));
    let sign = may_begin.then(|| written(text)).flatten();
    sign.filter(|sign| matches!(sign.byte, b'?' | b'&' | b';' | b'#'))
}

/// The length of the pairs with which a text begins, and whether no other parameter follows them.
fn taken_out(text: &[u8], level: usize, pairs: &[Sought<'_>]) -> (usize, bool) {
    let mut taken = 0;
    loop {
        let rest = &text[taken..];
        let found = pairs.iter().find_map(|sought| pair(rest, sought.name_in(rest)?, sought.value, level));
        match found {
            Some((length, true)) => return (taken + length, true),
            Some((length, false)) => taken += length,
            None => return (taken, false),
        }
    }
}

/// The length of the name of a parameter with which a text begins.
fn any_name(text: &[u8]) -> usize {
    let is_in_name =
        |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']');
    text.iter().take(MAX_NAME_BYTES).take_while(is_in_name).count()
}

/// The length of a pair with the `&` behind it, and whether there is none, by the length of its name. The signs of
/// one address are percent-encoded equally often: an address inside of a parameter has them once more than the
/// address around it.
fn pair(text: &[u8], equals: usize, value: &[u8], level: usize) -> Option<(usize, bool)> {
    let sign = written(&text[equals..]).filter(|sign| sign.byte == b'=' && sign.level == level)?;
    let start = equals + sign.length;
    let end = start + spelled(&text[start..], value)?;
    match written(&text[end..]) {
        Some(next) if next.byte == b'&' && next.level == level => Some((end + next.length, false)),
        Some(next) if next.level > level => None,
        Some(_) if address_goes_on(&text[end..]) => None,
        _ => Some((end, true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let own = [("api_key", "pier-secret-1"), ("pin", "a&b/c d=")];
        let own = own.map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())));
        assert_eq!(without_repeated(text.to_owned(), &own), expected);
    }

    #[test]
    fn parameters_are_taken_out_wherever_they_stand() {
        check(r#"<a href="/s/2?api_key=pier-secret-1">"#, r#"<a href="/s/2">"#);
        check("/s?api_key=pier-secret-1&page=2#x", "/s?page=2#x");
        check("/s?page=2&api_key=pier-secret-1#x", "/s?page=2#x");
        check("/s?a=1&amp;api_key=pier-secret-1&amp;b=2 ", "/s?a=1&amp;b=2 ");
        check("/s?pin=a%26b%2Fc+d%3D&api_key=pier-secret-1", "/s");
        check("/s?pin=a%26b/c%20d=&q=1", "/s?q=1");
        check("<id>/s?a=1&#38;api_key=pier-secret-1</id>", "<id>/s?a=1</id>");
        check("/ä?x=ö&api_key=pier-secret-1, ü", "/ä?x=ö, ü");
    }

    #[test]
    fn parameters_are_taken_out_of_texts_inside_of_texts() {
        check(r#"{"u":"\/s?a=1\u0026api_key=pier-secret-1"}"#, r#"{"u":"\/s?a=1"}"#);
        check(r#""<a href=\"\/s?api_key=pier-secret-1\">""#, r#""<a href=\"\/s\">""#);
        check(
            "&lt;a href=&quot;/s?api_key=pier-secret-1&amp;amp;b=2&quot;&gt;",
            "&lt;a href=&quot;/s?b=2&quot;&gt;",
        );
        check("/go?to=%2Fs%3Fapi_key%3Dpier-secret-1%26b%3D2&c", "/go?to=%2Fs%3Fb%3D2&c");
        check("/go?to=%2Fs%3Fapi_key%3Dpier-secret-1&c", "/go?to=%2Fs&c");
    }

    #[test]
    fn parameters_of_addresses_inside_of_addresses_are_taken_out() {
        for (text, expected) in [
            ("%252Fs%253Fapi_key%253Dpier-secret-1%2526b%253D2&c", "%252Fs%253Fb%253D2&c"),
            ("%252Fs%253Fa%253D1%2526api_key%253Dpier-secret-1%26d&c", "%252Fs%253Fa%253D1%26d&c"),
            ("%252Fs%253Fapi_key%253Dpier-secret-1", "%252Fs"),
            ("%25252Fs%25253Fapi_key%25253Dpier-secret-1%252526b", "%25252Fs%25253Fb"),
            ("%25252Fs%25253Fa%252526api_key%25253Dpier-secret-1 ", "%25252Fs%25253Fa "),
            ("%25252Fs%25253Fk%25253Dpier-secret-1&c", "%25252Fs&c"),
        ] {
            check(&format!("/go?to={text}"), &format!("/go?to={expected}"));
        }
    }

    #[test]
    fn values_that_are_encoded_several_times_are_taken_out() {
        check("/s?pin=a%2526b%252Fc%2520d%253D&q=1", "/s?q=1");
        check("/s?pin=a%2526b%252Fc%252Bd%253D", "/s");
        check("/s?pin=a%252526b%25252Fc%252520d%25253D&amp;q=1", "/s?q=1");
        check("/go?to=%2Fs%3Fpin%3Da%2526b%252Fc%2520d%253D%26q%3D1", "/go?to=%2Fs%3Fq%3D1");
        check("/s?%2561pi_key=pier%252Dsecret%252D1&q=1", "/s?q=1");
    }

    #[test]
    fn parameters_in_references_and_percent_encodings_are_taken_out() {
        for (text, expected) in [
            ("%3Fa%3D1%26amp%3Bapi_key%3Dpier-secret-1%26amp%3Bb%3D2", "%3Fa%3D1%26amp%3Bb%3D2"),
            ("%253Fa%2526amp%253Bapi_key%253Dpier-secret-1", "%253Fa"),
            ("&#37;3Fapi_key&#37;3Dpier-secret-1&#37;26b", "&#37;3Fb"),
            ("s&percnt;3Fapi_key&percnt;3Dpier-secret-1&amp;c", "s&amp;c"),
            ("s&amp;#37;3Fapi_key&amp;#37;3Dpier-secret-1", "s"),
            ("s&#37;253Fapi_key&#37;253Dpier-secret-1&#37;2526b", "s&#37;253Fb"),
            (r#"\u00253Fapi_key\u00253Dpier-secret-1""#, r#"""#),
        ] {
            check(&format!("/go?to={text}"), &format!("/go?to={expected}"));
        }
    }

    #[test]
    fn a_secret_under_another_name_is_taken_out() {
        check("/s?API_KEY=pier-secret-1&page=2", "/s?page=2");
        check("/s?a=1&k=pier-secret-1", "/s?a=1");
        let plain = [("category".to_owned(), Secret::new("politics".to_owned()))];
        assert_eq!(without_repeated("/s?c=politics&category=politics".to_owned(), &plain), "/s?c=politics");
        check("/s?auth[token]=pier-secret-1&amp;b=2", "/s?b=2");
        check("/login?to=%2Fs%3Fsession%3Dpier-secret-1%26b%3D2", "/login?to=%2Fs%3Fb%3D2");
    }

    #[test]
    fn other_parameters_and_texts_stay() {
        for text in [
            "/s?api_key=pier-secret-12",
            "/s?api_key=pier-secret-1%32",
            "/s?api_key=pier-secret-1%2532",
            "/go?to=%253Fapi_key%253Dpier-secret-12",
            "/go?to=%253Fapi_key%253Dpier-secret-1%252532",
            "/s?my_api_key=pier-secret-1x&api_key=other",
            "/s?q=a%26b/c%20d=x",
            "/s?year=a&b",
            "api_key=pier-secret-1",
            "?&;#%\\&amp;\\u00",
            "",
        ] {
            check(text, text);
        }
        let text = "/s?api_key=pier-secret-1".to_owned();
        assert_eq!(without_repeated(text.clone(), &[]), text);
    }
}
