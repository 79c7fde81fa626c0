//! Repairs mistakes in the text of XML that the parser does not tolerate.

use std::borrow::Cow;
use std::collections::HashMap;

/// Gives closing tags the case of the tags that they close: `<title>Pier</Title>`. All other names stay.
pub(crate) fn close_as_opened(text: &str) -> Cow<'_, str> {
    let mut open = OpenNames::default();
    let mut out = String::new();
    let mut copied = 0;
    for (start, is_closing) in tags(text) {
        let name = name_at(text, start);
        if !is_closing {
            open.begin(name);
        } else if let Some(opened) = open.end(name).filter(|opened| *opened != name) {
            out.push_str(&text[copied..start]);
            out.push_str(opened);
            // Only the case of ASCII letters differs, so that both names are equally long.
            copied = start + opened.len();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The names of the tags that are open.
#[derive(Default)]
struct OpenNames<'t> {
    /// How many tags are open, by their names as they are written.
    counts: HashMap<&'t str, usize>,
    /// The names as they are written, by the names in lower case. Some of them are closed already.
    spellings: HashMap<String, Vec<&'t str>>,
}

impl<'t> OpenNames<'t> {
    fn begin(&mut self, name: &'t str) {
        *self.counts.entry(name).or_default() += 1;
        self.spellings.entry(name.to_ascii_lowercase()).or_default().push(name);
    }

    /// Closes the tag of this name, else the last one whose name differs only in case; its name.
    fn end(&mut self, name: &str) -> Option<&'t str> {
        if let Some((opened, count)) = self.counts.get_key_value(name)
            && *count > 0
        {
            let opened = *opened;
            self.close(opened);
            return Some(opened);
        }
        let spellings = self.spellings.get_mut(&name.to_ascii_lowercase())?;
        // Each name is taken out once, so that all closing tags together take linear time.
        while let Some(opened) = spellings.pop() {
            if self.counts.get(opened).is_some_and(|count| *count > 0) {
                self.close(opened);
                return Some(opened);
            }
        }
        None
    }

    fn close(&mut self, name: &'t str) {
        if let Some(count) = self.counts.get_mut(name) {
            *count = count.saturating_sub(1);
        }
    }
}

/// For each tag outside of CDATA and comments: the beginning of its name, and whether it is a closing tag.
fn tags(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find('<')? + 1;
            let rest = &text[start..];
            let skipped = [("![CDATA[", "]]>"), ("!--", "-->")].iter().find_map(|(open, close)| {
                let inner = rest.strip_prefix(open)?;
                Some(inner.find(close).map_or(text.len(), |end| text.len() - inner[end..].len()))
            });
            if let Some(end) = skipped {
                at = end;
                continue;
            }
            at = start;
            let (name, is_closing) = rest.strip_prefix('/').map_or((rest, false), |name| (name, true));
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some((text.len() - name.len(), is_closing));
            }
        }
    })
}

/// The tag name that begins at `start`.
fn name_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
    let end = rest.find(|c: char| !is_name(c));
    &rest[..end.unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::stand_in;
    use super::*;

    #[test]
    fn closing_tags_take_the_case_of_opening_ones() {
        let mixed = "<Items><Item><title>T</Title><B/><![CDATA[<P></p>]]></ITEM></Items>";
        let even = "<Items><Item><title>T</title><B/><![CDATA[<P></p>]]></Item></Items>";
        assert_eq!(close_as_opened(mixed), even);
        assert!(matches!(close_as_opened(even), Cow::Borrowed(_)));
        for (mixed, even) in [
            ("<title>A</Title><Title>B</title>", "<title>A</title><Title>B</Title>"),
            ("<Berth><berth>7</berth></Berth>", "<Berth><berth>7</berth></Berth>"),
            ("</b><B a='</B>'></b>", "</b><B a='</B>'></b>"),
        ] {
            assert_eq!(close_as_opened(mixed), even);
        }
    }

    #[test]
    fn closing_tags_that_close_nothing_cost_little() {
        let opened: String = (0..20_000).map(|i| format!("<a{i}>")).collect();
        let text = format!("{opened}{}", "</nothing>".repeat(200_000));
        assert!(matches!(close_as_opened(&text), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_text_can_be_repaired(text in "[<>&;/!\\[\\]CDAT#\\-a-cA-Cé \\n]{0,60}") {
            let text = stand_in::put_in(&text);
            prop_assert_eq!(close_as_opened(&text).len(), text.len());
        }
    }
}
