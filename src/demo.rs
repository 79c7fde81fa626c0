//! The sample news site of `feedbridge demo`, and the configuration that reads it.
//!
//! Pure: a response is a function of the request and of the time, which is an argument. `serve` serves
//! the responses. This room opens no socket, reads no clock and uses no other room.

mod html;
mod inbox;
mod newstream;
mod notices;
mod prose;
mod pseudo_random;
mod shop;
mod site;
mod text;
mod timetable;

#[cfg(test)]
mod tests;

use url::Url;

pub use inbox::{INBOX_PATH, INBOX_SECRET, InboxMessage, inbox_page};
pub use newstream::LIVE_EVERY_S;
pub use site::{SampleResponse, SampleSite};

/// The configuration, with placeholders in braces.
const TEMPLATE: &str = include_str!("demo/feeds.toml");

/// The demo's `feeds.toml` as text.
///
/// `site_origin` is the origin of the sample site, such as `http://127.0.0.1:41234`. `base_url`,
/// `listen` and `store_url` are the values of the settings; `key_file` is a file that holds [`INBOX_SECRET`].
/// All are escaped as basic strings of TOML 1.0.
#[must_use]
pub fn configuration(
    site_origin: &str,
    base_url: &str,
    listen: &str,
    store_url: &str,
    key_file: &str,
) -> String {
    let site = site_origin.trim_end_matches('/');
    let values = [
        ("{site}", toml_escaped(site)),
        ("{address}", toml_escaped(&address(site))),
        ("{base}", toml_escaped(base_url.trim_end_matches('/'))),
        ("{listen}", toml_escaped(listen)),
        ("{store}", toml_escaped(store_url)),
        ("{key}", toml_escaped(key_file)),
    ];
    let mut out = String::with_capacity(TEMPLATE.len() + 256);
    let mut rest = TEMPLATE;
    // One pass replaces all placeholders, so that a value which looks like one stays as it is.
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

/// The host and port of an origin, in the form of `allow_addresses`.
fn address(origin: &str) -> String {
    let parsed = Url::parse(origin).ok();
    let parts = parsed.as_ref().and_then(|u| u.host_str().zip(u.port_or_known_default()));
    parts.map_or_else(|| origin.to_owned(), |(host, port)| format!("{host}:{port}"))
}

/// Escapes a text for use inside a basic string of TOML 1.0. The result is safe in a comment as well.
fn toml_escaped(text: &str) -> String {
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
