//! Mistakes in rules: each with its place among the settings of a feed, a sentence and a hint.

use chrono_tz::Tz;

use crate::nearest::nearest;

/// One step from the settings of a feed to a setting inside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingStep {
    /// A key of a table.
    Key(String),
    /// A position in a list, from 0.
    Index(usize),
}

/// The step to a key.
#[must_use]
pub fn key(name: &str) -> SettingStep {
    SettingStep::Key(name.to_owned())
}

/// A mistake in rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The path from the settings of the feed to the setting that is wrong.
    pub steps: Vec<SettingStep>,
    /// The mistake, in a sentence.
    pub message: String,
    /// The remedy.
    pub hint: Option<String>,
}

/// The mistakes that were found so far. Compiling goes on after a mistake, so that a person sees all of
/// them at once.
#[derive(Debug, Default)]
pub struct RuleErrors {
    errors: Vec<RuleError>,
}

impl RuleErrors {
    /// Notes a mistake.
    pub fn add(&mut self, steps: &[SettingStep], message: impl Into<String>, hint: Option<&str>) {
        let hint = hint.map(str::to_owned);
        self.errors.push(RuleError { steps: steps.to_vec(), message: message.into(), hint });
    }

    /// The mistakes, in the order in which they were found.
    #[must_use]
    pub fn into_vec(self) -> Vec<RuleError> {
        self.errors
    }

    /// A time zone by its name; an unknown one is noted.
    pub fn zone(&mut self, name: &str, steps: &[SettingStep]) -> Option<Tz> {
        if let Ok(zone) = name.parse::<Tz>() {
            return Some(zone);
        }
        let names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()).collect();
        let hint = match nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "use a name of the IANA time zone database, such as `Europe/Berlin` or `UTC`".to_owned(),
        };
        self.add(steps, format!("unknown time zone `{name}`"), Some(&hint));
        None
    }
}
