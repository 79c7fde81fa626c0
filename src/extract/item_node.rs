//! An item of a listing, before it is read.

use serde_json::Value as Json;

use crate::html::tree::ElementRef;

/// The part of a page that is one item, or the whole page.
#[derive(Clone, Copy)]
pub(super) enum ItemNode<'d> {
    /// An element of HTML.
    Element(ElementRef<'d>),
    /// An element of XML.
    Xml(ElementRef<'d>),
    /// A value of JSON.
    Json(&'d Json),
}
