//! Rules: where the items of a source and their fields are. Written as a [`RuleSpec`], by a person or by
//! detection; compiled once; run by extraction. Pure.
//!
//! There is one compiler for all rules, wherever they come from, and one function that prints them as TOML.

mod body_spec;
mod compile;
mod css;
mod css_mistake;
mod error;
mod field;
mod field_compiler;
mod field_spec;
mod jq;
mod json_path;
mod json_path_mistake;
mod learned;
mod pages;
mod path_effort;
mod print;
mod replacement;
mod select;
mod selector_argument;
mod selector_compiler;
mod selector_spec;
mod source_kind;
mod spec;
mod unparsed;

pub use body_spec::BodySpec;
pub use compile::CompiledRules;
pub use css::Css;
pub use error::{RuleError, RuleErrors, SettingStep, key};
pub use field::{Field, Fields, Find, Source};
pub use field_spec::{FieldSpec, ReplaceSpec, SourceSpec};
pub use jq::{Jq, JqEvaluator, Unbounded};
pub use json_path::JsonPath;
pub use learned::{LearnedFrom, LearnedRules};
pub use pages::Pages;
pub use print::quoted;
pub use replacement::{replaced, searched_part};
pub use select::Select;
pub use selector_compiler::{Medium, pattern, selector};
pub use selector_spec::{SelectorSpec, SelectorTable};
pub use source_kind::{Rules, SourceKind};
pub use spec::{PagesSpec, RuleSpec, SelectSpec};
