//! The text of our own metrics, read again. Other texts of OpenMetrics may have more than is understood here.

/// The samples of one metric.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MetricFamily<'t> {
    /// The name, without endings such as `_total`.
    pub(super) name: &'t str,
    pub(super) help: &'t str,
    /// The type, such as `counter`.
    pub(super) kind: &'t str,
    /// The unit as a word; empty if there is none.
    pub(super) unit: &'t str,
    pub(super) samples: Vec<MetricSample<'t>>,
}

/// One number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MetricSample<'t> {
    pub(super) name: &'t str,
    pub(super) labels: Vec<(&'t str, String)>,
    pub(super) value: &'t str,
}

/// The metrics of a text.
pub(super) fn families(text: &str) -> Vec<MetricFamily<'_>> {
    let mut families = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            note(&mut families, comment);
        } else if let (Some(family), Some(sample)) = (families.last_mut(), sample(line)) {
            family.samples.push(sample);
        }
    }
    families
}

/// Takes what a comment says about a metric. The end mark says nothing.
fn note<'t>(families: &mut Vec<MetricFamily<'t>>, comment: &'t str) {
    let Some((about, rest)) = comment.split_once(' ') else { return };
    let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
    if families.last().is_none_or(|family| family.name != name) {
        families.push(MetricFamily { name, help: "", kind: "", unit: "", samples: Vec::new() });
    }
    let Some(family) = families.last_mut() else { return };
    match about {
        "HELP" => family.help = value,
        "TYPE" => family.kind = value,
        "UNIT" => family.unit = value,
        _ => {}
    }
}

fn sample(line: &str) -> Option<MetricSample<'_>> {
    let (name, rest) = line.split_at(line.find(['{', ' '])?);
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inner) => labels(inner)?,
        None => (Vec::new(), rest),
    };
    // Behind the value there may be an exemplar.
    let value = rest.trim_start().split(' ').next()?;
    Some(MetricSample { name, labels, value })
}

/// The labels up to the closing bracket, and the text behind it.
fn labels(text: &str) -> Option<(Vec<(&str, String)>, &str)> {
    let mut labels = Vec::new();
    let mut rest = text;
    loop {
        if let Some(behind) = rest.strip_prefix('}') {
            return Some((labels, behind));
        }
        let (name, quoted) = rest.split_once("=\"")?;
        let (value, behind) = unquoted(quoted)?;
        labels.push((name, value));
        rest = behind.strip_prefix(',').unwrap_or(behind);
    }
}

/// The value up to the closing quote, and the text behind it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                masked => value.push(masked),
            },
            plain => value.push(plain),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_have_any_text() {
        let text = "# HELP a_up Up.\n# TYPE a_up gauge\na_up{feed=\"a},\\\"b\\\\\\n\",x=\"\"} 1\na_up 0 # {} 1\n# EOF\n";
        let read = families(text);
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].name, read[0].help, read[0].kind, read[0].unit), ("a_up", "Up.", "gauge", ""));
        let labels = vec![("feed", "a},\"b\\\n".to_owned()), ("x", String::new())];
        assert_eq!(
            read[0].samples,
            [
                MetricSample { name: "a_up", labels, value: "1" },
                MetricSample { name: "a_up", labels: Vec::new(), value: "0" },
            ]
        );
    }
}
