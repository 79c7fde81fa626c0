//! JSON in the scripts of a page: `application/json`, JSON-LD, and the state that programs assign,
//! `window.X = {…}`.

use serde_json::Value;

use super::parse::parse;
use crate::html::tree::{ElementRef, Html, Selector};

/// Cap on the scripts of one page that are read.
const MAX_SCRIPTS: usize = 500;
/// Cap on the values taken from one script that is a program.
const MAX_ASSIGNMENTS: usize = 50;
/// Cap on the JavaScript literals of one script that are parsed.
const MAX_LITERALS: usize = 20;
/// Cap on the bytes of one JavaScript literal.
const MAX_LITERAL_BYTES: usize = 2 << 20;
/// Deepest nesting of brackets in a JavaScript literal: that of JSON in `serde_json`.
const MAX_DEPTH: i32 = 128;

/// The values of all scripts, or of those that match `script`, in page order.
pub(crate) fn values(document: &Html, script: Option<&Selector>) -> Vec<Value> {
    let scripts: Vec<ElementRef<'_>> = match script {
        Some(selector) => document.select(selector).take(MAX_SCRIPTS).collect(),
        None => {
            let all = document.root_element().descendent_elements();
            all.filter(|e| e.value().name() == "script").take(MAX_SCRIPTS).collect()
        }
    };
    scripts.into_iter().flat_map(values_of_script).collect()
}

fn values_of_script(script: ElementRef<'_>) -> Vec<Value> {
    let content: String = script.text().collect();
    let program = strip_wrapping_marks(&content);
    match parse(program) {
        Ok(value) => vec![value],
        Err(_) if has_json_type(script) => parse(&without_control_characters(program)).into_iter().collect(),
        Err(_) => assigned_values(program),
    }
}

/// Removes the marks that hide a script from old browsers and from XML parsers.
fn strip_wrapping_marks(mut text: &str) -> &str {
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

/// Replaces control characters by spaces: unescaped line breaks in strings are a common mistake in JSON.
fn without_control_characters(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

fn has_json_type(script: ElementRef<'_>) -> bool {
    script.attr("type").is_some_and(|t| t.to_ascii_lowercase().contains("json"))
}

/// The values that a program assigns or passes to a function: `window.X = {…}`, `push([…])`, and JSON in a
/// string, `JSON.parse("…")`.
fn assigned_values(program: &str) -> Vec<Value> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut literals = 0;
    while let Some(step) = program[at..].find(['=', '(']) {
        at += step + 1;
        let rest = program[at..].trim_start();
        let as_literal = || {
            literals += usize::from(rest.starts_with(['{', '[']));
            (literals <= MAX_LITERALS).then(|| leading_literal(rest)).flatten()
        };
        let Some((value, length)) = leading_json(rest).or_else(as_literal) else { continue };
        at = program.len() - rest.len() + length;
        out.extend(non_empty(value));
        if out.len() >= MAX_ASSIGNMENTS {
            break;
        }
    }
    out
}

/// The JSON value that a text begins with, and its length in bytes.
fn leading_json(text: &str) -> Option<(Value, usize)> {
    if !text.starts_with(['{', '[', '"']) {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}

/// The JavaScript object or list that a text begins with, and its length in bytes. Keys may lack quotes;
/// single quotes, trailing commas and comments are allowed.
fn leading_literal(text: &str) -> Option<(Value, usize)> {
    let end = end_of_brackets(text)?;
    let value = json5::from_str(&text[..end]).ok()?;
    Some((value, end))
}

/// The end of the brackets that a text begins with, in bytes; `None` if they nest too deeply or do not close.
fn end_of_brackets(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut quote = None;
    let mut is_escaped = false;
    for (i, byte) in text.bytes().enumerate().take(MAX_LITERAL_BYTES) {
        match (quote, byte) {
            _ if is_escaped => is_escaped = false,
            (Some(_), b'\\') => is_escaped = true,
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

/// A list or object that is not empty. A string may hold one as JSON.
fn non_empty(value: Value) -> Option<Value> {
    match value {
        Value::String(text) => {
            let inner: Value = serde_json::from_str(text.trim()).ok()?;
            non_empty(inner).filter(|v| !v.is_string())
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
        assert_eq!(assigned_values(program), [json!({"items": [1]})]);
        let text = r#"window.S = JSON.parse("{\"n\": 2}"); self.push([1, "x"])"#;
        assert_eq!(assigned_values(text), [json!({"n": 2}), json!([1, "x"])]);
        assert!(assigned_values("if (a == \"x\") { b(); }").is_empty());
        let program = "window.S = { list: [ { title: 'It\\'s \"one\"', path: '/1', }, ], };";
        assert_eq!(assigned_values(program), [json!({"list": [{"title": "It's \"one\"", "path": "/1"}]})]);
        assert!(assigned_values(&format!("a = {}1{}", "[".repeat(5_000), "]".repeat(5_000))).is_empty());
    }

    proptest! {
        #[test]
        fn any_program_is_looked_through(program in "[a={(\\[\"\\\\,:1}\\])é;]{0,60}") {
            let _ = assigned_values(&program);
            let _ = strip_wrapping_marks(&program);
        }
    }
}
