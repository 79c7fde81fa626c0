//! Elements that repeat: the possible records of a listing.

use super::anchors::card_address;
use crate::detect::page::hash::{FxHashMap, combine, hash_of};
use crate::detect::page::regions::Regions;
use crate::detect::page::signals::{PageSignals, is_heading};
use crate::detect::page::view::PageView;
use crate::detect::ratio::as_f64;
use crate::html::{ElementId, Name, Outline};

/// Groups that are looked at closely.
const MAX_GROUPS: usize = 10;
/// Parents whose children may be merged into one group.
const MAX_PARENTS: usize = 2000;
/// Text of a record that counts in the estimate; more says nothing new.
const MAX_RECORD_WEIGHT: u32 = 120;
/// Records with more links each are lists themselves.
const MAX_RECORD_LINKS: f64 = 12.0;

/// Elements of one tag that repeat.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// In page order.
    pub(crate) records: Vec<ElementId>,
    /// How good it may be, by sums alone; compares groups of one page.
    pub(crate) estimate: f64,
    pub(crate) cohesion: Cohesion,
}

/// How closely the records of a group belong together, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cohesion {
    /// The records have one parent.
    Siblings,
    /// The paths from the body to their parents have the same tags, classes and ids.
    SameLook,
    /// The paths from the body to their parents have the same tags.
    SameTags,
}

/// The groups that are worth a close look, the best estimate first.
pub(crate) fn groups(view: &PageView<'_, '_>, signals: &PageSignals) -> Vec<Group> {
    let Repeats { siblings, merged } = repeats(view);
    let siblings = siblings.into_iter().map(|records| (records, Cohesion::Siblings));
    let merged = merged.into_iter().map(|merged| (merged.records, merged.cohesion));
    let estimated = siblings.chain(merged).map(|(records, cohesion)| Group {
        estimate: estimate(view.outline, view.regions, signals, &records),
        records,
        cohesion,
    });
    let mut groups: Vec<Group> = estimated.filter(|group| group.estimate > 0.0).collect();
    groups.sort_by(|a, b| {
        let by_records = || (&a.records, a.cohesion as u8).cmp(&(&b.records, b.cohesion as u8));
        b.estimate.total_cmp(&a.estimate).then_with(by_records)
    });
    groups.dedup_by(|a, b| a.records == b.records);
    groups.truncate(MAX_GROUPS);
    groups
}

/// Elements of one tag that repeat on the page.
struct Repeats {
    /// The elements that have one parent, a list for each parent.
    siblings: Vec<Vec<ElementId>>,
    /// The elements whose parents look alike, taken together.
    merged: Vec<Merged>,
}

/// Elements of one tag, whose parents have similar paths.
struct Merged {
    records: Vec<ElementId>,
    parents: usize,
    cohesion: Cohesion,
}

fn repeats(view: &PageView<'_, '_>) -> Repeats {
    let outline = view.outline;
    let mut siblings = Vec::new();
    let mut merged: FxHashMap<(u64, Name), Merged> = FxHashMap::default();
    let paths = path_hashes(view);
    for parent in 0..outline.len() {
        let path = &paths[parent as usize];
        for (tag, records) in children_by_tag(outline, parent) {
            for (hash, cohesion) in [(path.tags, Cohesion::SameTags), (path.look, Cohesion::SameLook)] {
                let empty = Merged { records: Vec::new(), parents: 0, cohesion };
                let entry = merged.entry((hash, tag)).or_insert(empty);
                entry.parents += 1;
                entry.records.extend(&records);
            }
            if records.len() > 1 {
                siblings.push(records);
            }
        }
    }
    let merged = merged.into_values().filter(|merged| merged.may_be_listing(outline)).collect();
    Repeats { siblings, merged }
}

impl Merged {
    fn may_be_listing(&self, outline: &Outline<'_>) -> bool {
        let is_repeated = (2..=MAX_PARENTS).contains(&self.parents) && self.records.len() > 2;
        // With one record in each parent, and the parents beside each other, the parents are the records.
        let one_each = self.parents * 10 >= self.records.len() * 9;
        is_repeated && !(one_each && are_parents_siblings(outline, &self.records))
    }
}

/// Hashes of the path from the body to an element.
struct PathHash {
    /// The hash of the tags on the path.
    tags: u64,
    /// The hash of the tags, classes and ids on the path.
    look: u64,
}

fn path_hashes(view: &PageView<'_, '_>) -> Vec<PathHash> {
    let outline = view.outline;
    let mut paths: Vec<PathHash> = Vec::with_capacity(outline.len() as usize);
    for element in 0..outline.len() {
        let parent = outline.parent(element);
        let (tags_above, look_above) = match paths.get(parent as usize).filter(|_| parent != element) {
            Some(above) => (above.tags, above.look),
            None => (0, 0),
        };
        let tag = u64::from(outline.tag(element).number());
        let id = id_without_digits(outline, element).map_or(0, |id| hash_of(&id));
        paths.push(PathHash {
            tags: combine(tags_above, tag),
            look: combine(combine(look_above, view.shape(element)), id),
        });
    }
    paths
}

/// Whether most parents of the records stand beside each other.
fn are_parents_siblings(outline: &Outline<'_>, records: &[ElementId]) -> bool {
    let grandparents: Vec<ElementId> =
        records.iter().map(|record| outline.parent(outline.parent(*record))).collect();
    let same = grandparents.windows(2).filter(|pair| pair[0] == pair[1]).count();
    same * 10 >= (grandparents.len() - 1) * 7
}

/// The id of an element; ids with digits identify single elements and are left out.
fn id_without_digits<'d>(outline: &Outline<'d>, element: ElementId) -> Option<&'d str> {
    outline.attr(element, "id").filter(|id| !id.bytes().any(|b| b.is_ascii_digit()))
}

/// The children that have text or links, by tag.
fn children_by_tag(outline: &Outline<'_>, parent: ElementId) -> Vec<(Name, Vec<ElementId>)> {
    let mut by_tag: Vec<(Name, Vec<ElementId>)> = Vec::new();
    let mut indexes: FxHashMap<Name, usize> = FxHashMap::default();
    for child in outline.children(parent) {
        if outline.weight(child) == 0 && outline.links(child) == 0 {
            continue;
        }
        let tag = outline.tag(child);
        let index = *indexes.entry(tag).or_insert(by_tag.len());
        if index == by_tag.len() {
            by_tag.push((tag, Vec::new()));
        }
        by_tag[index].1.push(child);
    }
    by_tag
}

/// The share of records with a text that looks like a date.
fn dated_share(outline: &Outline<'_>, signals: &PageSignals, records: &[ElementId]) -> f64 {
    let is_dated = |index: &usize| {
        let end = end_of_entry(outline, records, *index);
        signals.dates_between(records[*index], end) > 0
    };
    as_f64((0..records.len()).filter(is_dated).count()) / as_f64(records.len())
}

/// Where a record ends. To a heading belongs what stands between it and the next one.
fn end_of_entry(outline: &Outline<'_>, records: &[ElementId], index: usize) -> ElementId {
    let record = records[index];
    let parent = outline.parent(record);
    let sibling = |index: usize| records.get(index).copied().filter(|other| outline.parent(*other) == parent);
    if !is_heading(outline.tag_text(record)) {
        return outline.end(record);
    }
    match (index.checked_sub(1).and_then(sibling), sibling(index + 1)) {
        (_, Some(next)) => next,
        (Some(_), None) => outline.end(parent),
        (None, None) => outline.end(record),
    }
}

/// How good a group may be, by sums alone; 0.0 if it cannot be a listing.
fn estimate(outline: &Outline<'_>, regions: &Regions, signals: &PageSignals, records: &[ElementId]) -> f64 {
    let n = as_f64(records.len());
    let share = |test: &dyn Fn(ElementId) -> bool| as_f64(records.iter().filter(|r| test(**r)).count()) / n;
    let linked = share(&|r| outline.links(r) > 0 || card_address(outline, r).is_some());
    let dated = dated_share(outline, signals, records);
    if linked < 0.3 && dated < 0.5 {
        return 0.0;
    }
    let headed = share(&|r| signals.headings(outline, r) > 0);
    let weights = records.iter().map(|r| f64::from(outline.weight(*r).min(MAX_RECORD_WEIGHT)));
    let text = weights.sum::<f64>() / n / f64::from(MAX_RECORD_WEIGHT);
    let links = records.iter().map(|r| f64::from(outline.links(*r))).sum::<f64>() / n;
    let link_factor = if links > MAX_RECORD_LINKS { MAX_RECORD_LINKS / links } else { 1.0 };
    let region = records.first().map_or(1.0, |r| regions.weight(outline.parent(*r)));
    (1.0 + n).ln() * (0.1 + text + 0.5 * dated + 0.4 * headed) * (0.3 + linked) * region * link_factor
}
