//! The shortest selectors that find what was found: the items on the page, a slot in its items.

pub(super) mod candidate;
pub(super) mod write_rules;

use std::cell::LazyCell;
use std::collections::HashSet;

use super::listing::groups::count;
use super::listing::slots::{Record, SAMPLE, Slot};
use crate::html::{Outline, Place};
use candidate::{Class, Combinator, Compound, Pattern, lasting, lasting_id};

/// Elements around the items that may name them.
const LEVELS: usize = 7;
/// Classes of one element that are tried.
const CLASSES: usize = 4;
/// Elements that are looked at for the selector of one listing.
const MOST_LOOKS: usize = 300_000;
/// Elements around a slot that may name it.
const AROUND: usize = 8;
/// Selectors that are tried for one field.
const TRIES: usize = 160;

/// The selector of the items: matches exactly `wanted`, or as nearly as can be had. `inner` is what
/// every item has inside.
pub(super) fn items(
    outline: &Outline<'_>,
    wanted: &[Place],
    inner: impl Fn() -> Option<Pattern>,
) -> Option<(Pattern, f64)> {
    let first = *wanted.first()?;
    let set: HashSet<Place> = wanted.iter().copied().collect();
    let mut best: Option<(Pattern, f64)> = None;
    let outers = outers(outline, wanted);
    let single = bases(outline, wanted);
    // What is made here in time is needed where nothing plainer does.
    let double = LazyCell::new(|| doubly(outline, wanted));
    let strange = LazyCell::new(|| strange(outline, &set));
    let inner = LazyCell::new(inner);
    let all = outers.iter().map(|o| (o, &single)).chain(outers.iter().map(|o| (o, &*double)));
    // A tag alone says too little: it is bound to what is around it, if that has a name.
    let bare = |outer: &[_], base: &Compound| outer.is_empty() && base.classes.is_empty();
    let bound = all.flat_map(|(o, bases)| bases.iter().map(move |b| (o, b))).filter(|(o, b)| !bare(o, b));
    let free = single.iter().filter(|b| b.classes.is_empty()).map(|b| (&outers[0], b));
    let mut looked_at = 0;
    for (outer, base) in bound.chain(free) {
        for base in narrowed(base, &strange, &inner) {
            let pattern = outer.iter().fold(Pattern::one(base), |p, (how, o)| p.within(o.clone(), *how));
            if looked_at > MOST_LOOKS || (!pattern.matches(outline, first) && best.is_some()) {
                continue;
            }
            looked_at += outline.of_tag(outline.tag(first)).len();
            let fit = fit(&pattern.all(outline), &set);
            if best.as_ref().is_none_or(|(_, f)| fit > *f + 1e-9) {
                best = Some((pattern, fit));
            }
            if fit >= 1.0 {
                return best;
            }
        }
    }
    best
}

/// F1 of what a selector matches against what it should.
fn fit(found: &[Place], wanted: &HashSet<Place>) -> f64 {
    let hits = found.iter().filter(|p| wanted.contains(p)).count();
    2.0 * count(hits) / count((found.len() + wanted.len()).max(1))
}

/// What an item itself is: its tag with classes that all items have, then the tag alone.
fn bases(outline: &Outline<'_>, wanted: &[Place]) -> Vec<Compound> {
    let tag = Compound::of_tag(outline, wanted[0]);
    let shared = shared(outline, wanted);
    let mut out: Vec<Compound> =
        shared.iter().map(|c| Compound { classes: vec![c.clone()], ..tag.clone() }).collect();
    out.push(tag);
    out
}

/// The same with two classes, for what no other way tells apart.
fn doubly(outline: &Outline<'_>, wanted: &[Place]) -> Vec<Compound> {
    let tag = Compound::of_tag(outline, wanted[0]);
    match shared(outline, wanted).as_slice() {
        [a, b, ..] => vec![Compound { classes: vec![a.clone(), b.clone()], ..tag }],
        _ => Vec::new(),
    }
}

/// The lasting classes that all have, the rarest on the page first.
fn shared(outline: &Outline<'_>, wanted: &[Place]) -> Vec<Class> {
    let mut classes = lasting(outline, wanted[0]);
    classes.retain(|c| wanted.iter().all(|p| c.is_on(outline, *p)));
    let tag = outline.tag(wanted[0]);
    let on = |c: &Class| outline.of_tag(tag).iter().filter(|p| c.is_on(outline, **p)).count();
    classes.sort_by_cached_key(|c| (on(c), c.length(outline)));
    classes.truncate(CLASSES);
    classes
}

/// The same, without what has a class that no item has; and only what has an item's inside.
fn narrowed<'a>(
    base: &'a Compound,
    strange: &'a LazyCell<Vec<Class>, impl FnOnce() -> Vec<Class>>,
    inner: &'a LazyCell<Option<Pattern>, impl FnOnce() -> Option<Pattern>>,
) -> impl Iterator<Item = Compound> + 'a {
    let without = |c: &Class| Compound { without: Some(c.clone()), ..base.clone() };
    let with = |inner: &Pattern| Compound { has: Some(Box::new(inner.clone())), ..base.clone() };
    (0..3).flat_map(move |stage| match stage {
        0 => vec![base.clone()],
        1 => strange.iter().map(without).collect(),
        _ => inner.iter().map(with).collect(),
    })
}

/// Classes that siblings of the items have and no item has.
fn strange(outline: &Outline<'_>, wanted: &HashSet<Place>) -> Vec<Class> {
    let tag = wanted.iter().next().map(|p| outline.tag(*p));
    let parents: HashSet<Place> = wanted.iter().map(|p| outline.parent(*p)).collect();
    let own: HashSet<Class> = wanted.iter().flat_map(|p| lasting(outline, *p)).collect();
    let others = parents.iter().flat_map(|p| outline.children(*p)).filter(|c| !wanted.contains(c));
    let mut strange: Vec<Class> = others
        .filter(|p| tag == Some(outline.tag(*p)))
        .take(SAMPLE)
        .flat_map(|p| lasting(outline, p))
        .filter(|c| !own.contains(c))
        .collect();
    strange.sort();
    strange.dedup();
    strange.truncate(CLASSES);
    strange
}

/// What is around the items, by what names it, from nothing at all to the way from the body.
fn outers(outline: &Outline<'_>, wanted: &[Place]) -> Vec<Vec<(Combinator, Compound)>> {
    let mut out = vec![Vec::new()];
    let holders: Vec<Vec<Place>> = [wanted.first(), wanted.last()]
        .into_iter()
        .flatten()
        .map(|p| outline.ancestors(*p).take(LEVELS).collect())
        .collect();
    let same_parent = wanted.iter().all(|p| outline.parent(*p) == outline.parent(wanted[0]));
    for level in 0..LEVELS {
        let level_of: Vec<Place> = holders.iter().filter_map(|h| h.get(level).copied()).collect();
        let Some(place) = level_of.first().copied() else { break };
        let how = if level == 0 && same_parent { Combinator::Child } else { Combinator::Inside };
        for name in names(outline, place) {
            // Where items have several parents, all must be named alike.
            if level_of.iter().all(|p| Pattern::one(name.clone()).matches(outline, *p)) {
                out.push(vec![(how, name)]);
            }
        }
    }
    let mut way: Vec<(Combinator, Compound)> = Vec::new();
    for place in outline.ancestors(wanted[0]).take(LEVELS) {
        let tag = Compound::of_tag(outline, place);
        let alone = outline.nth(place) == 1;
        let step = Compound { nth: (!alone || way.is_empty()).then(|| outline.nth(place)), ..tag };
        way.push((Combinator::Child, step));
        out.push(way.clone());
        for name in
            names(outline, place).into_iter().filter(|n| n.id.is_some() || !n.classes.is_empty()).take(2)
        {
            let mut named = way.clone();
            named.pop();
            named.push((Combinator::Child, name));
            out.push(named);
        }
    }
    out
}

/// How an element can be named: by its id, by its classes, by its tag.
fn names(outline: &Outline<'_>, place: Place) -> Vec<Compound> {
    let mut out = Vec::new();
    if let Some(id) = lasting_id(outline, place) {
        out.push(Compound { id: Some(id), ..Compound::default() });
    }
    let tag = Compound::of_tag(outline, place);
    let classes = lasting(outline, place).into_iter().take(CLASSES);
    out.extend(classes.map(|c| Compound { classes: vec![c], ..tag.clone() }));
    if !matches!(outline.tag_text(place), "div" | "span" | "body" | "html" | "font" | "center") {
        out.push(tag);
    }
    out
}

/// The selector of a slot inside its records; gives also the share of records that it is right for.
pub(super) fn field(outline: &Outline<'_>, records: &[Record], slot: &Slot) -> Option<(Pattern, f64)> {
    let (record, place) = *slot.hits.first()?;
    let root = records.get(record)?.place;
    let mut best: Option<(Pattern, f64)> = None;
    for pattern in alternatives(outline, root, place).take(TRIES) {
        let right = rightness(outline, records, slot, &pattern);
        if best.as_ref().is_none_or(|(_, r)| right > *r + 1e-9) {
            best = Some((pattern, right));
        }
        if right >= 0.999 {
            break;
        }
    }
    best
}

/// The share of the records with the slot in which the pattern finds it first, less those without it
/// in which it finds something else.
fn rightness(outline: &Outline<'_>, records: &[Record], slot: &Slot, pattern: &Pattern) -> f64 {
    let (mut right, mut wrong) = (0, 0);
    for (number, record) in records.iter().enumerate().take(SAMPLE) {
        match (pattern.first(outline, record.place, true), slot.at(number)) {
            (Some(found), Some(wanted)) if found == wanted => right += 1,
            (Some(_), _) => wrong += 1,
            (None, _) => {}
        }
    }
    (count(right) - 0.5 * count(wrong)) / count(slot.hits.len().max(1))
}

/// Selectors for an element inside a record, the plainest first; made as they are asked for, as one of the
/// first is mostly right.
fn alternatives(outline: &Outline<'_>, root: Place, place: Place) -> impl Iterator<Item = Pattern> {
    let own = own_names(outline, place);
    let around: Vec<Place> =
        outline.ancestors(place).take_while(|a| *a >= root && place != root).take(AROUND).collect();
    let how = move |above: Place| {
        if above == outline.parent(place) { Combinator::Child } else { Combinator::Inside }
    };
    let numbered = |p: Place| Compound { nth: Some(outline.nth(p)), ..Compound::of_tag(outline, p) };
    let within = move |own: &[Compound], outer: Compound, how| -> Vec<Pattern> {
        own.iter().map(|o| Pattern::one(o.clone()).within(outer.clone(), how)).collect()
    };
    let named = move |own: &[Compound], around: &[Place]| -> Vec<Pattern> {
        let outer = |above: Place| classed(outline, above).chain([Compound::of_tag(outline, above)]);
        around.iter().flat_map(|a| outer(*a).flat_map(|o| within(own, o, how(*a)))).collect()
    };
    let by_place = move |own: &[Compound], around: &[Place]| -> Vec<Pattern> {
        let mut out: Vec<Pattern> =
            (place != root).then(|| Pattern::one(numbered(place))).into_iter().collect();
        for above in around.iter().filter(|a| **a != root) {
            out.extend(within(own, numbered(*above), how(*above)));
            out.push(Pattern::one(numbered(place)).within(numbered(*above), how(*above)));
        }
        out
    };
    (0..4).flat_map(move |stage| match stage {
        0 => own.iter().cloned().map(Pattern::one).collect(),
        1 => named(&own, &around),
        2 => by_place(&own, &around),
        _ => {
            let mut out = chains(outline, &around, &Compound::of_tag(outline, place), Compound::of_tag);
            out.extend(chains(outline, &around, &numbered(place), |_, p| numbered(p)));
            out
        }
    })
}

/// An element by its tag with one of its lasting classes.
fn classed(outline: &Outline<'_>, place: Place) -> impl Iterator<Item = Compound> {
    let tag = Compound::of_tag(outline, place);
    let classes = lasting(outline, place).into_iter().take(CLASSES);
    classes.map(move |c| Compound { classes: vec![c], ..tag.clone() })
}

/// What an element can be called by itself, the most telling first.
fn own_names(outline: &Outline<'_>, place: Place) -> Vec<Compound> {
    let tag = Compound::of_tag(outline, place);
    let mut own: Vec<Compound> = Vec::new();
    if let Some(value) =
        outline.attr(place, "itemprop").filter(|v| v.bytes().all(|b| b.is_ascii_alphabetic()))
    {
        own.push(Compound { attribute: Some(("itemprop", value.to_owned())), ..Compound::default() });
    }
    let telling =
        !matches!(outline.tag_text(place), "a" | "span" | "div" | "p" | "td" | "li" | "b" | "strong");
    if telling {
        own.push(tag.clone());
    }
    own.extend(classed(outline, place));
    if !telling {
        own.push(tag);
    }
    own
}

/// The way from elements around, step by step: from two on, up to the record.
fn chains(
    outline: &Outline<'_>,
    around: &[Place],
    own: &Compound,
    step: impl Fn(&Outline<'_>, Place) -> Compound,
) -> Vec<Pattern> {
    let mut pattern = Pattern::one(own.clone());
    let mut out = Vec::new();
    for (level, above) in around.iter().enumerate() {
        pattern = pattern.within(step(outline, *above), Combinator::Child);
        if level > 0 {
            out.push(pattern.clone());
        }
    }
    out
}
