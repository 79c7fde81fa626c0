//! The types of the document tree, re-exported: the rooms above may use the tree, and may not name the
//! crates behind it.

pub(crate) use ego_tree::iter::Edge;
pub(crate) use ego_tree::{NodeId, NodeRef};
pub(crate) use scraper::{ElementRef, Html, Node, Selector};
