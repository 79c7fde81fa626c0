//! Rules as they are written, in feeds.toml or by detection. Nothing is checked here;
//! [`compile`](super::compile) does.
//!
//! Doc comments here become the descriptions in the JSON Schema that editors show. The names of keys are
//! part of stored hashes and of stored rules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body_spec::BodySpec;
use super::field_spec::FieldSpec;
use super::selector_spec::SelectorSpec;
use crate::model::{FieldName, Kind, for_each_field};

/// All rules of a source: its kind, where its items and fields are, and where further pages of its listing
/// are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleSpec {
    /// The kind of the source.
    pub kind: Kind,
    /// Where the items and their fields are, for kinds that need rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<SelectSpec>,
    /// Where the further pages of the listing are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<PagesSpec>,
}

impl RuleSpec {
    /// The rules of a kind that needs none.
    #[must_use]
    pub const fn of_kind(kind: Kind) -> Self {
        Self { kind, select: None, pages: None }
    }

    /// The text of the rule that matches one item; empty for kinds that need no rules.
    #[must_use]
    pub fn item(&self) -> &str {
        let item = self.select.as_ref().and_then(|select| select.item.as_ref());
        item.map_or("", SelectorSpec::text)
    }
}

macro_rules! select_spec {
    ($($variant:ident $key:ident $kind:ident $(($json:literal, $xml:literal))? $doc:literal;)*) => {
        /// Where the items and their fields are. Selectors also match the item element itself.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        #[schemars(rename = "Select")]
        pub struct SelectSpec {
            /// One item: a CSS selector; with `kind = "json"` a JSONPath to the list; or a table.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub item: Option<SelectorSpec>,
            /// With `kind = "json"`: CSS selector of the scripts of a page that hold the JSON. Default: all.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(example = &"script#state")]
            pub script: Option<String>,
            /// CSS selector of the element that holds all items: tells an empty listing from a changed
            /// layout.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(example = &"main ul")]
            pub container: Option<String>,
            $(
                #[doc = $doc]
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $key: Option<FieldSpec>,
            )*
        }

        impl SelectSpec {
            /// The rule of a field.
            #[must_use]
            pub fn field(&self, name: FieldName) -> Option<&FieldSpec> {
                match name { $(FieldName::$variant => self.$key.as_ref(),)* }
            }

            /// The rule of a field, to be changed.
            pub fn field_mut(&mut self, name: FieldName) -> &mut Option<FieldSpec> {
                match name { $(FieldName::$variant => &mut self.$key,)* }
            }
        }
    };
}

for_each_field!(select_spec);

impl SelectSpec {
    /// These rules, completed by those of `base` for keys that they do not have.
    #[must_use]
    pub fn or(&self, base: &Self) -> Self {
        let mut completed = self.clone();
        completed.item = completed.item.or_else(|| base.item.clone());
        completed.script = completed.script.or_else(|| base.script.clone());
        completed.container = completed.container.or_else(|| base.container.clone());
        for name in FieldName::ALL {
            let field = completed.field_mut(*name);
            *field = field.take().or_else(|| base.field(*name).cloned());
        }
        completed
    }
}

/// More of the listing: by the page's link to the next one, or by addresses that are made.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Pages")]
pub struct PagesSpec {
    /// The link to the next page: CSS selector, JSONPath or table. Default: `rel="next"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"a.next")]
    pub next: Option<SelectorSpec>,
    /// Address of a further page, with `{page}` (2, 3, ...), `{offset}` (items so far), `{count}` or
    /// `{cursor}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"https://example.org/news?page={page}")]
    pub url: Option<String>,
    /// Value of `{cursor}`: a field, looked for on the whole page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"$.meta.next")]
    pub cursor: Option<FieldSpec>,
    /// Body of the request for a further page, with the same placeholders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodySpec>,
    /// Items of one page, for `{count}`. Default 10; 1 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 10)]
    pub count: Option<u32>,
    /// Pages that one run reads at most, the first included. Default 5; 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 5)]
    pub max: Option<u32>,
}
