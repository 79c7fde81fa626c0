//! Removes the publisher's logo from items.

use std::collections::HashMap;

use url::Url;

use crate::model::{FieldName, Found, Problem};

/// A picture on fewer items than this is never taken for a logo.
const LOGO_MIN_ITEMS: usize = 4;

/// Removes the picture that more than half of the items share: such a picture is the publisher's logo and
/// tells nothing about any item.
pub(super) fn remove(found: &mut [Found], problems: &mut Vec<Problem>) {
    let mut counts: HashMap<&Url, usize> = HashMap::new();
    for image in found.iter().filter_map(|f| f.content.image.as_ref()) {
        *counts.entry(image).or_default() += 1;
    }
    let most_common = counts.into_iter().max_by_key(|(url, count)| (*count, url.as_str()));
    let Some((logo, count)) = most_common.map(|(url, count)| (url.clone(), count)) else { return };
    if count < LOGO_MIN_ITEMS || count * 2 <= found.len() {
        return;
    }
    for item in found.iter_mut().filter(|f| f.content.image.as_ref() == Some(&logo)) {
        item.content.image = None;
    }
    let message = format!("{logo} stands on {count} items: taken for a logo and left out");
    problems.push(Problem { field: FieldName::Image.into(), position: None, message });
}
