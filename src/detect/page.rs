//! The page as detection reads it: its elements with their texts, links, dates, classes and regions, each
//! read once.

pub(super) mod dates;
pub(super) mod hash;
pub(super) mod links;
pub(super) mod regions;
pub(super) mod signals;
pub(super) mod text_stats;
pub(super) mod texts;
pub(super) mod versions;
pub(super) mod view;
