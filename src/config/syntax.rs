//! Mistakes of the TOML syntax, told in plain words: those of the parser are for people who know the grammar.

use std::ops::Range;

use super::report::ConfigProblem;

/// The mistake, and the remedy.
type SyntaxWords = (&'static str, &'static str);

const QUOTES: &str = "write a text in quotes, such as title = \"Harbour news\"";
const STRAIGHT_QUOTES: &str = "write straight quotes, \" or ', instead of typographic ones";
const SINGLE_QUOTES: &str =
    "write texts with backslashes in single quotes, where a backslash is plain: regex = '\\d+'";
const ONE_PER_LINE: &str = "write each setting on a line of its own, as key = value";

/// How messages of the parser begin, with our words for them.
const MESSAGES: &[(&str, SyntaxWords)] = &[
    ("missing escaped value", ("a backslash in double quotes has a meaning of its own", SINGLE_QUOTES)),
    ("too few unicode value digits", ("`\\u` in double quotes needs four digits", SINGLE_QUOTES)),
    ("unicode hexadecimal value", ("`\\u` in double quotes needs the number of a character", SINGLE_QUOTES)),
    ("invalid value", ("`\\u` in double quotes needs the number of a character", SINGLE_QUOTES)),
    ("invalid basic string", ("the text has no closing quote", "end it with \" on the same line")),
    ("invalid literal string", ("the text has no closing quote", "end it with ' on the same line")),
    ("invalid multi-line basic string", ("the text has no end", "end it with \"\"\"")),
    ("invalid multi-line literal string", ("the text has no end", "end it with '''")),
    ("string values must be quoted", ("this is neither a text in quotes nor a number", QUOTES)),
    (
        "invalid boolean",
        ("this is neither a text in quotes nor a number", "write true or false in small letters"),
    ),
    ("missing value", ("a value is missing after `=`", QUOTES)),
    ("key with no value", ("`=` and a value are missing after this word", ONE_PER_LINE)),
    ("invalid key-value pair", ("this is no setting", ONE_PER_LINE)),
    ("missing assignment", ("`=` is missing between a key and its value", ONE_PER_LINE)),
    ("extra `=`", ("there is one `=` too many", ONE_PER_LINE)),
    ("extra assignment", ("there is one `=` too many", ONE_PER_LINE)),
    ("unexpected `=` in array", ("a list has values only, and no `=`", "write a table as { key = value }")),
    ("unexpected key or value", ("something stands after the end of the setting", ONE_PER_LINE)),
    ("unexpected content", ("something stands after the end of the setting", ONE_PER_LINE)),
    ("duplicate key", ("this key is set twice", "keep one of the two")),
    (
        "cannot extend value",
        ("this table is written in two ways that do not go together", "keep one of the two"),
    ),
    ("missing comma", ("a comma is missing before this", "separate values with commas")),
    ("extra comma", ("there is one comma too many", "leave it out")),
    ("unclosed inline table", ("the table has no closing `}`", "end it with }")),
    ("unclosed array table", ("the line of a table has no closing `]]`", "write it as [[feed]]")),
    ("unclosed array", ("the list has no closing `]`", "end it with ]")),
    ("unclosed table", ("the line of a table has no closing `]`", "write it as [feed.select]")),
    ("missing table open", ("the line of a table has no `[`", "write it as [feed.select]")),
    ("invalid inline table element", ("this is no setting", "write a table as { key = value }")),
    ("missing key", ("a key is missing here", "write a table as { key = value }")),
    ("unquoted keys cannot be empty", ("a key is missing before `=`", ONE_PER_LINE)),
    ("invalid unquoted key", ("a key has letters, digits, `-` and `_` only", "a comment begins with #")),
    ("invalid comment", ("the comment has a character that no text may have", "leave it out")),
    ("unexpected leading zero", ("a number must not begin with 0", "write it without the 0")),
    ("redundant", ("a number has one sign at most", "leave the other one out")),
    ("unexpected sign", ("a number has one sign at most", "leave the other one out")),
    ("`_` may only go between digits", ("`_` may only stand between two digits", "leave it out")),
    (
        "cannot recurse",
        ("tables and lists lie in each other too deeply", "write a table with a line of its own"),
    ),
    ("carriage return", ("a line ends with half a line break", "save the file with the line ends of Unix")),
    ("invalid", ("the value cannot be understood", QUOTES)),
];

/// A mistake of the syntax. `message` is that of the parser; `span` is its place in the text.
pub(super) fn syntax_problem(text: &str, span: Range<usize>, message: &str) -> ConfigProblem {
    let known = MESSAGES.iter().find(|(begin, _)| message.starts_with(begin)).map(|(_, words)| *words);
    let (words, hint) = known.unwrap_or(("this cannot be understood", ONE_PER_LINE));
    let rest = text.get(span.start..).unwrap_or_default();
    let hint =
        if rest.starts_with(['“', '”', '„', '‘', '’', '«']) { STRAIGHT_QUOTES } else { hint };
    ConfigProblem { span, message: format!("not valid TOML: {words}"), hint: Some(hint.to_owned()) }
}

/// The places after which keys may belong to a table whose line is broken. `errors` are those of the parser,
/// each with its place.
pub(super) fn broken_headers<'e>(errors: impl Iterator<Item = (Range<usize>, &'e str)>) -> Vec<usize> {
    let begins = ["unclosed array table", "unclosed table", "missing table open"];
    errors
        .filter(|(_, message)| begins.iter().any(|begin| message.starts_with(begin)))
        .map(|(span, _)| span.start)
        .collect()
}

/// Whether a place follows one of the broken lines of tables, without the line of another table between them.
pub(super) fn follows_broken_header(text: &str, broken: &[usize], place: usize) -> bool {
    let last = broken.iter().copied().filter(|start| *start <= place).max();
    let Some(between) = last.and_then(|start| text.get(start..place)) else { return false };
    !between.lines().skip(1).any(|line| line.trim_start().starts_with('['))
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::*;

    #[track_caller]
    fn says(text: &str, words: &str, hint: &str) {
        let (_, errors) = DeTable::parse_recoverable(text);
        let error = errors.first().expect("a mistake");
        let problem = syntax_problem(text, error.span().unwrap_or(0..0), error.message());
        assert!(problem.message.contains(words), "{text}: {}", problem.message);
        assert!(problem.hint.as_deref().is_some_and(|h| h.contains(hint)), "{text}: {:?}", problem.hint);
        assert!(!problem.message.contains("expected"), "{text}: {}", problem.message);
    }

    #[test]
    fn mistakes_are_told_in_plain_words() {
        says("regex = \"/(\\d{4})/\"", "backslash", "regex = '\\d+'");
        says("a = \"\\wharf\"", "backslash", "single quotes");
        says("title = \"Tide", "no closing quote", "end it with \"");
        says("title = “Tide”", "neither a text", "straight quotes");
        says("schedule = every 30m", "neither a text", "in quotes");
        says("enabled = True", "neither a text", "small letters");
        says("title : \"Tide\"", "`=` and a value are missing", "key = value");
        says("from = [\"a\" \"b\"]", "comma is missing", "commas");
        says("keep = { items = 3", "no closing `}`", "}");
        says("[feed.select\nitem = \"li\"", "no closing `]`", "[feed.select]");
        says("[[feed]\nid = \"a\"", "no closing `]]`", "[[feed]]");
        says("id = \"a\"\nid = \"b\"", "set twice", "keep one");
    }

    #[test]
    fn keys_follow_a_broken_line_until_the_next_table() {
        let text = "[[feed]\nurl = \"u\"\n[server]\ntitel = \"t\"\n";
        let place = |key: &str| text.find(key).expect("there");
        assert!(follows_broken_header(text, &[0], place("url")));
        assert!(!follows_broken_header(text, &[0], place("titel")));
        assert!(!follows_broken_header(text, &[], place("url")));
    }
}
