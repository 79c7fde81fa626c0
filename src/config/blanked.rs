//! The text of a configuration file without its secrets, for reports. It works on lines, because a file with mistakes
//! may not be valid TOML: it rather blanks too much than too little.

use crate::model::secret_like::secret_ranges;
use crate::nearest::nearest;

/// Settings whose values may be secrets.
const SECRET_SETTINGS: &[&str] = &["headers", "query", "cookies", "body"];

/// Tables that have such settings. All in them is blanked but for the settings that are known to be harmless.
const SECRET_TABLES: &[&str] = &["fetch", "pages"];

/// Settings of those tables that hold no secrets.
const HARMLESS: &[&str] = &[
    "method",
    "head_enclosures",
    "user_agent",
    "timeout",
    "allow_addresses",
    "allow_private",
    "ca_file",
    "robots",
    "next",
    "url",
    "cursor",
    "count",
    "max",
];

/// Names of other settings that are no mistyped secret ones.
const OTHER_NAMES: &[&str] = &["code", "date", "days", "every", "match", "page", "tags"];

/// The tables at the root of a file. They end a value whose closing bracket is missing.
const ROOT_TABLES: &[&str] = &["server", "store", "limits", "defaults", "feed"];

/// The text with everything blanked that may be a secret; each byte by one `*`, so that positions stay.
pub(super) fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut reader = LineReader::default();
    for line in text.split_inclusive('\n') {
        reader.write(line, &mut out);
    }
    out
}

/// The place in a file between two lines.
#[derive(Default)]
struct LineReader {
    is_in_secrets: bool,
    is_in_store: bool,
    /// The value that began on an earlier line and may be a secret.
    open: OpenSetting,
}

impl LineReader {
    /// Writes a line without its secrets.
    fn write(&mut self, line: &str, out: &mut String) {
        if self.open.goes_on(line) {
            self.open.read(line);
            return blank(line, out);
        }
        self.open = OpenSetting::default();
        if is_table(line) {
            let header = line.split('#').next().unwrap_or_default();
            self.is_in_secrets = words(header).any(|(start, end)| is_secret_name(&header[start..end]));
            self.is_in_store = words(header).any(|(start, end)| &header[start..end] == "store");
            let write: fn(&str, &mut String) =
                if self.is_in_secrets { blank_behind_header } else { blank_addresses };
            return write(line, out);
        }
        let start = if self.is_in_secrets {
            value_in_secrets(line)
        } else {
            server_value(line, self.is_in_store).or_else(|| secret_value(line))
        };
        let Some(start) = start else { return blank_addresses(line, out) };
        self.open.read(line);
        blank_quoted(&line[..start], out);
        blank(&line[start..], out);
    }
}

/// Brackets and texts of several lines that are open.
#[derive(Default)]
struct OpenSetting {
    brackets: usize,
    quotes: Option<&'static str>,
}

impl OpenSetting {
    /// Whether a line belongs to what is open.
    fn goes_on(&self, line: &str) -> bool {
        self.quotes.is_some() || (self.brackets > 0 && !(is_table(line) && is_root_table(line)))
    }

    /// Reads a line.
    fn read(&mut self, line: &str) {
        let mut rest = line;
        while !rest.is_empty() {
            rest = match self.quotes {
                Some(quotes) => self.behind_quotes(rest, quotes),
                None => self.behind_sign(rest),
            };
        }
    }

    /// The rest of a line behind the end of a text of several lines.
    fn behind_quotes<'l>(&mut self, line: &'l str, quotes: &str) -> &'l str {
        let Some(end) = line.find(quotes) else { return "" };
        self.quotes = None;
        &line[end + quotes.len()..]
    }

    /// The rest of a line behind its next sign.
    fn behind_sign<'l>(&mut self, line: &'l str) -> &'l str {
        let Some(at) = line.find(['"', '\'', '{', '[', '}', ']', '#']) else { return "" };
        let sign = line.as_bytes()[at];
        let rest = &line[at + 1..];
        for quotes in ["\"\"\"", "'''"] {
            if let Some(rest) = line[at..].strip_prefix(quotes) {
                self.quotes = Some(quotes);
                return rest;
            }
        }
        match sign {
            b'"' => return behind_text(rest),
            b'\'' => return rest.split_once('\'').map_or("", |(_, rest)| rest),
            b'#' => return "",
            b'{' | b'[' => self.brackets += 1,
            _ => self.brackets = self.brackets.saturating_sub(1),
        }
        rest
    }
}

/// The rest of a line behind a text in double quotes.
fn behind_text(line: &str) -> &str {
    let mut is_escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' if !is_escaped => return &line[at + 1..],
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    ""
}

/// Whether a line begins a table. A list may begin so, too: its texts are in quotes, or have commas.
fn is_table(line: &str) -> bool {
    let Some(name) = line.trim_start().strip_prefix('[') else { return false };
    let name = name.strip_prefix('[').unwrap_or(name).trim_start();
    let is_bare = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let has_comma = name.split('#').next().is_some_and(|name| name.contains(','));
    !has_comma && (is_bare || (name.starts_with(['"', '\'']) && is_root_table(line)))
}

/// Whether the first word of a line is the name of a table at the root of a file.
fn is_root_table(line: &str) -> bool {
    words(line).next().is_some_and(|(start, end)| ROOT_TABLES.contains(&&line[start..end]))
}

/// The places of words that may be names of settings.
fn words(line: &str) -> impl Iterator<Item = (usize, usize)> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].find(is_of_name)?;
        at = line[start..].find(|c: char| !is_of_name(c)).map_or(line.len(), |length| start + length);
        Some((start, at))
    })
}

/// Whether a name is that of a setting or table with secrets, or is near to one.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_near(&name, SECRET_SETTINGS) || is_near(&name, SECRET_TABLES)
}

fn is_near(name: &str, known: &[&str]) -> bool {
    // A long word is near to none, and its distance is costly.
    name.len() <= 16 && !OTHER_NAMES.contains(&name) && nearest(name, known).is_some()
}

/// The place behind the first `=` or `:` of a line in a table with secrets, or its beginning; `None` if it has a
/// setting without secrets.
fn value_in_secrets(line: &str) -> Option<usize> {
    let is_harmless = line.split_once('=').is_some_and(|(name, value)| {
        HARMLESS.contains(&name.trim()) && !value.contains('{') && is_plain(value)
    });
    (!is_harmless).then(|| line.find(['=', ':']).map_or(0, |at| at + 1))
}

/// Whether a value is whole and has neither a comment nor escapes.
fn is_plain(value: &str) -> bool {
    let mut open = OpenSetting::default();
    open.read(value);
    let is_even = |quote: char| value.matches(quote).count().is_multiple_of(2);
    let is_whole = open.brackets == 0 && open.quotes.is_none() && is_even('"') && is_even('\'');
    is_whole && !value.contains(['#', '\\'])
}

/// The beginning of the value of the first setting on a line that may hold secrets.
fn secret_value(line: &str) -> Option<usize> {
    let first_quote = line.find(['"', '\'']).unwrap_or(line.len());
    words(line).find_map(|(start, end)| {
        let quote = line[..start].chars().next_back().filter(|c| matches!(c, '"' | '\''));
        let closed = quote.and_then(|quote| line[end..].strip_prefix(quote));
        let rest = closed.unwrap_or(&line[end..]).trim_start();
        let is_key = closed.is_some() || start < first_quote;
        let sets = rest.starts_with('=') || (is_key && rest.starts_with(['.', ':']));
        if !sets {
            return None;
        }
        let name = line[start..end].to_ascii_lowercase();
        let value = line.len() - rest.len() + 1;
        let is_setting = SECRET_SETTINGS.contains(&&*name) || (is_key && is_near(&name, SECRET_SETTINGS));
        let is_table = is_key && is_near(&name, SECRET_TABLES) && !is_harmless_table(&line[value..]);
        (is_setting || is_table).then_some(value)
    })
}

/// The beginning of an address of the server or of a database that may have a password in it.
fn server_value(line: &str, is_in_store: bool) -> Option<usize> {
    let equals = line.find("url").and_then(|url| line[url..].find('=').map(|at| url + at + 1))?;
    let named = |name: &str| line[..equals].contains(name);
    let is_database = (is_in_store || named("store")) && !line[equals..].contains("sqlite:");
    let has_user = named("base_url") && line[equals..].contains('@');
    (is_database || has_user).then_some(equals)
}

/// Whether all settings in the value of a table are harmless. Names in quotes are not read.
fn is_harmless_table(value: &str) -> bool {
    let is_harmless = value.split(['"', '\'']).enumerate().all(|(i, part)| {
        let is_text = i % 2 == 1;
        let names_the_text_before = i > 0 && part.trim_start().starts_with(['=', ':', '.']);
        is_text || (!names_the_text_before && settings(part).all(|name| HARMLESS.contains(&name)))
    });
    is_harmless && is_plain(value) && value.matches('{').count() <= 1
}

/// The names on a part of a line that have a value or names behind them.
fn settings(part: &str) -> impl Iterator<Item = &str> {
    let is_name = move |end: usize| part[end..].trim_start().starts_with(['=', ':', '.']);
    words(part).filter(move |(_, end)| is_name(*end)).map(move |(start, end)| &part[start..end])
}

/// Writes the line of a table, and blanks quoted names and what stands behind it.
fn blank_behind_header(line: &str, out: &mut String) {
    let end = line.find(['"', '\'', ']', '=', ':', '#']).unwrap_or(line.len());
    let brackets = line[end..].bytes().take_while(|byte| *byte == b']').count();
    out.push_str(&line[..end + brackets]);
    blank(&line[end + brackets..], out);
}

/// Writes a text with all blanked but the spaces at its beginning and the end of the line.
fn blank(text: &str, out: &mut String) {
    let start = text.len() - text.trim_start().len();
    out.push_str(&text[..start]);
    for c in text[start..].chars() {
        if matches!(c, '\n' | '\r') {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n('*', c.len_utf8()));
        }
    }
}

/// Writes the names before a value. Quoted ones may hold a secret by mistake.
fn blank_quoted(names: &str, out: &mut String) {
    let mut quote = None;
    for c in names.chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            (Some(_), c) => {
                out.extend(std::iter::repeat_n('*', c.len_utf8()));
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
}

/// Writes a line with the secrets of its addresses blanked.
fn blank_addresses(line: &str, out: &mut String) {
    for part in line.split_inclusive(['"', '\'', ' ']) {
        let end = part.trim_end_matches(['"', '\'', ' ', '\r', '\n']).len();
        let mut done = 0;
        for range in secret_ranges(&part[..end]) {
            // A user name may hold what looks like a parameter.
            if range.start >= done {
                out.push_str(&part[done..range.start]);
                out.extend(std::iter::repeat_n('*', range.len()));
                done = range.end;
            }
        }
        out.push_str(&part[done..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "[[feed]]\nurl = \"https://quay.example.org/log\"\n";

    #[track_caller]
    fn hides(text: &str) {
        let text = format!("{FEED}{text}\n[feed.select]\nitem = \"li.news\"\n");
        let shown = without_secrets(&text);
        assert!(!shown.contains("S3CRET"), "{shown}");
        assert_eq!(shown.len(), text.len(), "{shown}");
        assert!(shown.contains("item = \"li.news\""), "{shown}");
    }

    #[test]
    fn values_are_blanked_whatever_their_quotes() {
        for line in [
            r#"Authorization = "Bearer \"S3CRET\"""#,
            "Authorization = Bearer S3CRET",
            "Authorization: Bearer S3CRET",
            "\"X-Key: S3CRET\" = 'on'",
            "A = 'x' # S3CRET",
            "# S3CRET",
            "A = '''\nS3CRET\n[x]\nb = \"S3CRET\"'''",
            "timeout = 3 # S3CRET",
        ] {
            hides(&format!("[feed.fetch.headers]\n{line}"));
            hides(&format!("[feed.fetch.header]\n{line}"));
            hides(&format!("[feed.fetch]\n{line}"));
        }
        hides("[feed.fetch]\nquery = { pin = S3CRET }");
        hides("[feed.fetch]\nquery = {\n  pin = \"S3CRET\" }");
        hides("[feed.fetch.body]\nkeys = [\n[ \"a\", \"S3CRET\" ],\n[\"S3CRET\"]\n]\npin = S3CRET");
        hides("[feed.fetch.body]\nkeys = [\n  \"S3CRET\"");
        hides("[feed.pages]\nbody = \"\"\"\n[feed.select]\nS3CRET\n\"\"\"");
    }

    #[test]
    fn names_may_be_quoted_mistyped_or_inside_of_others() {
        for line in [
            "\"query\" = { a = \"S3CRET\" }",
            "fetch = { 'cookies' = { a = 'S3CRET' } }",
            "fetch = { robots = \"obey\", heders = { A = 'S3CRET' } }",
            "fetch = { timeout = 3, token = 'S3CRET' }",
            "fetch = { timeout = 3, 'token' = 'S3CRET' }",
            "fetch.query.pin = S3CRET",
            "heders = { A = 'S3CRET' }",
            "cookie = 'S3CRET'",
            "Headers: { A = 'S3CRET' }",
        ] {
            hides(line);
        }
    }

    #[test]
    fn addresses_of_servers_with_passwords_are_blanked() {
        for line in [
            "[store]\nurl = \"postgres://ann:S3CRET@h/db\"",
            "[store]\nurl = 'mysql:S3CRET'",
            "[server]\nbase_url = \"ann:S3CRET@h.example\"",
            "[server]\nbase_url = \"https://ann:S3CRET@h.example\"",
        ] {
            hides(line);
        }
    }

    #[test]
    fn other_settings_are_shown() {
        for text in [
            "[store]\nurl = \"sqlite:data/quay.db\"\n[server]\nbase_url = \"https://quay.example.org\"\n",
            "[[feed]]\nurl = \"quay.example.org/log\"\n",
            "[feed.fetch]\ntimeout = \"soon\"\nrobots = \"maybe\"\nallow_addresses = [\"10.0.0.7\"]\n",
            "[feed.fetch]\nuser_agent = \"quay/1\"\nca_file = 'quay.pem'\n",
            "fetch = { timeout = \"soon\", allow_addresses = [\"10.0.0.7\", \"10.0.0.8\"] }\n",
            "[feed.pages]\nmax = 3\n[feed.keep]\ndays = 3\n",
            "[feed.select]\nitem = \"body > li\"\ntags = \".tag\"\n",
        ] {
            assert_eq!(without_secrets(text), text);
        }
    }
}
