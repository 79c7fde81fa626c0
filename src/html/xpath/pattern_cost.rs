//! What a search for a regular expression costs at most, estimated from how the expression is written.
//!
//! A search is mostly fast, but on some texts it follows all places of the pattern at once, with each counted
//! repetition written out. The estimate need not be exact: it weighs the steps that a search takes.

use std::iter::Peekable;
use std::str::Chars;

/// The weight of a class of characters, and the least weight of what is repeated. A plain character weighs 1.
const CLASS_WEIGHT: usize = 4;

/// The cost of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PatternCost {
    /// The weights of all places of a valid pattern together: steps that a search takes at most for each byte.
    pub(crate) weight: usize,
    /// Whether a search may read far beyond the end of the match that it finds, as `a(.*z)?` does.
    pub(crate) may_read_far: bool,
}

impl PatternCost {
    /// Estimates the cost of a valid pattern.
    pub(crate) fn of(pattern: &str) -> Self {
        let mut reader = PatternReader::new(pattern);
        while let Some(c) = reader.chars.next() {
            reader.read(c);
        }
        let open: usize = reader.outside.iter().fold(0, |sum, size| sum.saturating_add(*size));
        Self {
            weight: reader.size.saturating_add(open),
            may_read_far: reader.has_endless && reader.has_choice,
        }
    }
}

struct PatternReader<'p> {
    chars: Peekable<Chars<'p>>,
    /// Weights before the groups that are open, the outermost first.
    outside: Vec<usize>,
    /// Weight of the innermost open group so far.
    size: usize,
    /// Weight of the last place or group: a repetition applies to it.
    last: usize,
    has_endless: bool,
    has_choice: bool,
}

impl<'p> PatternReader<'p> {
    fn new(pattern: &'p str) -> Self {
        Self {
            chars: pattern.chars().peekable(),
            outside: Vec::new(),
            size: 0,
            last: 0,
            has_endless: false,
            has_choice: false,
        }
    }

    /// Reads the part of the pattern that begins with a character.
    fn read(&mut self, first: char) {
        match first {
            '\\' => self.escape(),
            '[' => self.class(),
            '.' => self.place(CLASS_WEIGHT),
            '(' => self.open_group(),
            ')' => self.close_group(),
            '{' => self.count(),
            '|' => self.has_choice = true,
            '?' => {
                self.has_choice = true;
                self.repeat(1);
            }
            '*' | '+' => {
                self.has_choice |= first == '*';
                self.has_endless = true;
                self.repeat(1);
            }
            plain => self.place(plain.len_utf8()),
        }
    }

    fn place(&mut self, weight: usize) {
        self.size = self.size.saturating_add(weight);
        self.last = weight;
    }

    fn repeat(&mut self, times: usize) {
        let repeated = self.last.max(CLASS_WEIGHT).saturating_mul(times);
        self.size = self.size.saturating_sub(self.last).saturating_add(repeated);
        self.last = repeated;
    }

    fn open_group(&mut self) {
        self.outside.push(self.size);
        self.size = 0;
        self.last = 0;
        // The `?` of `(?:` repeats nothing. The letters after it count as places, which does no harm.
        self.chars.next_if_eq(&'?');
    }

    fn close_group(&mut self) {
        self.last = self.size;
        self.size = self.size.saturating_add(self.outside.pop().unwrap_or(0));
    }

    /// A backslash and what belongs to it, such as `\d` or `\p{Greek}`.
    fn escape(&mut self) {
        let kind = self.chars.next();
        let takes_braces = matches!(kind, Some('p' | 'P' | 'x' | 'u' | 'U' | 'b'));
        if takes_braces && self.chars.next_if_eq(&'{').is_some() {
            self.chars.by_ref().find(|c| *c == '}');
        }
        let is_plain = kind.is_some_and(|c| c.is_ascii_punctuation());
        self.place(if is_plain { 1 } else { CLASS_WEIGHT });
    }

    fn class(&mut self) {
        self.chars.next_if_eq(&'^');
        self.chars.next_if_eq(&']');
        let mut depth = 1;
        while let Some(c) = self.chars.next() {
            match c {
                '\\' => {
                    self.chars.next();
                }
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.place(CLASS_WEIGHT);
    }

    /// A counted repetition whose brace has been read: `{2}`, `{2,}` or `{2,5}`.
    fn count(&mut self) {
        let inside: String = self.chars.by_ref().take_while(|c| *c != '}').collect();
        let (least, most) = inside.split_once(',').unwrap_or((inside.as_str(), inside.as_str()));
        let least: usize = least.trim().parse().unwrap_or(0);
        let most: Option<usize> = most.trim().parse().ok();
        self.has_endless |= most.is_none();
        self.has_choice |= most.is_some_and(|most| most != least) || least == 0;
        self.repeat(most.unwrap_or(least).max(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, weight: usize, may_read_far: bool) {
        assert_eq!(PatternCost::of(pattern), PatternCost { weight, may_read_far }, "{pattern}");
    }

    #[test]
    fn repetitions_are_written_out() {
        check("", 0, false);
        check("tide", 4, false);
        check(r"\d{4}-\d\d", 25, false);
        check("[^]a-z[:digit:]]+x", 5, false);
        check("(a{1,300}){1,30}", 36_000, false);
        check(r"\p{Greek}\{2", 6, false);
        check("(ab(cd", 4, false);
    }

    #[test]
    fn a_search_reads_far_only_where_a_shorter_match_would_do() {
        check(r"\s+", 4, false);
        check("a(.*z)?", 6, true);
        check("a+|b", 5, true);
        check("x{2,}", 8, false);
    }
}
