//! Feeds appended to a feeds.toml, whose comments and order stay.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};
use url::Url;

use super::{Config, ConfigProblems};
use crate::channel::Channel;
use crate::model::FeedId;
use crate::rules::quoted;

/// A feed that is appended to feeds.toml.
#[derive(Debug, Clone)]
pub struct NewFeed {
    /// Its name.
    pub id: FeedId,
    /// Its title; `None`: the id.
    pub title: Option<String>,
    /// The page that lists the items.
    pub url: Url,
    /// The lines of its rules, from `kind` on.
    pub rules: String,
    /// The selector of its items; another list of the same page is another feed.
    pub item: String,
    /// Keys of `[feed.fetch]` with their values as TOML.
    pub fetch: Vec<(&'static str, String)>,
}

/// Why a feed was not appended; the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file has mistakes already, or the new feed makes one.
    #[error(transparent)]
    Invalid(#[from] ConfigProblems),
    /// The id is taken.
    #[error(
        "there is a feed `{0}` already; give this one another id with --id, or remove that one from the file"
    )]
    KnownId(FeedId),
    /// There is a feed with this page and these rules.
    #[error("feed `{0}` reads this address already; see `feedbridge preview {0}`")]
    KnownUrl(FeedId),
    /// The feeds are written as one value, not as `[[feed]]`.
    #[error("nothing can be appended to `feed = [...]`; write each feed as a [[feed]]")]
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
        if !self.fetch.is_empty() {
            out.push_str("\n[feed.fetch]\n");
        }
        for (key, value) in &self.fetch {
            let _ = writeln!(out, "{key} = {value}");
        }
        out
    }
}

/// The text of feeds.toml with a feed at its end. Every byte of the text stays, except those of `feed = []`, which
/// is no longer true. The new lines end as its lines do. The result is checked as a whole.
///
/// # Errors
/// When the text has mistakes, has such a feed already, or would have mistakes with it.
pub fn append(text: &str, file: &Path, feed: &NewFeed) -> Result<String, EditError> {
    let without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let config = Config::parse(without_mark, file)?;
    refuse_known(&config, feed)?;
    let text = &without_empty_list(text);
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let feed = feed.toml().replace('\n', line_end);
    let gap = match text {
        _ if text.trim_start_matches('\u{feff}').trim().is_empty() => String::new(),
        _ if text.ends_with('\n') => line_end.to_owned(),
        _ => line_end.repeat(2),
    };
    let edited = format!("{text}{gap}{feed}");
    match Config::parse(edited.trim_start_matches('\u{feff}'), file) {
        Ok(_) => Ok(edited),
        // `feed = [{ … }]` is the one way of writing feeds to which nothing can be appended.
        Err(_) if is_inline(without_mark) => Err(EditError::NoTables),
        Err(problems) => Err(problems.into()),
    }
}

/// The text without the lines of `feed = []`, also if the list is written on several lines.
fn without_empty_list(text: &str) -> String {
    let without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mark, _) = text.split_at(text.len() - without_mark.len());
    let Some(setting) = empty_list(without_mark) else { return text.to_owned() };
    let before = &without_mark[..setting.start];
    let after = &without_mark[setting.end..];
    let before = before.rfind('\n').map_or("", |end| &before[..=end]);
    let after = after.find('\n').map_or("", |end| &after[end + 1..]);
    format!("{mark}{before}{after}")
}

/// The place of the key `feed` and its value, if the value is a list without entries.
fn empty_list(text: &str) -> Option<Range<usize>> {
    let (root, _) = DeTable::parse_recoverable(text);
    let (name, value) = root.get_ref().iter().find(|(name, _)| name.get_ref() == "feed")?;
    let is_empty = matches!(value.get_ref(), DeValue::Array(list) if list.is_empty());
    is_empty.then(|| name.span().start..value.span().end)
}

/// Whether the feeds are written as one value.
fn is_inline(text: &str) -> bool {
    text.lines()
        .any(|l| l.trim_start().strip_prefix("feed").is_some_and(|rest| rest.trim_start().starts_with('=')))
}

/// Refuses a feed that the file has: by its id, or by its page and rules.
///
/// # Errors
/// Which feed it is.
pub fn refuse_known(config: &Config, feed: &NewFeed) -> Result<(), EditError> {
    let known = config
        .feeds
        .iter()
        .chain(&config.disabled)
        .find(|f| f.url == feed.url && f.recipe.source.finds(&feed.item));
    if let Some(known) = known {
        return Err(EditError::KnownUrl(known.id.clone()));
    }
    let disabled = config.disabled.iter().map(|f| &f.id);
    let taken = config.channels.iter().map(Channel::id).chain(disabled).any(|id| *id == feed.id);
    if taken { Err(EditError::KnownId(feed.id.clone())) } else { Ok(()) }
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
            item: "li".to_owned(),
            fetch: vec![("allow_addresses", "[\"127.0.0.1:80\"]".to_owned())],
        }
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "# mine\n[server]\nlisten = \"127.0.0.1:1\" # here\n\n[[feed]] # one\nid = \"one\"\nurl = \"https://example.org/1\"\n[feed.select]\nitem = \"p\"\n# the end\n";
        let file = Path::new("feeds.toml");
        let edited = append(text, file, &feed("two", "https://example.org/2")).expect("appended");
        assert!(edited.starts_with(text), "{edited}");
        let config = Config::parse(&edited, file).expect("a configuration");
        assert_eq!(config.feeds.len(), 2);
        assert_eq!(config.feeds[1].title, "A \"title\"");
        let again = append(&edited, file, &feed("two", "https://example.org/3"));
        assert!(matches!(again, Err(EditError::KnownId(_))));
        let again = append(&edited, file, &feed("three", "https://example.org/2"));
        assert!(matches!(again, Err(EditError::KnownUrl(_))));
    }

    #[test]
    fn line_ends_and_marks_stay() {
        let text = "\u{feff}# mine\r\n[server]\r\ntitle = \"T\" # last";
        let edited =
            append(text, Path::new("feeds.toml"), &feed("one", "https://example.org/")).expect("appended");
        assert!(edited.starts_with(text) && edited.ends_with("\r\n"), "{edited:?}");
        assert!(!edited.replace("\r\n", "").contains('\n'), "{edited:?}");
    }

    #[test]
    fn another_list_of_a_page_is_another_feed() {
        let file = Path::new("feeds.toml");
        let one = append("", file, &feed("one", "https://example.org/")).expect("appended");
        let mut other = feed("two", "https://example.org/");
        assert!(matches!(append(&one, file, &other), Err(EditError::KnownUrl(_))));
        other.item = "tr".to_owned();
        other.rules = other.rules.replace("li", "tr");
        assert!(append(&one, file, &other).is_ok());
        assert!(matches!(
            append("feed = [{ url = \"https://example.org/x\" }]\n", file, &other),
            Err(EditError::NoTables)
        ));
    }

    #[test]
    fn a_file_that_says_it_has_no_feeds_gets_one() {
        let file = Path::new("feeds.toml");
        for none in ["feed = []", "feed=[ ] # not yet", "feed = [\n]", "\"feed\" = [ # none\n  # yet\n] # x"]
        {
            let text = format!("# mine\n{none}\n\n[server]\ntitle = \"T\"\n");
            let edited = append(&text, file, &feed("one", "https://example.org/")).expect("appended");
            assert!(edited.starts_with("# mine\n\n[server]\ntitle = \"T\"\n"), "{edited}");
            assert_eq!(Config::parse(&edited, file).expect("a configuration").feeds.len(), 1);
        }
    }

    #[test]
    fn an_empty_file_gets_its_first_feed() {
        let edited = append("", Path::new("feeds.toml"), &feed("one", "https://example.org/"));
        assert!(edited.expect("appended").starts_with("[[feed]]\nid = \"one\"\n"));
    }
}
