//! Support for tests: a site that can lie, a daemon on a free port, pages from a recording.

pub mod daemon;
pub mod origin;
pub mod recorded;

use std::path::Path;

use feedbridge::config::Config;

/// A configuration with one feed on `url`, in the usual shape of these tests.
pub fn feed_toml(id: &str, url: &str, allow: &str, more: &str) -> String {
    format!(
        "[[feed]]\nid = \"{id}\"\nurl = \"{url}\"\nschedule = \"every 1h\"\n{more}\n\
         [feed.select]\nitem = \"article\"\ntitle = \"h2\"\nlink = \"a\"\ncontainer = \"main\"\n\
         [feed.fetch]\nallow_addresses = [\"{allow}\"]\n"
    )
}

/// A checked configuration; panics with the report if it has mistakes.
pub fn config(text: &str) -> Config {
    Config::parse(text, Path::new("feeds.toml")).unwrap_or_else(|e| panic!("{e}"))
}

/// A listing in the shape that [`feed_toml`] reads.
pub fn listing(titles: &[&str]) -> String {
    let card = |t: &&str| format!("<article><a href=\"/{}\"><h2>{t}</h2></a></article>", t.replace(' ', "-"));
    let cards = titles.iter().map(card).collect::<Vec<_>>().concat();
    format!("<!doctype html><title>News</title><nav><a href=/>home</a></nav><main>{cards}</main>")
}
