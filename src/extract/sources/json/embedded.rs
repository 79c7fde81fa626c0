//! JSON that stands in the scripts of a page: `application/json`, JSON-LD, `window.X = {…}`.

use crate::html::tree::{ElementRef, Html};
use serde_json::Value;

/// Scripts of one page that are looked at.
const MAX_SCRIPTS: usize = 500;
/// Values taken from one script that is a program.
const MAX_ASSIGNMENTS: usize = 50;
/// Objects in the manner of programs that are looked at in one script.
const MAX_LITERALS: usize = 20;
/// Bytes of one of them.
const MAX_LITERAL_BYTES: usize = 2 << 20;
/// How deep their brackets nest: as deep as JSON may.
const MAX_DEPTH: i32 = 128;

/// The values of all scripts, or of those that match `script`, in page order.
pub(crate) fn values(document: &Html, script: Option<&crate::html::tree::Selector>) -> Vec<Value> {
    let scripts: Vec<ElementRef<'_>> = match script {
        Some(selector) => document.select(selector).take(MAX_SCRIPTS).collect(),
        None => {
            let all = document.root_element().descendent_elements();
            all.filter(|e| e.value().name() == "script").take(MAX_SCRIPTS).collect()
        }
    };
    scripts.into_iter().flat_map(of_script).collect()
}

fn of_script(script: ElementRef<'_>) -> Vec<Value> {
    let text: String = script.text().collect();
    let text = unwrapped(&text);
    match super::whole(text) {
        Ok(value) => vec![value],
        Err(_) if says_json(script) => super::whole(&one_line(text)).into_iter().collect(),
        Err(_) => assigned(text),
    }
}

/// A script without the marks that hid it from old browsers and from XML.
fn unwrapped(mut text: &str) -> &str {
    const MARKS: [(&str, &str); 4] =
        [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")];
    loop {
        let before = text.len();
        text = text.trim();
        for (open, close) in MARKS {
            text = text.strip_prefix(open).unwrap_or(text).trim();
            text = text.strip_suffix(close).unwrap_or(text).trim();
        }
        if text.len() == before {
            return text;
        }
    }
}

/// Texts over several lines are a common mistake in JSON.
fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

fn says_json(script: ElementRef<'_>) -> bool {
    script.attr("type").is_some_and(|t| t.to_ascii_lowercase().contains("json"))
}

/// The values that a program assigns or passes on: `window.X = {…}`, `push([…])`, and JSON in a text,
/// `JSON.parse("…")`.
fn assigned(program: &str) -> Vec<Value> {
    let mut out = Vec::new();
    let (mut at, mut literals) = (0, 0);
    while let Some(step) = program[at..].find(['=', '(']) {
        at += step + 1;
        let rest = program[at..].trim_start();
        let strict = leading(rest);
        let loose = || {
            literals += usize::from(rest.starts_with(['{', '[']));
            (literals <= MAX_LITERALS).then(|| literal(rest)).flatten()
        };
        let Some(found) = strict.or_else(loose) else { continue };
        at = program.len() - rest.len() + found.1;
        out.extend(meaningful(found.0));
        if out.len() >= MAX_ASSIGNMENTS {
            break;
        }
    }
    out
}

/// The JSON value that a text begins with, and how long it is.
fn leading(text: &str) -> Option<(Value, usize)> {
    if !text.starts_with(['{', '[', '"']) {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}

/// The object or list that a text begins with, as programs write them: keys without quotes, single
/// quotes, commas at the end, comments.
fn literal(text: &str) -> Option<(Value, usize)> {
    let end = balanced(text)?;
    let value = json5::from_str(&text[..end]).ok()?;
    Some((value, end))
}

/// Where the brackets that a text begins with close, if they nest as deeply as JSON may.
fn balanced(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0, None, false);
    for (i, byte) in text.bytes().enumerate().take(MAX_LITERAL_BYTES) {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'{' | b'[') => depth += 1,
            (None, b'}' | b']') => depth -= 1,
            (None, _) if depth == 0 => return None,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return None;
        }
        if depth == 0 && quote.is_none() {
            return Some(i + 1);
        }
    }
    None
}

/// Lists and objects that hold something; a text may be one in itself.
fn meaningful(value: Value) -> Option<Value> {
    match value {
        Value::String(text) => {
            let inner: Value = serde_json::from_str(text.trim()).ok()?;
            meaningful(inner).filter(|v| !v.is_string())
        }
        Value::Array(list) if list.is_empty() => None,
        Value::Object(map) if map.is_empty() => None,
        Value::Array(_) | Value::Object(_) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use serde_json::json;

    #[test]
    fn state_is_found_in_programs() {
        let program = r#"var a = 1; window.__STATE__ = {"items": [1]}; f("x", {"y": "}"}); b = [];"#;
        assert_eq!(assigned(program), [json!({"items": [1]})]);
        let text = r#"window.S = JSON.parse("{\"n\": 2}"); self.push([1, "x"])"#;
        assert_eq!(assigned(text), [json!({"n": 2}), json!([1, "x"])]);
        assert!(assigned("if (a == \"x\") { b(); }").is_empty());
        let program = "window.S = { list: [ { title: 'It\\'s \"one\"', path: '/1', }, ], };";
        assert_eq!(assigned(program), [json!({"list": [{"title": "It's \"one\"", "path": "/1"}]})]);
        assert!(assigned(&format!("a = {}1{}", "[".repeat(5_000), "]".repeat(5_000))).is_empty());
    }

    proptest! {
        #[test]
        fn any_program_is_looked_through(program in "[a={(\\[\"\\\\,:1}\\])é;]{0,60}") {
            let _ = assigned(&program);
            let _ = unwrapped(&program);
        }
    }
}
