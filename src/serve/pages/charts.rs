//! Small charts of a feed as inline SVG, without scripts and styles: the style sheet has their colours.
//!
//! Each chart says in words what it shows, so that nothing is lost for those who do not see it. Bars of
//! failed runs are thinner as well as coloured.

use chrono::{Days, NaiveDate, TimeDelta};
use maud::{Markup, html};

use super::view::{FeedPage, MAX_CHART_ITEMS, MAX_CHART_RUNS, MAX_ITEMS};
use super::words;
use crate::model::{Item, Outcome, RunRecord};

/// The most days of the chart of items.
const DAYS: usize = 30;
/// The height of a chart in its own units; the style sheet gives it a size.
const HEIGHT: u64 = 100;
/// The least height of a bar.
const LEAST: u64 = 3;
/// The width of a bar with its gap.
const STEP: usize = 10;
/// A chart of fewer bars leaves room at its left, so that no bar is very wide.
const FEWEST_BARS: usize = 20;

/// A bar; without a value, there is a gap.
#[derive(Debug, Clone, Copy)]
struct Bar {
    value: Option<u64>,
    is_failed: bool,
}

/// A chart with the words that tell the same.
struct Chart {
    /// The id of its title.
    id: &'static str,
    name: &'static str,
    summary: String,
    /// The oldest first.
    bars: Vec<Bar>,
    /// The beginning and the end of its time, in words.
    ends: [String; 2],
}

/// The section with all charts; nothing for a feed without items and runs.
pub(super) fn section(page: &FeedPage<'_>) -> Markup {
    html! {
        @if !(page.items.is_empty() && page.runs.is_empty()) {
            section aria-labelledby="charts" {
                h2 #charts { "At a glance" }
                div.charts {
                    (figure(&items_a_day(page)))
                    @if !page.runs.is_empty() {
                        (figure(&durations(page)))
                        (figure(&success_ages(page)))
                    }
                }
            }
        }
    }
}

fn figure(chart: &Chart) -> Markup {
    let [from, to] = &chart.ends;
    html! {
        figure.chart {
            figcaption { strong { (chart.name) } " " span.quiet { (chart.summary) } }
            @if chart.bars.iter().any(|bar| bar.value.is_some()) {
                (drawing(chart))
                p.ends aria-hidden="true" { span { (from) } span { (to) } }
            }
        }
    }
}

fn drawing(chart: &Chart) -> Markup {
    let slots = chart.bars.len().max(FEWEST_BARS);
    let free = slots - chart.bars.len();
    let highest = chart.bars.iter().filter_map(|bar| bar.value).max().unwrap_or_default();
    html! {
        svg role="img" aria-labelledby=(chart.id) viewBox=(format!("0 0 {} {HEIGHT}", slots * STEP))
            preserveAspectRatio="none" {
            title id=(chart.id) { (chart.name) ": " (chart.summary) }
            @for (index, bar) in chart.bars.iter().enumerate() {
                (rectangle(*bar, (free + index) * STEP, highest))
            }
        }
    }
}

/// The rectangle of a bar whose place begins at `left`.
fn rectangle(bar: Bar, left: usize, highest: u64) -> Markup {
    let height = height(bar, highest);
    let (class, gap, width): (&str, usize, usize) =
        if bar.is_failed { ("failed", 3, 4) } else { ("bar", 1, 8) };
    html! {
        @if height > 0 {
            rect class=(class) x=(left + gap) y=(HEIGHT - height) width=(width) height=(height) {}
        }
    }
}

/// The height of a bar. A failed run is seen however small its value is.
fn height(bar: Bar, highest: u64) -> u64 {
    let Some(value) = bar.value else { return 0 };
    let least = if value > 0 || bar.is_failed { LEAST } else { 0 };
    let scaled = u128::from(value) * u128::from(HEIGHT) / u128::from(highest.max(1));
    u64::try_from(scaled).unwrap_or(HEIGHT).clamp(least, HEIGHT)
}

/// The items of the last days, by their dates.
fn items_a_day(page: &FeedPage<'_>) -> Chart {
    let today = page.now.date_naive();
    let mut counts = vec![0_u64; known_days(page, today)];
    for age in page.items.iter().filter_map(|item| usize::try_from(days_ago(item, today)).ok()) {
        if let Some(count) = counts.get_mut(age) {
            *count += 1;
        }
    }
    let days = words::count(counts.len() as u64, "day", "days");
    let total: u64 = counts.iter().sum();
    let most = counts.iter().max().copied().unwrap_or_default();
    let summary = match total {
        0 => format!("none in the last {days}"),
        _ => format!(
            "{} in the last {days}, at most {} a day",
            words::count(total, "item", "items"),
            words::number(most)
        ),
    };
    let first = today.checked_sub_days(Days::new(counts.len().saturating_sub(1) as u64)).unwrap_or(today);
    Chart {
        id: "items-chart",
        name: "Items a day",
        summary,
        bars: counts.iter().rev().map(|count| Bar { value: Some(*count), is_failed: false }).collect(),
        ends: [first.format("%-d %B").to_string(), "today".to_owned()],
    }
}

/// The number of days, today included, of which all items are known. Of a busy feed only the newest are.
fn known_days(page: &FeedPage<'_>, today: NaiveDate) -> usize {
    let read = page.items.len();
    let is_whole =
        page.view.state.items.map_or(read != MAX_ITEMS && read != MAX_CHART_ITEMS, |all| all <= read as u64);
    let oldest = page.items.iter().map(|item| days_ago(item, today)).max().unwrap_or_default();
    if is_whole { DAYS } else { usize::try_from(oldest).unwrap_or_default().clamp(1, DAYS) }
}

/// The age of an item in days, by the date that is shown. Negative for dates to come.
fn days_ago(item: &Item, today: NaiveDate) -> i64 {
    let age = (today - item.date.date_naive()).num_days();
    // East of us, a day begins earlier.
    if age == -1 { 0 } else { age }
}

fn durations(page: &FeedPage<'_>) -> Chart {
    let runs = oldest_first(page.runs);
    let longest = runs.iter().map(|run| run.duration_ms).max().unwrap_or_default();
    let last = runs.last().map(|run| run.duration_ms).unwrap_or_default();
    let failed = runs.iter().filter(|run| is_failed(run)).count() as u64;
    let summary = format!(
        "{}, {} failed; the last took {}, the longest {}",
        words::count(runs.len() as u64, "run", "runs"),
        words::number(failed),
        words::took(last),
        words::took(longest)
    );
    let bar = |run: &&RunRecord| Bar { value: Some(run.duration_ms), is_failed: is_failed(run) };
    Chart {
        id: "durations-chart",
        name: "Durations of runs",
        summary,
        bars: runs.iter().map(bar).collect(),
        ends: ends(page, &runs),
    }
}

/// The age of the last success at the beginning of each run: it grows while runs fail.
fn success_ages(page: &FeedPage<'_>) -> Chart {
    let runs = oldest_first(page.runs);
    let known = page.view.state.last_success;
    // If all of these runs failed, the last success was before them.
    let mut last = known.filter(|_| runs.iter().all(|run| is_failed(run)));
    let mut bars = Vec::new();
    for run in &runs {
        let age = last.map(|at| u64::try_from((run.started - at).num_seconds()).unwrap_or_default());
        bars.push(Bar { value: age, is_failed: is_failed(run) });
        if !is_failed(run) {
            last = Some(run.started);
        }
    }
    let longest = bars.iter().filter_map(|bar| bar.value).max();
    let mut summary = known.map_or_else(|| "none yet".to_owned(), |at| words::relative(at, page.now));
    if let Some(seconds) = longest.and_then(|seconds| i64::try_from(seconds).ok()) {
        let longest = TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX);
        summary = format!("{summary}; when a run began, at most {} before", words::length(longest));
    }
    Chart { id: "ages-chart", name: "Last success", summary, bars, ends: ends(page, &runs) }
}

fn oldest_first(runs: &[RunRecord]) -> Vec<&RunRecord> {
    runs.iter().take(MAX_CHART_RUNS).rev().collect()
}

const fn is_failed(run: &RunRecord) -> bool {
    matches!(run.outcome, Outcome::Failed(_))
}

/// When the first and the last of these runs began.
fn ends(page: &FeedPage<'_>, runs: &[&RunRecord]) -> [String; 2] {
    [runs.first(), runs.last()]
        .map(|run| run.map(|run| words::relative(run.started, page.now)).unwrap_or_default())
}
