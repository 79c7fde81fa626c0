//! An upper bound of the steps that a JSONPath takes on a value.
//!
//! A path with one `..` looks at each value once. With each further one it reaches a value by as many ways as
//! it has values around it; a list of selectors in brackets multiplies its results; and a query in a filter that
//! begins at `$` and leads to many values reads these for each value that is tested.

use serde_json::Value;

use super::json_path_mistake::without_texts;

/// Most steps of one path on one value. A step takes some tens of nanoseconds.
const MAX_STEPS: u64 = 20_000_000;
/// Bytes of the texts in a value whose reading is a step. Each result is read by itself.
const BYTES_PER_STEP: u64 = 8;
/// The cost of a `match()` or `search()`, which compiles its pattern, in steps.
const PATTERN_STEPS: u64 = 500;

/// The parts of a path that make it take many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PathEffort {
    /// The `..` after the first.
    descents: u32,
    /// The `$` after the first that lead to many values.
    roots: u32,
    /// By how much lists of selectors in brackets multiply the results.
    unions: u64,
    has_pattern: bool,
    /// The cost of searching one byte of text, in steps; none without a pattern.
    byte_steps: u64,
    /// Whether the path reads each value at most once, so that nothing need be counted.
    is_plain: bool,
}

impl PathEffort {
    pub(super) fn of(path: &str) -> Self {
        let code = without_texts(path).unwrap_or_else(|| path.to_owned());
        let count = |part: &str| u32::try_from(code.matches(part).count()).unwrap_or(u32::MAX);
        let roots = code.match_indices('$').skip(1).filter(|(at, _)| leads_to_many(&code, *at)).count();
        let has_pattern = code.contains("match(") || code.contains("search(");
        let unions = selectors_in_lists(&code);
        let descents = count("..").saturating_sub(1);
        Self {
            descents,
            roots: u32::try_from(roots).unwrap_or(u32::MAX),
            unions,
            has_pattern,
            byte_steps: byte_steps(has_pattern, path),
            is_plain: descents == 0 && roots == 0 && unions == 1 && !has_pattern,
        }
    }

    /// Refuses a value on which the path would take too many steps.
    ///
    /// # Errors
    /// A sentence for the user.
    pub(super) fn check(self, value: &Value) -> Result<(), String> {
        if self.is_plain || self.steps(value) <= MAX_STEPS {
            return Ok(());
        }
        Err("the path would take too many steps on this page; use one with fewer `..`, `$` and commas"
            .to_owned())
    }

    fn steps(self, value: &Value) -> u64 {
        let (values, depth, bytes) = measure(value);
        let descents = depth.saturating_pow(self.descents);
        let ways = descents.saturating_mul(values.saturating_pow(self.roots));
        let pattern = if self.has_pattern { PATTERN_STEPS } else { 1 };
        let by_values = values.saturating_mul(ways).saturating_mul(self.unions).saturating_mul(pattern);
        let times = descents.saturating_mul(self.unions);
        let by_results = if times > 1 { (bytes / BYTES_PER_STEP).saturating_mul(times) } else { 0 };
        by_values.saturating_add(by_results).saturating_add(bytes.saturating_mul(self.byte_steps))
    }
}

/// A pattern with counted repetitions, such as `a{1,200}`, is as large as they say, and may take as many steps for
/// each byte.
fn byte_steps(has_pattern: bool, path: &str) -> u64 {
    match (has_pattern, path.contains('{')) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 512,
    }
}

/// Whether the query that begins with the `$` at a place may read many values. A query in the brackets of a
/// function may have to read all that it leads to.
fn leads_to_many(code: &str, at: usize) -> bool {
    let before = code[..at].trim_end().strip_suffix('(');
    let is_argument = before.is_some_and(|name| name.ends_with(|c: char| c.is_ascii_alphanumeric()));
    is_argument || query(&code[at..]).contains(['*', '?', ':', ',']) || query(&code[at..]).contains("..")
}

/// The query that a text begins with: up to a sign of a comparison, or to a bracket or comma of what is around
/// it.
fn query(code: &str) -> &str {
    let mut open = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '[' | '(' => open += 1,
            ']' | ')' | ',' | '=' | '!' | '<' | '>' | '&' | '|' if open == 0 => return &code[..at],
            ']' | ')' => open -= 1,
            _ => {}
        }
    }
    code
}

/// By how much the lists of selectors in square brackets multiply the results of a path. Commas between the
/// arguments of a function make no list.
fn selectors_in_lists(code: &str) -> u64 {
    let mut factor: u64 = 1;
    let mut open: Vec<(char, u64)> = Vec::new();
    for c in code.chars() {
        match c {
            '[' | '(' => open.push((c, 1)),
            ',' => {
                if let Some((_, selectors)) = open.last_mut() {
                    *selectors += 1;
                }
            }
            ']' | ')' => {
                if let Some(('[', selectors)) = open.pop() {
                    factor = factor.saturating_mul(selectors);
                }
            }
            _ => {}
        }
    }
    factor
}

/// The number of values in a value, itself included, its depth, and the bytes of its texts.
fn measure(value: &Value) -> (u64, u64, u64) {
    let mut open = vec![(value, 1)];
    let mut values = 0;
    let mut deepest = 0;
    let mut bytes = 0;
    while let Some((value, depth)) = open.pop() {
        values += 1;
        deepest = deepest.max(depth);
        match value {
            Value::Array(list) => open.extend(list.iter().map(|inner| (inner, depth + 1))),
            Value::Object(map) => open.extend(map.values().map(|inner| (inner, depth + 1))),
            Value::String(text) => bytes += text.len() as u64,
            _ => {}
        }
    }
    (values, deepest, bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(depth: usize, width: usize) -> Value {
        (0..depth).fold(json!(vec![1; width]), |inner, _| json!([inner]))
    }

    #[test]
    fn paths_are_refused_by_what_they_would_read() {
        let deep = nested(100, 2_000);
        let wide = json!({ "items": vec![json!({ "title": "x", "tags": ["a", "b"] }); 10_000] });
        for path in [
            "$..*..*..*",
            "$..[?@..x]..y",
            "$..[?$..x]",
            "$.items[?@.title == $.items[?@.x].x]",
            "$.items[*].tags[?@ == $ [*][0].title]",
            "$[*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*]",
            "$..[?match(@.x, 'a.*')]",
        ] {
            assert!(
                PathEffort::of(path).check(&deep).is_err() || PathEffort::of(path).check(&wide).is_err(),
                "{path}"
            );
        }
        let long = json!({ "text": "a".repeat(1 << 20) });
        assert!(PathEffort::of("$..[?search(@.text, '(a{1,200}){1,20}b')]").check(&long).is_err());
        assert_eq!(PathEffort::of("$..[?search(@.text, 'a+b')]").check(&long), Ok(()));
        let many_times = format!("$..[{}*]", "*, ".repeat(200));
        assert!(PathEffort::of(&many_times).check(&long).is_err());
        assert_eq!(PathEffort::of("$..['title', 'text']").check(&long), Ok(()));
        for path in [
            "$.items[*].tags[*]",
            "$..title",
            "$.items[?@.title == 'x, y, z']",
            "$.items[*]['title', 'tags']",
            "$..items..title",
            "$.items[?@.title == $.title]",
            "$.items[?(@.title == $['title'] && @.tags[0] != $.items[0].title)]",
            "$.items[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14].title",
        ] {
            assert_eq!(PathEffort::of(path).check(&wide), Ok(()), "{path}");
        }
    }
}
