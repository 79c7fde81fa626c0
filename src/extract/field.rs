//! One field of one item: from elements to raw values.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::json_text;
use crate::html::tree::ElementRef;
use crate::html::xpath::Steps;
use crate::html::{parse, text, xpath};
use crate::model::{Enclosure, FieldName, Problem, Subject, ValueKind};
use crate::rules::{Field, Find, Rules, Select, Source};

/// Authors, tags or media files of one item.
const MAX_VALUES: usize = 100;
/// Bytes of an author or a tag: what is longer is a wrong selector.
const MAX_VALUE_BYTES: usize = 1024;

/// Different complaints of one page that are told.
const MAX_COMPLAINTS: usize = 20;

/// How deep `from` may refer to `from`.
const MAX_REFERENCES: usize = 4;

/// An item of a listing.
#[derive(Clone, Copy)]
pub(super) enum Node<'d> {
    /// An element of a page.
    Element(ElementRef<'d>),
    /// A value of JSON.
    Json(&'d Json),
}

impl<'d> Node<'d> {
    fn element(self) -> Option<ElementRef<'d>> {
        match self {
            Self::Element(element) => Some(element),
            Self::Json(_) => None,
        }
    }
}

/// The rules of a page, and the steps that its XPath expressions may still take.
pub(super) struct Reader<'r> {
    pub(super) rules: &'r Rules,
    pub(super) steps: Steps,
    /// What expressions and programs of fields say of what they were given, by field.
    complaints: RefCell<BTreeSet<(Subject, String)>>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        Self { rules, steps: Steps::default(), complaints: RefCell::default() }
    }

    /// Each complaint once: all items of a page mostly have the same.
    pub(super) fn complaints(&self) -> Vec<Problem> {
        let problem = |(field, message): (Subject, String)| Problem { field, position: None, message };
        self.complaints.take().into_iter().take(MAX_COMPLAINTS).map(problem).collect()
    }

    /// What a rule gave; what is wrong with it is noted.
    fn noted<T: Default>(&self, field: Subject, select: &Select, given: Result<T, String>) -> T {
        given.unwrap_or_else(|why| {
            let message = format!("`{}`: {why}", select.text());
            self.complaints.borrow_mut().insert((field, message));
            T::default()
        })
    }
}

/// A raw value and where it was found.
pub(super) struct Value<'r, 'd> {
    pub(super) text: String,
    pub(super) element: Option<ElementRef<'d>>,
    pub(super) source: &'r Source,
}

/// The values of a field: those of the first source that gives any.
pub(super) fn values<'r, 'd>(
    item: Node<'d>,
    reader: &Reader<'r>,
    name: FieldName,
    all: bool,
) -> Vec<Value<'r, 'd>> {
    let wanted = Wanted { subject: name.into(), kind: name.kind(), all, references: 0 };
    reader.rules.field(name).map_or_else(Vec::new, |field| of_field(item, reader, field, wanted))
}

/// The cursor of the next page.
pub(super) fn cursor(page: Node<'_>, reader: &Reader<'_>, field: &Field) -> Option<String> {
    let wanted = Wanted { subject: Subject::Cursor, kind: ValueKind::Text, all: false, references: 0 };
    let text = of_field(page, reader, field, wanted).into_iter().next()?.text;
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}

/// The value that is looked for.
#[derive(Clone, Copy)]
struct Wanted {
    subject: Subject,
    kind: ValueKind,
    /// All values, and not the first only.
    all: bool,
    /// How many references between fields have led here.
    references: usize,
}

fn of_field<'r, 'd>(
    item: Node<'d>,
    reader: &Reader<'r>,
    field: &'r Field,
    wanted: Wanted,
) -> Vec<Value<'r, 'd>> {
    let found = field.sources.iter().map(|source| of_source(item, reader, source, wanted));
    found.into_iter().find(|values| !values.is_empty()).unwrap_or_default()
}

fn of_source<'r, 'd>(
    item: Node<'d>,
    reader: &Reader<'r>,
    source: &'r Source,
    wanted: Wanted,
) -> Vec<Value<'r, 'd>> {
    let raws = match (&source.find, item) {
        (Find::Const(text), _) => vec![(text.clone(), None)],
        (Find::From(other), _) => {
            let text = referred(item, reader, *other, wanted.references);
            text.map(|text| (text, None)).into_iter().collect()
        }
        (Find::Select(select), Node::Element(element)) => {
            let given = of_elements(element, select, source.attr.as_deref(), wanted.kind, &reader.steps);
            reader.noted(wanted.subject, select, given.map(|raws| few(raws, wanted.all)))
        }
        (Find::Select(select), Node::Json(json)) => {
            let given = json_text::texts(json, select, wanted.kind);
            let texts = reader.noted(wanted.subject, select, given).into_iter();
            few(texts.map(|text| (text, None)), wanted.all)
        }
    };
    let mut values: Vec<Value<'r, 'd>> = raws
        .into_iter()
        .filter_map(|(raw, element)| shape(source, raw).map(|text| Value { text, element, source }))
        .collect();
    if values.is_empty()
        && let Some(default) = &source.default
    {
        values.push(Value { text: default.clone(), element: None, source });
    }
    values
}

type Raw<'d> = (String, Option<ElementRef<'d>>);
type Raws<'a, 'd> = Box<dyn Iterator<Item = Raw<'d>> + 'a>;

/// What a selector finds, read one after the other as it is asked for.
fn of_elements<'a, 'd: 'a>(
    item: ElementRef<'d>,
    select: &'a Select,
    attr: Option<&'a str>,
    kind: ValueKind,
    steps: &Steps,
) -> Result<Raws<'a, 'd>, String> {
    let of_element = move |e: ElementRef<'d>| taken(item, e, attr, kind).map(|text| (text, Some(e)));
    Ok(match select {
        Select::Css(css) => Box::new(parse::all_within(item, css.selector()).filter_map(of_element)),
        Select::XPath(path) => match path.evaluate(item, steps)? {
            xpath::Value::Spots(spots) => {
                let of_spot = move |spot: xpath::Spot<'d>| match spot.element() {
                    Some(element) => of_element(element),
                    None => Some((spot.text(), None)),
                };
                Box::new(spots.into_iter().filter_map(of_spot))
            }
            other => Box::new(std::iter::once((other.text(), None))),
        },
        Select::Json(_) | Select::Jq(_) => Box::new(std::iter::empty()),
    })
}

/// All that say something and are not too long, or the first that says something.
fn few<'d>(raws: impl Iterator<Item = Raw<'d>>, all: bool) -> Vec<Raw<'d>> {
    let mut raws = raws.filter(|(text, element)| !text.trim().is_empty() || has_machine_date(*element));
    if all {
        raws.filter(|(text, _)| text.len() <= MAX_VALUE_BYTES).take(MAX_VALUES).collect()
    } else {
        raws.next().into_iter().collect()
    }
}

/// An empty `<time datetime>` still says something.
fn has_machine_date(element: Option<ElementRef<'_>>) -> bool {
    element.and_then(machine_date).is_some()
}

fn taken(
    item: ElementRef<'_>,
    element: ElementRef<'_>,
    attr: Option<&str>,
    kind: ValueKind,
) -> Option<String> {
    match (attr, kind) {
        (Some(attr), _) => element.attr(attr).map(str::to_owned),
        (None, ValueKind::Html) => Some(element.inner_html()),
        (None, ValueKind::Link) => link(item, element).map(str::to_owned),
        (None, ValueKind::Image) => image(element).map(str::to_owned),
        (None, ValueKind::Text | ValueKind::Names | ValueKind::Date | ValueKind::Media) => {
            Some(meta_content(element).unwrap_or_else(|| text::text(element)))
        }
    }
}

fn meta_content(element: ElementRef<'_>) -> Option<String> {
    (element.value().name() == "meta").then(|| element.attr("content").map(str::to_owned)).flatten()
}

/// The raw value of another field; title and link have one without a rule, too.
fn referred(item: Node<'_>, reader: &Reader<'_>, name: FieldName, references: usize) -> Option<String> {
    if references >= MAX_REFERENCES {
        return None;
    }
    let found = match (reader.rules.field(name), name) {
        (Some(field), _) => {
            let subject = name.into();
            let wanted = Wanted { subject, kind: name.kind(), all: false, references: references + 1 };
            of_field(item, reader, field, wanted).into_iter().next().map(|value| value.text)
        }
        (None, FieldName::Link) => default_link(item, reader),
        (None, FieldName::Title) => default_title(item),
        (None, _) => None,
    };
    found.filter(|text| !text.trim().is_empty())
}

/// Applies pattern and replacements; nothing if the pattern does not match or nothing is left.
fn shape(source: &Source, raw: String) -> Option<String> {
    let mut text = match &source.regex {
        None => raw,
        Some(regex) => {
            let found = regex.captures(&raw)?;
            found.get(1).or_else(|| found.get(0))?.as_str().to_owned()
        }
    };
    for (pattern, with) in &source.replace {
        text = pattern.replace_all(&text, with.as_str()).into_owned();
    }
    let shaped = source.regex.is_some() || !source.replace.is_empty();
    (!shaped || !text.trim().is_empty()).then_some(text)
}

/// The link of an element: its own, that of the closest one inside it, or that of the closest one
/// around it inside the item.
fn link<'a>(item: ElementRef<'a>, element: ElementRef<'a>) -> Option<&'a str> {
    let inside = own_link(element).or_else(|| element.descendent_elements().find_map(own_link));
    inside.or_else(|| {
        element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .take_while(|a| item.ancestors().all(|outer| outer.id() != a.id()))
            .find_map(own_link)
    })
}

fn own_link(element: ElementRef<'_>) -> Option<&str> {
    let links = matches!(element.value().name(), "a" | "area" | "link");
    links.then(|| element.attr("href")).flatten().filter(|h| leads_somewhere(h))
}

/// `#` and scripts are buttons, not links.
fn leads_somewhere(href: &str) -> bool {
    let href = href.trim();
    !href.is_empty() && !href.starts_with('#') && !href.to_ascii_lowercase().starts_with("javascript:")
}

/// The link of the title, else the first link of the item; of JSON what is mostly called so.
pub(super) fn default_link(item: Node<'_>, reader: &Reader<'_>) -> Option<String> {
    let element = match item {
        Node::Json(json) => return json_text::named(json, json_text::LINKS),
        Node::Element(element) => element,
    };
    let titles = values(item, reader, FieldName::Title, false).into_iter();
    let of_title = titles.filter_map(|v| v.element).find_map(|e| link(element, e));
    of_title.or_else(|| link(element, element)).map(str::to_owned)
}

/// The text of the first link that has one; of JSON what is mostly called so.
pub(super) fn default_title(item: Node<'_>) -> Option<String> {
    let element = match item {
        Node::Json(json) => {
            return json_text::named(json, json_text::TITLES).map(|t| crate::html::plain_text(&t));
        }
        Node::Element(element) => element,
    };
    let links = element.descendent_elements().filter(|e| own_link(*e).is_some());
    links.map(text::text).find(|t| !t.is_empty())
}

fn image(element: ElementRef<'_>) -> Option<&str> {
    let img = if matches!(element.value().name(), "img" | "meta" | "source") {
        element
    } else {
        element.descendent_elements().find(|e| e.value().name() == "img")?
    };
    let lazy = ["data-src", "data-lazy-src", "data-original", "src", "content"];
    let address = lazy.iter().filter_map(|a| img.attr(a)).find(|a| !a.trim().is_empty());
    address.or_else(|| img.attr("srcset").and_then(|s| s.split([' ', ',']).find(|p| !p.is_empty())))
}

/// The machine-readable date of an element: `<time datetime>`, its own or of the one inside it.
pub(super) fn machine_date(element: ElementRef<'_>) -> Option<String> {
    let time = element.descendent_elements().find(|e| e.value().name() == "time")?;
    time.attr("datetime").filter(|d| !d.trim().is_empty()).map(str::to_owned)
}

/// The media files of an item: address, type and length as the element says them.
pub(super) fn enclosures(item: Node<'_>, reader: &Reader<'_>) -> Vec<Enclosure> {
    let Some(field) = reader.rules.field(FieldName::Enclosure) else { return Vec::new() };
    let found = field.sources.iter().map(|source| of_media(item, reader, source));
    found.into_iter().find(|e| !e.is_empty()).unwrap_or_default()
}

fn of_media(item: Node<'_>, reader: &Reader<'_>, source: &Source) -> Vec<Enclosure> {
    let whole = match (&source.find, item) {
        (Find::Select(select), Node::Json(json)) => json_text::enclosures(json, select),
        (Find::Select(select), Node::Element(element)) if source.attr.is_none() => {
            let given = of_elements(element, select, None, ValueKind::Media, &reader.steps);
            let media = given.map(|raws| raws.filter_map(|(_, e)| enclosure(e?, source)).collect());
            reader.noted(FieldName::Enclosure.into(), select, media)
        }
        _ => Vec::new(),
    };
    let named: Vec<Enclosure> = whole
        .into_iter()
        .filter_map(|e| match item.element() {
            Some(_) => Some(e),
            None => Some(Enclosure { url: shape(source, e.url)?, ..e }),
        })
        .take(MAX_VALUES)
        .collect();
    let by_text = source.attr.is_some() || !matches!(source.find, Find::Select(Select::Css(_)));
    if !named.is_empty() || !by_text {
        return named;
    }
    let subject = FieldName::Enclosure.into();
    let wanted = Wanted { subject, kind: ValueKind::Media, all: true, references: 0 };
    let plain = of_source(item, reader, source, wanted).into_iter();
    plain.map(|v| Enclosure { url: v.text, media_type: None, length: None }).collect()
}

fn enclosure(element: ElementRef<'_>, source: &Source) -> Option<Enclosure> {
    let media = ["href", "src", "url", "data-src"];
    let own = media.iter().find_map(|a| element.attr(a));
    let inside = || element.descendent_elements().find_map(|e| media.iter().find_map(|a| e.attr(a)));
    let url = shape(source, own.or_else(inside)?.to_owned())?;
    let length = ["length", "data-length"].iter().find_map(|a| element.attr(a)?.trim().parse().ok());
    Some(Enclosure { url, media_type: element.attr("type").map(str::to_owned), length })
}
