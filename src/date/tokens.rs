//! Text -> tokens: numbers, words with what they may mean, marks.

use super::fold::{Folded, fold};
use super::lexicon::{LEXICON, Languages, Meaning, Sense};

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Digits: their value, and how many there are.
    Number(u64, usize),
    /// Letters, and what they may mean; nothing if the word is unknown.
    Word(&'static [Meaning]),
    /// Anything else that is not white space.
    Mark(char),
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Whether white space stands before it.
    pub(super) gap: bool,
    start: usize,
    end: usize,
}

/// A text in tokens.
#[derive(Debug)]
pub(super) struct Text {
    folded: Folded,
    pub(super) tokens: Vec<Token>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let folded = fold(text);
        let mut text = Self { tokens: Vec::with_capacity(folded.text.len() / 2), folded };
        text.split();
        text.join_phrases();
        text
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    /// A number of at most so many digits.
    pub(super) fn number(&self, at: usize, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        match self.kind(at) {
            Some(Kind::Number(value, n)) if digits.contains(&n) => u32::try_from(value).ok(),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, at: usize, mark: char) -> bool {
        self.kind(at) == Some(Kind::Mark(mark))
    }

    /// Whether a token follows the one before it without white space.
    pub(super) fn glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| !t.gap)
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Word(_)))
    }

    /// The folded letters of a token.
    pub(super) fn letters(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| &self.folded.text[t.start..t.end])
    }

    /// Whether a token was written in capitals.
    pub(super) fn is_upper(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| self.folded.is_upper(t.start, t.end))
    }

    /// The first thing of interest that a word means in one of the languages, that of the most read
    /// language first; also the languages in which it does.
    pub(super) fn sense<T: PartialEq>(
        &self,
        at: usize,
        languages: Languages,
        wanted: impl Fn(Sense) -> Option<T>,
    ) -> Option<(T, Languages)> {
        let Some(Kind::Word(meanings)) = self.kind(at) else { return None };
        let fitting = meanings.iter().filter_map(|m| {
            let shared = m.languages & languages;
            wanted(m.sense).filter(|_| shared != 0).map(|t| (t, shared))
        });
        fitting.min_by_key(|(_, shared)| shared.trailing_zeros())
    }

    /// Whether a word may mean something in one of the languages.
    pub(super) fn means(&self, at: usize, languages: Languages, sense: Sense) -> bool {
        self.sense(at, languages, |s| (s == sense).then_some(())).is_some()
    }

    /// Whether anything in it can be a part of a date: a number, or a word that tells.
    pub(super) fn may_tell(&self) -> bool {
        self.tokens.iter().any(|token| match token.kind {
            Kind::Number(..) => true,
            Kind::Word(meanings) => meanings.iter().any(|m| m.sense.tells()),
            Kind::Mark(_) => false,
        })
    }

    fn split(&mut self) {
        let folded = std::mem::take(&mut self.folded);
        let text = folded.text.as_str();
        let (mut at, mut gap) = (0, false);
        while let Some(c) = text[at..].chars().next() {
            if c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}') {
                (at, gap) = (at + c.len_utf8(), true);
                continue;
            }
            let (kind, end) = token(text, at, c);
            self.tokens.push(Token { kind, gap, start: at, end });
            (at, gap) = (end, false);
        }
        self.folded = folded;
    }

    /// Makes one token of the words of a phrase: `il y a`, `p.m.`, `sexta-feira`.
    fn join_phrases(&mut self) {
        let mut out: Vec<Token> = Vec::with_capacity(self.tokens.len());
        let mut at = 0;
        while at < self.tokens.len() {
            let (token, next) = self.phrase(at).unwrap_or((self.tokens[at], at + 1));
            out.push(token);
            at = next;
        }
        self.tokens = out;
    }

    fn phrase(&self, at: usize) -> Option<(Token, usize)> {
        if !self.is_word(at) {
            return None;
        }
        for (rest, meanings) in LEXICON.phrases(self.letters(at)) {
            let mut last = at;
            let whole = rest.iter().all(|word| {
                last = self.next_word(last);
                self.is_word(last) && self.letters(last) == word
            });
            if whole {
                let end = self.tokens[last].end;
                return Some((Token { kind: Kind::Word(meanings), end, ..self.tokens[at] }, last + 1));
            }
        }
        None
    }

    /// The token after a word, one mark that phrases have inside passed over.
    fn next_word(&self, at: usize) -> usize {
        if matches!(self.kind(at + 1), Some(Kind::Mark('-' | '.' | '\''))) { at + 2 } else { at + 1 }
    }
}

/// The token that begins at a place, and where it ends.
fn token(text: &str, at: usize, c: char) -> (Kind, usize) {
    if c.is_ascii_digit() {
        let end = end_of(text, at, |c| c.is_ascii_digit());
        // A number too large for a date is no part of one.
        return (Kind::Number(text[at..end].parse().unwrap_or(u64::MAX), end - at), end);
    }
    if is_unspaced(c) {
        return unspaced(text, at);
    }
    if is_letter(c) {
        let end = end_of(text, at, |c| is_letter(c) && !is_unspaced(c));
        return (Kind::Word(LEXICON.word(&text[at..end])), end);
    }
    (Kind::Mark(c), at + c.len_utf8())
}

fn end_of(text: &str, at: usize, belongs: impl Fn(char) -> bool) -> usize {
    text[at..].find(|c| !belongs(c)).map_or(text.len(), |n| at + n)
}

/// Letters, and the signs that stand on them in scripts of India and around it.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{93c}' | '\u{94d}' | '\u{9bc}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}' | '\u{ccd}' | '\u{d4d}' | '\u{dca}' | '\u{e47}'..='\u{e4e}' | '\u{ec8}'..='\u{ecd}' | '\u{1039}' | '\u{103a}' | '\u{17d2}' | '\u{3099}' | '\u{309a}')
}

/// Scripts that set no spaces between words, or hang words onto numbers.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Thai, Lao, Burmese, Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han, kana
        | '\u{ac00}'..='\u{d7a3}') // Hangul
}

/// A number in Han numerals or the longest known word at a place, else what is up to the next one.
fn unspaced(text: &str, at: usize) -> (Kind, usize) {
    let end = end_of(text, at, is_unspaced);
    let known = |at: usize| numeral(text, at).or_else(|| known_word(&text[..end], at));
    known(at).unwrap_or_else(|| {
        let mut starts = text[at..end].char_indices().skip(1).map(|(i, _)| at + i);
        (Kind::Word(&[]), starts.find(|i| known(*i).is_some()).unwrap_or(end))
    })
}

fn known_word(text: &str, at: usize) -> Option<(Kind, usize)> {
    let longest = text[at..].chars().next().map_or(0, |initial| LEXICON.longest(initial));
    let ends = text[at..].char_indices().map(|(i, c)| at + i + c.len_utf8()).take(longest);
    let known = ends.filter_map(|end| match LEXICON.word(&text[at..end]) {
        [] => None,
        meanings => Some((Kind::Word(meanings), end)),
    });
    known.last()
}

/// `二〇二五` and `二十四`, where a mark of a date or an amount follows.
fn numeral(text: &str, at: usize) -> Option<(Kind, usize)> {
    let end = end_of(text, at, |c| han_digit(c).is_some() || c == '十');
    let (digits, after) = (&text[at..end], text[end..].chars().next()?);
    let counted = matches!(
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
    if digits.is_empty() || !counted {
        return None;
    }
    let value = match digits.split_once('十') {
        None => digits.chars().filter_map(han_digit).fold(0, |n, d| n * 10 + d),
        Some((tens, ones)) => {
            let tens = tens.chars().next().map_or(Some(1), han_digit)?;
            tens * 10 + ones.chars().next().map_or(Some(0), han_digit)?
        }
    };
    let count = if digits.contains('十') { 2 } else { digits.chars().count() };
    Some((Kind::Number(value, count), end))
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
