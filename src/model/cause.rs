//! Causes of troubles as data. The sentences for people are made of them here, and nowhere else.

use std::fmt;
use std::time::Duration;

use http::StatusCode;

use super::field::FieldName;
use super::limit::Limit;

/// The cause of a trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A sentence that only people read.
    Sentence(String),
    /// The site answered with this status.
    Status {
        /// The status code (RFC 9110 section 15).
        code: u16,
        /// The pause that the answer asks for.
        pause: Option<Duration>,
    },
    /// A limit was reached.
    Limit(Limit),
    /// The listing of a page gave no items.
    Listing(Box<ListingCause>),
    /// Fields that nearly all items had, and that are missing or say the same for all.
    FieldsGone(Vec<FieldName>),
    /// The store failed; its own words.
    Store(String),
    /// A program of this machine could not be started; a sentence that names it.
    Program(String),
}

/// A page whose rules gave no items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingCause {
    /// The part of the page that was looked for and not found.
    pub gap: ListingGap,
    /// The rule that matches items.
    pub item: String,
    /// The selector of the element that holds the items, if one is known.
    pub container: Option<String>,
    /// Size of the page in bytes.
    pub page_bytes: usize,
    /// The complaint of the rule itself, such as an error of a jq program.
    pub complaint: Option<String>,
}

/// How far the search for items came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListingGap {
    /// The container is there, and no item in it.
    ContainerEmpty,
    /// Neither the container nor an item is there.
    ContainerMissing,
    /// Elements match, but none has a title or a link.
    NoItems,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sentence(sentence) | Self::Store(sentence) | Self::Program(sentence) => {
                f.write_str(sentence)
            }
            Self::Status { code, pause } => write_status(f, *code, *pause),
            Self::Limit(limit) => limit.fmt(f),
            Self::Listing(cause) => cause.fmt(f),
            Self::FieldsGone(fields) => write_gone(f, fields),
        }
    }
}

fn write_status(f: &mut fmt::Formatter<'_>, code: u16, pause: Option<Duration>) -> fmt::Result {
    write!(f, "the site answered {}", status_text(code))?;
    match (pause, code) {
        (Some(pause), _) => write!(f, "; it asks for a pause of {} s", pause.as_secs()),
        (None, 404 | 410) => f.write_str("; the page may have moved"),
        (None, 401 | 403) => f.write_str("; it may want a header, or no robots"),
        (None, _) => Ok(()),
    }
}

fn write_gone(f: &mut fmt::Formatter<'_>, fields: &[FieldName]) -> fmt::Result {
    let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.key())).collect();
    write!(
        f,
        "nearly all items had {}, and now it is missing or the same for all; the stored values stay. \
         Look at the page with `feedbridge preview`, and change the rules",
        names.join(" and ")
    )
}

/// A status as people know it: `404 Not Found`, or the number alone where it has no name.
#[must_use]
pub fn status_text(code: u16) -> String {
    let name = StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
    name.map_or_else(|| code.to_string(), |name| format!("{code} {name}"))
}

impl fmt::Display for ListingCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(complaint) = &self.complaint {
            return write!(f, "no items: the rule for them failed: {complaint}");
        }
        let item = &self.item;
        let size = self.page_bytes;
        let listing = self.container.as_ref().map_or_else(String::new, |c| format!(" `{c}`"));
        match self.gap {
            ListingGap::ContainerEmpty => {
                write!(f, "the listing{listing} is on the page, but nothing in it matches `{item}`")
            }
            ListingGap::ContainerMissing if self.container.is_some() => write!(
                f,
                "neither the listing{listing} nor any item `{item}` is on the page ({size} bytes); \
                 the layout has probably changed"
            ),
            ListingGap::ContainerMissing => write!(
                f,
                "no items: nothing on the page ({size} bytes) matches `{item}`; \
                 the layout has probably changed, or the selector is wrong"
            ),
            ListingGap::NoItems => {
                write!(f, "elements match `{item}`, but none of them has a title or a link")
            }
        }
    }
}
