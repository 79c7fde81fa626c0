//! Titles that a site has cut: told, completed where something says how they go on, else marked.

/// From so many characters on, a title that is the beginning of its own text is taken for a cut one;
/// scripts without spaces say more with less.
const LONG: usize = 100;
const LONG_DENSE: usize = 50;

/// What is left of a cut title has at least so many characters.
const LEAST: usize = 5;

/// The longest sentence that is made a title, in characters.
const MAX_SENTENCE: usize = 300;

/// What cut titles end with.
const MARKS: &[&str] = &["[…]", "[...]", "(…)", "(...)", "…", "...", ". . ."];

/// The title without the mark of a cut; `None` if it has none.
fn marked(title: &str) -> Option<&str> {
    let title = title.trim_end();
    let stem = MARKS.iter().find_map(|m| title.strip_suffix(m))?;
    Some(stem.trim_end_matches(|c: char| c.is_whitespace() || c == '.')).filter(|s| !s.is_empty())
}

/// Whether a title has the mark of a cut, or is as long as cut ones are.
pub(super) fn may_be_cut(title: &str) -> bool {
    marked(title).is_some() || is_long(title)
}

/// How a title goes on, if one of the texts says so: as a headline, else as the first sentence.
pub(super) fn completed(title: &str, headlines: &[&str], texts: &[&str]) -> Option<String> {
    let stem = marked(title).unwrap_or(title);
    // So little may be the beginning of anything.
    if stem.chars().count() < LEAST {
        return None;
    }
    let whole = headlines.iter().find(|h| goes_on(h, stem) && marked(h).is_none());
    if let Some(whole) = whole {
        return Some((*whole).to_owned());
    }
    if !may_be_cut(title) {
        return None;
    }
    let sentence = texts.iter().find_map(|t| goes_on(t, stem).then(|| sentence(t, stem.chars().count())))?;
    (sentence.chars().count() <= MAX_SENTENCE).then_some(sentence)
}

/// A title with an ellipsis, if the page's own text shows that it is cut and nothing says how it goes
/// on; as it is otherwise.
///
/// The texts are made only if they are needed.
pub(super) fn mended(title: String, texts: impl FnOnce() -> Vec<String>) -> String {
    if !may_be_cut(&title) {
        return title;
    }
    let texts = texts();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let own = texts.iter().any(|t| t.trim() == title || goes_on(t, marked(&title).unwrap_or(&title)));
    let open = !title.ends_with(['.', '!', '?', '。', '！', '？', '…', '"', '”', '»', '」']);
    let cut = marked(&title).is_some() || (is_long(&title) && own && open);
    if !cut {
        return title;
    }
    completed(&title, &[], &texts).unwrap_or_else(|| format!("{}…", marked(&title).unwrap_or(&title)))
}

fn is_long(title: &str) -> bool {
    let dense = title
        .chars()
        .any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}'));
    title.chars().count() >= if dense { LONG_DENSE } else { LONG }
}

/// Whether a text begins with the stem and goes on after it.
fn goes_on(text: &str, stem: &str) -> bool {
    let mut text = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase);
    let mut stem = stem.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase);
    stem.all(|c| text.next() == Some(c)) && text.next().is_some()
}

/// The first sentence of a text that ends after so many characters.
fn sentence(text: &str, least: usize) -> String {
    let mut chars = text.char_indices().enumerate().skip(least.saturating_sub(1)).peekable();
    while let Some((_, (at, c))) = chars.next() {
        let next = chars.peek().map(|(_, (_, next))| *next);
        let full = matches!(c, '。' | '！' | '？');
        let ends = matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace);
        if full || ends || c == '\n' {
            let end = if c == '\n' { at } else { at + c.len_utf8() };
            let whole = text[..end].trim();
            return whole.strip_suffix(['.', '。']).unwrap_or(whole).to_owned();
        }
    }
    text.trim().to_owned()
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
        assert_eq!(mended(CUT.to_owned(), || vec![body.clone()]), whole);
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
        assert_eq!(mended(CUT.to_owned(), || vec![CUT.to_owned()]), format!("{CUT}…"));
        assert_eq!(mended("New pier [...]".to_owned(), Vec::new), "New pier…");
    }

    #[test]
    fn an_honest_title_is_left_alone() {
        for title in ["New pier opens", "", "What now?", "Council"] {
            let texts = || vec!["Council meets today. More.".to_owned(), title.to_owned()];
            assert_eq!(mended(title.to_owned(), texts), title);
        }
        let sentence = format!("{CUT} season.");
        assert_eq!(mended(sentence.clone(), || vec![sentence.clone()]), sentence);
    }

    proptest! {
        #[test]
        fn any_title_stays_or_goes_on(title in "[a-cé。. …\\[\\]日本\\n]{0,140}", text in "[a-cé。.!? …日本\\n]{0,200}") {
            let shown = mended(title.clone(), || vec![text.clone()]);
            let stem: String = marked(&title).unwrap_or(&title).chars().filter(|c| !c.is_whitespace()).collect();
            let whole: String = shown.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert!(whole.to_lowercase().starts_with(&stem.to_lowercase()), "{title:?} -> {shown:?}");
            let _ = completed(&title, &[&text], &[&text]);
        }
    }
}
