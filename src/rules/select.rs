//! One way to find something on a page or in JSON.

use super::css::Css;
use super::jq::Jq;
use super::json_path::JsonPath;
use crate::html::XPath;

/// A way to find something: an element of a page, or a value of JSON.
#[derive(Debug, Clone)]
pub enum Select {
    /// By CSS.
    Css(Css),
    /// By XPath.
    XPath(XPath),
    /// By JSONPath.
    Json(JsonPath),
    /// By a jq program.
    Jq(Jq),
}

impl Select {
    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Css(css) => css.text(),
            Self::XPath(path) => path.text(),
            Self::Json(path) => path.text(),
            Self::Jq(program) => program.text(),
        }
    }

    /// A JSONPath to the items: `$.items` and `$.items[*]` name the same.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn json_items(text: &str) -> Result<Self, String> {
        JsonPath::parse_list(text).map(Self::Json)
    }
}
