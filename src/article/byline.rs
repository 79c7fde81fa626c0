//! The names of the authors, without the words around them: `By Ann Quay, 4 November 2025` names Ann Quay.

use chrono_tz::Tz;

use super::head_lines::{HeadLine, is_sentence};
use crate::date::{self, DateRules};
use crate::html::text::visible_text;
use crate::html::tree::{Html, Selector};

/// Maximum length of a byline, in characters.
const MAX_BYLINE_CHARS: usize = 100;
/// Cap on the elements for authors that are read.
const MAX_ELEMENTS: usize = 100;
/// Cap on the words of a name, or of a list of names, in a line of the head.
const MAX_NAME_WORDS: usize = 10;
/// Cap on the parts of a text between bars or dots.
const MAX_PARTS: usize = 20;
/// Cap on the words of a text in which a date is looked for.
const MAX_WORDS: usize = 40;

/// Elements that hold the author.
const AUTHORS: &str = "[rel=author], [itemprop~=author], .byline, .author, .article-author";

/// Words before a name that are never part of it, in lower case. Longer ones come first.
const LABELS: &[&str] = &[
    "written by",
    "posted by",
    "published by",
    "reported by",
    "words by",
    "text by",
    "story by",
    "by:",
    "by",
    "escrito por",
    "publicado por",
    "écrit par",
    "publié par",
    "geschrieben von",
    "scritto da",
    "authors:",
    "author:",
    "autorin:",
    "autoren:",
    "autor:",
    "auteur:",
    "autore:",
    "автор:",
    "作者：",
    "作者:",
    "文／",
    "文/",
    "文｜",
];

/// Words before a name that some names begin with, too. They are removed only before two words or more.
const PARTICLES: &[&str] = &["von", "por", "par", "di", "door", "av", "af"];
/// Of these, one that begins many family names. It is removed only in lower case, or with a colon.
const PARTICLE_OF_NAMES: &str = "di";

/// Words that lead from a name to a date, in lower case.
const CONNECTORS: &[&str] = &[
    "on",
    "am",
    "at",
    "le",
    "el",
    "il",
    "op",
    "den",
    "the",
    "posted",
    "published",
    "updated",
    "in",
    "-",
    "–",
    "—",
];

/// Words between the parts of names, in lower case.
const SMALL_WORDS: &[&str] = &[
    "and", "und", "y", "e", "et", "en", "og", "och", "i", "with", "mit", "de", "da", "do", "dos", "del",
    "della", "der", "den", "di", "du", "la", "le", "van", "von", "zu", "ten", "ter", "bin", "al", "&",
];

/// The authors that a page shows. `lines` are the short lines of the article.
pub(crate) fn byline(document: &Html, lines: &[HeadLine<'_>]) -> Option<String> {
    let selector = Selector::parse(AUTHORS).ok()?;
    let texts = document.select(&selector).take(MAX_ELEMENTS).map(visible_text);
    let mut short = texts.filter(|text| text.chars().count() < MAX_BYLINE_CHARS);
    short.find_map(|text| names(&text)).or_else(|| {
        let mut heads = lines.iter().filter(|line| line.is_in_head && !is_sentence(&line.text));
        heads.find_map(|line| names_in_line(&line.text))
    })
}

/// The names in a text that names authors. `None` if nothing is left of it.
pub(crate) fn names(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['|', '·', '•']).map(str::trim).take(MAX_PARTS).collect();
    let labelled = parts.iter().find_map(|part| without_label(part));
    let candidates = labelled.into_iter().chain(parts.iter().copied());
    candidates
        .filter(|part| !is_label(part))
        .map(without_date)
        .find(|name| name.chars().any(char::is_alphabetic))
}

/// A name without a label such as `By`, where data for machines has one.
pub(crate) fn without_by(name: &str) -> &str {
    LABELS.iter().find_map(|label| after_label(name.trim(), label)).filter(|n| !n.is_empty()).unwrap_or(name)
}

/// The text after a label such as `By`, or after a word such as `von` before a name; `None` without one.
fn without_label(text: &str) -> Option<&str> {
    let text = text.trim();
    let begins_name =
        |name: &str| name.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
    let is_long_name = |name: &&str| begins_name(name) && name.split_whitespace().count() > 1;
    let of_label = LABELS.iter().find_map(|label| after_label(text, label)).filter(|name| !name.is_empty());
    let is_removed = |word: &&&str| **word != PARTICLE_OF_NAMES || text.starts_with("di ") || has_colon(text);
    let of_particle = || PARTICLES.iter().filter(is_removed).find_map(|word| after_label(text, word));
    of_label.or_else(|| of_particle().filter(is_long_name))
}

/// Whether the first word of a text ends with a colon.
fn has_colon(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| word.ends_with(':'))
}

/// The text after a label, if it begins with the label as a whole word.
fn after_label<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let end = text.char_indices().nth(label.chars().count()).map_or(text.len(), |(at, _)| at);
    let (head, tail) = text.split_at(end);
    let is_whole = !label.ends_with(char::is_alphabetic) || tail.starts_with([' ', ':', '\u{a0}']);
    let is_label = is_whole && head.to_lowercase() == label;
    is_label.then(|| tail.trim_start_matches(|c: char| c.is_whitespace() || c == ':'))
}

fn is_label(text: &str) -> bool {
    LABELS.contains(&text.to_lowercase().as_str())
}

/// A text without the date at its end.
fn without_date(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    let may_have_date = has_digit && words.len() <= MAX_WORDS;
    let date_at = if may_have_date { start_of_date(&words) } else { None };
    let mut name = words[..date_at.unwrap_or(words.len())].to_vec();
    while date_at.is_some() && name.last().is_some_and(|word| CONNECTORS.contains(&plain(word).as_str())) {
        name.pop();
    }
    let joined = name.join(" ");
    let mut kept = joined.trim_end_matches(is_mark);
    // A weekday may stand between the name and the date.
    while date_at.is_some()
        && let Some((head, tail)) = kept.rsplit_once(',')
        && date::is_day_heading(tail)
    {
        kept = head.trim_end_matches(is_mark);
    }
    kept.to_owned()
}

/// The position of the word at which the date of a text begins: the last one from which the same date can
/// be read.
fn start_of_date(words: &[&str]) -> Option<usize> {
    let rules = DateRules { format: None, zone: Tz::UTC, order: None, language: None };
    let date_from = |at: usize| {
        let parsed = date::read(&words[at..].join(" "), &rules, None).ok()?;
        Some((parsed.at, parsed.precision))
    };
    let whole = date_from(0)?;
    (0..words.len()).rev().find(|at| date_from(*at) == Some(whole))
}

/// The names in a line such as `Published 4 November 2025 by Ann Quay`.
fn names_in_line(line: &str) -> Option<String> {
    let has_date = line.contains(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = line.split_whitespace().collect();
    let last_by = || words.iter().rposition(|word| leads_to_author(word));
    let part = match without_label(line) {
        Some(_) => line.to_owned(),
        None if has_date => words[last_by()?..].join(" "),
        None => return None,
    };
    let labelled = part.split(['|', '·', '•']).map(str::trim).find_map(without_label)?;
    let name = without_date(labelled);
    is_list_of_names(&name).then_some(name)
}

/// Whether the author stands after a word: `4 November 2025 by Ann Quay`.
pub(crate) fn leads_to_author(word: &str) -> bool {
    matches!(plain(word).as_str(), "by" | "von" | "por" | "par")
}

/// Whether a text may be names: a few words that begin with a capital letter, or with a letter of a script
/// without them.
fn is_list_of_names(text: &str) -> bool {
    let is_part = |word: &str| {
        let begins_name = word
            .chars()
            .find(|c| c.is_alphanumeric())
            .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
        begins_name || SMALL_WORDS.contains(&plain(word).as_str()) || word == "&"
    };
    let count = text.split_whitespace().count();
    (1..=MAX_NAME_WORDS).contains(&count) && text.split_whitespace().all(is_part)
}

fn plain(word: &str) -> String {
    word.trim_matches(is_mark).to_lowercase()
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | ':' | '|' | '-' | '–' | '—' | '·' | '•' | '(' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_stays() {
        for (text, expected) in [
            ("By Ann Quay", "Ann Quay"),
            ("BY MAREK DOHNAL", "MAREK DOHNAL"),
            ("von Ida Brandt", "Ida Brandt"),
            ("Written by Jo Field and Bo Lee", "Jo Field and Bo Lee"),
            ("By: Rosa Vega", "Rosa Vega"),
            ("Por Rosa Vega", "Rosa Vega"),
            ("Par Léa Roche | 4 novembre 2025", "Léa Roche"),
            ("By Jo Field, 4 November 2025", "Jo Field"),
            ("Jo Field on November 4, 2025", "Jo Field"),
            ("By Jo Field, Tuesday, 4 November 2025 09:30", "Jo Field"),
            ("Autor: Petr Novák", "Petr Novák"),
            ("作者：王小明", "王小明"),
            ("Ann Quay, Harbour Reporter", "Ann Quay, Harbour Reporter"),
            ("Jo Field, Jr., 4 November 2025", "Jo Field, Jr."),
            ("By Jo Field, Madonna, 4 November 2025", "Jo Field, Madonna"),
            ("王小明,李华 2025-11-04", "王小明,李华"),
            ("di Rosa Vega", "Rosa Vega"),
            ("Di: Rosa Vega", "Rosa Vega"),
            ("Di Maria Vega", "Di Maria Vega"),
        ] {
            assert_eq!(names(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn names_that_begin_like_labels_stay_whole() {
        for name in ["Von Neumann", "von der Heide", "Byron Lake", "Di Napoli", "Parvati Rao", "Byung Kim"] {
            assert_eq!(names(name).as_deref(), Some(name));
        }
        assert_eq!(names("By "), None);
    }

    #[test]
    fn a_line_of_the_head_may_name_the_author() {
        let line = "Published 4 November 2025, 09:30 by Ann Quay";
        assert_eq!(names_in_line(line).as_deref(), Some("Ann Quay"));
        assert_eq!(names_in_line("By Bo Lee and Ann Quay").as_deref(), Some("Bo Lee and Ann Quay"));
        assert_eq!(names_in_line("By the sea and under the pier"), None);
        assert_eq!(names_in_line("Published 4 November 2025"), None);
    }
}
