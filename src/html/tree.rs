//! The nouns of the document tree, under names of our own: rooms above know the tree, and not the crates that make it.

pub(crate) use ego_tree::NodeId;
pub(crate) use ego_tree::iter::Edge;
pub(crate) use scraper::{ElementRef, Html, Node, Selector};
