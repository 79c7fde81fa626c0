//! Why a configuration was refused, in a sentence for the status pages. Other people than the owner of the file
//! may read those: the sentence has no values of headers, no addresses and no folders.

use std::path::Path;

use super::load::ConfigError;
use super::report::ConfigProblems;

/// Longest notice, in characters.
const MAX_CHARS: usize = 300;

/// Stands in the place of a value that is not shown.
const HIDDEN: &str = "…";

impl ConfigError {
    /// The first problem with its line, and the number of the others:
    /// ``feeds.toml, line 7: unknown key `shedule` ``.
    #[must_use]
    pub fn notice(&self) -> String {
        let text = match self {
            Self::Unreadable { file, why } => format!("{} cannot be read: {why}", name_of(file)),
            Self::NotText { file, line } => format!("{}, line {line}: it is not UTF-8 text", name_of(file)),
            Self::NoListenAddress { file, line } => {
                format!("{}, line {line}: the address to listen on cannot be read", name_of(file))
            }
            Self::NoFeeds { file } => {
                format!("{} has no feeds, and does not say so with `feed = []`", name_of(file))
            }
            Self::Invalid(problems) => first_problem(problems),
        };
        clipped(&text)
    }
}

fn first_problem(problems: &ConfigProblems) -> String {
    let name = name_of(Path::new(problems.file()));
    let Some(first) = problems.problems().first() else { return format!("{name} has mistakes") };
    let line = problems.position(first).line;
    let message = without_values(&first.message, problems.text(), &problems.text_without_secrets());
    match problems.problems().len() - 1 {
        0 => format!("{name}, line {line}: {message}"),
        1 => format!("{name}, line {line}: {message} (and 1 more problem)"),
        more => format!("{name}, line {line}: {message} (and {more} more problems)"),
    }
}

/// The name of a file without its folders.
fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

/// A message whose quoted values are hidden where they may be secret. `text` is the file, and `blanked` the
/// file without its secrets.
fn without_values(message: &str, text: &str, blanked: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    // An odd number of quotes: a value has one itself, and it is not known where the value ends.
    if parts.len().is_multiple_of(2) {
        return format!("{}{HIDDEN}", parts[0]);
    }
    let mut out = String::with_capacity(message.len());
    for (i, part) in parts.into_iter().enumerate() {
        let is_value = i % 2 == 1;
        if is_value {
            out.push('`');
        }
        out.push_str(if is_value && may_be_secret(part, text, blanked) { HIDDEN } else { part });
        if is_value {
            out.push('`');
        }
    }
    out
}

/// Whether a value is an address (it may have a token or a password in it, even if its scheme is missing), a path
/// of this machine, or a value of `headers`.
fn may_be_secret(value: &str, text: &str, blanked: &str) -> bool {
    let has_query = value.contains('?') && value.contains('=');
    let has_password = value.contains('@') && value.contains(':');
    // A path of XPath begins with `//`.
    let is_path = value.starts_with('/') && !value.starts_with("//");
    let is_of_headers = text.contains(value) && !blanked.contains(value);
    value.contains("://") || has_query || has_password || is_path || is_of_headers
}

fn clipped(text: &str) -> String {
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    let head: String = text.chars().take(MAX_CHARS - 1).collect();
    format!("{head}{HIDDEN}")
}

#[cfg(test)]
mod tests {
    use super::super::checked::Config;
    use super::*;

    fn notice(text: &str) -> String {
        let problems = Config::parse(text, Path::new("/etc/feedbridge/feeds.toml")).expect_err(text);
        ConfigError::from(problems).notice()
    }

    #[test]
    fn the_first_problem_stands_with_its_line() {
        let text = "[[feed]]\nurl = \"https://quay.example.org/log\"\nshedule = \"every 1h\"\n";
        assert_eq!(notice(text), "feeds.toml, line 3: unknown key `shedule`");
        let more = notice(&format!("{text}titel = \"Quay\"\n"));
        assert_eq!(more, "feeds.toml, line 3: unknown key `shedule` (and 1 more problem)");
        assert!(notice("[server").starts_with("feeds.toml, line 1: not valid TOML"));
    }

    #[test]
    fn no_secret_is_shown() {
        let header = "[[feed]]\nurl = \"https://quay.example.org/log\"\n[feed.fetch.headers]\n";
        for (text, secret) in [
            (format!("{header}\"X-Key: 5up3rs3cret\" = \"on\"\n"), "5up3rs3cret"),
            (format!("{header}Authorization = {{ file = \"/run/keys/quay\" }}\n"), "/run/keys"),
            ("[[feed]]\nurl = \"ftp://quay.example.org/?token=h1dden\"\n".to_owned(), "h1dden"),
            ("[store]\nurl = \"mysql://quay:h1dden@db.example.org\"\n".to_owned(), "h1dden"),
            ("[store]\nurl = \"mysql:quay:h1dden@db\"\n".to_owned(), "h1dden"),
            ("[[feed]]\nurl = \"quay.example.org/log?token=h1dden\"\n".to_owned(), "h1dden"),
        ] {
            let notice = notice(&text);
            assert!(!notice.contains(secret), "{notice}");
            assert!(notice.starts_with("feeds.toml, line "), "{notice}");
        }
    }

    #[test]
    fn a_notice_has_an_end() {
        let long = format!("[[feed]]\nurl = \"https://quay.example.org/\"\n{} = 1\n", "k".repeat(5_000));
        assert_eq!(notice(&long).chars().count(), MAX_CHARS);
    }

    #[test]
    fn a_file_that_is_gone_has_no_folders() {
        let why = std::io::Error::from(std::io::ErrorKind::NotFound);
        let notice = ConfigError::Unreadable { file: "/etc/feedbridge/feeds.toml".into(), why }.notice();
        assert!(notice.starts_with("feeds.toml cannot be read: "), "{notice}");
    }
}
