//! Pieces that services for chats share: escaped Markdown and HTML, links, and lists with a limit.

use url::Url;

use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, MessageItem};

/// Most characters of a title.
const MAX_TITLE: usize = 250;
/// Most bytes of an address that is linked. Longer ones are refused by some services.
const MAX_LINK: usize = 2000;
/// Room for the line about items that were left out.
const MAX_MORE: usize = 24;
/// A space without width: it ends a word where a mark would begin something, and nobody sees it.
pub(super) const GAP: char = '\u{200B}';

/// The items as a list in Markdown, if there are several; else the body. At most `most` long.
pub(super) fn rest(message: &Message, most: usize, unit: LengthUnit) -> String {
    if message.items.len() < 2 {
        return escaped_within(&message.body, most, unit, markdown);
    }
    let line = |item: &MessageItem| format!("• {}", linked(&item.title, item.link.as_ref()));
    let lines: Vec<String> = message.items.iter().map(line).collect();
    let measured: Vec<(usize, String)> = lines.into_iter().map(|line| (unit.length(&line), line)).collect();
    listed(&measured, most)
}

/// A title in Markdown, with its link.
pub(super) fn linked(title: &str, link: Option<&Url>) -> String {
    let title = escaped_within(title.trim(), MAX_TITLE, LengthUnit::Characters, markdown);
    match web_link(link) {
        Some(link) => format!("[{title}]({})", destination(link)),
        None => title,
    }
}

/// An address between the brackets of a link in Markdown.
pub(super) fn destination(link: &str) -> String {
    link.replace('(', "%28").replace(')', "%29")
}

/// Plain text as Markdown that shows exactly this text: without formatting, mentions, channels, tags,
/// pictograms and links. A backslash would be shown before some of the marks, so that a gap follows these.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut begins_line = true;
    for c in text.chars() {
        if begins_line && (c.is_ascii_digit() || "-+=> \t".contains(c)) {
            out.push(GAP);
        }
        if "\\`*_[]|".contains(c) {
            out.push('\\');
        }
        out.push(c);
        if "&<@#~:".contains(c) {
            out.push(GAP);
        }
        begins_line = c == '\n';
    }
    out
}

/// An address of http or https that services take as a link. Others could open a program.
pub(super) fn web_link(url: Option<&Url>) -> Option<&str> {
    let web = |url: &&Url| matches!(url.scheme(), "http" | "https");
    url.filter(web).map(Url::as_str).filter(|link| link.len() <= MAX_LINK)
}

/// The text, escaped, after so much was cut off that the escaped text is at most `most` long.
pub(super) fn escaped_within(
    text: &str,
    most: usize,
    unit: LengthUnit,
    escape: fn(&str) -> String,
) -> String {
    let mut room = unit.length(text).min(most);
    loop {
        let escaped = escape(&cut(text, room, unit));
        let over = unit.length(&escaped).saturating_sub(most);
        if over == 0 || room == 0 {
            return escaped;
        }
        // A character becomes at most six.
        room = room.saturating_sub((over / 6).max(1));
    }
}

/// How many texts of these lengths there is room for, from the first on. If it is not all of them, there is
/// also room for a line about the others.
pub(super) fn kept_of(lengths: &[usize], most: usize) -> usize {
    if lengths.iter().sum::<usize>() <= most {
        return lengths.len();
    }
    let mut used = 0;
    let fits = |length: &&usize| {
        used += **length;
        used <= most.saturating_sub(MAX_MORE)
    };
    lengths.iter().take_while(fits).count()
}

/// The line about items that were left out.
pub(super) fn more(missing: usize) -> Option<String> {
    (missing > 0).then(|| format!("… and {missing} more"))
}

/// Lines, each with its length as the service counts it: as many as there is room for.
pub(super) fn listed(lines: &[(usize, String)], most: usize) -> String {
    let lengths: Vec<usize> = lines.iter().map(|(length, _)| length + 1).collect();
    let kept = kept_of(&lengths, most + 1);
    let others = more(lines.len() - kept);
    let mut texts: Vec<&str> = lines[..kept].iter().map(|(_, text)| text.as_str()).collect();
    texts.extend(others.as_deref());
    texts.join("\n")
}

/// Plain text as HTML, in texts and attributes.
pub(super) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_titles_are_text() {
        let hostile = markdown("@all <!channel> [a](b) *x* ~town #tag");
        assert_eq!(hostile, "@\u{200B}all <\u{200B}!channel> \\[a\\](b) \\*x\\* ~\u{200B}town #\u{200B}tag");
        assert_eq!(markdown("a\n- b"), "a\n\u{200B}- b");
        assert_eq!(web_link(Url::parse("javascript:alert(1)").ok().as_ref()), None);
    }
}
