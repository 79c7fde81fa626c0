//! The addresses of a `srcset`, by the HTML standard, section "Parsing a srcset attribute": an address goes
//! up to white space, whatever commas it has.

/// Cap on the bytes of a set that are read.
const MAX_BYTES: usize = 8 * 1024;
/// Cap on the addresses of a set that are compared.
const MAX_ADDRESSES: usize = 100;

/// One address of a set, with its size.
#[derive(Debug, Clone, Copy, PartialEq)]
struct SizedAddress<'a> {
    address: &'a str,
    /// In pixels; 0 if the set does not say.
    width: u32,
    /// Pixels of the picture for one of the page; 1 if the set does not say.
    density: f64,
}

/// The address of the largest picture that is `wanted`; of equal ones the first.
pub(super) fn largest<'a>(set: &'a str, wanted: impl Fn(&str) -> bool) -> Option<&'a str> {
    let mut best: Option<SizedAddress<'a>> = None;
    for one in addresses(beginning(set)).take(MAX_ADDRESSES).filter(|one| wanted(one.address)) {
        let is_larger = best.is_none_or(|best| (one.width, one.density) > (best.width, best.density));
        if is_larger {
            best = Some(one);
        }
    }
    best.map(|best| best.address)
}

/// The part of a set that is read. A set longer than the cap is cut at the last white space within the cap.
fn beginning(set: &str) -> &str {
    if set.len() <= MAX_BYTES {
        return set;
    }
    let end = set.as_bytes()[..MAX_BYTES].iter().rposition(u8::is_ascii_whitespace);
    // White space of ASCII takes one byte, and stands between characters.
    &set[..end.unwrap_or_default()]
}

/// The addresses of a set whose descriptors are right, in their order.
fn addresses(set: &str) -> impl Iterator<Item = SizedAddress<'_>> {
    let mut rest = set;
    let all = std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        let address = word.trim_end_matches(',');
        if address.len() < word.len() {
            rest = tail;
            return Some(sized(address, ""));
        }
        let end = descriptors_end(tail);
        rest = &tail[end..];
        Some(sized(address, &tail[..end]))
    });
    all.flatten()
}

/// Where the descriptors at the beginning of a text end: at a comma that stands in no brackets.
fn descriptors_end(text: &str) -> usize {
    let mut is_in_brackets = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => is_in_brackets = true,
            b')' => is_in_brackets = false,
            b',' if !is_in_brackets => return at,
            _ => {}
        }
    }
    text.len()
}

/// An address with its descriptors; `None` if one of them is wrong: then the standard drops the address.
fn sized<'a>(address: &'a str, descriptors: &str) -> Option<SizedAddress<'a>> {
    let mut sized = SizedAddress { address, width: 0, density: 1.0 };
    for descriptor in descriptors.split_ascii_whitespace() {
        let unit = descriptor.chars().next_back()?;
        let number = &descriptor[..descriptor.len() - unit.len_utf8()];
        match unit {
            'w' => sized.width = number.parse::<u32>().ok().filter(|width| *width > 0)?,
            'h' if number.parse::<u32>().is_ok_and(|height| height > 0) => {}
            'x' => sized.density = number.parse::<f64>().ok().filter(|x| x.is_finite() && *x >= 0.0)?,
            _ => return None,
        }
    }
    Some(sized)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(set: &str, expected: &[(&str, u32, f64)]) {
        let found: Vec<(&str, u32, f64)> = addresses(set).map(|a| (a.address, a.width, a.density)).collect();
        assert_eq!(found, expected, "{set}");
    }

    #[test]
    fn a_comma_in_an_address_is_part_of_it() {
        check(
            "/r/q_auto,f_auto/quay.png 320w,/r/q_auto,w_9/quay.png 960w",
            &[("/r/q_auto,f_auto/quay.png", 320, 1.0), ("/r/q_auto,w_9/quay.png", 960, 1.0)],
        );
        check("a.png?box=1,2,, b.png 1.5x", &[("a.png?box=1,2", 0, 1.0), ("b.png", 0, 1.5)]);
        check(" , ,a.png\t2x ,\n b.png", &[("a.png", 0, 2.0), ("b.png", 0, 1.0)]);
    }

    #[test]
    fn an_address_with_a_wrong_descriptor_is_dropped() {
        check("a.png 0w, b.png 10, c.png (x, y) 3x, d.png 7w 9h", &[("d.png", 7, 1.0)]);
        check("", &[]);
        check(",,,", &[]);
    }

    #[test]
    fn the_largest_counts() {
        let all = |_: &str| true;
        assert_eq!(largest("a 1x, b 3x, c 2x", all), Some("b"));
        assert_eq!(largest("a 900w, b 1600w, c 1600w", all), Some("b"));
        assert_eq!(largest("data:x 900w, b 100w", |a| !a.starts_with("data:")), Some("b"));
    }

    #[test]
    fn long_sets_are_read_in_part() {
        let all = |_: &str| true;
        let long = format!("/a.png 300w, /b.png 900w, {}", "/quäy.png 400w, ".repeat(2_000));
        assert_eq!(largest(&long, all), Some("/b.png"));
        assert_eq!(largest(&format!("{}/z.png 900w", "/a.png 1w, ".repeat(200)), all), Some("/a.png"));
        assert_eq!(largest(&"é".repeat(9_000), all), None);
    }
}
