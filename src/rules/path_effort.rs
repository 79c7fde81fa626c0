//! An upper bound of the steps that a JSONPath takes on a value.
//!
//! A path with one `..` looks at each value once. With each further one it reaches a value by as many ways as
//! it has values around it; a list of selectors in brackets multiplies its results, unless they are different indexes;
//! a filter reads its queries for each value that is tested; and a query in it that begins at `$` may each time lead to
//! many values, to a large one or to a long pattern.

use std::collections::HashMap;

use serde_json::Value;

use super::json_path_mistake::without_texts;

/// Most steps of one path on one value. A step takes some tens of nanoseconds.
const MAX_STEPS: u64 = 20_000_000;
/// Bytes of the texts in a value whose reading is a step. Each result is read by itself.
const BYTES_PER_STEP: u64 = 8;
/// The cost of a `match()` or `search()`, which compiles its pattern, in steps; for each byte of a pattern of the page.
const PATTERN_STEPS: u64 = 500;
/// The cost of searching one byte of text by a pattern with counted repetitions, such as `a{1,200}`: it is as large as
/// they say, and may take as many steps for each byte.
const COUNTED_BYTE_STEPS: u64 = 512;

/// The parts of a path that make it take many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PathEffort {
    /// The `..` after the first.
    descents: u32,
    /// The `$` after the first that lead to many values.
    roots: u32,
    /// The comparisons of a value behind a `$` with another one.
    root_pairs: u64,
    /// The steps of the queries in filters.
    queries: u64,
    lists: SelectorLists,
    pattern: PatternOrigin,
    /// The cost of searching one byte of text, in steps; none without a pattern.
    byte_steps: u64,
    /// Whether the path reads each value at most once, so that nothing need be counted.
    is_plain: bool,
}

/// Where the patterns of `match()` and `search()` stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PatternOrigin {
    /// There are none.
    Nowhere,
    Path,
    Page,
}

impl PathEffort {
    pub(super) fn of(path: &str) -> Self {
        let code = without_texts(path).unwrap_or_else(|| path.to_owned());
        let roots: Vec<usize> = code.match_indices('$').skip(1).map(|(at, _)| at).collect();
        let many = roots.iter().filter(|at| leads_to_many(&code, **at)).count();
        let pairs = roots.iter().filter(|at| is_compared_with_root(&code, **at)).count();
        let lists = SelectorLists::of(&code);
        let pattern = pattern_origin(&code);
        let descents = code.matches("..").count().saturating_sub(1);
        let queries = steps_of_queries(&code);
        let is_single = queries == 0 && descents == 0 && pattern == PatternOrigin::Nowhere;
        Self {
            descents: u32::try_from(descents).unwrap_or(u32::MAX),
            roots: u32::try_from(many).unwrap_or(u32::MAX),
            root_pairs: pairs as u64,
            queries,
            lists,
            pattern,
            byte_steps: byte_steps(pattern, path),
            is_plain: is_single && lists == SelectorLists::default(),
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
        let size = ValueSize::of(value);
        let descents = size.depth.saturating_pow(self.descents);
        let times = descents.saturating_mul(self.lists.repeats);
        let visits = size.values.saturating_mul(size.values.saturating_pow(self.roots)).saturating_mul(times);
        let parts = [self.queries, self.lists.tries, self.pattern_steps(size)];
        let by_values = parts.into_iter().fold(visits, |steps, part| steps.saturating_mul(part.max(1)));
        let texts = size.bytes / BYTES_PER_STEP;
        let by_results = if times > 1 { texts.saturating_mul(times) } else { 0 };
        let by_pairs =
            visits.saturating_mul(self.root_pairs).saturating_mul(size.values.saturating_add(texts));
        let by_bytes = size.bytes.saturating_mul(self.byte_steps);
        [by_values, by_results, by_pairs, by_bytes].into_iter().fold(0, u64::saturating_add)
    }

    /// The cost of compiling a pattern. One of the page may be any of its texts.
    fn pattern_steps(self, size: ValueSize) -> u64 {
        match self.pattern {
            PatternOrigin::Nowhere => 1,
            PatternOrigin::Path => PATTERN_STEPS,
            PatternOrigin::Page => PATTERN_STEPS.saturating_mul(size.longest.max(1)),
        }
    }
}

fn byte_steps(pattern: PatternOrigin, path: &str) -> u64 {
    match pattern {
        PatternOrigin::Nowhere => 0,
        PatternOrigin::Path if !path.contains('{') => 1,
        PatternOrigin::Path | PatternOrigin::Page => COUNTED_BYTE_STEPS,
    }
}

/// Where the patterns of a path stand. One that is no text in quotes is taken from the page.
fn pattern_origin(code: &str) -> PatternOrigin {
    let calls = ["match(", "search("].into_iter().flat_map(|name| code.match_indices(name));
    let from_page = calls.map(|(at, name)| {
        let arguments = &code[at + name.len()..];
        let pattern = arguments[query(arguments).len()..].trim_start_matches([',', ' ', '\t', '\n', '\r']);
        !pattern.starts_with(['"', '\''])
    });
    from_page.fold(PatternOrigin::Nowhere, |origin, is_of_page| {
        if is_of_page || origin == PatternOrigin::Page { PatternOrigin::Page } else { PatternOrigin::Path }
    })
}

/// The segments of all queries in filters, each of which is a step for each value that is tested.
fn steps_of_queries(code: &str) -> u64 {
    let in_filters = code.match_indices(['@', '$']).skip(1);
    let segments = in_filters.map(|(at, _)| query(&code[at..]).matches(['.', '[']).count().max(1));
    segments.sum::<usize>() as u64
}

/// Whether the query that begins with the `$` at a place is compared with another one that begins with `$`. Both
/// may lead to large values, which are read for each value that is tested.
fn is_compared_with_root(code: &str, at: usize) -> bool {
    let after = &code[at + query(&code[at..]).len()..];
    let other = after.trim_start_matches(['=', '!', '<', '>']);
    other.len() < after.len() && other.trim_start().starts_with('$')
}

/// Whether the query that begins with the `$` at a place may read many values. A query in the brackets of a
/// function may have to read all that it leads to.
fn leads_to_many(code: &str, at: usize) -> bool {
    let before = code[..at].trim_end().strip_suffix('(');
    let is_argument = before.is_some_and(|name| name.ends_with(|c: char| c.is_ascii_alphanumeric()));
    is_argument || may_be_many(query(&code[at..]))
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

/// The lists of selectors in the square brackets of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SelectorLists {
    /// By how much they multiply the results.
    repeats: u64,
    /// The indexes in lists that are tried on many values, each of which is a step for each of these.
    tries: u64,
}

impl Default for SelectorLists {
    fn default() -> Self {
        Self { repeats: 1, tries: 0 }
    }
}

impl SelectorLists {
    /// Commas between the arguments of a function make no list.
    fn of(code: &str) -> Self {
        let mut lists = Self::default();
        let mut open: Vec<(char, usize, u64)> = Vec::new();
        for (at, c) in code.char_indices() {
            match c {
                '[' | '(' => open.push((c, at, 1)),
                ',' => {
                    if let Some((_, _, selectors)) = open.last_mut() {
                        *selectors += 1;
                    }
                }
                ']' | ')' => {
                    if let Some(('[', start, selectors)) = open.pop() {
                        lists.add(&code[..start], &code[start + 1..at], selectors);
                    }
                }
                _ => {}
            }
        }
        lists
    }

    /// Adds a list of so many selectors, and the path before it.
    fn add(&mut self, before: &str, list: &str, selectors: u64) {
        if selectors == 1 {
            return;
        }
        let repeats = index_repeats(list);
        self.repeats = self.repeats.saturating_mul(repeats.unwrap_or(selectors));
        if repeats.is_some() && may_be_many(before) {
            self.tries = self.tries.saturating_add(selectors);
        }
    }
}

/// How often a list of indexes leads to the same element at most; `None` if it has other selectors. An index from the
/// end may be that of the same element as one from the beginning.
fn index_repeats(list: &str) -> Option<u64> {
    let mut times: HashMap<i64, u64> = HashMap::new();
    for index in list.split(',') {
        *times.entry(index.trim().parse().ok()?).or_default() += 1;
    }
    let most = |from_end: bool| {
        let same_side = times.iter().filter(|(index, _)| (**index < 0) == from_end);
        same_side.map(|(_, count)| *count).max().unwrap_or(0)
    };
    Some(most(false) + most(true))
}

/// Whether a path or query may lead to more than one value.
fn may_be_many(code: &str) -> bool {
    code.contains(['*', '?', ':', ',']) || code.contains("..")
}

/// The measures of a value.
#[derive(Debug, Clone, Copy, Default)]
struct ValueSize {
    /// The number of values in it, itself included.
    values: u64,
    depth: u64,
    /// The bytes of its texts.
    bytes: u64,
    /// The bytes of the longest of them.
    longest: u64,
}

impl ValueSize {
    fn of(value: &Value) -> Self {
        let mut open = vec![(value, 1)];
        let mut size = Self::default();
        while let Some((value, depth)) = open.pop() {
            size.values += 1;
            size.depth = size.depth.max(depth);
            match value {
                Value::Array(list) => open.extend(list.iter().map(|inner| (inner, depth + 1))),
                Value::Object(map) => open.extend(map.values().map(|inner| (inner, depth + 1))),
                Value::String(text) => size.add_text(text),
                _ => {}
            }
        }
        size
    }

    fn add_text(&mut self, text: &str) {
        let bytes = text.len() as u64;
        self.bytes += bytes;
        self.longest = self.longest.max(bytes);
    }
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
    /// Whether a path is refused on a value.
    fn is_refused(path: &str, value: &Value) -> bool {
        PathEffort::of(path).check(value).is_err()
    }

    fn indexes(range: std::ops::Range<i64>) -> String {
        range.map(|index| index.to_string()).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn queries_in_filters_are_read_for_each_value() {
        let wide = json!({ "items": vec![json!({ "title": "x", "tags": ["a", "b"] }); 10_000] });
        for path in ["$.items[?$.a == $.b]", "$.items[?@.title && $.a != $.b]", "$.items[?$['a']<=$['b'] ]"] {
            assert!(is_refused(path, &wide), "{path}");
        }
        let conditions = |count: usize| format!("$.items[?{}]", vec!["@.title == 'x'"; count].join(" || "));
        assert!(is_refused(&conditions(500), &wide));
        assert!(!is_refused(&conditions(20), &wide));
        for path in
            ["$.items[?$.a == @.title]", "$.items[?@.title != $.a && $.b]", "$.items[?@.a == 'x == $']"]
        {
            assert!(!is_refused(path, &wide), "{path}");
        }
    }

    #[test]
    fn patterns_of_the_page_are_weighed_by_their_length() {
        let items = vec![json!({ "title": "x", "tags": ["a", "b"] }); 100];
        let page = |pattern: String| json!({ "items": items, "pattern": pattern });
        let long = page("(a{1,200})".repeat(100));
        for path in [
            "$.items[?match(@.title, $.pattern)]",
            "$.items[?search(@.title,@.tags[0])]",
            "$.items[?match(@.title, 'a') || search(@['title'], value($.pattern))]",
        ] {
            assert!(is_refused(path, &long), "{path}");
            assert!(!is_refused(path, &json!({ "items": [{ "title": "x" }], "pattern": "x" })), "{path}");
        }
        for path in ["$.items[?match(@.title, 'a.*')]", "$.items[?search( @.title , \"b\" )]"] {
            assert!(!is_refused(path, &long), "{path}");
        }
    }

    #[test]
    fn different_indexes_lead_to_each_element_once() {
        let large = json!({ "items": vec![1; 500_000] });
        for list in [indexes(0..100), indexes(-100..0), "3 ,1,\t2".to_owned()] {
            assert!(!is_refused(&format!("$.items[{list}]"), &large), "{list}");
            assert!(!is_refused(&format!("$['items'][{list}].title"), &large), "{list}");
        }
        let many = indexes(0..500);
        let same = ["7"; 500].join(",");
        let wide = json!({ "items": vec![json!({ "title": "x", "tags": ["a", "b"] }); 10_000] });
        for path in [format!("$..[{many}]"), format!("$.items[*].tags[{many}]"), format!("$.items[{same}]")] {
            assert!(is_refused(&path, &wide), "{path}");
        }
        assert!(!is_refused("$.items[*].tags[0, 1, -1]", &wide));
    }
}
