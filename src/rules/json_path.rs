//! Paths into JSON: JSONPath (RFC 9535).

use std::fmt;

use serde_json::Value;

use super::json_path_mistake::mistake;
use super::path_effort::PathEffort;

/// A compiled JSONPath and its text.
#[derive(Clone)]
pub struct JsonPath {
    path: serde_json_path::JsonPath,
    text: String,
    /// Whether it ended in `[*]` or `.*`: then the members of an object are items, too.
    spread: bool,
    effort: PathEffort,
}

impl JsonPath {
    /// Compiles a path. A path without `$` begins at the current value: `author.name` is `$.author.name`,
    /// and `[0]` is `$[0]`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let given = text.trim();
        if given.is_empty() {
            return Err("the path is empty".to_owned());
        }
        let whole = match given.as_bytes()[0] {
            b'$' => given.to_owned(),
            b'@' => format!("${}", &given[1..]),
            b'[' | b'.' => format!("${given}"),
            _ => format!("$.{given}"),
        };
        match serde_json_path::JsonPath::parse(&whole) {
            Ok(path) => {
                let effort = PathEffort::of(&whole);
                Ok(Self { path, text: text.to_owned(), spread: false, effort })
            }
            Err(error) => {
                // Only the beginning of the path was completed, so its end is the same.
                let from_end = whole.len().saturating_sub(error.position());
                Err(mistake(given, given.len().saturating_sub(from_end)))
            }
        }
    }

    /// A path to a list of items: `$.items[*]` and `$.items` name the same items.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn parse_list(text: &str) -> Result<Self, String> {
        let whole = Self::parse(text)?;
        let list = text.trim().strip_suffix("[*]").or_else(|| text.trim().strip_suffix(".*"));
        match list.filter(|l| !l.is_empty()) {
            // Without its end, a path such as `$..*` is none.
            Some(list) => Ok(Self::parse(list).map_or(whole, |list| Self {
                text: text.to_owned(),
                spread: true,
                ..list
            })),
            None => Ok(whole),
        }
    }

    /// The path as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The items that the path leads to, and whether it leads to anything.
    ///
    /// # Errors
    /// As for [`all`](Self::all).
    pub(crate) fn items<'v>(&self, value: &'v Value) -> Result<(Vec<&'v Value>, bool), String> {
        let found = self.all(value)?;
        let is_found = !found.is_empty();
        let items = found.into_iter().flat_map(|value| match value {
            Value::Array(list) => list.iter().collect(),
            Value::Object(map) if self.spread => map.values().collect(),
            Value::Null => Vec::new(),
            other => vec![other],
        });
        Ok((items.collect(), is_found))
    }

    /// The values that the path leads to.
    ///
    /// # Errors
    /// When the path would take too many steps on the value.
    pub(crate) fn all<'v>(&self, value: &'v Value) -> Result<Vec<&'v Value>, String> {
        self.effort.check(value)?;
        Ok(self.path.query(value).all())
    }
}

impl fmt::Debug for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonPath({:?})", self.text)
    }
}
