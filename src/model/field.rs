//! The fields of an item that rules can find. This is the one table of them: names, documentation, kinds of values.

use std::fmt;

use serde::{Serialize, Serializer};

/// Calls a macro with one row for each field: `Variant key ValueKind "documentation";`.
///
/// The key stands in `[feed.select]`; the documentation stands in the JSON Schema and says the default.
macro_rules! for_each_field {
    ($callback:ident) => {
        $callback! {
            Title title Text "Title. Default: the text of the first link.";
            Link link Link "Link. Default: the link of the title, else the first link.";
            Date date Date "Date of publication.";
            Updated updated Date "Date of the last change.";
            Summary summary Text "Short text.";
            Author author Names "Author; all matches count.";
            Tags tags Names "Tags; all matches count.";
            Image image Image "Picture.";
            Content content Html "Body as HTML.";
            Enclosure enclosure Media "Media file; all matches count.";
            Comments comments Link "Page with comments.";
            Id id Text "What identifies an item for ever. Default: the link.";
        }
    };
}

pub(crate) use for_each_field;

/// The kind of value that a rule looks for: it decides what is taken from an element or from a value of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Text that people read.
    Text,
    /// Names of persons or subjects: all matches count.
    Names,
    /// A date.
    Date,
    /// The address that an element links to.
    Link,
    /// The address of a picture.
    Image,
    /// Inner HTML.
    Html,
    /// Media files: all matches count.
    Media,
}

impl ValueKind {
    /// Whether the value is text for people, so that markup in it is read and not shown.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Names | Self::Date | Self::Media)
    }
}

macro_rules! field_names {
    ($($variant:ident $key:ident $kind:ident $doc:literal;)*) => {
        /// A field of an item.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FieldName { $(#[doc = $doc] $variant,)* }

        impl FieldName {
            /// Every field, in the order in which they are written.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The key in `[feed.select]`; the name in problems and JSON.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => stringify!($key),)* }
            }

            /// The kind of its values.
            #[must_use]
            pub const fn kind(self) -> ValueKind {
                match self { $(Self::$variant => ValueKind::$kind,)* }
            }
        }
    };
}

for_each_field!(field_names);

impl FieldName {
    /// The field of a key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.key() == key)
    }
}

/// The subject of a problem: a field of an item, or a step of reading a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// The rule for items, or an item as a whole.
    Item,
    /// A field.
    Field(FieldName),
    /// Further pages of the listing.
    Pages,
    /// The cursor of the next page.
    Cursor,
    /// Filters.
    Filter,
}

impl Subject {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Field(field) => field.key(),
            Self::Pages => "pages",
            Self::Cursor => "cursor",
            Self::Filter => "filter",
        }
    }
}

impl From<FieldName> for Subject {
    fn from(field: FieldName) -> Self {
        Self::Field(field)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
