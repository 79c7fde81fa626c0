//! Characters of addresses as pages write them: percent-encoded, as references of HTML and XML, or escaped as in
//! JSON.

/// Backslashes of one escape: JSON inside of JSON doubles them.
const MAX_BACKSLASHES: usize = 8;

/// Bytes of a character reference, with `&` and `;`.
const MAX_REFERENCE: usize = 10;

/// `&amp;amp;` and its like: HTML that was escaped several times.
const MAX_AMPERSANDS: usize = 4;

/// The first byte that a text stands for, and the number of bytes in which it is written.
pub(super) fn written(text: &[u8]) -> Option<(u8, usize)> {
    let first = *text.first()?;
    let decoded = match first {
        b'%' => hexadecimal(text.get(1..3)).map(|byte| (byte, 3)),
        b'\\' => escaped(text),
        b'&' => referenced(text),
        _ => None,
    };
    let (byte, mut length) = decoded.unwrap_or((first, 1));
    if byte == b'&' && first != b'%' {
        for _ in 0..MAX_AMPERSANDS {
            length += if text[length..].starts_with(b"amp;") { 4 } else { break };
        }
    }
    Some((byte, length))
}

/// The length of the beginning of a text that stands for these bytes; `None` if it begins otherwise.
pub(super) fn spelled(text: &[u8], expected: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &byte in expected {
        let rest = &text[at..];
        let (found, length) = written(rest)?;
        let is_plain = rest[0] == byte || (byte == b' ' && rest[0] == b'+');
        at += if found == byte {
            length
        } else if is_plain {
            1
        } else {
            return None;
        };
    }
    Some(at)
}

/// Whether the value of a parameter goes on with the next character. A dot may end a sentence.
pub(super) fn address_goes_on(text: &[u8]) -> bool {
    let Some((byte, length)) = written(text) else { return false };
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

/// A character reference of HTML or XML for an ASCII character.
fn referenced(text: &[u8]) -> Option<(u8, usize)> {
    let end = text.iter().take(MAX_REFERENCE).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&text[1..end]).ok()?;
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

    #[test]
    fn a_character_is_written_in_many_ways() {
        for (text, byte, length) in [
            ("?a", b'?', 1),
            ("%3Fa", b'?', 3),
            ("%zz", b'%', 1),
            ("&amp;a", b'&', 5),
            ("&amp;amp;a", b'&', 9),
            ("&#x3f;", b'?', 6),
            ("&#300;", b'&', 1),
            ("&a", b'&', 1),
            (r"\u0026a", b'&', 6),
            (r"\\u0026a", b'&', 7),
            (r"\/", b'/', 2),
            (r"\n", b'\\', 1),
        ] {
            assert_eq!(written(text.as_bytes()), Some((byte, length)), "{text}");
        }
        assert_eq!(written(b""), None);
    }
}
