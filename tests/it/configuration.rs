//! Configuration: every mistake at once, each at its line, with what to do.

use std::collections::HashSet;
use std::path::Path;

use feedbridge::config::{Config, schema};

use crate::support::daemon::run;

const EIGHT_MISTAKES: &str = r#"[server]
listen = "127.0.0.1"

[[feed]]
id = "News"
url = "https://example.org/news"
shedule = "every 30m"

[feed.select]
item = "li >"
date = { css = "time", fromat = "%Y" }

[[feed]]
id = "b"
url = "ftp://example.org/"
schedule = "61 * * * *"
timezone = "Europe/Berln"
title = 5

[feed.select]
item = "article"
"#;

#[test]
fn eight_mistakes_are_eight_problems_each_at_its_line() {
    let problems = Config::parse(EIGHT_MISTAKES, Path::new("feeds.toml")).expect_err("mistakes");
    let seen: Vec<(usize, &str)> =
        problems.problems().iter().map(|p| (problems.position(p).line, p.message.as_str())).collect();
    let wanted = [
        (2, "listen `127.0.0.1`"),
        (5, "feed id `News`"),
        (7, "unknown key `shedule`"),
        (10, "selector `li >`"),
        (11, "unknown key `fromat`"),
        (15, "it must begin with https:// or http://"),
        (16, "minute field `61`"),
        (17, "unknown time zone `Europe/Berln`"),
        (18, "`title` must be a text, not a whole number"),
    ];
    assert_eq!(seen.len(), wanted.len(), "{seen:#?}");
    for ((line, message), (wanted_line, part)) in seen.iter().zip(wanted) {
        assert!(
            *line == wanted_line && message.contains(part),
            "{line}: {message}; not {wanted_line}: {part}"
        );
    }
    let hints: Vec<&str> = problems.problems().iter().filter_map(|p| p.hint.as_deref()).collect();
    for hint in ["did you mean `schedule`?", "did you mean `format`?", "did you mean `Europe/Berlin`?"] {
        assert!(hints.contains(&hint), "{hints:?}");
    }
}

#[test]
fn the_command_prints_them_with_snippets_and_ends_with_two() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), EIGHT_MISTAKES).expect("written");
    let output = run(&["check"], folder.path());
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    for part in ["feeds.toml:7:1:", "shedule = \"every 30m\"", "did you mean `schedule`?", "9 problems"] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let json = run(&["check", "--json"], folder.path());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(9));
    assert_eq!(json["problems"][2]["line"], 7);
}

#[track_caller]
fn one(text: &str, line: usize, says: &str) {
    let problems = Config::parse(text, Path::new("feeds.toml")).expect_err(text);
    let seen = problems.to_string();
    let found = problems
        .problems()
        .iter()
        .any(|p| problems.position(p).line == line && format!("{} {:?}", p.message, p.hint).contains(says));
    assert!(found, "no `{says}` on line {line}:\n{seen}");
}

fn with_select(select: &str) -> String {
    format!("[[feed]]\nurl = \"https://example.org/\"\n[feed.select]\nitem = \"li\"\n{select}\n")
}

fn of_kind(kind: &str, select: &str) -> String {
    format!("[[feed]]\nurl = \"https://example.org/\"\nkind = \"{kind}\"\n[feed.select]\n{select}\n")
}

#[test]
fn a_key_of_another_table_is_told_its_own() {
    let feed = "[[feed]]\nurl = \"https://example.org/\"\n";
    one(&format!("{feed}query = {{ page = \"1\" }}\n"), 3, "`query` belongs into [feed.fetch]");
    one(&format!("{feed}[feed.fetch]\nhome = \"https://a.example/\"\n"), 4, "`home` belongs into [[feed]]");
    one(&with_select("items = 40"), 5, "did you mean `item`? `items` belongs into [feed.keep]");
    one("feed = []\n[defaults]\nrobots = \"ignore\"\n", 3, "`robots` belongs into [defaults.fetch]");
    one("feed = []\nlisten = \"127.0.0.1:1\"\n", 2, "`listen` belongs into [server]");
}

#[test]
fn keys_below_a_broken_line_of_a_table_are_not_unknown() {
    for (text, lines) in [
        ("[[feed]\nurl = \"https://example.org/\"\nschedule = \"every 1h\"\n", vec![1]),
        ("[server\nlisten = \"127.0.0.1:1\"\n[store]\nulr = \"sqlite:a.db\"\n", vec![1, 4]),
    ] {
        let problems = Config::parse(text, Path::new("feeds.toml")).expect_err(text);
        let seen: Vec<usize> = problems.problems().iter().map(|p| problems.position(p).line).collect();
        assert_eq!(seen, lines, "{problems}");
    }
}

#[test]
fn an_address_that_begins_with_a_slash_gets_an_example() {
    one("[[feed]]\nurl = \"/news\"\n", 2, "for example url = ");
    one("[[feed]]\nurl = \"example.org/news\"\n", 2, "https://example.org/news");
}

#[test]
fn mistakes_in_sources_are_named() {
    assert!(Config::parse(&of_kind("auto", "item = \"li\""), Path::new("feeds.toml")).is_ok());
    one(&of_kind("jsn", "item = \"li\""), 3, "did you mean `json`");
    one(&of_kind("json", "item = \"$.a[\""), 5, "`[` has no `]`");
    one(&of_kind("json", "item = { jq = \".a | foo\" }"), 5, "there is no function `foo`");
    one(&of_kind("json", "item = { jq = \".a[\" }"), 5, "ends in the middle");
    one(&of_kind("json", "item = { css = \"li\" }"), 5, "`css` can only be used with");
    one(&of_kind("json", "item = \"a\"\ntitle = { json = \"b\", attr = \"c\" }"), 6, "no attributes");
    one(&of_kind("json", "item = \"a\"\ncontainer = \"ul\""), 6, "can only be used with");
    one(&of_kind("html", "item = \"//li\""), 5, "write XPath as");
    one(
        &of_kind("html", "item = { xpath = \"//li[\" }"),
        5,
        "something is missing after `[`, before the end",
    );
    one(&of_kind("html", "item = { xpath = \"//li\", css = \"li\" }"), 5, "exactly one");
    one(&of_kind("html", "item = \"li\"\nscript = \"script\""), 6, "can only be used with");
    one(&of_kind("xml", "item = { json = \"$.a\" }"), 5, "`json` can only be used with");
    one(&of_kind("xml", "item = \"li\"\nscript = \"script\""), 6, "can only be used with");
    one(&of_kind("sitemap", "item = \"li\""), 4, "cannot be used with");
    one(&with_select("[feed.pages]\nurl = \"https://example.org/?c={cursor}\""), 5, "gives its value");
    one(&with_select("[feed.pages]\nbody = \"page=2\""), 6, "has none of");
    one(&with_select("[feed.fetch]\nmethod = \"PUT\""), 6, "unknown method");
    one(&with_select("[feed.fetch]\nmethod = \"GET\"\nbody = \"x\""), 7, "a GET has no body");
}

#[test]
fn mistakes_in_derived_feeds_are_named() {
    let derived = |more: &str| format!("{}[[feed]]\nid = \"d\"\n{more}\n", with_select(""));
    one(&derived("from = [\"exampel-org\"]"), 8, "did you mean `example-org`");
    one(&derived("from = []"), 8, "empty");
    one(&derived("from = [\"*\"]\nurl = \"https://example.org/\""), 9, "cannot be used together");
    one(&derived("from = [\"*\"]\n[[feed]]\nid = \"e\"\nfrom = [\"d\"]"), 11, "itself made of others");
    one("[[feed]]\nid = \"d\"\nfrom = [\"*\"]", 3, "no feeds");
    one("[[feed]]\nfrom = [\"*\"]", 1, "needs an `id`");
    one(
        &with_select("[[feed.filter]]\nkeep = { title = \"(\" }\ndrop = { titel = \"x\" }"),
        7,
        "did you mean `title`",
    );
    one(&with_select("[[feed.filter]]\nkeep = { title = { min = 9, max = 3 } }"), 6, "at least 9");
    one(
        &with_select(
            "[[feed.filter]]\nkeep = { date = { after = \"2026-02-01\", before = \"2026-01-01\" } }",
        ),
        6,
        "no date is after",
    );
    one(
        &with_select("").replace("url", "same_title = \"1d\"\nurl"),
        2,
        "can only be used together with `from`",
    );
}

#[test]
fn mistakes_of_every_kind_are_named() {
    one("[server\nlisten = 1", 1, "not valid TOML");
    one("[[feed]]\nurl = \"https://example.org/\"\nkind = \"html\"", 1, "no `[feed.select]`");
    one(
        "[[feed]]\nurl = \"https://example.org/\"\n[feed.pages]\nnext = \"a\"",
        4,
        "can only be used together with `[feed.select]`",
    );
    one("[[feed]]\nid = \"a\"\n[feed.select]\nitem = \"li\"", 1, "no `url`");
    one("[[feed]]\nurl = \"https://u:p@example.org/\"\n[feed.select]\nitem = \"li\"", 2, "password");
    one("[store]\nurl = \"mysql://x\"", 2, "sqlite:");
    one("[server]\nbase_url = \"feeds.example.org\"", 2, "base_url");
    one("[limits]\nconnect_s = 0", 2, "1 to 120");
    one(
        "[defaults]\ntimezone = \"Nowhere\"\n[[feed]]\nurl = \"https://example.org/\"\n[feed.select]\nitem = \"li\"",
        2,
        "unknown time zone",
    );
    one(&with_select("title = { css = \"h2\", regex = \"(\" }"), 5, "pattern");
    one(&with_select("title = { css = \"h2\", regex = '(\\w{1000}){1000}' }"), 5, "pattern");
    one(&with_select("title = { css = \"h2\", from = \"link\" }"), 5, "exactly one");
    one(&with_select("title = { from = \"titel\" }"), 5, "must name another field");
    one(&with_select("title = { css = \"h2\", format = \"%Y\" }"), 5, "takes no `format`");
    one(&with_select("date = { css = \"time\", format = \"%B %d\" }"), 5, "no year");
    one(&with_select("date = { css = \"time\", order = \"xyz\" }"), 5, "unknown order");
    one(&with_select("title = [\"h2\", \"h3:contains(x)\"]"), 5, "selector");
    one(&with_select("title = 7"), 5, "must be a text, a list or a table");
    one(&with_select("[feed.keep]\nitems = 0"), 6, "1 to 100000");
    one(&with_select("[feed.fetch]\ntimeout = \"soon\""), 6, "timeout");
    one(&with_select("[feed.fetch]\nallow_addresses = [\"localhost\"]"), 6, "not an IP address");
    one(&with_select("[feed.fetch]\nrobots = \"maybe\""), 6, "unknown value");
    one(
        &with_select("[feed.fetch.headers]\nCookie = { env = \"FEEDBRIDGE_TEST_NOT_SET\" }"),
        6,
        "is not set",
    );
    one(&with_select("[feed.fetch.headers]\nHost = \"x\""), 6, "set by feedbridge itself");
    let twice = format!("{}{}", with_select(""), with_select(""));
    one(&twice, 6, "used twice");
}

#[test]
fn defaults_fill_what_a_feed_does_not_say() {
    let text = "[defaults]\nschedule = \"every 2h\"\ntimezone = \"Asia/Seoul\"\n[defaults.keep]\nitems = 7\n[defaults.select]\nitem = \"li\"\n\
        [[feed]]\nurl = \"https://www.example.org/news/today\"\n[feed.keep]\ndays = 3\n";
    let config = Config::parse(text, Path::new("feeds.toml")).expect("a configuration");
    let feed = &config.feeds[0];
    assert_eq!(feed.id.as_str(), "example-org-news-today");
    assert_eq!((feed.schedule_text.as_str(), feed.timezone.name()), ("every 2h", "Asia/Seoul"));
    assert_eq!((feed.keep.items, feed.keep.days), (7, Some(3)));
}

#[test]
fn secrets_come_from_files_and_show_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token"), "TOK3N\n").expect("written");
    let text = with_select("[feed.fetch.headers]\nAuthorization = { file = \"token\" }");
    let config = Config::parse(&text, &folder.path().join("feeds.toml")).expect("a configuration");
    assert_eq!(config.feeds[0].fetch.headers[0].1.expose(), "TOK3N");
    assert!(!format!("{config:?}").contains("TOK3N"));
}

#[test]
fn the_schema_in_the_manual_is_the_schema_of_the_types() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/feeds.schema.json");
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == schema(), "run: feedbridge schema > docs/feeds.schema.json");
}

#[test]
fn the_example_in_the_root_is_valid() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("feeds.toml");
    let config = Config::load(&file).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.feeds.len(), 1, "two more are switched off");
}

#[test]
fn a_report_shows_no_secret_of_the_file() {
    let text = "[[feed]]\nurl = \"https://example.org/\"\nshedule = \"every 1h\"\n\
                [feed.fetch]\nheaders = { Authorization = \"Bearer hunter2\" }\n\
                [feed.select]\nitem = \"a\"\n";
    let Err(problems) = Config::parse(text, Path::new("feeds.toml")) else { panic!("not refused") };
    let report = problems.report(false);
    assert!(report.contains("shedule") && !report.contains("hunter2"), "{report}");
}

#[test]
fn a_changed_secret_is_a_changed_setting() {
    let feed = |token: &str| {
        let text = format!(
            "[[feed]]\nid = \"a\"\nurl = \"https://example.org/\"\n[feed.select]\nitem = \"a\"\n\
             [feed.fetch]\nheaders = {{ Authorization = \"{token}\" }}\n"
        );
        let config = Config::parse(&text, Path::new("feeds.toml")).unwrap_or_else(|e| panic!("{e}"));
        config.feeds[0].settings_hash.clone()
    };
    assert_eq!(feed("one"), feed("one"));
    assert_ne!(feed("one"), feed("two"));
}

/// Words of the parser's types, which mean nothing to the author of a configuration.
const TYPE_WORDS: &[&str] = &[
    "struct",
    "u16",
    "u32",
    "u64",
    "i64",
    "f64",
    "usize",
    "map",
    "sequence",
    "newtype",
    "variant",
    "enum",
    "tuple",
    "string",
    "integer",
    "boolean",
    "null",
    "untagged",
    "deserialize",
    "Raw",
    "Spec",
];

#[track_caller]
fn assert_plain(text: &str) -> Vec<String> {
    let Err(problems) = Config::parse(text, Path::new("feeds.toml")) else { return Vec::new() };
    let messages: Vec<String> = problems
        .problems()
        .iter()
        .map(|p| format!("{} ({})", p.message, p.hint.as_deref().unwrap_or_default()))
        .collect();
    for message in &messages {
        let words = message.split(|c: char| !c.is_alphanumeric());
        let leaked: Vec<&str> = words
            .filter(|word| TYPE_WORDS.contains(word) || word.starts_with("Raw") || word.ends_with("Spec"))
            .collect();
        assert!(leaked.is_empty(), "{leaked:?} in `{message}` for {text}");
    }
    messages
}

/// Every setting of the schema: the text that leads to it, with `@` for its value, and its last key. A type
/// that several settings have is walked through once.
fn settings(schema: &serde_json::Value) -> Vec<(String, String)> {
    let mut walk = SchemaWalk { schema, path: Vec::new(), walked: HashSet::new(), found: Vec::new() };
    walk.node(schema);
    walk.found
}

struct SchemaWalk<'s> {
    schema: &'s serde_json::Value,
    path: Vec<String>,
    walked: HashSet<&'s str>,
    found: Vec<(String, String)>,
}

impl<'s> SchemaWalk<'s> {
    fn node(&mut self, node: &'s serde_json::Value) {
        if let Some(name) = node["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
            if self.walked.insert(name) {
                self.node(&self.schema["$defs"][name]);
            }
            return;
        }
        for choice in node["anyOf"].as_array().into_iter().flatten() {
            self.node(choice);
        }
        for (name, node) in node["properties"].as_object().into_iter().flatten() {
            self.found.push((nested(&self.path, name), name.clone()));
            self.inside(name, node);
        }
        if node["additionalProperties"].is_object() {
            self.found.push((nested(&self.path, "title"), "title".to_owned()));
            self.inside("title", &node["additionalProperties"]);
        }
        if node["items"].is_object() {
            self.inside("[]", &node["items"]);
        }
    }

    fn inside(&mut self, step: &str, node: &'s serde_json::Value) {
        self.path.push(step.to_owned());
        self.node(node);
        self.path.pop();
    }
}

/// A path and a last key, as inline tables and lists.
fn nested(path: &[String], name: &str) -> String {
    let mut text = "@".to_owned();
    let steps = path.iter().map(String::as_str).chain([name]);
    for (depth, step) in steps.collect::<Vec<_>>().into_iter().enumerate().rev() {
        text = match step {
            "[]" => format!("[{text}]"),
            name if depth == 0 => format!("{name} = {text}"),
            name => format!("{{ {name} = {text} }}"),
        };
    }
    text
}

#[test]
fn a_wrong_type_is_told_in_plain_words_for_every_key() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).expect("JSON");
    let settings = settings(&schema);
    assert!(settings.len() > 110, "{}", settings.len());
    for (text, name) in &settings {
        let mut is_named = false;
        for wrong in
            ["7", "-7", "99999999999", "1.5", "true", "2026-01-31", "[1, [2]]", "{ nothing = 1 }", "\"\""]
        {
            let messages = assert_plain(&text.replace('@', wrong));
            is_named |= messages.iter().any(|m| m.contains(&format!("`{name}`")) && m.contains("must be"));
        }
        assert!(is_named, "no wrong value of {text} is told with its name");
    }
}

#[test]
fn examples_of_limits_are_taken() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).expect("JSON");
    let limits = schema["$defs"]["Limits"]["properties"].as_object().expect("limits");
    let lines = limits.iter().map(|(name, node)| format!("{name} = {}\n", node["examples"][0]));
    let text = format!("[limits]\n{}", lines.collect::<String>());
    let config = Config::parse(&text, Path::new("feeds.toml")).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(config.limits.fetches, 16);
}

#[test]
fn wrong_values_are_told_with_what_the_key_takes_and_an_example() {
    one(&with_select("[feed.keep]\nitems = \"many\""), 6, "`items` must be a whole number, not a text");
    one(&with_select("[feed.keep]\nitems = -1"), 6, "1 to 100000");
    one(&with_select("[feed.pages]\nmax = 99999999999"), 6, "1 to 100");
    one(&with_select("[feed.keep]\nitems = \"250\""), 6, "write it without quotes: items = 250");
    one(&with_select("[feed.fetch]\nallow_private = \"yes\""), 6, "allow_private = true");
    one(
        &with_select("[feed.fetch]\nallow_addresses = \"127.0.0.1\""),
        6,
        "must be a list of texts, not a text",
    );
    one("server = []\n", 1, "`server` must be a table, not a list");
    one("[[feed]]\nurl = \"https://example.org/\"\nfetch = []", 3, "`fetch` must be a table, not a list");
    one(&with_select("title = 7"), 5, "`title` must be a text, a list or a table, not a whole number");
    one("feed = 3", 1, "write a line [[feed]] for each");
    one("[feed]\nurl = \"https://example.org/\"", 1, "`feed` must be a list of tables, not a table");
    one("[[feed]]\nurl = 3", 2, "for example url = \\\"https://example.org/news\\\"");
    one("[[feed]]\nid = \"d\"\nfrom = [\"a\", 2]", 3, "entry 2 of `from` must be a text");
    one(&with_select("select = 1").replace("[feed.select]\nitem = \"li\"\n", ""), 3, "[feed.select]");
    one(
        &with_select("[[feed.filter]]\nkeep = { date = { after = 2026-01-31 } }"),
        6,
        "not a date without quotation marks",
    );
    one(
        &with_select("title = { css = \"a\", replace = [\"a\", 1] }"),
        5,
        "a pair of texts or a list of pairs",
    );
    one(&with_select("[[feed.filter]]\nkeep = { title = { mni = 3 } }"), 6, "did you mean `min`");
}

#[test]
fn mistakes_of_one_table_are_told_together() {
    let fetch = "[feed.fetch]\ntimeout = 0\nrobots = \"never\"\nmethod = \"PUT\"\nuser_agent = \"a\\nb\"\nheaders = { Host = \"a\" }";
    for (line, says) in
        [(7, "1 second to 1 hour"), (8, "`never`"), (9, "`PUT`"), (10, "User-Agent"), (11, "`Host`")]
    {
        one(&with_select(&format!("\n{fetch}")), line, says);
    }
}

#[test]
fn mistakes_of_selectors_and_patterns_are_told_in_plain_words() {
    one("[[feed]]\nurl = \"https://quay example.org/\"", 2, "the name of its host");
    one(&with_select("title = \"h3..head\""), 5, "the name of a class is missing");
    one(&with_select("title = \"h3 +\""), 5, "something is missing after `+`");
    one(&with_select("title = { xpath = \".//h3[@id=\" }"), 5, "something is missing after `=`");
    one(&with_select("title = { css = \"a\", regex = '(tide' }"), 5, "`(` has no `)`");
    one(&with_select("title = { css = \"a\", regex = \"\\bhigh\" }"), 5, "where a backslash is plain");
    one(&with_select("title = { css = \"a\", regex = \"\\w+\" }"), 5, "single quotes");
    one(&of_kind("json", "item = \"$.tides[]\""), 5, "write [*]");
}

fn with_notify(rule: &str) -> String {
    format!("[[feed]]\nurl = \"https://example.org/\"\n[[notify]]\n{rule}\n")
}

/// All mistakes of a text, each with its line.
fn mistakes(text: &str) -> Vec<(usize, String)> {
    let problems = Config::parse(text, Path::new("feeds.toml")).expect_err(text);
    problems.problems().iter().map(|p| (problems.position(p).line, p.message.clone())).collect()
}

#[track_caller]
fn all(rule: &str, expected: &[(usize, &str)]) {
    let found = mistakes(&with_notify(rule));
    let found: Vec<(usize, &str)> = found.iter().map(|(line, message)| (*line, message.as_str())).collect();
    assert_eq!(found, expected, "{rule}");
}

#[test]
fn a_service_of_a_wrong_type_is_told_alone() {
    let found = mistakes(&with_notify("ntfy = 5"));
    assert!(found.len() == 1 && found[0].0 == 4, "{found:?}");
    assert!(found[0].1.starts_with("`ntfy` must be a table"), "{found:?}");
    let found = mistakes(&with_notify("[notify.ntfy]\ntopic = 5.5"));
    assert!(found.len() == 1 && found[0].0 == 5 && found[0].1.starts_with("`topic` must be"), "{found:?}");
    all("name = \"a\"", &[(3, "the notification has no target")]);
}

#[test]
fn mistakes_of_one_service_are_told_together() {
    all(
        "[notify.mail]\nserver = \"a b\"\nfrom = \"harbour\"\nto = [\"you\"]\nencryption = 5",
        &[
            (5, "`server` is no host of a server for mail"),
            (6, "`from` has no address of mail"),
            (7, "`to` has no address of mail"),
            (8, "`encryption` has no known value"),
        ],
    );
    all(
        "[notify.pushover]\ntoken = \"short\"\ndevice = \"my phone\"\nsoud = \"bike\"",
        &[
            (4, "`pushover` needs `user`"),
            (5, "`token` is no token of Pushover"),
            (6, "`device` is no name of a device"),
            (7, "`pushover` has no setting `soud`"),
        ],
    );
    let urls = "[notify.apprise]\nserver = \"https://a.example\"\nkey = { file = \"gone\" }\ntags = [\"a\"]";
    let found = mistakes(&with_notify(urls));
    assert!(found.len() == 1 && found[0].1.contains("`gone` cannot be read"), "{found:?}");
}

#[test]
fn keys_below_a_table_of_a_rule_are_told_where_they_belong() {
    let rule = "when = [\"item\"]\n[[notify.filter]]\nkeep = { title = \"tide\" }\nntfy = { topic = \"a\" }";
    all(rule, &[(7, "unknown key `ntfy`")]);
    one(&with_notify(rule), 7, "`ntfy` belongs into [[notify]]: keys below the line of a header");
    let rule = "[notify.ntfy]\ntopic = \"a\"\nwhen = [\"item\"]";
    one(&with_notify(rule), 6, "`when` belongs into [[notify]]: keys below the line of a header");
}

#[test]
fn variables_of_a_shell_are_not_filled_in() {
    let name = "${TOPIC}";
    let rule = format!("ntfy = {{ topic = \"{name}\" }}");
    all(&rule, &[(4, "`${TOPIC}` is not filled in: feedbridge takes the text as it stands")]);
    one(&with_notify(&rule), 4, "write topic = { env = \\\"TOPIC\\\" }");
    one(&with_notify("url = \"ntfys://${TOKEN}@a.example/b\""), 4, "url = { env = \\\"NAME\\\" }");
}

#[test]
fn settings_of_a_service_that_miss_each_other_are_refused() {
    all("ntfy = { topic = \"a\", user = \"ada\" }", &[(4, "`user` is given without `password`")]);
    let program = "command = { argv = \"/usr/bin/tell harbour\" }\nallow_commands = true";
    all(program, &[(4, "`argv` must be a list of texts")]);
    one(&with_notify(program), 4, "no shell takes a text apart");
    let lone = "command = { argv = \"/usr/bin/tell\" }\nallow_commands = true";
    assert!(Config::parse(&with_notify(lone), Path::new("feeds.toml")).is_ok());
}

#[test]
fn doubtful_ports_of_services_are_warned_of() {
    let mail = |settings: &str| {
        let rule = format!("[notify.mail]\nfrom = \"a@h.example\"\nto = \"b@h.example\"\n{settings}");
        let text = format!("[server]\nbase_url = \"https://feeds.example.org\"\n{}", with_notify(&rule));
        let config = Config::parse(&text, Path::new("feeds.toml")).expect("a configuration");
        config.warnings.problems().iter().map(|p| p.message.clone()).collect::<Vec<String>>()
    };
    let early = "port 465 is the usual one of encryption from the first byte";
    assert_eq!(mail("server = \"h.example:465\"\nencryption = \"starttls\""), [early]);
    assert!(mail("server = \"h.example:465\"").is_empty());
    assert!(mail("server = \"h.example:587\"").is_empty());
}
