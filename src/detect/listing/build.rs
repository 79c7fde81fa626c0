//! A group of records -> a listing: chooses the slots of its fields, and leaves out records that are none.

use std::rc::Rc;

use super::Listing;
use super::anchors::{anchor, card_address};
use super::date_headings;
use super::fields::FieldFinder;
use super::groups::{Cohesion, Group};
use super::item_date::{self, DateSlot};
use super::item_link::{LinkSlot, is_periodic, link_slots};
use super::releases::{release_link, stands_in_notes, version_slot};
use super::score::{ScoreBound, heading_share, max_title_score, score};
use super::slots::{MAX_RECORDS, Record, Slot, following, records_of, slots_of};
use super::title::{TextSlot, TitleStats, text_slots, titles};
use crate::detect::page::links::LinkTarget;
use crate::detect::page::signals::is_heading;
use crate::detect::page::versions;
use crate::detect::page::view::PageView;
use crate::detect::ratio::as_f64;
use crate::html::ElementId;

/// With links in a smaller share of its records, it is a listing without links.
const MIN_LINKED_SHARE: f64 = 0.4;
/// A listing without links needs this many records, and dates in this share of them.
const MIN_DATED_RECORDS: usize = 3;
const MIN_DATED_SHARE: f64 = 0.7;
/// Factors of the score of a listing without links, and of one whose headings are releases, or places of
/// the page that an address can name.
const UNLINKED_FACTOR: f64 = 0.5;
const HEADED_FACTOR: f64 = 0.75;
/// From this share of names of releases on, the titles are such names.
const MIN_RELEASE_SHARE: f64 = 0.7;
/// A record without a link and with fewer letters is a number; one with more text is more than a heading.
const MIN_ITEM_LETTERS: f64 = 3.0;
const MAX_LABEL_WEIGHT: u32 = 120;
/// How often records without a link are left out of a group.
const MAX_REDUCTIONS: usize = 2;

/// The records of a group and their slots, not judged yet.
struct SampledGroup {
    records: Vec<Record>,
    slots: Vec<Slot>,
    /// How many records, from the first on, the slots were made of.
    record_count: usize,
    cohesion: Cohesion,
}

impl SampledGroup {
    fn of(view: &PageView<'_, '_>, group: &Group) -> Self {
        let records = records_of(view, &group.records);
        let slots = slots_of(view, &records);
        let record_count = records.len().min(MAX_RECORDS);
        Self { records, slots, record_count, cohesion: group.cohesion }
    }

    /// Whether dates that end each record but the last may be those of the next records: then none is better
    /// than a wrong one.
    fn may_be_of_next(&self, view: &PageView<'_, '_>, date: &DateSlot) -> bool {
        let (Some(first), Some(last)) = (self.records.first(), self.records.last()) else { return false };
        let steps = usize::try_from(self.slots[date.slot].sibling).unwrap_or(0);
        if steps == 0 || self.records.len() < 3 || view.outline.tag_text(first.element) == "dt" {
            return false;
        }
        let tag_of_sibling = |record: &Record| {
            following(view.outline, record.element).nth(steps - 1).map(|sibling| view.outline.tag(sibling))
        };
        let ends_with_date = |record: &&Record| steps >= record.after;
        self.records.iter().filter(ends_with_date).count() * 2 > self.records.len()
            && tag_of_sibling(first).is_some()
            && tag_of_sibling(last) != tag_of_sibling(first)
    }

    /// Whether the links that look best stand in the text of release notes.
    fn has_link_in_notes(&self, view: &PageView<'_, '_>, links: &[LinkSlot]) -> bool {
        let slot = links.first().map(|link| &self.slots[link.slot]);
        slot.is_some_and(|slot| stands_in_notes(view.outline, &self.records, slot))
    }

    /// A listing without fields.
    fn into_listing(self) -> Listing {
        Listing {
            records: self.records,
            slots: self.slots,
            links: Vec::new(),
            anchor: None,
            targets: Vec::new(),
            titles: Vec::new(),
            date: None,
            date_heading: None,
            summary: None,
            image: None,
            captions: None,
            author: None,
            media: None,
            cohesion: self.cohesion,
            has_notes: false,
            score: 0.0,
        }
    }
}

/// Builds the listing of a group; `None` if it is none, or as soon as its score cannot reach `min_score`.
pub(crate) fn build(view: &PageView<'_, '_>, mut group: Group, min_score: f64) -> Option<Listing> {
    for _ in 0..MAX_REDUCTIONS {
        let sample = SampledGroup::of(view, &group);
        let links = link_slots(view, &sample.slots, sample.record_count);
        let record_count = sample.record_count;
        let versions = version_slot(view, &sample.slots, record_count);
        if let Some(versions) = versions.filter(|_| sample.has_link_in_notes(view, &links)) {
            return release_listing(view, sample, versions, min_score);
        }
        let is_linked = linked_records(&links, record_count);
        let linked: Vec<usize> = (0..record_count).filter(|r| is_linked[*r]).collect();
        let periodic = links.first().is_some_and(|link| is_periodic(link, record_count));
        if as_f64(linked.len()) < MIN_LINKED_SHARE * as_f64(record_count) && !periodic {
            return unlinked_listing(view, sample, versions);
        }
        let kept = if periodic { linked } else { with_similar(view, linked, &is_linked, &sample) };
        if kept.len() == record_count {
            return linked_listing(view, sample, &links, None, min_score);
        }
        // Rows without the link, such as the second row of each record, become siblings between records.
        let rest = group.records.iter().skip(record_count).copied();
        let elements: Vec<ElementId> = kept.iter().map(|r| group.records[*r]).chain(rest).collect();
        if elements.len() < 2 {
            return None;
        }
        group.records = elements;
    }
    let sample = SampledGroup::of(view, &group);
    let links = link_slots(view, &sample.slots, sample.record_count);
    linked_listing(view, sample, &links, None, min_score)
}

/// The score of dated records that are named by versions. Titles so short count little for other listings.
const MIN_DATED_RELEASES_SCORE: f64 = 1.6;

/// The listing of releases whose notes hold links: their own links lead elsewhere, or to places of the page.
fn release_listing(
    view: &PageView<'_, '_>,
    sample: SampledGroup,
    versions: usize,
    min_score: f64,
) -> Option<Listing> {
    let listing = match release_link(view, &sample.slots, &sample.records, sample.record_count) {
        Some(link) => linked_listing(view, sample, &[link], Some(versions), min_score),
        None => unlinked_listing(view, sample, Some(versions)),
    };
    listing.map(|listing| {
        let least = if listing.date.is_some() { MIN_DATED_RELEASES_SCORE } else { 0.0 };
        Listing { has_notes: true, score: listing.score.max(least), ..listing }
    })
}

/// By record: whether it has a link.
fn linked_records(links: &[LinkSlot], records: usize) -> Vec<bool> {
    let mut is_linked = vec![false; records];
    for (record, _) in links.iter().flat_map(|link| &link.targets) {
        is_linked[*record] = true;
    }
    is_linked
}

/// The linked records, and those without a link that are otherwise like them, unless these are many.
fn with_similar(
    view: &PageView<'_, '_>,
    linked: Vec<usize>,
    is_linked: &[bool],
    sample: &SampledGroup,
) -> Vec<usize> {
    let records = is_linked.len();
    let is_similar = |record: usize| {
        has_usual_slots(&sample.slots, record, records) && !is_label(view, sample.records[record].element)
    };
    let belongs = |record: &usize| is_linked[*record] || is_similar(*record);
    let similar: Vec<usize> = (0..records).filter(belongs).collect();
    let unlinked = similar.len() - linked.len();
    if unlinked * 6 <= linked.len() { similar } else { linked }
}

/// Whether a record without a link says nothing but a number, or is a row with the heading of other rows: one
/// text, or nothing but heads of columns.
fn is_label(view: &PageView<'_, '_>, record: ElementId) -> bool {
    let outline = view.outline;
    if outline.weight(record) > MAX_LABEL_WEIGHT {
        return false;
    }
    if view.text_facts(record).counts.letters < MIN_ITEM_LETTERS {
        return true;
    }
    let is_head = |cell: ElementId| outline.tag_text(cell) == "th";
    let mut texts: Vec<&str> = outline.children(record).map(|cell| outline.text(cell)).collect();
    texts.retain(|text| !text.is_empty());
    texts.dedup();
    outline.tag_text(record) == "tr" && (texts.len() < 2 || outline.children(record).all(is_head))
}

/// Whether a record has most of the slots that nearly all records have.
fn has_usual_slots(slots: &[Slot], record: usize, records: usize) -> bool {
    let usual = || slots.iter().filter(|slot| slot.hits.len() * 10 >= records * 8);
    let all = usual().count();
    let present = usual().filter(|slot| slot.at(record).is_some()).count();
    all >= 4 && present * 10 >= all * 7
}

/// The listing of records with links; `versions` is the slot of the title of releases.
fn linked_listing(
    view: &PageView<'_, '_>,
    sample: SampledGroup,
    links: &[LinkSlot],
    versions: Option<usize>,
    min_score: f64,
) -> Option<Listing> {
    let link = links.first()?;
    let record_count = sample.record_count;
    let targets = first_targets(links);
    // Texts cost time, and dates cost more: both are read only where the score may still be reached.
    let bound = ScoreBound::of(view, &sample.records, &targets, link.unique_coverage);
    if bound.with_title(1.0) < min_score {
        return None;
    }
    let texts = text_slots(view, &sample.slots, record_count, Some(link.slot));
    let titles = versions.map_or_else(|| titles(&sample.slots, &texts, record_count), |slot| vec![slot]);
    let fields = FieldFinder { view, slots: &sample.slots, texts: &texts, records: record_count };
    let captions = if titles.is_empty() { fields.captions() } else { None };
    let title = titles.first().copied();
    let title_stats =
        title_stats(&texts, title).or(captions.map(|(_, stats)| TitleStats { stats, filled: 1.0 }));
    if title_stats.is_some_and(|title| bound.with_title(max_title_score(title)) < min_score) {
        return None;
    }
    let date = item_date::date_slot(view, &sample.slots, record_count, title);
    let is_doubtful = date.as_ref().is_some_and(|date| sample.may_be_of_next(view, date));
    let date = date.filter(|_| !is_doubtful);
    let date_slot = date.as_ref().map(|date| date.slot);
    let date_heading = if is_doubtful { None } else { date_heading(view, &sample.records, date.as_ref()) };
    let mut listing = Listing {
        summary: fields.summary(title, date_slot),
        image: fields.image(),
        author: fields.author(),
        media: fields.media(),
        links: links.iter().map(|link| link.slot).collect(),
        targets,
        titles,
        date,
        date_heading,
        captions: captions.map(|(slot, _)| slot),
        ..sample.into_listing()
    };
    listing.score = score(view, &listing, title_stats, link.unique_coverage);
    (listing.score > 0.0).then_some(listing)
}

/// The statistics of the slot of the title.
fn title_stats(texts: &[TextSlot], title: Option<usize>) -> Option<TitleStats> {
    let text = texts.iter().find(|text| Some(text.slot) == title)?;
    Some(TitleStats { stats: text.stats, filled: text.filled })
}

/// The target of the first link of each record.
fn first_targets(links: &[LinkSlot]) -> Vec<(usize, Rc<LinkTarget>)> {
    let mut targets: Vec<(usize, Rc<LinkTarget>)> = Vec::new();
    for (record, target) in links.iter().flat_map(|link| &link.targets) {
        if targets.iter().all(|(known, _)| known != record) {
            targets.push((*record, target.clone()));
        }
    }
    targets
}

/// Records without links are a listing only if they have dates, or are releases whose versions fall.
/// `versions` is the slot of the title of releases.
fn unlinked_listing(
    view: &PageView<'_, '_>,
    sample: SampledGroup,
    versions: Option<usize>,
) -> Option<Listing> {
    let record_count = sample.record_count;
    if record_count < MIN_DATED_RECORDS {
        return None;
    }
    let date = item_date::date_slot(view, &sample.slots, record_count, None);
    let date = date.filter(|date| date.share >= MIN_DATED_SHARE && !sample.may_be_of_next(view, date));
    let is_headed = || is_heading(view.outline.tag_text(sample.records[0].element));
    let leads_on = |record: &Record| card_address(view.outline, record.element).is_some();
    let are_cards = sample.records.iter().take(record_count).all(leads_on);
    if date.is_none() && versions.is_none() && !are_cards && !is_headed() {
        return None;
    }
    let texts = text_slots(view, &sample.slots, record_count, None);
    let titles = versions.map_or_else(|| titles(&sample.slots, &texts, record_count), |slot| vec![slot]);
    let title = titles.first().copied();
    let title_stats = title_stats(&texts, title)?;
    let anchor = anchor(view, &sample.slots, record_count, title);
    let has_name = anchor.is_some() || versions.is_some();
    if date.is_none() && !are_cards && !(has_name && are_releases(view, &sample.slots[title?])) {
        return None;
    }
    let fields = FieldFinder { view, slots: &sample.slots, texts: &texts, records: record_count };
    let summary = fields.summary(title, date.as_ref().map(|date| date.slot));
    let mut listing = Listing { anchor, titles, date, summary, ..sample.into_listing() };
    let is_named = anchor.is_some() || title_stats.stats.release_share > MIN_RELEASE_SHARE;
    let is_headed = heading_share(view.outline, &listing) > 0.5;
    let factor = if is_named && is_headed { HEADED_FACTOR } else { UNLINKED_FACTOR };
    listing.score = score(view, &listing, Some(title_stats), 1.0) * factor;
    (listing.score > 0.0).then_some(listing)
}

/// Whether titles are releases, the newest first.
fn are_releases(view: &PageView<'_, '_>, title: &Slot) -> bool {
    versions::fall(title.hits.iter().map(|(_, element)| view.text_facts(*element).text))
}

/// Looks for dates in headings over the records, unless most records have a date of their own.
fn date_heading(view: &PageView<'_, '_>, records: &[Record], date: Option<&DateSlot>) -> Option<String> {
    let have_own = date.is_some_and(|date| date.share > 0.5);
    if have_own { None } else { date_headings::date_heading(view, records) }
}
