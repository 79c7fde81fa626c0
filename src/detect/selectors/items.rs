//! The selector of the items of a listing.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::candidate::{CandidateSelector, Combinator, Compound, Fitted};
use super::stable_names::{Class, MAX_CLASSES, stable_classes, stable_id};
use crate::detect::listing::slots::MAX_RECORDS;
use crate::detect::ratio::as_f64;
use crate::html::{ElementId, Outline};

/// Ancestors of the items that may be in the selector.
const MAX_ANCESTORS: usize = 7;
/// Elements that are matched in all, for the selector of one listing.
const MAX_MATCHES: usize = 300_000;

/// Ancestors of the items in a selector, the closest first, each with how it holds what was before.
type Context = Vec<(Combinator, Compound)>;

/// The selector that matches exactly the wanted elements, or the best that can be had. `inner` gives a
/// selector of something that all items hold.
pub(crate) fn item_selector(
    outline: &Outline<'_>,
    wanted: &[ElementId],
    inner: impl Fn() -> Option<CandidateSelector>,
) -> Option<Fitted> {
    let first = *wanted.first()?;
    let wanted_set: HashSet<ElementId> = wanted.iter().copied().collect();
    let contexts = contexts(outline, wanted);
    let with_one_class = with_one_class(outline, wanted);
    // These take time, and are seldom needed: simpler selectors mostly match exactly.
    let with_two_classes = LazyCell::new(|| with_two_classes(outline, wanted));
    let foreign_classes = LazyCell::new(|| foreign_classes(outline, &wanted_set));
    let inner = LazyCell::new(inner);
    let simple = contexts.iter().map(|context| (context, &with_one_class));
    let double = contexts.iter().map(|context| (context, &*with_two_classes));
    let all = simple.chain(double).flat_map(|(context, items)| items.iter().map(move |item| (context, item)));
    // A tag alone matches too much. It comes last.
    let is_bare = |context: &Context, item: &Compound| context.is_empty() && item.classes.is_empty();
    let named = all.filter(|(context, item)| !is_bare(context, item));
    let bare = with_one_class.iter().filter(|item| item.classes.is_empty()).map(|item| (&contexts[0], item));
    let mut best: Option<Fitted> = None;
    let mut matched = 0;
    for (context, item) in named.chain(bare) {
        for item in narrowed(item, &foreign_classes, &inner) {
            let selector = in_context(item, context);
            if matched > MAX_MATCHES || (best.is_some() && !selector.matches(outline, first)) {
                continue;
            }
            matched += outline.of_tag(outline.tag(first)).len();
            let fit = fit(&selector.find_all(outline), &wanted_set);
            if Fitted::improves(best.as_ref(), fit) {
                best = Some(Fitted { selector, fit });
            }
            if fit >= 1.0 {
                return best;
            }
        }
    }
    best
}

fn in_context(item: Compound, context: &Context) -> CandidateSelector {
    let item = CandidateSelector::of(item);
    context.iter().fold(item, |selector, (how, ancestor)| selector.within(ancestor.clone(), *how))
}

/// The F1 score of the elements that a selector matches.
fn fit(found: &[ElementId], wanted: &HashSet<ElementId>) -> f64 {
    let hits = found.iter().filter(|element| wanted.contains(element)).count();
    2.0 * as_f64(hits) / as_f64((found.len() + wanted.len()).max(1))
}

/// The items' tag with each class that all items have, then the tag alone.
fn with_one_class(outline: &Outline<'_>, items: &[ElementId]) -> Vec<Compound> {
    let tag = Compound::of_tag(outline, items[0]);
    let shared = shared_classes(outline, items);
    let classed = shared.into_iter().map(|class| Compound { classes: vec![class], ..tag.clone() });
    classed.chain([tag.clone()]).collect()
}

/// The items' tag with the two rarest classes that all items have.
fn with_two_classes(outline: &Outline<'_>, items: &[ElementId]) -> Vec<Compound> {
    let tag = Compound::of_tag(outline, items[0]);
    match shared_classes(outline, items).as_slice() {
        [a, b, ..] => vec![Compound { classes: vec![a.clone(), b.clone()], ..tag }],
        _ => Vec::new(),
    }
}

/// The stable classes that all items have, the rarest on the page first.
fn shared_classes(outline: &Outline<'_>, items: &[ElementId]) -> Vec<Class> {
    let mut classes = stable_classes(outline, items[0]);
    classes.retain(|class| items.iter().all(|item| class.is_on(outline, *item)));
    let same_tag = outline.of_tag(outline.tag(items[0]));
    let frequency = |class: &Class| same_tag.iter().filter(|e| class.is_on(outline, **e)).count();
    classes.sort_by_cached_key(|class| (frequency(class), class.len(outline)));
    classes.truncate(MAX_CLASSES);
    classes
}

/// A compound as it is; then without elements of each foreign class; then only elements that hold `inner`.
fn narrowed<'a>(
    item: &'a Compound,
    foreign_classes: &'a LazyCell<Vec<Class>, impl FnOnce() -> Vec<Class>>,
    inner: &'a LazyCell<Option<CandidateSelector>, impl FnOnce() -> Option<CandidateSelector>>,
) -> impl Iterator<Item = Compound> + 'a {
    let without = |class: &Class| Compound { not_class: Some(class.clone()), ..item.clone() };
    let with = |inner: &CandidateSelector| Compound { has: Some(Box::new(inner.clone())), ..item.clone() };
    // In stages, so that the lazy ones are made only when they are reached.
    (0..3).flat_map(move |stage| match stage {
        0 => vec![item.clone()],
        1 => foreign_classes.iter().map(without).collect(),
        _ => inner.iter().map(with).collect(),
    })
}

/// Classes that siblings of the items have and no item has.
fn foreign_classes(outline: &Outline<'_>, items: &HashSet<ElementId>) -> Vec<Class> {
    let tag = items.iter().next().map(|item| outline.tag(*item));
    let parents: HashSet<ElementId> = items.iter().map(|item| outline.parent(*item)).collect();
    let own: HashSet<Class> = items.iter().flat_map(|item| stable_classes(outline, *item)).collect();
    let siblings = parents.iter().flat_map(|parent| outline.children(*parent));
    let mut classes: Vec<Class> = siblings
        .filter(|sibling| !items.contains(sibling) && tag == Some(outline.tag(*sibling)))
        .take(MAX_RECORDS)
        .flat_map(|sibling| stable_classes(outline, sibling))
        .filter(|class| !own.contains(class))
        .collect();
    classes.sort();
    classes.dedup();
    classes.truncate(MAX_CLASSES);
    classes
}

/// The contexts to try: none; one ancestor by a name; all ancestors up to one.
fn contexts(outline: &Outline<'_>, items: &[ElementId]) -> Vec<Context> {
    let mut contexts = vec![Vec::new()];
    contexts.extend(single_ancestors(outline, items));
    contexts.extend(ancestor_chains(outline, items[0]));
    contexts
}

/// Each ancestor by each of its names. Where items have several parents, all parents must have the name.
fn single_ancestors(outline: &Outline<'_>, items: &[ElementId]) -> Vec<Context> {
    let ends = [items.first(), items.last()].into_iter().flatten();
    let ancestors: Vec<Vec<ElementId>> =
        ends.map(|item| outline.ancestors(*item).take(MAX_ANCESTORS).collect()).collect();
    let have_same_parent = items.iter().all(|item| outline.parent(*item) == outline.parent(items[0]));
    let mut contexts = Vec::new();
    for level in 0..MAX_ANCESTORS {
        let at_level: Vec<ElementId> = ancestors.iter().filter_map(|a| a.get(level).copied()).collect();
        let Some(first) = at_level.first() else { break };
        let is_parent = level == 0 && have_same_parent;
        let how = if is_parent { Combinator::Child } else { Combinator::Descendant };
        for name in names(outline, *first) {
            let selector = CandidateSelector::of(name.clone());
            if at_level.iter().all(|ancestor| selector.matches(outline, *ancestor)) {
                contexts.push(vec![(how, name)]);
            }
        }
    }
    contexts
}

/// The path from each ancestor to the item, step by step; the outermost step by its position, then by its
/// names.
fn ancestor_chains(outline: &Outline<'_>, item: ElementId) -> Vec<Context> {
    let mut contexts = Vec::new();
    let mut chain: Context = Vec::new();
    for ancestor in outline.ancestors(item).take(MAX_ANCESTORS) {
        let outer_names = names(outline, ancestor).into_iter().filter(Compound::is_named).take(2);
        let named: Vec<Context> = outer_names
            .map(|name| chain.iter().cloned().chain([(Combinator::Child, name)]).collect())
            .collect();
        let nth = outline.nth(ancestor);
        let needs_nth = nth != 1 || chain.is_empty();
        let step = Compound { nth_of_type: needs_nth.then_some(nth), ..Compound::of_tag(outline, ancestor) };
        chain.push((Combinator::Child, step));
        contexts.push(chain.clone());
        contexts.extend(named);
    }
    contexts
}

/// The names of an element: its id, its classes, its tag if it says something.
fn names(outline: &Outline<'_>, element: ElementId) -> Vec<Compound> {
    let mut names = Vec::new();
    if let Some(id) = stable_id(outline, element) {
        names.push(Compound { id: Some(id), ..Compound::default() });
    }
    names.extend(Compound::of_classes(outline, element));
    if !matches!(outline.tag_text(element), "div" | "span" | "body" | "html" | "font" | "center") {
        names.push(Compound::of_tag(outline, element));
    }
    names
}
