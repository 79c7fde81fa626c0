//! OpenMetrics text -> the older text format of Prometheus (version 0.0.4), which every scraper reads.
//!
//! In that format the comment lines of a counter have the name of its samples, with `_total`; there are no units,
//! no `info`, and no end mark.

/// The type of `info` metrics and the ending of their samples.
const INFO: &str = "info";

/// The text in the older format.
pub(super) fn of(open_metrics: &str) -> String {
    let types = || open_metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let suffix = |name: &str| match types().find(|(own, _)| *own == name) {
        Some((_, "counter")) => "_total",
        Some((_, INFO)) => "_info",
        _ => "",
    };
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines() {
        if line.starts_with("# UNIT ") || line == "# EOF" {
            continue;
        }
        text.push_str(&comment(line, suffix).unwrap_or_else(|| line.to_owned()));
        text.push('\n');
    }
    text
}

/// A comment line with the name of its samples; `None` for other lines.
fn comment(line: &str, suffix: impl Fn(&str) -> &'static str) -> Option<String> {
    let (kind, rest) = line.strip_prefix("# ")?.split_once(' ')?;
    let (name, value) = rest.split_once(' ')?;
    let value = if kind == "TYPE" && value == INFO { "gauge" } else { value };
    Some(format!("# {kind} {name}{} {value}", suffix(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_have_the_names_of_the_samples() {
        let open = "# HELP a_runs Runs.\n# TYPE a_runs counter\na_runs_total{x=\"1\"} 3\n# HELP a_size Size.\n\
                    # TYPE a_size gauge\n# UNIT a_size bytes\na_size 7\n# HELP a_build B.\n# TYPE a_build info\n\
                    a_build_info{v=\"1\"} 1\n# EOF\n";
        let plain = "# HELP a_runs_total Runs.\n# TYPE a_runs_total counter\na_runs_total{x=\"1\"} 3\n\
                     # HELP a_size Size.\n# TYPE a_size gauge\na_size 7\n# HELP a_build_info B.\n\
                     # TYPE a_build_info gauge\na_build_info{v=\"1\"} 1\n";
        assert_eq!(of(open), plain);
    }
}
