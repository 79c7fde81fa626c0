//! Recognises titles that a site has cut. Completes them where another text has the rest, and marks them
//! with an ellipsis otherwise.

/// Characters of a long title. A long title that its own text begins with is taken for a cut one.
const LONG_TITLE_CHARS: usize = 100;

/// Characters of a long title in a script without spaces, which says more in fewer characters.
const LONG_DENSE_TITLE_CHARS: usize = 50;

/// A cut title is completed only if at least this many characters are left of it.
const MIN_STEM_CHARS: usize = 5;

/// A stem of fewer characters is looked for only at the beginning of a label.
const MIN_STEM_INSIDE_CHARS: usize = 12;

/// A longer sentence, in characters, is never made a title.
const MAX_SENTENCE_CHARS: usize = 300;

/// The endings by which sites mark a title as cut.
const CUT_MARKS: &[&str] = &["[…]", "[...]", "(…)", "(...)", "…", "...", ". . ."];

/// The title without its cut mark; `None` if it has no mark, or nothing else.
fn without_cut_mark(title: &str) -> Option<&str> {
    let trimmed = title.trim_end();
    let before_mark = CUT_MARKS.iter().find_map(|mark| trimmed.strip_suffix(mark))?;
    let stem = before_mark.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
    Some(stem).filter(|s| !s.is_empty())
}

/// The part of a title before its cut mark; the whole title if it has none.
fn stem_of(title: &str) -> &str {
    without_cut_mark(title).unwrap_or(title)
}

/// Whether a title has a cut mark, or is as long as cut titles are.
pub(super) fn may_be_cut(title: &str) -> bool {
    without_cut_mark(title).is_some() || is_long(title)
}

/// The whole title: the first headline that continues it, else the first sentence of a text that does.
pub(super) fn completed(title: &str, headlines: &[&str], texts: &[&str]) -> Option<String> {
    let stem = stem_of(title);
    let stem_chars = stem.chars().count();
    // A shorter stem may be the beginning of anything.
    if stem_chars < MIN_STEM_CHARS {
        return None;
    }
    let whole = headlines.iter().find(|h| continues(h, stem) && without_cut_mark(h).is_none());
    if let Some(headline) = whole {
        return Some((*headline).to_owned());
    }
    if !may_be_cut(title) {
        return None;
    }
    let text = texts.iter().find(|t| continues(t, stem))?;
    let sentence = first_sentence(text, stem_chars);
    (sentence.chars().count() <= MAX_SENTENCE_CHARS).then_some(sentence)
}

/// Completes a cut title by its labels, else by the item's own texts; a title that they do not complete gets
/// an ellipsis.
///
/// A title is cut if it has a cut mark, or if it is long, ends like no sentence, and its own text begins
/// with it or a label goes on after it. Other titles stay as they are. `labels` are the texts that the page
/// gives to the element of the title; `texts` is called only if the title may be cut.
pub(super) fn complete_or_mark(
    title: String,
    labels: &[String],
    texts: impl FnOnce() -> Vec<String>,
) -> String {
    if !may_be_cut(&title) {
        return title;
    }
    let own_texts = texts();
    let texts: Vec<&str> = own_texts.iter().map(String::as_str).collect();
    let stem = stem_of(&title);
    let has_mark = without_cut_mark(&title).is_some();
    let labels = labels.iter().map(|label| from_stem(label, stem));
    let labels: Vec<&str> = labels.filter(|label| has_mark || !adds_site_name(label, &title)).collect();
    let is_begun = || is_cut_by_texts(&title, &texts) || is_cut_by_labels(&title, &labels);
    let is_cut = has_mark || (is_long(&title) && is_begun());
    if !is_cut {
        return title;
    }
    completed(&title, &labels, &texts).unwrap_or_else(|| format!("{stem}…"))
}

/// Whether a title ends like no sentence, and one of its own texts begins with it.
fn is_cut_by_texts(title: &str, texts: &[&str]) -> bool {
    is_open_ended(title) && texts.iter().any(|t| t.trim() == title || continues(t, stem_of(title)))
}

/// Whether a title ends like no sentence, and one of its labels goes on after it.
fn is_cut_by_labels(title: &str, labels: &[&str]) -> bool {
    is_open_ended(title) && labels.iter().any(|label| continues(label, title))
}

/// Whether a label is the title, a mark of separation and the name of the site or of a section.
fn adds_site_name(label: &str, title: &str) -> bool {
    let rest = rest_after(label, title);
    rest.is_some_and(|rest| [" - ", " | ", " – ", " · "].iter().any(|mark| rest.starts_with(mark)))
}

/// What follows the stem in a text that begins with it. White space and case of the stem do not count.
fn rest_after<'t>(text: &'t str, stem: &str) -> Option<&'t str> {
    let mut stem_chars = folded_chars(stem).peekable();
    for (at, c) in text.char_indices() {
        if stem_chars.peek().is_none() {
            return Some(&text[at..]);
        }
        if !c.is_whitespace() && !c.to_lowercase().all(|c| stem_chars.next() == Some(c)) {
            return None;
        }
    }
    stem_chars.next().is_none().then_some("")
}

fn is_open_ended(title: &str) -> bool {
    !title.ends_with(['.', '!', '?', '。', '！', '？', '…', '"', '”', '»', '」'])
}

/// A label from the stem of its title on: words such as `Permalink to` may stand before it.
fn from_stem<'l>(label: &'l str, stem: &str) -> &'l str {
    if stem.chars().count() < MIN_STEM_INSIDE_CHARS {
        return label;
    }
    label.find(stem).map_or(label, |at| &label[at..])
}

fn is_long(title: &str) -> bool {
    let is_dense = title.chars().any(is_dense_script);
    title.chars().count() >= if is_dense { LONG_DENSE_TITLE_CHARS } else { LONG_TITLE_CHARS }
}

/// Whether the character is of a script without spaces: kana, Han or Thai.
fn is_dense_script(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}')
}

/// Whether a text begins with the stem and has more after it. White space and case do not count.
fn continues(text: &str, stem: &str) -> bool {
    let mut text_chars = folded_chars(text);
    folded_chars(stem).all(|c| text_chars.next() == Some(c)) && text_chars.next().is_some()
}

fn folded_chars(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase)
}

/// The beginning of a text up to the first end of a sentence or line at or after `min_chars` characters,
/// without the full stop.
fn first_sentence(text: &str, min_chars: usize) -> String {
    let mut chars = text.char_indices().skip(min_chars.saturating_sub(1)).peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        if c == '\n' {
            return without_full_stop(&text[..at]);
        }
        if ends_sentence(c, next) {
            return without_full_stop(&text[..at + c.len_utf8()]);
        }
    }
    text.trim().to_owned()
}

/// Whether a sentence ends with this character. A Latin mark needs white space after it.
fn ends_sentence(c: char, next: Option<char>) -> bool {
    match c {
        '。' | '！' | '？' => true,
        '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
        _ => false,
    }
}

fn without_full_stop(sentence: &str) -> String {
    let trimmed = sentence.trim();
    trimmed.strip_suffix(['.', '。']).unwrap_or(trimmed).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CUT: &str = "The respected leader visited the newly built regional factory and gave valuable advice to \
                       its workers about the";

    #[test]
    fn a_cut_title_is_completed() {
        let body = format!("{CUT} season's work. He then left.");
        let whole = format!("{CUT} season's work");
        assert_eq!(completed(CUT, &[], &[&body]), Some(whole.clone()));
        assert_eq!(complete_or_mark(CUT.to_owned(), &[], || vec![body.clone()]), whole);
        assert_eq!(completed("New pier op…", &["New pier opens"], &[]), Some("New pier opens".to_owned()));
        assert_eq!(completed("New pier", &["New pier opens"], &[]), Some("New pier opens".to_owned()));
        assert_eq!(
            completed("New pier [...]", &[], &["New pier is open. All came."]),
            Some("New pier is open".to_owned())
        );
        assert_eq!(completed("Old pier…", &["New pier opens"], &["New pier."]), None);
        assert_eq!(completed("A…", &["A new pier"], &["A new pier."]), None);
    }

    #[test]
    fn a_cut_title_without_more_is_marked() {
        assert_eq!(complete_or_mark(CUT.to_owned(), &[], || vec![CUT.to_owned()]), format!("{CUT}…"));
        assert_eq!(complete_or_mark("New pier [...]".to_owned(), &[], Vec::new), "New pier…");
    }

    #[test]
    fn a_label_completes_a_cut_title() {
        let shown =
            |title: &str, label: &str| complete_or_mark(title.to_owned(), &[label.to_owned()], Vec::new);
        assert_eq!(
            shown("Ferry crews refit ni…", "Ferry crews refit nine boats"),
            "Ferry crews refit nine boats"
        );
        assert_eq!(
            shown("Ferry crews refit ni...", "Permalink to Ferry crews refit nine boats"),
            "Ferry crews refit nine boats"
        );
        assert_eq!(shown("Ferry crews refit ni…", "Read more"), "Ferry crews refit ni…");
        assert_eq!(shown("Ferry crews", "Ferry crews (opens in a new tab)"), "Ferry crews");
        assert_eq!(shown(CUT, &format!("{CUT} season's work")), format!("{CUT} season's work"));
        for name in [" - Harbour News, the site", " | Harbour", " – The Tide", " · Ships"] {
            assert_eq!(shown(CUT, &format!("{CUT}{name}")), CUT, "{name}");
        }
    }

    #[test]
    fn an_honest_title_is_left_alone() {
        for title in ["New pier opens", "", "What now?", "Council"] {
            let texts = || vec!["Council meets today. More.".to_owned(), title.to_owned()];
            assert_eq!(complete_or_mark(title.to_owned(), &[], texts), title);
        }
        let sentence = format!("{CUT} season.");
        assert_eq!(complete_or_mark(sentence.clone(), &[], || vec![sentence.clone()]), sentence);
    }

    proptest! {
        #[test]
        fn any_title_stays_or_goes_on(title in "[a-cé。. …\\[\\]日本\\n]{0,140}", text in "[a-cé。.!? …日本\\n]{0,200}") {
            let shown = complete_or_mark(title.clone(), &[], || vec![text.clone()]);
            let stem: String = stem_of(&title).chars().filter(|c| !c.is_whitespace()).collect();
            let whole: String = shown.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert!(whole.to_lowercase().starts_with(&stem.to_lowercase()), "{title:?} -> {shown:?}");
            let _ = completed(&title, &[&text], &[&text]);
        }
    }
}
