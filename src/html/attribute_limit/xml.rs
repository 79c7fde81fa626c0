//! The scan of XML that skips comments, CDATA, declarations and instructions, as `xml5ever` does.

use super::markup::{after_next_bracket, after_text, comment_end, find, starts_with};
use super::tag::{self, Syntax};

/// Whether no tag has more than `max` attributes. Nothing in the tree of XML changes how its text is read,
/// so that this scan is exact.
pub(super) fn has_room(bytes: &[u8], max: usize) -> bool {
    let mut at = 0;
    while let Some(open) = find(bytes, at, b'<') {
        at = open + 1;
        let rest = &bytes[at..];
        if Syntax::Xml.begins_tag(rest) {
            let (count, end) = tag::read(bytes, open, Syntax::Xml);
            if count > max {
                return false;
            }
            at = end;
        } else {
            at = other_end(bytes, at);
        }
    }
    true
}

/// The end of what begins with a `<` before `at` and is no tag with attributes.
fn other_end(bytes: &[u8], at: usize) -> usize {
    match &bytes[at..] {
        [b'!', b'-', b'-', ..] => comment_end(bytes, at + 3),
        [b'!', rest @ ..] if starts_with(rest, b"[CDATA[") => after_text(bytes, at + 8, b"]]>"),
        [b'!', ..] => after_next_bracket(bytes, at + 1),
        [b'?', first, ..] if Syntax::Xml.is_space(*first) => after_next_bracket(bytes, at + 1),
        // The first character of an instruction is part of its name, also where it is a question mark.
        [b'?', ..] => after_text(bytes, at + 2, b"?>"),
        [b'/', first, ..] if !Syntax::Xml.is_space(*first) && !matches!(first, b'<' | b':') => {
            after_next_bracket(bytes, at + 1)
        }
        _ => at,
    }
}
