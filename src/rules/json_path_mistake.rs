//! The first mistake of a JSONPath, in words. The parser decides whether a text is one; this only finds the
//! words for a text that it refuses, in one pass.

use super::unparsed::unparsed_words;

/// The first mistake of a path that the parser refuses from byte index `at` on.
pub(super) fn mistake(path: &str, at: usize) -> String {
    if let Some(words) = unbalanced(path) {
        return words;
    }
    let plain = without_texts(path);
    if plain.ends_with('.') {
        return "the name of a key is missing after `.`".to_owned();
    }
    if plain.contains("[]") {
        return "`[]` has nothing in it: write [*] for all entries of a list".to_owned();
    }
    if has_single_equals_sign(&plain) {
        return "two values are compared with `==`".to_owned();
    }
    unparsed_words(path, at)
}

/// The bracket or quote that has no partner.
fn unbalanced(path: &str) -> Option<String> {
    let mut open = Vec::new();
    let mut quote = None;
    let mut is_escaped = false;
    for c in path.chars() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => open.push(']'),
            (None, '(') => open.push(')'),
            (None, ']' | ')') if open.pop() != Some(c) => {
                let partner = if c == ']' { '[' } else { '(' };
                return Some(format!("`{c}` has no `{partner}`"));
            }
            _ => {}
        }
    }
    if quote.is_some() {
        return Some("a text in quotes has no end".to_owned());
    }
    let missing = open.pop()?;
    let partner = if missing == ']' { '[' } else { '(' };
    Some(format!("`{partner}` has no `{missing}`"))
}

/// The path without the texts that stand in quotes.
fn without_texts(path: &str) -> String {
    let mut quote = None;
    let mut is_escaped = false;
    let mut plain = String::with_capacity(path.len());
    for c in path.chars() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(q) if q == c => {
                quote = None;
                plain.push(c);
            }
            Some(_) => {}
            None => {
                quote = Some(c).filter(|c| matches!(c, '"' | '\''));
                plain.push(c);
            }
        }
    }
    plain
}

/// Whether a `=` stands there that belongs to no sign of two characters.
fn has_single_equals_sign(plain: &str) -> bool {
    let rest = ["==", "!=", "<=", ">="].iter().fold(plain.to_owned(), |text, sign| text.replace(sign, " "));
    rest.contains('=')
}

#[cfg(test)]
mod tests {
    use super::super::JsonPath;

    #[track_caller]
    fn says(path: &str, words: &str) {
        let told = JsonPath::parse(path).expect_err(path);
        assert!(told.contains(words), "{path}: {told}");
        assert!(!told.contains("parser") && !told.contains("segment"), "{path}: {told}");
    }

    #[test]
    fn the_mistake_is_told_in_plain_words() {
        says("$.tides[", "`[` has no `]`");
        says("$.tides]", "`]` has no `[`");
        says("$.tides['high", "has no end");
        says("$.tides[?(@.high = 1)]", "`==`");
        says("$.tides[]", "write [*]");
        says("tides.", "missing after `.`");
        says("high tides", "from character 5 on: ` tides`");
        says("$.tides[x]", "cannot be understood from character");
    }
}
