//! Cheap sums over elements: headings, and texts that look like dates.

use crate::html::{Outline, Place};

/// The longest text that may be a date with a few words around it, in [`crate::html::weight`].
pub(crate) const LONGEST_DATE: u32 = 90;

/// Sums of what stands before each element: the difference of two is what an element holds.
pub(crate) struct Signals {
    headings: Vec<u32>,
    dates: Vec<u32>,
}

impl Signals {
    pub(crate) fn of(outline: &Outline<'_>) -> Self {
        let (mut headings, mut dates) = (vec![0], vec![0]);
        let (mut heading_sum, mut date_sum) = (0, 0);
        for place in 0..outline.len() {
            heading_sum += u32::from(is_heading(outline.tag_text(place)));
            date_sum += u32::from(is_dated(outline, place));
            headings.push(heading_sum);
            dates.push(date_sum);
        }
        Self { headings, dates }
    }

    /// Headings in an element.
    pub(crate) fn headings(&self, outline: &Outline<'_>, place: Place) -> u32 {
        within(&self.headings, outline, place)
    }

    /// Texts in an element that look like dates.
    pub(crate) fn dates(&self, outline: &Outline<'_>, place: Place) -> u32 {
        within(&self.dates, outline, place)
    }
}

fn within(sums: &[u32], outline: &Outline<'_>, place: Place) -> u32 {
    sums[outline.end(place) as usize] - sums[place as usize]
}

pub(crate) fn is_heading(tag: &str) -> bool {
    matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Whether an element is a heading or stands in one.
pub(crate) fn in_heading(outline: &Outline<'_>, place: Place) -> bool {
    std::iter::once(place).chain(outline.ancestors(place).take(3)).any(|p| is_heading(outline.tag_text(p)))
}

/// The words of an element's classes.
pub(crate) fn class_words<'o>(outline: &'o Outline<'_>, place: Place) -> impl Iterator<Item = &'o str> {
    outline.classes(place).iter().flat_map(|c| outline.text_of(*c).split(['-', '_']))
}

fn is_dated(outline: &Outline<'_>, place: Place) -> bool {
    if outline.tag_text(place) == "time" {
        return true;
    }
    let own = outline.own_weight(place);
    (4..=LONGEST_DATE).contains(&own) && outline.own_texts(place).iter().any(|(_, t)| looks_like_date(t))
}

/// A year, or two numbers of one or two digits parted as in dates; a cheap look that lets too much
/// through. Digits of any script count.
pub(crate) fn looks_like_date(text: &str) -> bool {
    let (mut run, mut runs, mut short) = (0, 0, 0);
    for c in text.chars().chain([' ']) {
        if c.is_numeric() {
            run += 1;
            continue;
        }
        if run > 0 {
            runs += 1;
            short += u32::from(run <= 2);
            if run == 4 || run == 8 {
                return true;
            }
        }
        run = 0;
    }
    // `3 hours ago`, `4 Nov`, `03/11`.
    runs > 0 && short > 0
}
