//! Limits of the texts of an item.

/// Limits of the texts of one item, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimits {
    /// A longer title is cut.
    pub title_bytes: usize,
    /// A longer summary is cut.
    pub summary_bytes: usize,
    /// A longer HTML body is left out.
    pub content_bytes: usize,
}
