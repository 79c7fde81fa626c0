//! The shortest selectors that find what was found: the items on the page, and a slot in its records.

pub(super) mod candidate;
pub(super) mod field;
pub(super) mod items;
pub(super) mod stable_names;
pub(super) mod write_rules;
pub(super) mod xpath;
