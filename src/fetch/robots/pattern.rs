//! Path patterns of robots.txt: percent-encoding and matching (RFC 9309 sections 2.2.2 and 2.2.3).

/// Characters that a path may hold as they are, besides the unreserved ones (RFC 3986 section 2).
const KEPT: &[u8] = b"%:/?#[]@!&'()+,;=";

/// Normalises the text between the wildcards of a pattern. A `$` elsewhere than at the end stands for
/// itself.
pub(super) fn normalise_pattern(value: &str) -> String {
    let (pattern, end) = match value.strip_suffix('$') {
        Some(pattern) => (pattern, "$"),
        None => (value, ""),
    };
    let pieces: Vec<String> = pattern.split('*').map(normalise_path).collect();
    pieces.join("*") + end
}

/// Percent-encodes a path in one way only (section 2.2.2): an encoded unreserved character is
/// decoded, a character that a path cannot hold is encoded, and hexadecimal digits are in upper case.
/// `*` and `$` are encoded too, as section 2.2.3 demands where they are not wildcards.
pub(super) fn normalise_path(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while at < bytes.len() {
        let decoded = decode_octet(&bytes[at..]);
        let octet = decoded.unwrap_or(bytes[at]);
        let is_kept = decoded.is_none() && KEPT.contains(&octet);
        if is_kept || is_unreserved(octet) {
            out.push(char::from(octet));
        } else {
            push_encoded(&mut out, octet);
        }
        at += if decoded.is_some() { 3 } else { 1 };
    }
    out
}

/// Decodes the percent-encoded octet at the beginning, if there is one.
fn decode_octet(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// RFC 3986 section 2.3.
const fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// Appends an octet percent-encoded.
pub(super) fn push_encoded(out: &mut String, octet: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(octet >> 4)]));
    out.push(char::from(DIGITS[usize::from(octet & 15)]));
}

/// Whether a pattern matches the beginning of a path, or the whole path if it ends in `$`. The time is
/// linear in both: each `*` is matched at the earliest place. That is right because the text up to the
/// next `*` may be anywhere after it.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return !is_anchored || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() && is_anchored {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}
