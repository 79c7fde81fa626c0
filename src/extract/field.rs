//! One field of one item: selectors -> raw values.

mod element;
mod enclosure;
mod label;
mod select;
mod shape;
mod xml_element;

use super::item_node::ItemNode;
use super::json_text;
use super::rule_reader::RuleReader;
use crate::html::markup::title_text;
use crate::html::text;
use crate::html::tree::ElementRef;
use crate::model::{FieldName, Subject, ValueKind};
use crate::rules::{Field, Find, Select, Source};

pub(super) use element::machine_date;
pub(super) use enclosure::enclosures;
use select::RawValue;
use xml_element::XmlRequest;

/// Cap on the authors, tags or media files of one item.
const MAX_VALUES: usize = 100;
/// Cap on the bytes of an author or a tag: a longer text is from a wrong selector.
const MAX_VALUE_BYTES: usize = 1024;

/// Cap on the chain of fields that refer to each other by `from`.
const MAX_REFERENCES: usize = 4;

/// A raw value and its origin.
pub(super) struct FieldValue<'r, 'd> {
    pub(super) text: String,
    /// The element that the text is from.
    pub(super) element: Option<ElementRef<'d>>,
    /// The element that holds the text, also where the text is that of an attribute or a text node.
    pub(super) holder: Option<ElementRef<'d>>,
    /// The rule that found it.
    pub(super) source: &'r Source,
}

/// The values of a field. They come from the first source that gives any: with `all` every value of that
/// source, else only its first value.
pub(super) fn values<'r, 'd>(
    item: ItemNode<'d>,
    reader: &RuleReader<'r>,
    name: FieldName,
    all: bool,
) -> Vec<FieldValue<'r, 'd>> {
    let request = ValueRequest { subject: name.into(), kind: name.kind(), all, references: 0 };
    reader.rules.field(name).map_or_else(Vec::new, |field| field_values(item, reader, field, request))
}

/// The cursor that this page gives for the request of the next page.
pub(super) fn cursor(page: ItemNode<'_>, reader: &RuleReader<'_>, field: &Field) -> Option<String> {
    let request = ValueRequest { subject: Subject::Cursor, kind: ValueKind::Text, all: false, references: 0 };
    let text = field_values(page, reader, field, request).into_iter().next()?.text;
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}

/// The first address that a selector finds in a whole document of XML.
pub(super) fn first_address(
    root: ElementRef<'_>,
    reader: &RuleReader<'_>,
    select: &Select,
) -> Option<String> {
    let wanted = XmlRequest { attr: None, kind: ValueKind::Link, is_title: false };
    let mut found = select::xml_values(root, select, wanted, &reader.budget).ok()?;
    found.find(|raw| !raw.text.trim().is_empty()).map(|raw| raw.text)
}

/// The kind and number of values that are wanted of a field.
#[derive(Clone, Copy)]
struct ValueRequest {
    /// The field that problems are reported for.
    subject: Subject,
    kind: ValueKind,
    /// Whether every value is wanted, and not only the first.
    all: bool,
    /// The number of references between fields that have been followed.
    references: usize,
}

impl ValueRequest {
    fn is_of_title(self) -> bool {
        self.subject == Subject::Field(FieldName::Title)
    }
}

fn field_values<'r, 'd>(
    item: ItemNode<'d>,
    reader: &RuleReader<'r>,
    field: &'r Field,
    request: ValueRequest,
) -> Vec<FieldValue<'r, 'd>> {
    let mut by_source = field.sources.iter().map(|source| source_values(item, reader, source, request));
    let found = by_source.find(|values| !values.is_empty());
    let label = || request.is_of_title().then(|| label_of_title(item, reader, field)).flatten();
    found.unwrap_or_else(|| label().into_iter().collect())
}

/// The label of the first element that the rule of titles finds, where none shows a text.
fn label_of_title<'r, 'd>(
    item: ItemNode<'d>,
    reader: &RuleReader<'r>,
    field: &'r Field,
) -> Option<FieldValue<'r, 'd>> {
    let ItemNode::Element(element) = item else { return None };
    field.sources.iter().filter(|source| source.attr.is_none()).find_map(|source| {
        let Find::Select(select) = &source.find else { return None };
        let mut found = select::raw_values(element, select, None, ValueKind::Text, &reader.budget).ok()?;
        let (label, from) = found.find_map(|raw| label::first_label(element, raw.element?))?;
        shape::shape(source, label).map(|text| FieldValue {
            text,
            element: Some(from),
            holder: Some(from),
            source,
        })
    })
}

/// The fragment that the rule of links finds in an item of a page, where it finds no link to another page.
pub(super) fn link_within_page(item: ItemNode<'_>, reader: &RuleReader<'_>) -> Option<String> {
    let ItemNode::Element(element) = item else { return None };
    let sources = reader.rules.field(FieldName::Link)?.sources.iter();
    sources.filter(|source| source.attr.is_none()).find_map(|source| {
        let Find::Select(select) = &source.find else { return None };
        let mut found = select::raw_values(element, select, None, ValueKind::Text, &reader.budget).ok()?;
        let fragment = found.find_map(|raw| element::link_within_page(raw.element?))?;
        shape::shape(source, fragment.to_owned())
    })
}

fn source_values<'r, 'd>(
    item: ItemNode<'d>,
    reader: &RuleReader<'r>,
    source: &'r Source,
    request: ValueRequest,
) -> Vec<FieldValue<'r, 'd>> {
    let found = raw_values(item, reader, source, request);
    let mut values: Vec<FieldValue<'r, 'd>> = found
        .into_iter()
        .filter_map(|raw| {
            let RawValue { text, element, holder } = raw;
            shape::shape(source, text).map(|text| FieldValue { text, element, holder, source })
        })
        .collect();
    if values.is_empty()
        && let Some(default) = &source.default
    {
        values.push(FieldValue { text: default.clone(), element: None, holder: None, source });
    }
    values
}

/// The texts that a source finds, before pattern, replacements and default.
fn raw_values<'d>(
    item: ItemNode<'d>,
    reader: &RuleReader<'_>,
    source: &Source,
    request: ValueRequest,
) -> Vec<RawValue<'d>> {
    match (&source.find, item) {
        (Find::Const(text), _) => vec![RawValue::of_text(text.clone())],
        (Find::From(other), _) => {
            let text = referenced_value(item, reader, *other, request.references);
            text.map(RawValue::of_text).into_iter().collect()
        }
        (Find::Select(select), ItemNode::Element(element)) => {
            let attr = source.attr.as_deref();
            let found = select::raw_values(element, select, attr, request.kind, &reader.budget);
            let limited = found.map(|values| limit_values(values, request.all));
            reader.value_or_problem(request.subject, select, limited)
        }
        (Find::Select(select), ItemNode::Xml(element)) => {
            let attr = source.attr.as_deref();
            let wanted = XmlRequest { attr, kind: request.kind, is_title: request.is_of_title() };
            let found = select::xml_values(element, select, wanted, &reader.budget);
            let limited = found.map(|values| limit_values(values, request.all));
            reader.value_or_problem(request.subject, select, limited)
        }
        (Find::Select(select), ItemNode::Json(json)) => {
            let found = if request.is_of_title() {
                json_text::titles(json, select, reader.jq)
            } else {
                json_text::texts(json, select, request.kind, reader.jq)
            };
            let texts = reader.value_or_problem(request.subject, select, found).into_iter();
            limit_values(texts.map(RawValue::of_text), request.all)
        }
    }
}

/// With `all`, the values that are neither empty nor too long; else only the first value that is not empty.
fn limit_values<'d>(values: impl Iterator<Item = RawValue<'d>>, all: bool) -> Vec<RawValue<'d>> {
    // A `<time datetime>` without text is not empty: it has a date.
    let has_date = |element: Option<ElementRef<'_>>| element.and_then(machine_date).is_some();
    let mut filled = values.filter(|raw| !raw.text.trim().is_empty() || has_date(raw.element));
    if all {
        filled.filter(|raw| raw.text.len() <= MAX_VALUE_BYTES).take(MAX_VALUES).collect()
    } else {
        filled.next().into_iter().collect()
    }
}

/// The raw value of another field. Title and link have a default if there is no rule for them.
fn referenced_value(
    item: ItemNode<'_>,
    reader: &RuleReader<'_>,
    name: FieldName,
    references: usize,
) -> Option<String> {
    if references >= MAX_REFERENCES {
        return None;
    }
    let found = match (reader.rules.field(name), name) {
        (Some(field), _) => {
            let subject = name.into();
            let request = ValueRequest { subject, kind: name.kind(), all: false, references: references + 1 };
            field_values(item, reader, field, request).into_iter().next().map(|value| value.text)
        }
        (None, FieldName::Link) => default_link(item, reader),
        (None, FieldName::Title) => default_title(item),
        (None, _) => None,
    };
    found.filter(|text| !text.trim().is_empty())
}

/// The link of an item if there is no rule for links: the link of its title, else the first link in the item;
/// in JSON the value of a usual key, in XML that of a usual child.
pub(super) fn default_link(item: ItemNode<'_>, reader: &RuleReader<'_>) -> Option<String> {
    let element = match item {
        ItemNode::Json(json) => return json_text::value_of_key(json, json_text::LINKS),
        ItemNode::Xml(element) => return xml_element::default_link(element),
        ItemNode::Element(element) => element,
    };
    let titles = values(item, reader, FieldName::Title, false).into_iter();
    let of_title = titles.filter_map(|v| v.element).find_map(|e| element::link(element, e));
    let link = of_title.or_else(|| element::link(element, element));
    link.or_else(|| element::route(element)).map(str::to_owned)
}

/// The title of an item if there is no rule for titles: the text of the first link that has text, else the
/// first label of a link; in JSON the value of a usual key, in XML that of a usual child.
pub(super) fn default_title(item: ItemNode<'_>) -> Option<String> {
    let element = match item {
        ItemNode::Json(json) => {
            return json_text::value_of_key(json, json_text::TITLES).map(|t| title_text(&t));
        }
        ItemNode::Xml(element) => return xml_element::default_title(element),
        ItemNode::Element(element) => element,
    };
    label::naming_link(element).map(text::visible_text).or_else(|| label::label_of_links(element))
}

/// The labels of the element that the title of an item is from.
pub(super) fn labels_of_title(item: ItemNode<'_>, reader: &RuleReader<'_>) -> Vec<String> {
    let ItemNode::Element(element) = item else { return Vec::new() };
    let titled = if reader.rules.field(FieldName::Title).is_some() {
        values(item, reader, FieldName::Title, false).into_iter().find_map(|value| value.element)
    } else {
        label::naming_link(element)
    };
    titled.map_or_else(Vec::new, |titled| label::labels(element, titled))
}
