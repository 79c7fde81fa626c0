//! The fields of an item that rules can find. This is the one table of them: names, documentation, kinds of
//! values.

use std::fmt;

use serde::{Serialize, Serializer};

/// Calls a macro with one row for each field: `Variant key ValueKind "documentation";`, and for an extra
/// field the key of JSON Feed and the XML element behind the kind: `Variant key Text("_key", "prefix:name")
/// "documentation";`.
///
/// The key stands in `[feed.select]`; the documentation stands in the JSON Schema and says the default.
/// Fields that documents have a place for are known to every stage. An *extra* field is a text that is
/// carried through all stages as it is, and written as an extension: a row here is all that it needs. The
/// prefix must be one of `render/namespaces.rs`.
macro_rules! for_each_field {
    ($callback:ident) => {
        $callback! {
            Title title Text "Title. Default: the text of the first link.";
            Link link Link "Link. Default: the link of the title, else the first link.";
            Date date Date "Date of publication.";
            Updated updated Date "Date of the last change.";
            Summary summary Text "Short text.";
            Subtitle subtitle Text("_subtitle", "itunes:subtitle") "Line under the title.";
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

/// The names under which documents have an extra field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtraNames {
    /// The key in JSON Feed, with the underscore of an extension.
    pub json: &'static str,
    /// The element in RSS and Atom, with its prefix.
    pub xml: &'static str,
}

macro_rules! extra_names {
    () => {
        None
    };
    ($json:literal, $xml:literal) => {
        Some(ExtraNames { json: $json, xml: $xml })
    };
}

macro_rules! field_names {
    ($($variant:ident $key:ident $kind:ident $(($json:literal, $xml:literal))? $doc:literal;)*) => {
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

            /// The names of an extra field in documents; `None` for fields that documents have a place for.
            #[must_use]
            pub const fn extra(self) -> Option<ExtraNames> {
                match self { $(Self::$variant => extra_names!($($json, $xml)?),)* }
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
    /// The extra fields.
    pub fn extras() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|field| field.extra().is_some())
    }

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
