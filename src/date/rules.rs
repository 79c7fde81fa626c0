//! The settings by which a text is read as a date.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// The order in which a numeric date has day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 31/12/2025.
    Dmy,
    /// 12/31/2025.
    Mdy,
    /// 2025/12/31.
    Ymd,
}

impl Order {
    /// Parses `dmy`, `mdy` or `ymd`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "dmy" => Some(Self::Dmy),
            "mdy" => Some(Self::Mdy),
            "ymd" => Some(Self::Ymd),
            _ => None,
        }
    }

    /// The name, as in feeds.toml.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dmy => "dmy",
            Self::Mdy => "mdy",
            Self::Ymd => "ymd",
        }
    }
}

/// How the dates of a field are read.
#[derive(Debug, Clone, PartialEq)]
pub struct DateRules {
    /// An explicit format in strftime syntax, or `epoch`, `epoch_ms`, `epoch_us`, `epoch_ns`. If it is given,
    /// nothing else is tried.
    pub format: Option<String>,
    /// The time zone of dates that state none.
    pub zone: Tz,
    /// The order of numeric dates that could be read in two ways.
    pub order: Option<Order>,
    /// BCP 47 language of the page.
    pub language: Option<String>,
}

/// The current time. Without it, relative dates and dates without a year are not understood.
pub type Now = Option<DateTime<Utc>>;
