//! The mistake of a regular expression, in words. The messages of its parser are for people who know its
//! parts.

/// How messages of the parser begin, with our words for them.
const MESSAGES: &[(&str, &str)] = &[
    ("unclosed group", "`(` has no `)`"),
    ("unopened group", "`)` has no `(`"),
    ("unclosed character class", "`[` has no `]`"),
    (
        "invalid character class range",
        "in `[…]`, the first character of a range must not come after the last",
    ),
    ("invalid range boundary", "in `[…]`, a range goes from one character to another"),
    ("invalid escape sequence", "in `[…]`, a backslash stands before a letter that has no meaning there"),
    ("unrecognized escape sequence", "a backslash stands before a character that has no meaning after it"),
    ("incomplete escape sequence", "something is missing after the backslash at the end"),
    ("repetition operator missing", "`*`, `+`, `?` or `{…}` has nothing before it that it could repeat"),
    ("repetition quantifier expects", "`{` needs a number, as in `{2}` or `{2,5}`"),
    ("unclosed counted repetition", "`{` has no `}`"),
    ("invalid repetition count", "in `{2,5}`, the first number must not be greater than the second"),
    ("decimal literal", "`{` needs a number, as in `{2}` or `{2,5}`"),
    ("hexadecimal literal", "`\\x` and `\\u` need the number of a character"),
    ("invalid hexadecimal digit", "`\\x` and `\\u` need digits of 0-9 and a-f"),
    ("look-around", "look-around such as `(?=…)`, `(?!…)`, `(?<=…)` and `(?<!…)` is not supported"),
    ("backreferences", "references to a group, such as `\\1`, are not supported"),
    ("duplicate capture group name", "two groups have the same name"),
    ("empty capture group name", "a group has an empty name"),
    ("invalid capture group", "the name of a group has letters, digits and `_` only"),
    ("unclosed capture group name", "the name of a group has no `>` at its end"),
    ("exceeded the maximum number of capturing", "it has too many groups"),
    ("exceed the maximum number of nested", "groups lie in each other too deeply"),
    ("unrecognized flag", "after `(?` stands a letter that has no meaning there"),
    ("duplicate flag", "after `(?` a letter stands twice"),
    ("dangling flag", "after `(?-` a letter is missing"),
    ("flag negation", "after `(?` stands more than one `-`"),
    ("expected flag", "after `(?` something is missing"),
    ("special word boundary", "`\\b{…}` is not known: write `\\b`"),
    ("unrecognized special word boundary", "`\\b{…}` is not known: write `\\b`"),
    ("found either the beginning of a special", "`{` has no `}`"),
    ("invalid Unicode", "the class of characters after `\\p` is not known"),
    ("Unicode property", "the class of characters after `\\p` is not known"),
    ("Compiled regex exceeds", "it is too large once its repetitions are written out"),
];

/// The mistake of a pattern that cannot be compiled. `message` is that of the parser: several lines, of
/// which the last one tells the mistake.
pub(crate) fn pattern_mistake(message: &str) -> String {
    let last = message.lines().last().unwrap_or_default().trim();
    let last = last.strip_prefix("error: ").unwrap_or(last);
    let known = MESSAGES.iter().find(|(begin, _)| last.starts_with(begin));
    known.map_or("it is no regular expression", |(_, words)| *words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(pattern: &str, words: &str) {
        let error = regex::Regex::new(pattern).expect_err(pattern);
        let told = pattern_mistake(&error.to_string());
        assert!(told.contains(words), "{pattern}: {told}");
    }

    #[test]
    fn the_mistake_is_told_in_plain_words() {
        says("/tides/(\\d+", "`(` has no `)`");
        says("tides)", "`)` has no `(`");
        says("[a-z", "`[` has no `]`");
        says("[z-a]", "must not come after");
        says("*tides", "nothing before it");
        says("(?<=/)tides", "look-around");
        says("(a)\\1", "references to a group");
        says("\\y", "no meaning");
        says("a{2,1}", "must not be greater");
        says("\\p{Tides}", "not known");
        says("tides\\", "at the end");
    }
}
