//! Refuses tags with thousands of attributes before the parse: the parser compares each attribute with all
//! before it.
//!
//! Both scans are linear and err only on the side of too many attributes. The first counts from every place
//! where a tag could begin, whatever the text around it is. Inside a tag, the parser depends on nothing
//! outside of it, so that no tag can have more. Nearly all pages pass it. A long script may not, because
//! `a<b` looks like a tag. So a second scan reads what the first refuses: it skips comments and raw text
//! where the parser surely does. From where that is not sure, it counts as the first does.

mod html;
mod markup;
mod tag;
#[cfg(test)]
mod tests;
mod xml;

use self::tag::Syntax;
use super::error::Unparsable;
use crate::model::Limit;

/// Cap on the attributes of one tag; far above that of any real page.
const MAX_ATTRIBUTES: usize = 256;

/// Refuses HTML in which one tag has too many attributes.
///
/// # Errors
/// [`Limit::Attributes`].
pub(crate) fn check(text: &str) -> Result<(), Unparsable> {
    let bytes = text.as_bytes();
    let is_good = tag::has_room(bytes, Syntax::Html, MAX_ATTRIBUTES) || html::has_room(bytes, MAX_ATTRIBUTES);
    answer(is_good)
}

/// Refuses XML in which one tag has too many attributes.
///
/// # Errors
/// [`Limit::Attributes`].
pub(crate) fn check_xml(text: &str) -> Result<(), Unparsable> {
    let bytes = text.as_bytes();
    let is_good = tag::has_room(bytes, Syntax::Xml, MAX_ATTRIBUTES) || xml::has_room(bytes, MAX_ATTRIBUTES);
    answer(is_good)
}

fn answer(is_good: bool) -> Result<(), Unparsable> {
    if is_good { Ok(()) } else { Err(Unparsable::Limit(Limit::Attributes(MAX_ATTRIBUTES))) }
}
