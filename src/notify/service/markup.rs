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

/// The plain text of a message, for services that make links of addresses by themselves: the body, with the
/// address of each item below its line. Without a body it is the title, because such services take no empty
/// text. It is at most `most` long; an address is whole, or left out.
pub(super) fn linked_text(message: &Message, most: usize, unit: LengthUnit) -> String {
    let is_bare = message.body.trim().is_empty();
    let text = if is_bare { &message.title } else { &message.body };
    if message.items.len() < 2 {
        return cut(text, most, unit);
    }
    let lines = lines_with_links(text, &message.items);
    let whole = lines.join("\n");
    if unit.length(&whole) <= most {
        return whole;
    }
    let lengths: Vec<usize> = lines.iter().map(|line| unit.length(line) + 1).collect();
    match kept_of(&lengths, most) {
        0 => cut(text, most, unit),
        kept => format!("{}\n… and more", lines[..kept].join("\n")),
    }
}

/// The lines of a text. A line that names an item has the address of the item below it.
fn lines_with_links(text: &str, items: &[MessageItem]) -> Vec<String> {
    let mut items: Vec<&MessageItem> = items.iter().collect();
    let with_link = |line: &str| {
        let title = line.strip_prefix("• ").unwrap_or_default();
        let named = items.iter().position(|item| item.title == title).map(|at| items.remove(at));
        let link = named.and_then(|item| web_link(item.link.as_ref()));
        link.map_or_else(|| line.to_owned(), |link| format!("{line}\n{link}"))
    };
    text.lines().map(with_link).collect()
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
    use crate::notify::service::examples::{many_items, two_items};

    #[test]
    fn plain_texts_have_the_address_of_each_item() {
        let mut message = two_items();
        message.body = "1 trouble\n• Ebb\n• Flood\n… and 1 more".to_owned();
        let text = |message: &Message, most| linked_text(message, most, LengthUnit::Characters);
        assert_eq!(text(&message, 100), "1 trouble\n• Ebb\nhttps://example.org/a\n• Flood\n… and 1 more");
        let mut many = many_items(100);
        let lines: Vec<String> = many.items.iter().map(|item| format!("• {}", item.title)).collect();
        many.body = lines.join("\n");
        let cut = text(&many, 120);
        assert!(cut.chars().count() <= 120, "{cut}");
        let first = "• Item 0\nhttps://example.org/a\n• Item 1\nhttps://example.org/a\n";
        assert_eq!(cut, format!("{first}• Item 2\nhttps://example.org/a\n… and more"));
        message.body = String::new();
        assert_eq!(text(&message, 100), "Two");
    }

    #[test]
    fn hostile_titles_are_text() {
        let hostile = markdown("@all <!channel> [a](b) *x* ~town #tag");
        assert_eq!(hostile, "@\u{200B}all <\u{200B}!channel> \\[a\\](b) \\*x\\* ~\u{200B}town #\u{200B}tag");
        assert_eq!(markdown("a\n- b"), "a\n\u{200B}- b");
        assert_eq!(web_link(Url::parse("javascript:alert(1)").ok().as_ref()), None);
    }
}
