//! Characters of addresses as pages write them: percent-encoded, as references of HTML and XML, or escaped as in
//! JSON.

/// Backslashes of one escape: JSON inside of JSON doubles them.
const MAX_BACKSLASHES: usize = 8;

/// Bytes of a character reference, without `&` and with `;`.
const MAX_REFERENCE: usize = 9;

/// `&amp;amp;` and its like: HTML that was escaped several times.
const MAX_AMPERSANDS: usize = 4;

/// Percent-encodings inside of each other: the signs of an address that is inside of three others are encoded
/// three times, and the values of its parameters once more.
const MAX_LEVELS: usize = 4;

/// A character as a text writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    /// The first byte that the text stands for.
    pub(super) byte: u8,
    /// The number of bytes in which it is written.
    pub(super) length: usize,
    /// How often it is percent-encoded.
    pub(super) level: usize,
}

/// The first character of a text.
pub(super) fn written(text: &[u8]) -> Option<Written> {
    written_within(text, MAX_LEVELS)
}

/// The length of the beginning of a text that stands for these bytes; `None` if it begins otherwise.
pub(super) fn spelled(text: &[u8], expected: &[u8]) -> Option<usize> {
    (0..=MAX_LEVELS).find_map(|levels| spelled_within(text, expected, levels))
}

/// The same for bytes that are percent-encoded so many times at most. They may have percent signs of their own,
/// which further decoding would take for encodings.
fn spelled_within(text: &[u8], expected: &[u8], levels: usize) -> Option<usize> {
    let mut at = 0;
    for &byte in expected {
        let rest = &text[at..];
        let sign = written_within(rest, levels)?;
        let is_space = byte == b' ' && sign.byte == b'+';
        at += if sign.byte == byte || is_space {
            sign.length
        } else if rest[0] == byte {
            1
        } else {
            return None;
        };
    }
    Some(at)
}

/// The first character of a text, percent-decoded so many times at most.
fn written_within(text: &[u8], levels: usize) -> Option<Written> {
    let sign = percent_decoded(text, levels)?;
    let is_encoded_ampersand = sign.byte == b'&' && sign.level > 0;
    let escapes = if is_encoded_ampersand { encoded_escapes(&text[sign.length..], sign.level) } else { 0 };
    Some(Written { length: sign.length + escapes, ..sign })
}

fn percent_decoded(text: &[u8], levels: usize) -> Option<Written> {
    let mut sign = unencoded(text)?;
    while sign.byte == b'%' && sign.level < levels {
        let digits = text.get(sign.length..sign.length + 2);
        let Some(byte) = hexadecimal(digits) else { break };
        sign = Written { byte, length: sign.length + 2, level: sign.level + 1 };
    }
    Some(sign)
}

/// The first character of a text, without percent-decoding.
fn unencoded(text: &[u8]) -> Option<Written> {
    let first = *text.first()?;
    let in_json = if first == b'\\' { escaped(text) } else { None };
    let (mut byte, mut length) = in_json.unwrap_or((first, 1));
    // The ampersand of a reference may be a reference itself.
    for _ in 0..=MAX_AMPERSANDS {
        if byte != b'&' {
            break;
        }
        let Some((stands_for, name)) = referenced(&text[length..]) else { break };
        byte = stands_for;
        length += name;
    }
    Some(Written { byte, length, level: 0 })
}

/// The length of `amp;` behind an encoded ampersand, with a `;` that is encoded as often, as many times as it
/// stands there.
fn encoded_escapes(text: &[u8], level: usize) -> usize {
    let mut length = 0;
    for _ in 0..MAX_AMPERSANDS {
        let Some(rest) = text[length..].strip_prefix(b"amp") else { break };
        match percent_decoded(rest, level) {
            Some(sign) if sign.byte == b';' && sign.level == level => length += b"amp".len() + sign.length,
            _ => break,
        }
    }
    length
}

/// Whether the value of a parameter goes on with the next character. A dot may end a sentence.
pub(super) fn address_goes_on(text: &[u8]) -> bool {
    let Some(Written { byte, length, .. }) = written(text) else { return false };
    match byte {
        b'-' | b'_' | b'~' | b'+' | b'=' | b'/' | b':' | b'@' | b'*' | b'$' | b'%' => true,
        b'.' => text.get(length).is_some_and(u8::is_ascii_alphanumeric),
        _ => byte.is_ascii_alphanumeric(),
    }
}

/// The byte of hexadecimal digits.
fn hexadecimal(digits: Option<&[u8]>) -> Option<u8> {
    let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// An escape of JSON (RFC 8259 section 7) for an ASCII character.
fn escaped(text: &[u8]) -> Option<(u8, usize)> {
    let slashes = text.iter().take(MAX_BACKSLASHES).take_while(|byte| **byte == b'\\').count();
    match *text.get(slashes)? {
        b'u' => {
            let digits = text.get(slashes + 1..slashes + 5)?;
            let byte = hexadecimal(digits.strip_prefix(b"00"))?;
            byte.is_ascii().then_some((byte, slashes + 5))
        }
        sign @ (b'/' | b'"' | b'\'') => Some((sign, slashes + 1)),
        _ => None,
    }
}

/// A character reference of HTML or XML for an ASCII character. The text begins behind its `&`.
fn referenced(text: &[u8]) -> Option<(u8, usize)> {
    let end = text.iter().take(MAX_REFERENCE).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&text[..end]).ok()?;
    let byte = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u8::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => match name {
            "amp" => b'&',
            "lt" => b'<',
            "gt" => b'>',
            "quot" => b'"',
            "apos" => b'\'',
            "quest" => b'?',
            "equals" => b'=',
            "plus" => b'+',
            "sol" => b'/',
            "percnt" => b'%',
            _ => return None,
        },
    };
    byte.is_ascii().then_some((byte, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, byte: u8, length: usize, level: usize) {
        assert_eq!(written(text.as_bytes()), Some(Written { byte, length, level }), "{text}");
    }

    #[test]
    fn a_character_is_written_in_many_ways() {
        for (text, byte, length) in [
            ("?a", b'?', 1),
            ("%zz", b'%', 1),
            ("&amp;a", b'&', 5),
            ("&amp;amp;a", b'&', 9),
            ("&amp;quot;", b'"', 10),
            ("&#x3f;", b'?', 6),
            ("&#300;", b'&', 1),
            ("&a", b'&', 1),
            (r"\u0026a", b'&', 6),
            (r"\\u0026a", b'&', 7),
            (r"\u0026amp;a", b'&', 10),
            (r"\/", b'/', 2),
            (r"\n", b'\\', 1),
        ] {
            check(text, byte, length, 0);
        }
        assert_eq!(written(b""), None);
    }

    #[test]
    fn a_character_is_percent_encoded_several_times() {
        check("%3Fa", b'?', 3, 1);
        check("%2526a", b'&', 5, 2);
        check("%25253Da", b'=', 7, 3);
        check("%25zz", b'%', 3, 1);
        check("%252525252526", b'%', 9, MAX_LEVELS);
    }

    #[test]
    fn references_and_percent_encodings_are_mixed() {
        check("&#37;26a", b'&', 7, 1);
        check("&amp;percnt;3D", b'=', 14, 1);
        check(r"\u002526", b'&', 8, 1);
        check("%26amp%3Ba", b'&', 9, 1);
        check("%2526amp%253Bamp%253Ba", b'&', 21, 2);
        check("%26amp;a", b'&', 3, 1);
    }

    #[test]
    fn a_value_is_found_however_often_it_is_encoded() {
        for (text, value, length) in [
            ("a%26b!", "a&b", 5),
            ("a%2526b!", "a&b", 7),
            ("a%25252526b!", "a&b", 11),
            ("a%41b", "a%41b", 5),
            ("a%2541b", "a%41b", 7),
            ("a+b%20c", "a b c", 7),
        ] {
            assert_eq!(spelled(text.as_bytes(), value.as_bytes()), Some(length), "{text}");
        }
        assert_eq!(spelled(b"a%2525252526b", b"a&b"), None);
        assert_eq!(spelled(b"a%26", b"a&b"), None);
    }
}
