//! The first mistake of a JSONPath, in words. The parser decides whether a text is one; this only finds the
//! words for a text that it refuses, in one pass.

use super::unparsed::unparsed_words;

/// The first mistake of a path that the parser refuses from byte index `at` on.
pub(super) fn mistake(path: &str, at: usize) -> String {
    let Some(plain) = without_texts(path) else { return "a text in quotes has no end".to_owned() };
    if let Some(words) = unbalanced(&plain) {
        return words;
    }
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

/// The bracket that has no partner, in words.
fn unbalanced(plain: &str) -> Option<String> {
    let mut open = Vec::new();
    for c in plain.chars() {
        let partner = match c {
            '[' | '(' => {
                open.push(c);
                continue;
            }
            ']' => '[',
            ')' => '(',
            _ => continue,
        };
        if open.pop() != Some(partner) {
            return Some(format!("`{c}` has no `{partner}`"));
        }
    }
    let last = open.pop()?;
    let missing = if last == '[' { ']' } else { ')' };
    Some(format!("`{last}` has no `{missing}`"))
}

/// The path without the texts that stand in quotes; `None` if one of them has no end.
pub(super) fn without_texts(path: &str) -> Option<String> {
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
    quote.is_none().then_some(plain)
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
