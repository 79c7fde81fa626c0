//! A page as all of detection sees it: what is read of it more than once is kept.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use url::Url;

use super::dates::Dates;
use super::links::{Links, Target, Web};
use super::regions::Regions;
use super::texts::{Manner, Said, manner};
use crate::html::{Name, Outline, Place};

/// What is heavier is read by nobody here.
const LONGEST_TEXT: u32 = 4000;
/// So many times a page's text may be read in all, beside so many bytes.
const TIMES_READ: usize = 12;
const FREE_TEXT: usize = 1 << 20;

/// A page under detection.
pub(crate) struct View<'a, 'd> {
    pub(crate) outline: &'a Outline<'d>,
    pub(crate) regions: &'a Regions,
    pub(crate) dates: Dates,
    links: Links<'a>,
    shapes: Vec<u64>,
    /// What elements say, by place.
    said: RefCell<Vec<Option<Rc<Said<'a>>>>>,
    /// What was said, by the text itself: elements in elements often say the same.
    texts: RefCell<HashMap<&'a str, Rc<Said<'a>>>>,
    /// What texts are like, by their numbers: elements of several groups are often the same.
    manners: RefCell<Keyed<Manner>>,
    /// Bytes of texts that may still be read.
    left: Cell<usize>,
}

impl<'a, 'd> View<'a, 'd> {
    pub(crate) fn new(outline: &'a Outline<'d>, regions: &'a Regions, dates: Dates, web: Web<'a>) -> Self {
        let whole = if outline.is_empty() { 0 } else { outline.weight(0) as usize };
        Self {
            outline,
            regions,
            dates,
            links: Links::new(web),
            shapes: shapes(outline),
            said: RefCell::new(vec![None; outline.len() as usize]),
            texts: RefCell::default(),
            manners: RefCell::default(),
            left: Cell::new(FREE_TEXT + whole * TIMES_READ),
        }
    }

    /// What an element looks like: its tag and its classes without numbers, as one number.
    pub(crate) fn shape(&self, place: Place) -> u64 {
        self.shapes[place as usize]
    }

    /// The page's own address.
    pub(crate) fn page(&self) -> &'a Url {
        self.links.web.page
    }

    /// The base of its links.
    pub(crate) fn base(&self) -> &'a Url {
        self.links.web.base
    }

    /// What a person reads in an element; nothing of what is too long to be a field.
    pub(crate) fn said(&self, place: Place) -> Rc<Said<'a>> {
        let mut said = self.said.borrow_mut();
        let said = said[place as usize].get_or_insert_with(|| self.known(self.read(place)));
        Rc::clone(said)
    }

    /// What a text says that stands in no element of its own.
    pub(crate) fn known(&self, text: &'a str) -> Rc<Said<'a>> {
        let mut texts = self.texts.borrow_mut();
        let number = texts.len();
        Rc::clone(texts.entry(text).or_insert_with(|| Rc::new(Said::new(text, number))))
    }

    fn read(&self, place: Place) -> &'a str {
        if self.outline.weight(place) > LONGEST_TEXT || self.left.get() == 0 {
            return "";
        }
        let text = self.outline.text(place);
        self.left.set(self.left.get().saturating_sub(text.len()));
        text
    }

    /// What the texts of elements are like.
    pub(crate) fn manner(&self, all: &[Rc<Said<'a>>]) -> Manner {
        let key = all.iter().fold(0, |key, said| mixed(key, said.number as u64));
        let mut manners = self.manners.borrow_mut();
        *manners.entry(key).or_insert_with(|| manner(all, &self.dates))
    }

    /// Where a link leads; nothing for what leads nowhere else.
    pub(crate) fn target(&self, place: Place) -> Option<Rc<Target>> {
        self.links.target(self.outline, place)
    }
}

/// The shapes of all elements.
fn shapes(outline: &Outline<'_>) -> Vec<u64> {
    let mut numbered: Keyed<bool> = Keyed::default();
    let mut has_digit = |name: Name| {
        let digit = || outline.text_of(name).bytes().any(|b| b.is_ascii_digit());
        *numbered.entry(mixed(0, name.number().into())).or_insert_with(digit)
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
pub(crate) fn mixed(a: u64, b: u64) -> u64 {
    let mut x = (a ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ b.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 32)
}

/// Tables by numbers that are spread already.
pub(crate) type Keyed<V> = HashMap<u64, V, BuildHasherDefault<Spread>>;

/// Takes a number for its own hash, if there is but one.
#[derive(Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..part.len()].copy_from_slice(part);
            self.0 = mixed(self.0, u64::from_le_bytes(eight));
        }
        self.0 = mixed(self.0, bytes.len() as u64);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = if self.0 == 0 { number } else { mixed(self.0, number) };
    }
}
