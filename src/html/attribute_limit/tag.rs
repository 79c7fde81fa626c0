//! The inside of a tag, as the parsers read it.

use super::markup::find;

/// The rules of the two parsers differ in white space and in what a slash begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// HTML standard, sections 13.2.5.8 and 13.2.5.32 to 13.2.5.40.
    Html,
    /// The states of `xml5ever`. A slash that ends no tag begins a value.
    Xml,
}

/// A place inside a tag. The place after a slash and that after a quoted value go on as `BeforeName` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TagPlace {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    DoubleQuoted,
    SingleQuoted,
    Unquoted,
}

impl Syntax {
    /// Whether a tag begins with the bytes after a `<`. A tag of HTML ends with attributes, too.
    pub(super) fn begins_tag(self, rest: &[u8]) -> bool {
        match self {
            Self::Html => match rest {
                [b'/', first, ..] | [first, ..] => first.is_ascii_alphabetic(),
                [] => false,
            },
            Self::Xml => rest.first().is_some_and(|&first| {
                !self.is_space(first) && !matches!(first, b'!' | b'/' | b'?' | b':' | b'<' | b'>')
            }),
        }
    }

    /// White space. The parsers read a carriage return as the end of a line.
    pub(super) fn is_space(self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r') || (byte == b'\x0c' && self == Self::Html)
    }

    fn after_slash(self) -> TagPlace {
        match self {
            Self::Html => TagPlace::BeforeName,
            Self::Xml => TagPlace::BeforeValue,
        }
    }
}

impl TagPlace {
    /// The place after one more byte; none after the end of the tag.
    fn next(self, byte: u8, syntax: Syntax) -> Option<Self> {
        match self {
            Self::DoubleQuoted => Some(if byte == b'"' { Self::BeforeName } else { self }),
            Self::SingleQuoted => Some(if byte == b'\'' { Self::BeforeName } else { self }),
            _ if byte == b'>' => None,
            _ if syntax.is_space(byte) => Some(self.after_space()),
            Self::BeforeValue => Some(match byte {
                b'"' => Self::DoubleQuoted,
                b'\'' => Self::SingleQuoted,
                _ => Self::Unquoted,
            }),
            Self::Unquoted => Some(self),
            _ if byte == b'/' => Some(syntax.after_slash()),
            Self::TagName => Some(self),
            Self::Name | Self::AfterName if byte == b'=' => Some(Self::BeforeValue),
            // `xml5ever` drops colons before a name.
            Self::BeforeName if byte == b':' && syntax == Syntax::Xml => Some(self),
            Self::BeforeName | Self::Name | Self::AfterName => Some(Self::Name),
        }
    }

    /// Whether a letter or a digit leads to the same place and begins no attribute.
    fn goes_on(self) -> bool {
        !matches!(self, Self::BeforeName | Self::AfterName | Self::BeforeValue)
    }

    fn after_space(self) -> Self {
        match self {
            Self::TagName | Self::Unquoted => Self::BeforeName,
            Self::Name => Self::AfterName,
            _ => self,
        }
    }

    /// How many attributes begin with the step to another place.
    fn begun(self, next: Self) -> usize {
        usize::from(next == Self::Name && self != Self::Name)
    }
}

/// The number of attributes of the tag that begins after the `<` at `open`, and where the text goes on after
/// the tag.
pub(super) fn read(bytes: &[u8], open: usize, syntax: Syntax) -> (usize, usize) {
    // The slash of an end tag is not one of those that end the name.
    let name = open + 1 + usize::from(bytes.get(open + 1) == Some(&b'/'));
    let mut place = TagPlace::TagName;
    let mut count = 0;
    for (at, &byte) in bytes.iter().enumerate().skip(name) {
        let Some(next) = place.next(byte, syntax) else { return (count, at + 1) };
        count += place.begun(next);
        place = next;
    }
    (count, bytes.len())
}

/// Whether no tag has more than `max` attributes, wherever in the text a tag begins.
///
/// All tags that could have begun are read at once. Those at the same place go on alike, so that only the
/// largest count of each place is kept. That makes the work linear, however the tags overlap.
pub(super) fn has_room(bytes: &[u8], syntax: Syntax, max: usize) -> bool {
    let mut open = OpenTags::default();
    let mut at = 0;
    while at < bytes.len() {
        if open.tags.is_empty() {
            let Some(next) = find(bytes, at, b'<') else { return true };
            at = next;
        }
        open.read(bytes[at], syntax);
        if open.tags.iter().any(|(_, count)| *count > max) {
            return false;
        }
        if bytes[at] == b'<' && syntax.begins_tag(&bytes[at + 1..]) {
            at += usize::from(bytes[at + 1] == b'/');
            // The slash of an end tag is read here for the tags that began before.
            if bytes[at] == b'/' {
                open.read(b'/', syntax);
            }
            open.add(TagPlace::TagName, 0);
        }
        at += 1;
    }
    true
}

/// The tags that may have begun: for each place the largest number of attributes. Mostly it is one tag.
#[derive(Default)]
struct OpenTags {
    tags: Vec<(TagPlace, usize)>,
    /// Those after the next byte; empty between two bytes.
    next: Vec<(TagPlace, usize)>,
}

impl OpenTags {
    fn add(&mut self, place: TagPlace, count: usize) {
        add(&mut self.tags, place, count);
    }

    /// Goes on to the places after one more byte.
    fn read(&mut self, byte: u8, syntax: Syntax) {
        // Most bytes are such.
        if byte.is_ascii_alphanumeric() && self.tags.iter().all(|(place, _)| place.goes_on()) {
            return;
        }
        for (place, count) in self.tags.drain(..) {
            if let Some(next) = place.next(byte, syntax) {
                add(&mut self.next, next, count + place.begun(next));
            }
        }
        std::mem::swap(&mut self.tags, &mut self.next);
    }
}

/// Adds a tag to those of other places, or raises the count of the one at the same place.
fn add(tags: &mut Vec<(TagPlace, usize)>, place: TagPlace, count: usize) {
    match tags.iter_mut().find(|(other, _)| *other == place) {
        Some((_, largest)) => *largest = (*largest).max(count),
        None => tags.push((place, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_move_no_place_that_goes_on() {
        let places = [
            TagPlace::TagName,
            TagPlace::BeforeName,
            TagPlace::Name,
            TagPlace::AfterName,
            TagPlace::BeforeValue,
            TagPlace::DoubleQuoted,
            TagPlace::SingleQuoted,
            TagPlace::Unquoted,
        ];
        for (place, syntax) in places.into_iter().flat_map(|p| [(p, Syntax::Html), (p, Syntax::Xml)]) {
            let stays = |byte: &u8| place.next(*byte, syntax) == Some(place) && place.begun(place) == 0;
            assert_eq!(b"aZ09".iter().all(stays), place.goes_on(), "{place:?} {syntax:?}");
        }
    }
}
