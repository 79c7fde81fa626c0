//! A preview as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use url::Url;

use super::item::ItemShape;
use super::trouble::TroubleShape;
use crate::model::public_address;
use crate::model::{Item, Problem, Trouble};

/// The items that a page would give.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewShape {
    /// The address of the page, without secrets.
    url: Option<Url>,
    title: Option<String>,
    items: Vec<ItemShape>,
    /// How many items there are, and how many of them have each field.
    fields: Option<BTreeMap<&'static str, usize>>,
    problems: Vec<Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<TroubleShape>,
}

impl PreviewShape {
    /// The items of a page.
    #[must_use]
    pub fn of(
        url: &Url,
        title: Option<&str>,
        items: &[Item],
        fields: &[(&'static str, usize)],
        problems: &[Problem],
    ) -> Self {
        Self {
            url: Some(public_address(url)),
            title: title.map(str::to_owned),
            items: items.iter().map(ItemShape::from).collect(),
            fields: Some(fields.iter().copied().collect()),
            problems: problems.to_vec(),
            trouble: None,
        }
    }

    /// A page that gave nothing.
    #[must_use]
    pub fn failed(url: Option<&Url>, trouble: &Trouble) -> Self {
        let trouble = Some(trouble.into());
        Self {
            url: url.map(public_address),
            title: None,
            items: Vec::new(),
            fields: None,
            problems: Vec::new(),
            trouble,
        }
    }
}
