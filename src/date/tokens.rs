//! Text -> tokens: numbers, words with their meanings, marks.

use super::fold::{Folded, fold};
use super::lexicon::{LEXICON, Phrase};
use super::meaning::{Languages, Meaning, Sense};

/// The kind of a token, with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind {
    /// Digits: their value and their count.
    Number(u64, usize),
    /// A word's meanings; empty if the word is unknown.
    Word(&'static [Meaning]),
    /// Any other character that is not white space.
    Mark(char),
}

/// A token and its place in the folded text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Whether white space stands before it.
    after_space: bool,
    /// Byte offsets in the folded text.
    start: usize,
    end: usize,
}

/// A text and its tokens. Methods take the index of a token; past the end they find nothing.
#[derive(Debug)]
pub(super) struct Text {
    folded: Folded,
    pub(super) tokens: Vec<Token>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let folded = fold(text);
        let mut text = Self { tokens: split(&folded.text), folded };
        text.join_phrases();
        text
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    /// The value of a number whose count of digits is in a range.
    pub(super) fn number(&self, at: usize, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        match self.kind(at) {
            Some(TokenKind::Number(value, count)) if digits.contains(&count) => u32::try_from(value).ok(),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, at: usize, mark: char) -> bool {
        self.kind(at) == Some(TokenKind::Mark(mark))
    }

    /// Whether no white space stands before a token.
    pub(super) fn is_attached(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| !token.after_space)
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(TokenKind::Word(_)))
    }

    /// The folded letters of a token.
    pub(super) fn letters(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| &self.folded.text[t.start..t.end])
    }

    /// The folded text from one token up to but not including another. Empty if there are no such tokens.
    pub(super) fn between(&self, start: usize, end: usize) -> &str {
        let last = end.checked_sub(1).and_then(|at| self.tokens.get(at));
        let (Some(first), Some(last)) = (self.tokens.get(start), last) else { return "" };
        self.folded.text.get(first.start..last.end).unwrap_or_default()
    }

    /// Whether a token was written in capitals.
    pub(super) fn is_upper(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| self.folded.is_upper(t.start, t.end))
    }

    /// The first wanted meaning of a word in the given languages, and those of the languages in which
    /// it has it. Of several meanings, that of the most widely read language counts.
    pub(super) fn sense<T: PartialEq>(
        &self,
        at: usize,
        languages: Languages,
        wanted: impl Fn(Sense) -> Option<T>,
    ) -> Option<(T, Languages)> {
        let Some(TokenKind::Word(meanings)) = self.kind(at) else { return None };
        let fitting = meanings.iter().filter_map(|meaning| {
            let shared = meaning.languages & languages;
            wanted(meaning.sense).filter(|_| shared != 0).map(|value| (value, shared))
        });
        fitting.min_by_key(|(_, shared)| shared.trailing_zeros())
    }

    /// Whether a word has a meaning in one of the languages.
    pub(super) fn means(&self, at: usize, languages: Languages, sense: Sense) -> bool {
        self.sense(at, languages, |s| (s == sense).then_some(())).is_some()
    }

    /// Whether any token can be a date or the number in one. If not, the text needs no closer look.
    pub(super) fn may_hold_date(&self) -> bool {
        self.tokens.iter().any(|token| match token.kind {
            TokenKind::Number(..) => true,
            TokenKind::Word(meanings) => meanings.iter().any(|m| m.sense.says_when()),
            TokenKind::Mark(_) => false,
        })
    }

    /// Joins the words of each phrase to one token: `il y a`, `p.m.`, `sexta-feira`.
    fn join_phrases(&mut self) {
        let mut joined: Vec<Token> = Vec::with_capacity(self.tokens.len());
        let mut at = 0;
        while at < self.tokens.len() {
            let (token, next) = self.phrase(at).unwrap_or((self.tokens[at], at + 1));
            joined.push(token);
            at = next;
        }
        self.tokens = joined;
    }

    /// The longest phrase that begins at a token, as one token, and the index of the token after it.
    fn phrase(&self, at: usize) -> Option<(Token, usize)> {
        if !self.is_word(at) {
            return None;
        }
        for Phrase { rest, meanings } in LEXICON.phrases(self.letters(at)) {
            let mut last = at;
            let is_complete = rest.iter().all(|word| {
                last = self.next_word(last);
                self.is_word(last) && self.letters(last) == word
            });
            if is_complete {
                let end = self.tokens[last].end;
                return Some((Token { kind: TokenKind::Word(meanings), end, ..self.tokens[at] }, last + 1));
            }
        }
        None
    }

    /// The index of the next word of a phrase: one mark that may stand inside phrases is passed over.
    fn next_word(&self, at: usize) -> usize {
        if matches!(self.kind(at + 1), Some(TokenKind::Mark('-' | '.' | '\''))) { at + 2 } else { at + 1 }
    }
}

/// Splits a folded text into tokens.
fn split(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    let mut after_space = false;
    while let Some(c) = text[at..].chars().next() {
        // Zero-width joiners separate words as white space does.
        if c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}') {
            at += c.len_utf8();
            after_space = true;
            continue;
        }
        let (kind, end) = token(text, at, c);
        tokens.push(Token { kind, after_space, start: at, end });
        at = end;
        after_space = false;
    }
    tokens
}

/// The token that begins at a byte offset, and the offset of its end.
fn token(text: &str, at: usize, c: char) -> (TokenKind, usize) {
    if c.is_ascii_digit() {
        let end = end_of(text, at, |c| c.is_ascii_digit());
        // A number that is too large for a date counts as one, and then matches no part of a date.
        return (TokenKind::Number(text[at..end].parse().unwrap_or(u64::MAX), end - at), end);
    }
    if is_unspaced(c) {
        return unspaced(text, at);
    }
    if is_letter(c) {
        let end = end_of(text, at, |c| is_letter(c) && !is_unspaced(c));
        return (TokenKind::Word(LEXICON.word(&text[at..end])), end);
    }
    (TokenKind::Mark(c), at + c.len_utf8())
}

/// The end of the run of characters that satisfy a condition.
fn end_of(text: &str, at: usize, belongs: impl Fn(char) -> bool) -> usize {
    text[at..].find(|c| !belongs(c)).map_or(text.len(), |length| at + length)
}

/// Whether a character is a letter, or a sign that stands on letters in scripts of South and
/// Southeast Asia.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{93c}' | '\u{94d}' | '\u{9bc}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}' | '\u{ccd}' | '\u{d4d}' | '\u{dca}' | '\u{e47}'..='\u{e4e}' | '\u{ec8}'..='\u{ecd}' | '\u{1039}' | '\u{103a}' | '\u{17d2}' | '\u{3099}' | '\u{309a}')
}

/// Whether a character is of a script that sets no spaces between words, or between words and numbers.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Thai, Lao, Burmese, Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han, kana
        | '\u{ac00}'..='\u{d7a3}') // Hangul
}

/// A number in Han numerals or the longest known word at an offset; else an unknown word that ends
/// where the next of them begins.
fn unspaced(text: &str, at: usize) -> (TokenKind, usize) {
    let end = end_of(text, at, is_unspaced);
    let known = |at: usize| numeral(text, at).or_else(|| known_word(&text[..end], at));
    known(at).unwrap_or_else(|| {
        let mut starts = text[at..end].char_indices().skip(1).map(|(i, _)| at + i);
        (TokenKind::Word(&[]), starts.find(|i| known(*i).is_some()).unwrap_or(end))
    })
}

/// The longest known word at an offset.
fn known_word(text: &str, at: usize) -> Option<(TokenKind, usize)> {
    let longest = text[at..].chars().next().map_or(0, |initial| LEXICON.longest_word(initial));
    let ends = text[at..].char_indices().map(|(i, c)| at + i + c.len_utf8()).take(longest);
    let known = ends.filter_map(|end| match LEXICON.word(&text[at..end]) {
        [] => None,
        meanings => Some((TokenKind::Word(meanings), end)),
    });
    known.last()
}

/// A number in Han numerals, as `二〇二五` and `二十四`, if a mark of a date or of an amount follows.
fn numeral(text: &str, at: usize) -> Option<(TokenKind, usize)> {
    let end = end_of(text, at, |c| han_digit(c).is_some() || c == '十');
    let digits = &text[at..end];
    let after = text[end..].chars().next()?;
    let is_followed_by_mark = matches!(
        after,
        '年' | '月'
            | '日'
            | '號'
            | '号'
            | '时'
            | '時'
            | '点'
            | '點'
            | '分'
            | '秒'
            | '天'
            | '小'
            | '個'
            | '个'
            | '周'
            | '週'
    );
    if digits.is_empty() || !is_followed_by_mark {
        return None;
    }
    let value = match digits.split_once('十') {
        None => digits.chars().filter_map(han_digit).fold(0, |value, digit| value * 10 + digit),
        Some((tens, ones)) => {
            let tens = tens.chars().next().map_or(Some(1), han_digit)?;
            tens * 10 + ones.chars().next().map_or(Some(0), han_digit)?
        }
    };
    let count = if digits.contains('十') { 2 } else { digits.chars().count() };
    Some((TokenKind::Number(value, count), end))
}

fn han_digit(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}
