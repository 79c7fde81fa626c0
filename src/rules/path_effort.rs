//! An upper bound of the steps that a JSONPath takes on a value.
//!
//! A path with one `..` looks at each value once. With each further one it reaches a value by as many ways as
//! it has values around it; a list of selectors in brackets multiplies its results; and a filter that begins
//! at `$` reads the whole value for each value that it tests.

use serde_json::Value;

/// Most steps of one path on one value. A step takes some tens of nanoseconds.
const MAX_STEPS: u64 = 20_000_000;
/// The cost of a `match()` or `search()`, which compiles its pattern, in steps.
const PATTERN_STEPS: u64 = 500;

/// The parts of a path that make it take many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PathEffort {
    /// The `..` after the first.
    descents: u32,
    /// The `$` after the first that lead to many values.
    roots: u32,
    /// Commas, each of which is one selector more in brackets.
    unions: u32,
    has_pattern: bool,
    /// Whether the path reads each value at most once, so that nothing need be counted.
    is_plain: bool,
}

impl PathEffort {
    pub(super) fn of(path: &str) -> Self {
        let code = without_texts(path);
        let count = |part: &str| u32::try_from(code.matches(part).count()).unwrap_or(u32::MAX);
        let roots = code.get(1..).unwrap_or_default().matches('$').count();
        let has_pattern = code.contains("match(") || code.contains("search(");
        let unions = count(",");
        let descents = count("..").saturating_sub(1);
        Self {
            descents,
            roots: u32::try_from(roots).unwrap_or(u32::MAX),
            unions,
            has_pattern,
            is_plain: descents == 0 && roots == 0 && unions == 0 && !has_pattern,
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
        let (values, depth) = measure(value);
        let ways = depth.saturating_pow(self.descents).saturating_mul(values.saturating_pow(self.roots));
        let lists = 2_u64.saturating_pow(self.unions);
        let pattern = if self.has_pattern { PATTERN_STEPS } else { 1 };
        values.saturating_mul(ways).saturating_mul(lists).saturating_mul(pattern)
    }
}

/// The path without the texts in quotes, which may hold any character.
fn without_texts(path: &str) -> String {
    let mut code = String::with_capacity(path.len());
    let mut quote = None;
    let mut is_escaped = false;
    for c in path.chars() {
        match quote {
            _ if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => code.push(c),
        }
    }
    code
}

/// The number of values in a value, itself included, and its depth.
fn measure(value: &Value) -> (u64, u64) {
    let mut open = vec![(value, 1)];
    let mut values = 0;
    let mut deepest = 0;
    while let Some((value, depth)) = open.pop() {
        values += 1;
        deepest = deepest.max(depth);
        match value {
            Value::Array(list) => open.extend(list.iter().map(|inner| (inner, depth + 1))),
            Value::Object(map) => open.extend(map.values().map(|inner| (inner, depth + 1))),
            _ => {}
        }
    }
    (values, deepest)
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
        let wide = json!({ "items": vec![json!({ "title": "x", "tags": ["a", "b"] }); 5_000] });
        for path in [
            "$..*..*..*",
            "$..[?@..x]..y",
            "$..[?$..x]",
            "$[*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*][*,*]",
            "$..[?match(@.x, 'a.*')]",
        ] {
            assert!(
                PathEffort::of(path).check(&deep).is_err() || PathEffort::of(path).check(&wide).is_err(),
                "{path}"
            );
        }
        for path in [
            "$.items[*].tags[*]",
            "$..title",
            "$.items[?@.title == 'x, y, z']",
            "$.items[*]['title', 'tags']",
            "$..items..title",
        ] {
            assert_eq!(PathEffort::of(path).check(&wide), Ok(()), "{path}");
        }
    }
}
