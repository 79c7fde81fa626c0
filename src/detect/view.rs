//! A page as all of detection sees it: what is read of it more than once is kept.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use chrono::{DateTime, FixedOffset, Utc};
use url::Url;

use super::groups::hash;
use super::regions::Regions;
use super::signals::looks_like_date;
use super::texts::{Said, is_clock};
use crate::date::{self, DateFailure, DateRules, Order};
use crate::extract::{Name, Outline, Place, weight};

/// A text that is heavier than this, and has no number as dates have, is no date: `the day before
/// yesterday` is not.
const LONGEST_WORDS: u32 = 24;
/// A date with words around it has no more bytes.
const LONGEST_BYTES: usize = 600;

/// What is heavier is read by nobody here.
const LONGEST_TEXT: u32 = 4000;
/// So many times a page's text may be read in all, beside so many bytes.
const TIMES_READ: usize = 12;
const FREE_TEXT: usize = 1 << 20;

/// A page under detection.
pub(super) struct View<'a, 'd> {
    pub(super) outline: &'a Outline<'d>,
    pub(super) regions: &'a Regions,
    pub(super) dates: Dates<'a>,
    web: Web<'a>,
    shapes: Vec<u64>,
    texts: RefCell<Vec<Option<Rc<Said>>>>,
    /// Bytes of texts that may still be read: elements in elements have the same text many times.
    left: Cell<usize>,
    targets: RefCell<HashMap<Place, Option<Rc<str>>>>,
}

/// The addresses of a page: the base of its links, and its own.
#[derive(Clone, Copy)]
pub(super) struct Web<'p> {
    pub(super) base: &'p Url,
    pub(super) page: &'p Url,
}

impl<'a, 'd> View<'a, 'd> {
    pub(super) fn new(
        outline: &'a Outline<'d>,
        regions: &'a Regions,
        dates: Dates<'a>,
        web: Web<'a>,
    ) -> Self {
        let texts = RefCell::new(vec![None; outline.len() as usize]);
        let whole = if outline.is_empty() { 0 } else { outline.weight(0) as usize };
        let left = Cell::new(FREE_TEXT + whole * TIMES_READ);
        Self {
            outline,
            regions,
            dates,
            web,
            shapes: shapes(outline),
            texts,
            left,
            targets: RefCell::default(),
        }
    }

    /// What an element looks like: its tag and its classes without numbers, as one number.
    pub(super) fn shape(&self, place: Place) -> u64 {
        self.shapes[place as usize]
    }

    /// The page's own address.
    pub(super) fn page(&self) -> &'a Url {
        self.web.page
    }

    /// The base of its links.
    pub(super) fn base(&self) -> &'a Url {
        self.web.base
    }

    /// The text that a person reads in an element; nothing of what is too long to be a field.
    pub(super) fn text(&self, place: Place) -> Rc<str> {
        Rc::clone(&self.said(place).text)
    }

    /// The same, and how much it says.
    pub(super) fn said(&self, place: Place) -> Rc<Said> {
        let mut texts = self.texts.borrow_mut();
        let said = texts[place as usize].get_or_insert_with(|| Rc::new(Said::new(self.read(place).into())));
        Rc::clone(said)
    }

    fn read(&self, place: Place) -> String {
        if self.outline.weight(place) > LONGEST_TEXT || self.left.get() == 0 {
            return String::new();
        }
        let text = self.outline.text(place);
        self.left.set(self.left.get().saturating_sub(text.len()));
        text
    }

    /// Where a link leads, without its fragment; nothing for what leads nowhere else.
    pub(super) fn target(&self, place: Place) -> Option<Rc<str>> {
        if self.outline.tag_text(place) != "a" {
            return None;
        }
        let mut targets = self.targets.borrow_mut();
        targets.entry(place).or_insert_with(|| self.led_to(place)).clone()
    }

    fn led_to(&self, place: Place) -> Option<Rc<str>> {
        let href = self.outline.attr(place, "href")?.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let mut url = self.web.base.join(href).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        url.set_fragment(None);
        (url != *self.web.page).then(|| url.as_str().into())
    }
}

/// The shapes of all elements.
fn shapes(outline: &Outline<'_>) -> Vec<u64> {
    let mut numbered: HashMap<Name, bool> = HashMap::new();
    let mut has_digit = |name: Name| {
        *numbered.entry(name).or_insert_with(|| outline.text_of(name).bytes().any(|b| b.is_ascii_digit()))
    };
    let mut shape = |place: Place| {
        // In any order: the sum of what they are alone.
        let classes = outline.classes(place).iter().filter(|c| !has_digit(**c));
        let sum = classes.fold(0_u64, |sum, c| sum.wrapping_add(mixed(1, u64::from(c.number()))));
        mixed(sum, u64::from(outline.tag(place).number()))
    };
    (0..outline.len()).map(&mut shape).collect()
}

/// Two numbers as one; good enough for keys of a page that nobody gains by forging.
pub(super) fn mixed(a: u64, b: u64) -> u64 {
    let mut x = (a ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ b.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 32)
}

/// Tables by numbers that are spread already.
pub(super) type Keyed<V> = HashMap<u64, V, BuildHasherDefault<Spread>>;

/// Takes a number for its own hash.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mixed(self.0, u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// What a text is as a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Read {
    /// A date, and whether it was reckoned from the moment of reading.
    At(DateTime<FixedOffset>, bool),
    /// A date whose day and month cannot be told apart.
    Unclear,
    /// None.
    Nothing,
}

/// How the dates of a page are read; each text once.
pub(super) struct Dates<'a> {
    rules: &'a DateRules,
    pub(super) now: DateTime<Utc>,
    read: RefCell<HashMap<(u64, Option<u8>), Read>>,
}

impl<'a> Dates<'a> {
    pub(super) fn new(rules: &'a DateRules, now: DateTime<Utc>) -> Self {
        Self { rules, now, read: RefCell::default() }
    }

    /// Reads a text. A time of day alone says nothing of the day.
    pub(super) fn read(&self, text: &str, order: Option<Order>) -> Read {
        let long = || !looks_like_date(text) && weight(text) > LONGEST_WORDS;
        if text.len() > LONGEST_BYTES || is_clock(text) || long() {
            return Read::Nothing;
        }
        let key = (hash(&text), order.map(|o| o as u8));
        *self.read.borrow_mut().entry(key).or_insert_with(|| self.read_anew(text, order))
    }

    fn read_anew(&self, text: &str, order: Option<Order>) -> Read {
        let rules = DateRules { order: order.or(self.rules.order), ..self.rules.clone() };
        match date::read(text, &rules, Some(self.now)) {
            Ok(reading) => Read::At(reading.at, reading.relative),
            Err(DateFailure::Ambiguous) => Read::Unclear,
            Err(_) => Read::Nothing,
        }
    }

    /// Whether there is a date in a text, be it an unclear one.
    pub(super) fn is_date(&self, text: &str) -> bool {
        self.read(text, None) != Read::Nothing
    }
}
