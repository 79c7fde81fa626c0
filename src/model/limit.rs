//! Limits that were reached, with their values.

use std::fmt;
use std::time::Duration;

use super::trouble_kind::TroubleKind;

/// A limit that was reached, with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// Time for a connection to a host.
    Connect {
        /// The host, with the port if the address names one.
        host: String,
        /// The deadline.
        within: Duration,
    },
    /// Time until a host answers.
    Answer {
        /// The host, with the port if the address names one.
        host: String,
        /// The deadline.
        within: Duration,
    },
    /// Time without a byte in the middle of an answer.
    Silence(Duration),
    /// Time for a whole fetch.
    Fetch(Duration),
    /// Time for a whole run.
    Run(Duration),
    /// Time for the work of reading one page.
    Reading(Duration),
    /// Redirects that one fetch follows.
    Redirects(u32),
    /// Bytes received.
    WireBytes(u64),
    /// Bytes after unpacking.
    DecodedBytes(u64),
    /// Size after unpacking, as a multiple of the bytes received.
    CompressionRatio(u32),
    /// Nesting depth of elements.
    Depth(usize),
    /// Nesting depth of JSON.
    JsonDepth(usize),
    /// Nodes of a page.
    Nodes(usize),
    /// Markup of a page and of all the texts in it.
    Markup,
    /// Attributes of one tag.
    Attributes(usize),
    /// Tags, each counted as often as elements are open around it.
    NestedTags,
    /// Different names of elements and attributes.
    Names(usize),
}

impl Limit {
    /// The class of the trouble that reaching this limit is.
    #[must_use]
    pub const fn trouble_kind(&self) -> TroubleKind {
        match self {
            Self::Connect { .. }
            | Self::Answer { .. }
            | Self::Silence(_)
            | Self::Fetch(_)
            | Self::Run(_)
            | Self::Reading(_) => TroubleKind::Timeout,
            Self::Redirects(_) => TroubleKind::Redirect,
            Self::WireBytes(_)
            | Self::DecodedBytes(_)
            | Self::CompressionRatio(_)
            | Self::Nodes(_)
            | Self::Markup => TroubleKind::TooLarge,
            Self::Depth(_) | Self::JsonDepth(_) | Self::Attributes(_) | Self::NestedTags | Self::Names(_) => {
                TroubleKind::TooDeep
            }
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { host, within } => {
                write!(f, "no connection to {host} within {} s", within.as_secs())
            }
            Self::Answer { host, within } => write!(f, "no answer from {host} within {} s", within.as_secs()),
            Self::Silence(limit) => {
                write!(f, "the site sent nothing for {} s in the middle of its answer", limit.as_secs())
            }
            Self::Fetch(limit) => write!(
                f,
                "the page did not arrive within {} s; raise `timeout` in [feed.fetch] if the site is slow",
                limit.as_secs()
            ),
            Self::Run(limit) => write!(f, "the whole run took longer than {} s", limit.as_secs()),
            Self::Reading(limit) => write!(
                f,
                "the work of reading the page took longer than {} s; the feed is left alone for a day, or until its \
                 settings change",
                limit.as_secs()
            ),
            Self::Redirects(limit) => {
                write!(f, "more than {limit} redirects; put the page's final address into `url`")
            }
            Self::WireBytes(limit) => {
                write!(f, "more than {limit} bytes received; raise `limits.wire_bytes` if the page is honest")
            }
            Self::DecodedBytes(limit) => write!(
                f,
                "more than {limit} bytes when unpacked; raise `limits.decoded_bytes` if the page is honest"
            ),
            Self::CompressionRatio(limit) => write!(f, "unpacks to more than {limit} times its size"),
            Self::Depth(limit) => write!(
                f,
                "elements are nested deeper than {limit} levels; raise `limits.depth` if this page is honest"
            ),
            Self::JsonDepth(limit) => write!(f, "the JSON is nested deeper than {limit} levels"),
            Self::Nodes(limit) => write!(f, "the page has more than {limit} nodes"),
            Self::Markup => f.write_str("the page and its texts have more markup than is read at a time"),
            Self::Attributes(limit) => write!(f, "a tag has more than {limit} attributes"),
            Self::NestedTags => f.write_str("too many tags of the page are nested too deeply in others"),
            Self::Names(limit) => {
                write!(f, "elements and attributes of the page have more than {limit} different names")
            }
        }
    }
}
