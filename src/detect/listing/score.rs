//! How good a group is as a listing of articles.

use std::collections::HashMap;
use std::rc::Rc;

use super::Listing;
use super::groups::{Cohesion, Group};
use super::slots::{MAX_RECORDS, Record};
use super::title::TitleStats;
use crate::detect::page::links::{LinkTarget, RecordTargets, distinct, share};
use crate::detect::page::signals::in_heading;
use crate::detect::page::view::PageView;
use crate::detect::ratio::{as_f64, indicator, ratio};
use crate::html::{ElementId, Outline, weight};

/// The worth of a listing without any field.
const BASE_WORTH: f64 = 0.1;
/// The most that each field adds to the worth.
const TITLE_WORTH: f64 = 1.2;
const DATE_WORTH: f64 = 0.6;
const SUMMARY_WORTH: f64 = 0.3;
const IMAGE_WORTH: f64 = 0.15;
/// The score of titles that are names of releases, such as `1.12.0`, where these are headings.
const RELEASE_TITLE_SCORE: f64 = 0.6;
/// For titles in headings.
const HEADING_WORTH: f64 = 0.3;
/// For links to addresses like those of articles.
const TARGET_WORTH: f64 = 0.25;
/// The most that all fields but titles and links add.
const MAX_OTHER_WORTH: f64 = DATE_WORTH + SUMMARY_WORTH + IMAGE_WORTH + HEADING_WORTH;
/// The worth of a listing of pictures with links, without any text.
const PICTURES_WORTH: f64 = 0.3;
/// More letters do not make a better title.
const ENOUGH_TITLE_LETTERS: f64 = 36.0;
/// More records do not make a better listing.
const ENOUGH_RECORDS: f64 = 80.0;
/// The least weight of the region of a listing with dates, if it has more than this number of records.
const DATED_MIN_RECORDS: usize = 4;
const DATED_REGION_WEIGHT: f64 = 0.45;
/// Records whose links are compared with the item's link, and links of one record.
const MAX_LINK_HITS: usize = 20;
const MAX_LINKS: usize = 100;

/// The score of a listing; `link_coverage` is the share of records with a link of their own.
pub(crate) fn score(
    view: &PageView<'_, '_>,
    listing: &Listing,
    title: Option<TitleStats>,
    link_coverage: f64,
) -> f64 {
    let dated = dated_share(listing);
    let region = region_weight(view, &listing.records, dated);
    let size = size_worth(listing.records.len());
    let Some(title) = title else {
        return indicator(listing.image.is_some()) * PICTURES_WORTH * size * region;
    };
    let headings = heading_share(view.outline, listing);
    let worth = BASE_WORTH
        + TITLE_WORTH * title_score(title).max(release_score(title) * headings)
        + DATE_WORTH * dated
        + SUMMARY_WORTH * indicator(listing.summary.is_some())
        + IMAGE_WORTH * indicator(listing.image.is_some())
        + HEADING_WORTH * headings
        + TARGET_WORTH * article_target_share(&listing.targets);
    let cohesion = cohesion_factor(view.outline, listing);
    let prose = prose_factor(view, listing);
    worth * link_coverage * size * region * cohesion * prose / similar_links_per_record(view, listing)
}

/// The share of records that have a date.
fn dated_share(listing: &Listing) -> f64 {
    if listing.date_heading.is_some() {
        return 0.9;
    }
    listing.date.as_ref().map_or(0.0, |date| date.share.min(1.0))
}

/// More records are better, with a diminishing return.
fn size_worth(records: usize) -> f64 {
    let n = as_f64(records);
    (1.0 + n.min(ENOUGH_RECORDS)).ln() * n / (n + 2.0)
}

/// How much records count by the region that they are in; `dated` is the share of them that have a date.
fn region_weight(view: &PageView<'_, '_>, records: &[Record], dated: f64) -> f64 {
    let of_parent = |record: &Record| view.regions.weight(view.outline.parent(record.element));
    let region = records.iter().take(MAX_RECORDS).map(of_parent).fold(f64::MAX, f64::min);
    // A menu has no dates.
    let is_dated_listing = dated > 0.8 && records.len() > DATED_MIN_RECORDS;
    if is_dated_listing { region.max(DATED_REGION_WEIGHT) } else { region }
}

/// How much titles say, 0 to 1.
fn title_score(title: TitleStats) -> f64 {
    let TitleStats { stats, filled } = title;
    let letters = (stats.letters / ENOUGH_TITLE_LETTERS).min(1.0);
    filled * letters * stats.letter_share * stats.distinct_share * (1.0 - 0.8 * stats.date_share)
}

/// How much the names of releases say, 0 to 1: a version has few letters, and tells its item apart.
fn release_score(title: TitleStats) -> f64 {
    RELEASE_TITLE_SCORE * title.filled * title.stats.release_share * title.stats.distinct_share
}

/// An upper bound of the score of titles, whether they are headings or not.
pub(crate) fn max_title_score(title: TitleStats) -> f64 {
    title_score(title).max(release_score(title))
}

/// The share of links that lead to articles, or to documents.
fn article_target_share(targets: &RecordTargets) -> f64 {
    let articles = share(targets, |target| target.is_article_like);
    let documents = share(targets, |target| target.is_document);
    articles.max(documents)
}

/// Upper bounds of a listing's score, before its fields are known.
pub(crate) struct ScoreBound {
    /// The factor of region, size and coverage of the link.
    factor: f64,
    article_targets: f64,
}

impl ScoreBound {
    /// Bounds by the links.
    pub(crate) fn of(
        view: &PageView<'_, '_>,
        records: &[Record],
        targets: &RecordTargets,
        link_coverage: f64,
    ) -> Self {
        let factor = region_weight(view, records, 1.0) * link_coverage * size_worth(records.len());
        Self { factor, article_targets: article_target_share(targets) }
    }

    /// The upper bound with titles of this score, or less.
    pub(crate) fn with_title(&self, title_score: f64) -> f64 {
        self.factor
            * (BASE_WORTH + TITLE_WORTH * title_score + MAX_OTHER_WORTH + TARGET_WORTH * self.article_targets)
    }
}

/// An upper bound of the score of a group's listing, by sums alone.
pub(crate) fn upper_bound(view: &PageView<'_, '_>, group: &Group) -> f64 {
    let outline = view.outline;
    let (Some(first), Some(last)) = (group.records.first(), group.records.last()) else { return 0.0 };
    let n = group.records.len();
    // All text of the parents counts, because siblings may belong to records.
    let mut parents: Vec<ElementId> = group.records.iter().map(|r| outline.parent(*r)).collect();
    parents.dedup();
    let weight_of_parents = parents.iter().map(|p| f64::from(outline.weight(*p))).sum::<f64>();
    let weight_per_record = weight_of_parents / as_f64(n);
    let pictures = outline.name("img").map_or(&[][..], |img| outline.of_tag(img));
    let has_picture = pictures.iter().any(|p| (*first..outline.end(*last)).contains(p));
    // Alternative texts of pictures may be the titles.
    let max_title = if has_picture {
        1.0
    } else {
        (weight_per_record / ENOUGH_TITLE_LETTERS).clamp(RELEASE_TITLE_SCORE, 1.0)
    };
    let worth = BASE_WORTH + TITLE_WORTH * max_title + MAX_OTHER_WORTH + TARGET_WORTH;
    let region = view.regions.weight(outline.parent(*first));
    let max_region = if n > DATED_MIN_RECORDS { region.max(DATED_REGION_WEIGHT) } else { region };
    worth * size_worth(n) * max_region
}

/// Records of several parents are less likely to be one list, above all where one parent has most of them.
fn cohesion_factor(outline: &Outline<'_>, listing: &Listing) -> f64 {
    let mut records_by_parent: HashMap<ElementId, usize> = HashMap::new();
    for record in &listing.records {
        *records_by_parent.entry(outline.parent(record.element)).or_default() += 1;
    }
    let most = records_by_parent.values().copied().max().unwrap_or(0);
    let records = listing.records.len();
    match records_by_parent.len() {
        0 | 1 => 1.0,
        // With one record in each parent, the parents are the records.
        parents if parents * 10 >= records * 9 => 0.7,
        _ if listing.cohesion == Cohesion::SameLook => 1.0,
        _ if most * 10 >= records * 6 => 0.65,
        // Where only a part has dates, it is two lists of different things.
        _ if (0.2..0.85).contains(&dated_share(listing)) => 0.4,
        _ => 0.75,
    }
}

/// Links in the middle of running text are no items: their paragraphs belong to an article.
fn prose_factor(view: &PageView<'_, '_>, listing: &Listing) -> f64 {
    let outline = view.outline;
    let link = listing.links.first().map(|link| &listing.slots[*link]);
    let Some(link) = link.filter(|link| link.sibling == 0) else { return 1.0 };
    let is_in_prose = |(record, element): &&(usize, ElementId)| {
        let root = listing.records[*record].element;
        let text_before = outline.own_texts(root).first().map_or("", |(_, text)| text);
        matches!(outline.tag_text(root), "p" | "blockquote")
            && weight(text_before) > 12
            && outline.parent(*element) == root
            && view.text_facts(root).text.starts_with(text_before)
    };
    let hits = link.hits.iter().take(MAX_LINK_HITS);
    if hits.clone().filter(is_in_prose).count() * 2 > hits.count() { 0.4 } else { 1.0 }
}

/// How many links like the item's a record has, as a mean: 1 for an item, more for a list of items.
fn similar_links_per_record(view: &PageView<'_, '_>, listing: &Listing) -> f64 {
    let Some(link) = listing.links.first() else { return 1.0 };
    let slot = &listing.slots[*link];
    if slot.sibling != 0 {
        return 1.0;
    }
    let hits = slot.hits.iter().take(MAX_LINK_HITS);
    let similar =
        |(record, link): &(usize, ElementId)| similar_links(view, listing.records[*record].element, *link);
    let counts: Vec<f64> = hits.map(similar).collect();
    let mean = counts.iter().sum::<f64>() / as_f64(counts.len().max(1));
    if mean < 1.4 { 1.0 } else { mean }
}

/// Counts the targets of a record's links whose path from the record looks like that of the item's link.
fn similar_links(view: &PageView<'_, '_>, record: ElementId, link: ElementId) -> f64 {
    let outline = view.outline;
    let links = outline.of_tag(outline.tag(link));
    let start = links.partition_point(|l| *l < record);
    let end = links.partition_point(|l| *l < outline.end(record));
    // `PDF` and `HTML` beside a title are no other items.
    let min_weight = outline.weight(link) / 2;
    let is_similar =
        |l: &&ElementId| outline.weight(**l) >= min_weight && have_similar_paths(view, record, **l, link);
    let similar = links[start..end].iter().take(MAX_LINKS).filter(is_similar);
    let targets: Vec<Rc<LinkTarget>> = similar.filter_map(|l| view.target(*l)).collect();
    as_f64(distinct(targets.iter()).max(1))
}

/// Whether the elements on the paths from the record to two elements look alike, and are in the same table
/// columns.
fn have_similar_paths(view: &PageView<'_, '_>, record: ElementId, a: ElementId, b: ElementId) -> bool {
    let outline = view.outline;
    let column = |element: ElementId| {
        let is_cell = matches!(outline.tag_text(element), "td" | "th");
        if is_cell { outline.nth(element) } else { 0 }
    };
    let path = |element: ElementId| {
        std::iter::once(element)
            .chain(outline.ancestors(element))
            .take_while(move |e| *e > record)
            .map(move |e| (view.shape(e), column(e)))
    };
    path(a).eq(path(b))
}

/// The share of records whose title is a heading.
pub(crate) fn heading_share(outline: &Outline<'_>, listing: &Listing) -> f64 {
    let Some(title) = listing.titles.first() else { return 0.0 };
    let hits = &listing.slots[*title].hits;
    let headings = hits.iter().filter(|(_, element)| in_heading(outline, *element)).count();
    ratio(headings, listing.records.len().min(MAX_RECORDS))
}
