//! The compiled rule of one field.

use regex::Regex;

use super::select::Select;
use crate::date::DateRules;
use crate::model::FieldName;

/// One field: the first source that gives something counts.
#[derive(Debug, Clone)]
pub struct Field {
    /// The sources, in order.
    pub sources: Vec<Source>,
}

/// Where the raw value of a field comes from, and how it is shaped.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where the value is found.
    pub find: Find,
    /// An attribute, instead of the part of the element that the field takes by itself.
    pub attr: Option<String>,
    /// The first group of the pattern, else its whole match, is taken; without a match nothing was found.
    pub regex: Option<Regex>,
    /// Replacements, one after the other.
    pub replace: Vec<(Regex, String)>,
    /// Taken if nothing was found.
    pub default: Option<String>,
    /// How a date is read.
    pub date: DateRules,
}

/// Where a raw value is found.
#[derive(Debug, Clone)]
pub enum Find {
    /// In the item, or the item itself.
    Select(Select),
    /// The raw value of another field.
    From(FieldName),
    /// This text, always.
    Const(String),
}

/// One value for each field that has one.
#[derive(Debug, Clone)]
pub struct Fields<T> {
    values: Vec<Option<T>>,
}

impl<T> Fields<T> {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: FieldName) -> Option<&T> {
        self.values.get(name as usize).and_then(Option::as_ref)
    }

    /// Sets the value of a field.
    pub fn set(&mut self, name: FieldName, value: T) {
        if let Some(slot) = self.values.get_mut(name as usize) {
            *slot = Some(value);
        }
    }
}

impl<T> Default for Fields<T> {
    fn default() -> Self {
        Self { values: FieldName::ALL.iter().map(|_| None).collect() }
    }
}
