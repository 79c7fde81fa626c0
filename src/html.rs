//! Text -> a document tree within bounds, and everything that reads the tree itself: visible text, an outline of
//! numbered elements, XPath, XML. Pure. The only room that parses HTML and XML into trees.

mod attribute_limit;
pub(crate) mod outline;
pub(crate) mod parse;
pub(crate) mod text;
pub(crate) mod tree;
pub(crate) mod xml;
pub(crate) mod xpath;

pub use outline::{ElementId, Name, Outline};
pub use parse::Unparsable;
pub use text::{plain_text, weight};
pub use xpath::XPath;
