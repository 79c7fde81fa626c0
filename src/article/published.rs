//! The date of publication that an article's page shows, where its metadata has none.
//!
//! Dates that are marked come first: by microdata, `<time>` or a class name. Then come lines of the head that
//! say `Published`, and lines that are nothing but a date. A date in a sentence is not that of the article.

use chrono_tz::Tz;

use super::byline::leads_to_author;
use super::element_kind::is_block;
use super::head_lines::{HeadLine, class_words, is_sentence};
use crate::date::{self, DateRules, ParsedDate};
use crate::html::parse;
use crate::html::text::visible_text;
use crate::html::tree::{ElementRef, Html, Selector};
use crate::model::Precision;

/// Elements that the page marks as the date of publication.
const MARKED: &str = "[itemprop~=datePublished], time[pubdate], .dt-published, abbr.published";
/// Elements that are taken if no line has a date.
const TIMES: &str = "article time[datetime]";
/// Cap on the marked elements that are read.
const MAX_MARKED: usize = 50;
/// Cap on the characters of a text that is read as a date.
const MAX_CHARS: usize = 140;
/// Cap on the words with three letters or more in a line that is only a date: weekday, month, zone.
const MAX_WORDS: usize = 3;
/// Cap on the inline elements around a date that are checked.
const MAX_INLINE: usize = 4;
/// Cap on the words of a labelled line that ends with a full stop.
const MAX_SENTENCE_WORDS: usize = 8;

/// Words of class names that mark a date of publication.
const DATE_CLASSES: &[&str] =
    &["date", "dates", "dated", "dateline", "datetime", "published", "posted", "timestamp", "pubtime"];

/// First words of a line with the date of publication, in lower case.
const LABELS: &[&str] = &[
    "published",
    "posted",
    "publication",
    "released",
    "date",
    "publié",
    "publiée",
    "veröffentlicht",
    "erschienen",
    "erstellt",
    "datum",
    "publicado",
    "publicada",
    "fecha",
    "data",
    "pubblicato",
    "pubblicata",
    "gepubliceerd",
    "geplaatst",
    "publicerad",
    "publisert",
    "udgivet",
    "julkaistu",
    "opublikowano",
    "опубликовано",
    "опубліковано",
    "yayınlanma",
];

/// First words of a line with the author, in lower case.
const BYLINES: &[&str] = &["by", "von", "por", "par", "di", "door", "av", "af", "written", "author", "autor"];

/// Words before the date of a change, in lower case.
const CHANGES: &[&str] = &[
    "updated",
    "update",
    "modified",
    "edited",
    "revised",
    "reviewed",
    "aktualisiert",
    "geändert",
    "stand",
    "mis",
    "mise",
    "modifié",
    "actualizado",
    "actualizada",
    "atualizado",
    "modificado",
    "aggiornato",
    "bijgewerkt",
    "uppdaterad",
    "oppdatert",
    "opdateret",
    "aktualizacja",
    "zaktualizowano",
    "обновлено",
    "изменено",
];

/// The date of publication that a page shows: as its attribute has it, or in the form of RFC 3339, without
/// an offset where the page states none. `lines` are the short lines of the article.
pub(crate) fn published(document: &Html, lines: &[HeadLine<'_>]) -> Option<String> {
    let rules = DateRules { format: None, zone: Tz::UTC, order: None, language: parse::language(document) };
    let marked = elements(document, MARKED).into_iter().find_map(|e| of_element(e, &rules));
    let is_date = |line: &&HeadLine<'_>| is_marked(line.element) && !runs_in_text(line.element);
    marked
        .or_else(|| lines.iter().filter(is_date).find_map(|line| of_element(line.element, &rules)))
        .or_else(|| lines.iter().filter(|l| l.is_in_head).find_map(|l| of_labelled(&l.text, &rules)))
        .or_else(|| lines.iter().filter(|l| l.is_in_head).find_map(|l| of_bare(&l.text, &rules)))
        .or_else(|| {
            let times = elements(document, TIMES);
            times.into_iter().filter(|e| !runs_in_text(*e)).find_map(|e| of_element(e, &rules))
        })
}

fn elements<'a>(document: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(css).expect("a valid selector");
    document.select(&selector).take(MAX_MARKED).collect()
}

/// Whether an element is one for a date, by its tag or its class.
fn is_marked(element: ElementRef<'_>) -> bool {
    let is_date_word = |word: &String| {
        DATE_CLASSES.contains(&word.as_str())
            || ["pubdate", "postdate", "publishdate", "publisheddate", "entrydate", "articledate"]
                .contains(&word.as_str())
    };
    let words = class_words(element);
    (element.value().name() == "time" || words.iter().any(is_date_word))
        && !words.iter().any(|word| is_change(word))
}

fn is_change(word: &str) -> bool {
    CHANGES.contains(&word) || matches!(word, "datemodified" | "lastmod")
}

/// The date of an element that is one for a date.
fn of_element(element: ElementRef<'_>, rules: &DateRules) -> Option<String> {
    if follows_change(element) {
        return None;
    }
    let attributes: &[&str] = match element.value().name() {
        "time" => &["datetime", "content"],
        "abbr" => &["title", "content"],
        _ => &["content", "datetime", "title"],
    };
    let mut texts = attributes.iter().filter_map(|a| element.attr(a)).map(str::trim);
    let is_date = |text: &&str| text.chars().count() <= MAX_CHARS && date::read_machine(text, rules).is_ok();
    let stated = texts.find(is_date).map(str::to_owned);
    stated.or_else(|| of_text(element, rules))
}

/// The date in the visible text of an element.
fn of_text(element: ElementRef<'_>, rules: &DateRules) -> Option<String> {
    let text: String = visible_text(element).chars().take(MAX_CHARS + 1).collect();
    if text.chars().count() > MAX_CHARS {
        return None;
    }
    of_line(&text, rules).or_else(|| of_line(&spaced_text(element)?, rules))
}

/// The visible text of an element with a space between its parts: those of a date may be elements of their
/// own, with no space between them. `None` for a long text.
fn spaced_text(element: ElementRef<'_>) -> Option<String> {
    let mut joined = String::new();
    for node in element.descendants() {
        let Some(text) = node.value().as_text() else { continue };
        let parent = node.parent().and_then(ElementRef::wrap);
        if parent.is_some_and(|e| matches!(e.value().name(), "script" | "style" | "noscript" | "template")) {
            continue;
        }
        let part = text.trim();
        // A character has four bytes at the most.
        if joined.len() + part.len() > MAX_CHARS * 4 {
            return None;
        }
        if !joined.is_empty() && !part.is_empty() {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    (joined.chars().count() <= MAX_CHARS).then_some(joined)
}

/// The date of a line that begins with a label.
fn of_labelled(line: &str, rules: &DateRules) -> Option<String> {
    let first: Vec<String> = words(line).take(2).collect();
    let begins_with = |labels: &[&str]| first.iter().any(|word| labels.contains(&word.as_str()));
    let is_short = words(line).count() <= MAX_SENTENCE_WORDS;
    let has_label =
        begins_with(LABELS) && (is_short || !is_sentence(line)) || begins_with(BYLINES) && !is_sentence(line);
    if has_label { of_line(line, rules) } else { None }
}

/// The date of a line, or of a part of it, that is nothing but a date.
fn of_bare(line: &str, rules: &DateRules) -> Option<String> {
    let is_long = |word: &String| word.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let is_date_only = |text: &str| words(text).filter(is_long).count() <= MAX_WORDS;
    if is_sentence(line) {
        return None;
    }
    of_line_where(line, rules, is_date_only)
        .or_else(|| of_line_where(&before_author(line)?, rules, is_date_only))
}

/// The part of a line before the author: `4 November 2025 by Ann Quay`.
fn before_author(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| leads_to_author(word))?;
    (at > 0).then(|| words[..at].join(" "))
}

/// The date of a line, else that of the first part between bars or dots. What stands after `Updated` is left
/// out.
fn of_line(line: &str, rules: &DateRules) -> Option<String> {
    of_line_where(line, rules, |_: &str| true)
}

/// As [`of_line`]; `may_be_date` decides which texts are read.
fn of_line_where<F: Fn(&str) -> bool>(line: &str, rules: &DateRules, may_be_date: F) -> Option<String> {
    let kept = before_change(line);
    let parts = kept.split(['|', '·', '•', '—', '–']);
    std::iter::once(kept.as_str())
        .chain(parts)
        .filter(|text| may_be_date(text))
        .find_map(|text| date::read(text, rules, None).ok().map(|parsed| written(text, parsed, rules)))
}

/// The part of a line before a word such as `Updated`.
fn before_change(line: &str) -> String {
    let kept = line.split_whitespace().take_while(|word| !is_change(&plain(word)));
    kept.collect::<Vec<_>>().join(" ")
}

/// The words of a line, without the marks at their ends, in lower case.
fn words(line: &str) -> impl Iterator<Item = String> {
    line.split_whitespace().map(plain).filter(|word| !word.is_empty())
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// A date as text. It has an offset only if the text that it was read from states one.
fn written(text: &str, parsed: ParsedDate, rules: &DateRules) -> String {
    let form = match parsed.precision {
        Precision::Month => "%Y-%m",
        Precision::Day => "%Y-%m-%d",
        Precision::Minute | Precision::Second => {
            let elsewhere = DateRules { zone: Tz::Asia__Tokyo, ..rules.clone() };
            let states_offset = date::read(text, &elsewhere, None).is_ok_and(|other| other.at == parsed.at);
            if states_offset { "%Y-%m-%dT%H:%M:%S%:z" } else { "%Y-%m-%dT%H:%M:%S" }
        }
    };
    parsed.at.format(form).to_string()
}

/// Whether the text right before an element says that a change follows: `Updated: <time>`.
fn follows_change(element: ElementRef<'_>) -> bool {
    let texts_before = element.prev_siblings().map(|node| match ElementRef::wrap(node) {
        Some(e) => e.text().flat_map(str::chars).take(MAX_CHARS).collect::<String>(),
        None => node.value().as_text().map(|t| t.chars().take(MAX_CHARS).collect()).unwrap_or_default(),
    });
    let nearest = texts_before.take(3).find(|text| !text.trim().is_empty());
    nearest.is_some_and(|text| {
        let words_before: Vec<String> = words(&text).collect();
        words_before.iter().rev().take(2).any(|word| is_change(word))
    })
}

/// Whether an element stands in a sentence: text goes on beside it on the same line.
fn runs_in_text(element: ElementRef<'_>) -> bool {
    let self_and_ancestors = std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap));
    let inline = self_and_ancestors.take_while(|e| !is_block(e.value().name()));
    inline.take(MAX_INLINE).any(is_part_of_sentence)
}

/// Whether the texts right before and after an element make a sentence around it.
fn is_part_of_sentence(element: ElementRef<'_>) -> bool {
    let before = element.prev_sibling().and_then(|node| node.value().as_text().map(|t| start(t)));
    let after = element.next_sibling().and_then(|node| node.value().as_text().map(|t| start(t)));
    let before = before.unwrap_or_default();
    let after = after.unwrap_or_default();
    let goes_on = after.trim_start().starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ','));
    let begins_with_label = |text: &str| {
        let first = words(text).next().unwrap_or_default();
        LABELS.contains(&first.as_str()) || BYLINES.contains(&first.as_str())
    };
    let long_words = |text: &str| words(text).filter(|word| word.chars().count() >= 3).count();
    let count = long_words(&before) + long_words(&after);
    goes_on
        && !begins_with_label(&before)
        && !(before.trim().is_empty() && begins_with_label(&after))
        && (count > MAX_WORDS || (count > 0 && is_sentence(&after)))
}

/// The start of a text: as much as is read of it.
fn start(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}
