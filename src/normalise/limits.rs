//! Limits of the texts of an item.

use super::text::truncated;
use crate::model::Content;

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

impl TextLimits {
    /// Brings the texts of an item within the limits after filters have changed them.
    pub fn apply(&self, content: &mut Content) {
        let title = std::mem::take(&mut content.title);
        content.title = truncated(title, self.title_bytes);
        content.summary = content.summary.take().map(|summary| truncated(summary, self.summary_bytes));
        content.content_html = content.content_html.take().filter(|html| html.len() <= self.content_bytes);
    }
}
