//! The notes of a text: the elements that its marks lead to. Lists of references are no notes.

use std::collections::{HashMap, HashSet};

use crate::html::tree::{ElementRef, NodeId};

/// Cap on the notes of a text.
const MAX_NOTES: usize = 1000;
/// Classes of lists of references: they say where a fact is from, and are no part of the text.
const REFERENCES: [&str; 5] = ["references", "reflist", "refs", "bibliography", "citations"];

/// The notes of a text, all elements around them within the body, and the marks that lead to them.
pub(crate) fn of_body(body: &[ElementRef<'_>]) -> HashSet<NodeId> {
    let mut kept = HashSet::new();
    let mut marks = marks(body);
    if marks.is_empty() {
        return kept;
    }
    let ids: HashSet<NodeId> = body.iter().map(|element| element.id()).collect();
    let elements = body.iter().flat_map(ElementRef::descendent_elements);
    // A link leads to the first element with an identifier.
    let notes = elements.filter_map(|e| Some((e, marks.remove(e.attr("id").or_else(|| e.attr("name"))?)?)));
    for (note, marks) in notes.take(MAX_NOTES) {
        let path = path_to_body(note, &ids);
        if path.iter().any(|e| is_source_list(*e)) {
            continue;
        }
        kept.extend(path.iter().map(|e| e.id()));
        kept.extend(marks);
    }
    kept
}

/// The marks of a text by the identifier that each leads to.
fn marks<'a>(body: &[ElementRef<'a>]) -> HashMap<&'a str, Vec<NodeId>> {
    let mut marks: HashMap<&'a str, Vec<NodeId>> = HashMap::new();
    let elements = body.iter().flat_map(ElementRef::descendent_elements);
    for mark in elements.filter(|e| e.value().name() == "sup") {
        let link = mark.descendent_elements().chain(mark.ancestors().take(1).filter_map(ElementRef::wrap));
        let target = link.filter_map(|e| e.attr("href")).find_map(|href| href.trim().strip_prefix('#'));
        if let Some(target) = target.filter(|target| !target.is_empty()) {
            marks.entry(target).or_default().push(mark.id());
        }
    }
    marks
}

/// A note and the elements around it, up to those of the body.
fn path_to_body<'a>(note: ElementRef<'a>, body: &HashSet<NodeId>) -> Vec<ElementRef<'a>> {
    let is_body = |e: &ElementRef<'a>| body.contains(&e.id());
    let around = note.ancestors().filter_map(ElementRef::wrap);
    std::iter::once(note).chain(around).take_while(|e| !is_body(e)).collect()
}

/// Whether an element is a list of the sources of facts, by its classes.
fn is_source_list(element: ElementRef<'_>) -> bool {
    let is_reference_word = |word: &str| REFERENCES.iter().any(|name| word.eq_ignore_ascii_case(name));
    element.value().classes().any(|class| class.split(['-', '_']).any(is_reference_word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::tree::Html;

    #[track_caller]
    fn check(markup: &str, expected: &[&str]) {
        let page = Html::parse_document(&format!("<body><main>{markup}</main>"));
        let main = page.root_element().descendent_elements().find(|e| e.value().name() == "main");
        let main = main.expect("a main element");
        let kept = of_body(&[main]);
        let names: Vec<&str> =
            main.descendent_elements().filter(|e| kept.contains(&e.id())).map(|e| e.value().name()).collect();
        assert_eq!(names, expected, "{markup}");
    }

    #[test]
    fn notes_stay_with_their_marks() {
        check(
            "<p>Ice<sup><a href='#n1'>1</a></sup></p><aside class=footnotes><ol><li id=n1>Thin.</li></ol></aside>",
            &["sup", "aside", "ol", "li"],
        );
        check("<p>Ice<sup><a href='#n1'>1</a></sup></p><p id=n1>Thin.</p><p id=n1>Thick.</p>", &["sup", "p"]);
        check("<p>Ice<a href='#n2'><sup>2</sup></a></p><hr><p id=n2>Thick.</p>", &["sup", "p"]);
    }

    #[test]
    fn references_and_marks_without_notes_go() {
        check(
            "<p>Ice<sup><a href='#c1'>1</a></sup></p><ol class=references><li id=c1>Kim 1999</li></ol>",
            &[],
        );
        check("<p>Ice<sup><a href='#n3'>3</a></sup></p>", &[]);
    }
}
