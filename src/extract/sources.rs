//! Sources that name the fields of their items themselves (feeds, sitemaps, structured data, WordPress),
//! JSON, and XML of any vocabulary.

pub(super) mod feed;
pub(crate) mod json;
pub(super) mod self_describing;
pub(super) mod sitemap;
pub(super) mod structured;
pub(super) mod wordpress;
pub(super) mod xml;
