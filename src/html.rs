//! Text -> document tree, within bounds; and everything that reads the tree alone: visible text, an outline
//! of numbered elements, pictures, players, XPath, XML.
//!
//! Pure. This is the only room that parses HTML and XML into trees, and that names the crates that do.

pub mod allowance;
mod attribute_limit;
pub(crate) mod content;
pub(crate) mod embed;
mod error;
pub(crate) mod escape;
mod fragment;
pub(crate) mod invisible;
pub(crate) mod markup;
pub(crate) mod outline;
pub(crate) mod parse;
pub(crate) mod picture;
pub(crate) mod plain;
mod refresh;
mod search_cost;
mod serialise;
pub(crate) mod spacing;
pub(crate) mod table_spans;
pub(crate) mod tags;
pub(crate) mod text;
pub(crate) mod tree;
mod tree_bounds;
pub(crate) mod xml;
pub(crate) mod xpath;

pub use error::Unparsable;
pub(crate) use fragment::fragment_text;
pub use fragment::plain_text;
pub use outline::{ElementId, Name, Outline};
pub use refresh::{DeclaredRefresh, declared_refresh};
pub(crate) use search_cost::TreeShape;
pub(crate) use serialise::inner_html;
pub(crate) use tags::is_block;
pub use text::weight;
pub use xpath::XPath;
pub(crate) use xpath::{PatternCost, pattern_mistake};
