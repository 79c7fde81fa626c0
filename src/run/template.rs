//! Templates of addresses and bodies for further pages.

/// A template with its placeholders filled. In JSON, a string that is nothing but a placeholder becomes a
/// number.
pub(super) fn filled(
    template: &str,
    numbers: &[(&str, String)],
    cursor: Option<&str>,
    escape: fn(&str) -> String,
) -> String {
    let is_json = template.trim_start().starts_with('{');
    let mut out = template.to_owned();
    for (name, number) in numbers {
        if is_json {
            out = out.replace(&format!("\"{name}\""), number);
        }
        out = out.replace(name, number);
    }
    cursor.map_or(out.clone(), |c| out.replace("{cursor}", &escape(c)))
}

/// A text, percent-encoded for the query of an address.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A text, escaped for the inside of a JSON string.
pub(super) fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled() {
        let numbers = [("{page}", "2".to_owned()), ("{offset}", "20".to_owned())];
        let url = filled("https://example.org/?p={page}&after={cursor}", &numbers, Some("a b&c"), encoded);
        assert_eq!(url, "https://example.org/?p=2&after=a+b%26c");
        let body =
            filled(r#"{"n":"{offset}","q":"from {offset}","c":"{cursor}"}"#, &numbers, Some("\"x"), in_json);
        assert_eq!(body, r#"{"n":20,"q":"from 20","c":"\"x"}"#);
    }
}
