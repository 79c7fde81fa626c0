//! The finds of one selector, as JSON.

use serde::Serialize;
use url::Url;

use crate::extract::Selection;
use crate::model::public_address;

/// The matches of a selector on a page.
#[derive(Debug, Clone, Serialize)]
pub struct SelectionShape {
    /// The address of the page, without secrets.
    url: Url,
    selector: String,
    /// All matches, also those that are not listed.
    count: usize,
    matches: Vec<MatchShape>,
}

#[derive(Debug, Clone, Serialize)]
struct MatchShape {
    /// The name of the element or attribute.
    name: Option<String>,
    text: String,
    /// The value of the attribute that was asked for.
    attribute: Option<String>,
}

impl SelectionShape {
    /// The selection on the page of an address.
    #[must_use]
    pub fn of(url: &Url, selector: &str, selection: &Selection) -> Self {
        let matches = selection.matches.iter().cloned();
        Self {
            url: public_address(url),
            selector: selector.to_owned(),
            count: selection.count,
            matches: matches
                .map(|found| MatchShape { name: found.name, text: found.text, attribute: found.attribute })
                .collect(),
        }
    }
}
