//! The charts of a feed's page.

use super::*;

/// The bars of a chart: class and height.
fn bars(page: &str, chart: &str) -> Vec<(String, u64)> {
    let drawing = page.split("<svg ").find(|part| part.contains(&format!("id=\"{chart}\"")));
    let Some(drawing) = drawing.and_then(|part| part.split("</svg>").next()) else { return Vec::new() };
    let value = |tag: &str, name: &str| {
        let start = tag.split_once(&format!("{name}=\"")).expect("an attribute").1;
        start.split('"').next().unwrap().to_owned()
    };
    let bars = drawing.split("<rect ").skip(1);
    bars.map(|tag| (value(tag, "class"), value(tag, " height").parse().unwrap())).collect()
}

#[test]
fn charts_have_no_bars_without_values() {
    let waiting = feed_of(&head("h", "Harbour"), &FeedState::default(), &[], &[]);
    assert!(!waiting.contains("<svg") && !waiting.contains("id=\"charts\""));
    let state = FeedState { items: Some(0), ..fine() };
    let idle = RunRecord { duration_ms: 0, ..run(Outcome::Unchanged) };
    let page = feed_of(&head("h", "Harbour"), &state, &[], &[idle.clone(), idle]);
    check_structure(&page);
    check_says(&page, "Items a day none in the last 30 days");
    for chart in ["items-chart", "durations-chart", "ages-chart"] {
        assert!(bars(&page, chart).is_empty(), "{chart}");
    }
}

#[test]
fn a_chart_of_one_value_has_one_bar() {
    let state = FeedState { items: Some(1), ..fine() };
    let page = feed_of(&head("h", "Harbour"), &state, &[item("One")], &[run(Outcome::Fresh)]);
    check_structure(&page);
    check_inert(&page);
    assert_eq!(bars(&page, "items-chart"), [("bar".to_owned(), 100)]);
    assert_eq!(bars(&page, "durations-chart"), [("bar".to_owned(), 100)]);
    assert!(!page.contains("id=\"ages-chart\""), "one run has no success before it");
    check_says(&page, "Items a day 1 item in the last 30 days, at most 1 a day");
    check_says(&page, "1 run, 0 failed; the last took 820 ms, the longest 820 ms");
    check_says(&page, "Last success 4 minutes ago");
}

#[test]
fn charts_have_their_words() {
    let failed = || Outcome::Failed(Trouble::new(TroubleKind::Timeout, "hunter2"));
    let began = |minutes: i64, outcome: Outcome, duration_ms: u64| RunRecord {
        started: noon() - TimeDelta::minutes(minutes),
        duration_ms,
        ..run(outcome)
    };
    let runs = [began(60, failed(), 10_000), began(120, failed(), 0), began(180, Outcome::Fresh, 5_000)];
    let mut older = item("Older");
    older.date -= TimeDelta::days(2);
    let mut ancient = item("Ancient");
    ancient.date -= TimeDelta::days(900);
    let mut coming = item("To come");
    coming.date += TimeDelta::days(20);
    let items = [coming, item("One"), item("Two"), older, ancient];
    let state = FeedState { items: Some(5), ..broken() };
    let page = feed_of(&head("h", "Harbour"), &state, &items, &runs);
    check_structure(&page);
    check_inert(&page);
    let named = |class: &str, height: u64| (class.to_owned(), height);
    assert_eq!(bars(&page, "items-chart"), [named("bar", 50), named("bar", 100)]);
    let durations = [named("bar", 50), named("failed", 3), named("failed", 100)];
    assert_eq!(bars(&page, "durations-chart"), durations);
    assert_eq!(bars(&page, "ages-chart"), [named("failed", 50), named("failed", 100)]);
    for chart in ["items-chart", "durations-chart", "ages-chart"] {
        assert!(page.contains(&format!("role=\"img\" aria-labelledby=\"{chart}\"")), "{chart}");
        assert!(page.contains(&format!("<title id=\"{chart}\">")), "{chart}");
    }
    check_says(&page, "Items a day: 3 items in the last 30 days, at most 2 a day");
    check_says(&page, "3 runs, 2 failed; the last took 10.0 s, the longest 10.0 s");
    check_says(&page, "Last success: 3 hours ago; when a run began, at most 2 hours before");
    assert!(!page.contains("hunter2"));
}

#[test]
fn charts_bear_extreme_values() {
    let long = RunRecord { duration_ms: u64::MAX, started: DateTime::<Utc>::MAX_UTC, ..run(Outcome::Fresh) };
    let first = RunRecord { started: DateTime::<Utc>::MIN_UTC, ..run(Outcome::Fresh) };
    let runs: Vec<RunRecord> = (0..70).flat_map(|_| [long.clone(), first.clone()]).collect();
    let page = feed_of(&head("h", "Harbour"), &fine(), &[], &runs);
    check_structure(&page);
    assert_eq!(bars(&page, "durations-chart").len(), MAX_CHART_RUNS);
}

#[test]
fn days_of_which_items_are_missing_are_not_drawn() {
    let mut items: Vec<Item> = (0..8).map(|n| item(&format!("Item {n}"))).collect();
    for (age, item) in (0..).zip(&mut items) {
        item.date -= TimeDelta::days(age);
    }
    let page = feed_of(&head("h", "Harbour"), &fine(), &items, &[]);
    check_says(&page, "Items a day 7 items in the last 7 days, at most 1 a day");
    assert_eq!(bars(&page, "items-chart").len(), 7);
}
