//! HTML inside the JSON answer of an endpoint that loads a listing, or more of it.

/// The HTML in a JSON answer: its longest text with markup in it.
pub(super) fn html_in_json(text: &str) -> Option<String> {
    let text = text.trim_start();
    if !text.starts_with(['{', '[', '"']) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let mut open = vec![&value];
    let mut found: Option<&str> = None;
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(text) if text.contains('<') => {
                found = found.filter(|f| f.len() >= text.len()).or(Some(text));
            }
            serde_json::Value::Array(list) => open.extend(list),
            serde_json::Value::Object(map) => open.extend(map.values()),
            _ => {}
        }
    }
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_found_in_json() {
        let answer =
            r#"{"ok": true, "note": "<b>", "data": [{"html": "<article><a href=/1>One</a></article>"}]}"#;
        assert_eq!(html_in_json(answer).as_deref(), Some("<article><a href=/1>One</a></article>"));
        assert_eq!(html_in_json("<article>"), None);
        assert_eq!(html_in_json("{\"n\": 1}"), None);
    }
}
