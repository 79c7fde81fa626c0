//! Feeds appended to a feeds.toml, whose comments and order stay.

use std::fmt::Write as _;
use std::path::Path;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Value};
use url::Url;

use super::{Channel, Config, ConfigProblems};
use crate::model::FeedId;

/// A feed that is written down.
#[derive(Debug, Clone)]
pub struct NewFeed {
    /// Its name.
    pub id: FeedId,
    /// Its title; `None`: the id.
    pub title: Option<String>,
    /// The page that lists the items.
    pub url: Url,
    /// The lines from `kind` on.
    pub rules: String,
    /// Private addresses that it may reach.
    pub allow_addresses: Vec<String>,
}

/// Why a feed was not appended; the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file has mistakes already, or the new feed makes one.
    #[error(transparent)]
    Invalid(#[from] ConfigProblems),
    /// There is such a feed.
    #[error("feed `{0}` is there already; name this one with --id, or remove that one from the file")]
    KnownId(FeedId),
    /// The page has a feed.
    #[error("feed `{0}` reads this address already; see `feedbridge preview {0}`")]
    KnownUrl(FeedId),
    /// `feed` is no list of tables.
    #[error("`feed` is written in a way that cannot be extended; write the feeds as [[feed]]")]
    NoTables,
}

impl NewFeed {
    /// The feed as a `[[feed]]` of feeds.toml.
    #[must_use]
    pub fn toml(&self) -> String {
        let mut out = format!("[[feed]]\nid = \"{}\"\n", self.id);
        if let Some(title) = &self.title {
            let _ = writeln!(out, "title = {}", quoted(title));
        }
        let _ = write!(out, "url = {}\n{}", quoted(self.url.as_str()), self.rules);
        if !self.allow_addresses.is_empty() {
            let all: Vec<String> = self.allow_addresses.iter().map(|a| quoted(a)).collect();
            let _ = write!(out, "\n[feed.fetch]\nallow_addresses = [{}]\n", all.join(", "));
        }
        out
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The text of feeds.toml with a feed at its end. The result is checked as a whole.
///
/// # Errors
/// When the text has mistakes, has such a feed already, or would have mistakes with it.
pub fn append(text: &str, file: &Path, feed: &NewFeed) -> Result<String, EditError> {
    let config = Config::parse(text, file)?;
    refuse_known(&config, feed)?;
    let mut document: DocumentMut = match text.parse() {
        Ok(document) => document,
        // It was read a moment ago.
        Err(_) => return Err(EditError::NoTables),
    };
    let mut own: DocumentMut = feed.toml().parse().map_err(|_| EditError::NoTables)?;
    let new = own.as_table_mut().remove("feed").and_then(|f| f.into_array_of_tables().ok());
    let Some(mut table) = new.and_then(|all| all.into_iter().next()) else { return Err(EditError::NoTables) };
    if !text.trim().is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    let feeds = document.as_table_mut().entry("feed").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(feeds) = feeds.as_array_of_tables_mut() else { return Err(EditError::NoTables) };
    // Tables are written in the order of their positions: this one and what is in it comes last.
    placed_last(&mut table, isize::MAX / 2);
    feeds.push(table);
    let edited = document.to_string();
    Config::parse(&edited, file)?;
    Ok(edited)
}

fn placed_last(table: &mut toml_edit::Table, mut position: isize) {
    table.set_position(Some(position));
    for (_, item) in table.iter_mut() {
        if let Some(inner) = item.as_table_mut() {
            position += 1;
            inner.set_position(Some(position));
        }
    }
}

fn refuse_known(config: &Config, feed: &NewFeed) -> Result<(), EditError> {
    let disabled = config.disabled.iter().map(|f| &f.id);
    if config.channels.iter().map(Channel::id).chain(disabled).any(|id| *id == feed.id) {
        return Err(EditError::KnownId(feed.id.clone()));
    }
    let known = config.feeds.iter().chain(&config.disabled).find(|f| f.url == feed.url);
    known.map_or(Ok(()), |f| Err(EditError::KnownUrl(f.id.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(id: &str, url: &str) -> NewFeed {
        NewFeed {
            id: FeedId::parse(id).expect("an id"),
            title: Some("A \"title\"".to_owned()),
            url: url.parse().expect("an address"),
            rules: "kind = \"html\"\n\n[feed.select]\nitem = \"li\"\n".to_owned(),
            allow_addresses: vec!["127.0.0.1:80".to_owned()],
        }
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "# mine\n[server]\nlisten = \"127.0.0.1:1\" # here\n\n[[feed]] # one\nid = \"one\"\nurl = \"https://example.org/1\"\n[feed.select]\nitem = \"p\"\n# the end\n";
        let file = Path::new("feeds.toml");
        let edited = append(text, file, &feed("two", "https://example.org/2")).expect("appended");
        assert!(edited.starts_with(text.trim_end_matches("# the end\n")), "{edited}");
        assert!(edited.contains("# the end"), "{edited}");
        let config = Config::parse(&edited, file).expect("a configuration");
        assert_eq!(config.feeds.len(), 2);
        assert_eq!(config.feeds[1].title, "A \"title\"");
        let again = append(&edited, file, &feed("two", "https://example.org/3"));
        assert!(matches!(again, Err(EditError::KnownId(_))));
        let again = append(&edited, file, &feed("three", "https://example.org/2"));
        assert!(matches!(again, Err(EditError::KnownUrl(_))));
    }

    #[test]
    fn an_empty_file_gets_its_first_feed() {
        let edited = append("", Path::new("feeds.toml"), &feed("one", "https://example.org/"));
        assert!(edited.expect("appended").starts_with("[[feed]]\nid = \"one\"\n"));
    }
}
