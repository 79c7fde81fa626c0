//! The media files of one item: their address, type and length.

use super::select::RawValue;
use super::shape::shape;
use super::xml_element::XmlRequest;
use super::{MAX_VALUES, ValueRequest, select, source_values};
use crate::extract::item_node::ItemNode;
use crate::extract::json_text;
use crate::extract::rule_reader::RuleReader;
use crate::html::tree::ElementRef;
use crate::html::{picture, xml};
use crate::model::{Enclosure, FieldName, ValueKind};
use crate::rules::{Find, Select, Source};

/// The media files of an item: those of the first source that gives any.
pub(crate) fn enclosures(item: ItemNode<'_>, reader: &RuleReader<'_>) -> Vec<Enclosure> {
    let Some(field) = reader.rules.field(FieldName::Enclosure) else { return Vec::new() };
    let mut by_source = field.sources.iter().map(|source| source_enclosures(item, reader, source));
    by_source.find(|enclosures| !enclosures.is_empty()).unwrap_or_default()
}

fn source_enclosures(item: ItemNode<'_>, reader: &RuleReader<'_>, source: &Source) -> Vec<Enclosure> {
    let described: Vec<Enclosure> = described_enclosures(item, reader, source)
        .into_iter()
        .filter_map(|enclosure| match item {
            ItemNode::Element(_) | ItemNode::Xml(_) => Some(enclosure),
            ItemNode::Json(_) => Some(Enclosure { url: shape(source, enclosure.url)?, ..enclosure }),
        })
        .take(MAX_VALUES)
        .collect();
    let may_be_plain_text = source.attr.is_some() || !matches!(source.find, Find::Select(Select::Css(_)));
    if described.is_empty() && may_be_plain_text { plain_enclosures(item, reader, source) } else { described }
}

/// Media files whose element or object gives the address, and maybe type and length.
fn described_enclosures(item: ItemNode<'_>, reader: &RuleReader<'_>, source: &Source) -> Vec<Enclosure> {
    match (&source.find, item) {
        (Find::Select(select), ItemNode::Json(json)) => json_text::enclosures(json, select, reader.jq),
        (Find::Select(select), ItemNode::Xml(element)) if source.attr.is_none() => {
            let wanted = XmlRequest { attr: None, kind: ValueKind::Media, is_title: false };
            let found = select::xml_values(element, select, wanted, &reader.budget);
            let media = found.map(|values| values.filter_map(|raw| xml_enclosure(raw, source)).collect());
            reader.value_or_problem(FieldName::Enclosure.into(), select, media)
        }
        (Find::Select(select), ItemNode::Element(element)) if source.attr.is_none() => {
            let found = select::raw_values(element, select, None, ValueKind::Media, &reader.budget);
            let media = found
                .map(|values| values.filter_map(|raw| element_enclosure(raw.element?, source)).collect());
            reader.value_or_problem(FieldName::Enclosure.into(), select, media)
        }
        _ => Vec::new(),
    }
}

/// Media files of which the rule finds only the address.
fn plain_enclosures(item: ItemNode<'_>, reader: &RuleReader<'_>, source: &Source) -> Vec<Enclosure> {
    let subject = FieldName::Enclosure.into();
    let request = ValueRequest { subject, kind: ValueKind::Media, all: true, references: 0 };
    let addresses = source_values(item, reader, source, request).into_iter();
    addresses.map(|value| Enclosure { url: value.text, media_type: None, length: None }).collect()
}

fn element_enclosure(element: ElementRef<'_>, source: &Source) -> Option<Enclosure> {
    // A player may have its file in a `<source>` inside, which then names the type.
    let holder = element.descendent_elements().find(|e| address(*e).is_some())?;
    let url = shape(source, address(holder)?.to_owned())?;
    let length = ["length", "data-length"].iter().find_map(|a| element.attr(a)?.trim().parse().ok());
    let media_type = element.attr("type").or_else(|| holder.attr("type")).map(str::to_owned);
    Some(Enclosure { url, media_type, length })
}

/// The media file of an element of XML, whose address has been found.
fn xml_enclosure(raw: RawValue<'_>, source: &Source) -> Option<Enclosure> {
    let element = raw.element?;
    let url = shape(source, raw.text)?;
    let attribute = |name: &&str| xml::attribute(element, name);
    let length = ["length", "fileSize", "size"].iter().find_map(|name| attribute(name)?.trim().parse().ok());
    let media_type = ["type", "mimeType"].iter().find_map(attribute).map(str::to_owned);
    Some(Enclosure { url, media_type, length })
}

fn address(element: ElementRef<'_>) -> Option<&str> {
    let mut addresses = ["href", "src", "url"].iter().filter_map(|attribute| element.attr(attribute));
    addresses.find(|address| !picture::is_blank(address)).or_else(|| picture::late_address(element))
}
