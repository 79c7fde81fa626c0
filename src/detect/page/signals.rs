//! Quick facts about elements: headings inside, texts inside that look like dates, and the words of classes.

use crate::html::{ElementId, Outline};

/// The longest text that may be a date with a few words around it, in [`crate::html::weight`].
pub(crate) const MAX_DATE_WEIGHT: u32 = 90;
/// Ancestors of an element that may be its heading.
const HEADING_LEVELS: usize = 3;

/// Prefix sums over the elements in page order: the difference of two is the sum inside an element.
pub(crate) struct PageSignals {
    headings: Vec<u32>,
    dates: Vec<u32>,
}

impl PageSignals {
    pub(crate) fn of(outline: &Outline<'_>) -> Self {
        let mut headings = vec![0];
        let mut dates = vec![0];
        let mut heading_sum = 0;
        let mut date_sum = 0;
        for element in 0..outline.len() {
            heading_sum += u32::from(is_heading(outline.tag_text(element)));
            date_sum += u32::from(has_own_date(outline, element));
            headings.push(heading_sum);
            dates.push(date_sum);
        }
        Self { headings, dates }
    }

    /// How many headings an element holds, itself included.
    pub(crate) fn headings(&self, outline: &Outline<'_>, element: ElementId) -> u32 {
        sum_inside(&self.headings, outline, element)
    }

    /// How many texts look like dates, from an element to before another.
    pub(crate) fn dates_between(&self, start: ElementId, end: ElementId) -> u32 {
        self.dates[end as usize] - self.dates[start as usize]
    }
}

fn sum_inside(sums: &[u32], outline: &Outline<'_>, element: ElementId) -> u32 {
    sums[outline.end(element) as usize] - sums[element as usize]
}

pub(crate) fn is_heading(tag: &str) -> bool {
    matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Whether an element is a heading or lies in one.
pub(crate) fn in_heading(outline: &Outline<'_>, element: ElementId) -> bool {
    std::iter::once(element)
        .chain(outline.ancestors(element).take(HEADING_LEVELS))
        .any(|e| is_heading(outline.tag_text(e)))
}

/// The words of an element's classes.
pub(crate) fn class_words<'o>(outline: &'o Outline<'_>, element: ElementId) -> impl Iterator<Item = &'o str> {
    outline.classes(element).iter().flat_map(|class| outline.text_of(*class).split(['-', '_']))
}

fn has_own_date(outline: &Outline<'_>, element: ElementId) -> bool {
    if outline.tag_text(element) == "time" {
        return true;
    }
    let own_weight = outline.own_weight(element);
    (4..=MAX_DATE_WEIGHT).contains(&own_weight)
        && outline.own_texts(element).iter().any(|(_, text)| looks_like_date(text))
}

/// Whether a text has a number of one, two, four or eight digits, of any script: `3 hours ago`, `4 Nov`,
/// `03/11`, `2026`. Every date has one, and so have many other texts; only a parse tells them apart.
pub(crate) fn looks_like_date(text: &str) -> bool {
    let mut run_length = 0;
    let mut has_short_run = false;
    for c in text.chars().chain([' ']) {
        if c.is_numeric() {
            run_length += 1;
            continue;
        }
        match run_length {
            4 | 8 => return true,
            1 | 2 => has_short_run = true,
            _ => {}
        }
        run_length = 0;
    }
    has_short_run
}
