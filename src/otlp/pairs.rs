//! Lists such as `a=1,b=2`, as variables have them.

use http::{HeaderName, HeaderValue};
use url::form_urlencoded;

use crate::model::Secret;

/// The pairs of a list. Percent signs mask characters in the values. What is no pair is left out.
pub(super) fn pairs(list: &str) -> Vec<(String, String)> {
    list.split(',').filter_map(pair).collect()
}

/// The headers of a list; `None` if a part of it is no header.
pub(super) fn headers(list: &str) -> Option<Vec<(String, Secret)>> {
    let parts = list.split(',').filter(|part| !part.trim().is_empty());
    parts.map(header).collect()
}

fn header(part: &str) -> Option<(String, Secret)> {
    let (name, value) = pair(part)?;
    HeaderName::from_bytes(name.as_bytes()).ok()?;
    HeaderValue::from_str(&value).ok()?;
    Some((name, Secret::new(value)))
}

fn pair(part: &str) -> Option<(String, String)> {
    let (name, value) = part.split_once('=')?;
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), unmasked(value.trim())))
}

fn unmasked(value: &str) -> String {
    // In forms, a plus is a space, and an ampersand begins another field. Here they are nothing but themselves.
    let field = format!("v={}", value.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(field.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_a_part_that_is_no_header_is_refused() {
        for wrong in [
            "Authorization: Basic dXNlcjpwYXNz==",
            "x-team=quay,Bearer",
            "=quay",
            "x team=quay",
            "x-team=low%0D%0Atide",
            "x-team=%0A",
        ] {
            assert_eq!(headers(wrong), None, "{wrong}");
        }
        let comma = ("x-team".to_owned(), Secret::new("a,b".to_owned()));
        assert_eq!(headers("x-team=a%2Cb,"), Some(vec![comma]));
        assert_eq!(headers(" , "), Some(Vec::new()));
    }
}
