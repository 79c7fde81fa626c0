//! A sample news site and the configuration that reads it: what `feedbridge demo` runs on.
//!
//! Pure: answers are a function of the request and of the time that is passed in. Serving them
//! is done elsewhere; nothing here opens a socket, reads a clock or knows the rest of the program.

mod html;
mod mixer;
mod newstream;
mod notices;
mod prose;
mod shop;
mod site;
mod text;
mod timetable;

#[cfg(test)]
mod tests;

use url::Url;

pub use site::{Answer, SampleSite};

/// Seconds between two live articles of the newstream.
pub const LIVE_EVERY_S: i64 = 5;

const TEMPLATE: &str = include_str!("demo/feeds.toml");

/// The demo's `feeds.toml` as text.
///
/// `site_origin` is where the sample site is served (`http://127.0.0.1:41234`), `base_url` what
/// the daemon calls itself, `listen` and `store_url` are the values of those settings. Values
/// are escaped as TOML 1.0 asks for basic strings.
#[must_use]
pub fn configuration(site_origin: &str, base_url: &str, listen: &str, store_url: &str) -> String {
    let site = site_origin.trim_end_matches('/');
    let values = [
        ("{site}", in_toml(site)),
        ("{address}", in_toml(&address(site))),
        ("{base}", in_toml(base_url.trim_end_matches('/'))),
        ("{listen}", in_toml(listen)),
        ("{store}", in_toml(store_url)),
    ];
    let mut out = String::with_capacity(TEMPLATE.len() + 256);
    let mut rest = TEMPLATE;
    // In one pass, so that a value which looks like a placeholder stays as it is.
    while let Some(start) = rest.find('{') {
        let (before, from_brace) = rest.split_at(start);
        out.push_str(before);
        let known = values.iter().find(|(name, _)| from_brace.starts_with(name));
        let (name, value) = known.map_or(("{", "{"), |(name, value)| (name, value));
        out.push_str(value);
        rest = &from_brace[name.len()..];
    }
    out + rest
}

/// Host and port of an origin, as `allow_addresses` takes them.
fn address(origin: &str) -> String {
    let parsed = Url::parse(origin).ok();
    let parts = parsed.as_ref().and_then(|u| u.host_str().zip(u.port_or_known_default()));
    parts.map_or_else(|| origin.to_owned(), |(host, port)| format!("{host}:{port}"))
}

/// A text for use inside a basic string of TOML 1.0; safe in a comment as well.
fn in_toml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.extend(format!("\\u{:04X}", u32::from(c)).chars()),
            c => out.push(c),
        }
    }
    out
}
