//! Text -> document tree, within bounds; and everything that reads the tree alone: visible text, an outline
//! of numbered elements, pictures, players, XPath, XML.
//!
//! Pure. This is the only room that parses HTML and XML into trees, and that names the crates that do.

mod attribute_limit;
pub(crate) mod content;
pub(crate) mod embed;
mod error;
pub(crate) mod escape;
pub(crate) mod outline;
pub(crate) mod parse;
pub(crate) mod picture;
pub(crate) mod text;
pub(crate) mod tree;
pub(crate) mod xml;
pub(crate) mod xpath;

pub use error::Unparsable;
pub use outline::{ElementId, Name, Outline};
pub(crate) use text::is_block;
pub use text::{plain_text, weight};
pub use xpath::XPath;
