//! Whatever a page holds, and whatever rules read it: the work ends, with a named trouble where it must.

use std::path::Path;

use serde_json::Value;

use crate::support::daemon::run;

/// The output of `preview FILE --feed t --format json`, by a select table.
fn preview(folder: &Path, kind: &str, select: &str, page: &str) -> Value {
    let text = format!(
        "[[feed]]\nid = \"t\"\nurl = \"https://e.example/\"\nkind = \"{kind}\"\n[feed.select]\n{select}\n"
    );
    std::fs::write(folder.join("feeds.toml"), text).expect("written");
    std::fs::write(folder.join("page"), page).expect("written");
    let output = run(&["preview", "page", "--feed", "t", "--format", "json"], folder);
    let shown = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&shown)
        .unwrap_or_else(|_| panic!("{shown}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The trouble or the problems of a jq program for the list of items, and those of one for a field.
fn jq_complaints(folder: &Path, program: &str, page: &str) -> [String; 2] {
    let by_items = preview(folder, "json", &format!("item = {{ jq = '{program}' }}"), page);
    let by_field =
        preview(folder, "json", &format!("item = \"items\"\nsummary = {{ jq = '{program}' }}"), page);
    assert_eq!(by_field["items"].as_array().map(Vec::len), Some(2), "{program}: the items stay: {by_field}");
    [by_items["trouble"].to_string(), by_field["problems"].to_string()]
}

const PAGE: &str = r#"{"n": 1000000000000, "items": [{"title": "Low tide", "n": 1000000000000},
    {"title": "High tide", "n": 1000000000000}]}"#;

#[test]
fn jq_programs_are_stopped_at_their_bounds() {
    let folder = tempfile::tempdir().expect("a folder");
    let programs = [
        "[range(.n)]",
        "last(range(.n))",
        "def f: f; f",
        "def f: 1 + f; f",
        "reduce range(60) as $i (\"x\"; . + .)",
        "reduce range(200) as $i (0; [., .]) | tojson",
        "\"x\" * .n",
        "[limit(.n; repeat(1))] | length",
        "try error(\"x\") catch (def g: g; g)",
    ];
    for program in programs {
        for complaint in jq_complaints(folder.path(), program, PAGE) {
            assert!(complaint.contains("were stopped: "), "{program}: {complaint}");
        }
    }
}

#[test]
fn json_in_texts_is_parsed_to_a_depth() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = "[".repeat(200_000);
    let page = format!(
        r#"{{"s": "{deep}", "items": [{{"title": "One", "s": "{deep}"}}, {{"title": "Two", "s": "{deep}"}}]}}"#
    );
    for complaint in jq_complaints(folder.path(), ".s | fromjson", &page) {
        assert!(complaint.contains("nest too deeply"), "{complaint}");
    }
}

#[test]
fn a_page_with_a_bad_program_leaves_the_others_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let select =
        "item = \"items\"\ntitle = { jq = \".title | ascii_upcase\" }\nsummary = { jq = \".nope | keys\" }";
    let seen = preview(folder.path(), "json", select, PAGE);
    assert_eq!(seen["items"][0]["title"], "LOW TIDE", "{seen}");
    assert!(seen["problems"].to_string().contains("summary"), "{seen}");
}
