//! Measures how many dates are read per second on one core. The texts are the tables of `tests/dates`.
//!
//! `cargo bench --bench dates`

use std::hint::black_box;
use std::time::{Duration, Instant};

use feedbridge::date::{DateRules, Now, read};

const TABLES: [&str; 2] =
    [include_str!("../tests/dates/european.tsv"), include_str!("../tests/dates/world.tsv")];
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;

fn main() {
    let with_language: Vec<(&str, DateRules, Now)> =
        TABLES.iter().flat_map(|t| t.lines().skip(1)).map(|row| case(row, true)).collect();
    let without_language: Vec<(&str, DateRules, Now)> =
        TABLES.iter().flat_map(|t| t.lines().skip(1)).map(|row| case(row, false)).collect();
    for (name, rows) in [("with the language", with_language), ("without it", without_language)] {
        let best = (0..ROUNDS).map(|_| dates_per_second(&rows)).fold(0.0, f64::max);
        #[expect(clippy::print_stdout, reason = "a benchmark prints its figure")]
        {
            println!("dates a second on one core, {name}: {best:.0} (best of {ROUNDS} rounds)");
        }
    }
}

/// Parses a row of a table. Its columns are language, current time, zone, text.
fn case(row: &'static str, with_language: bool) -> (&'static str, DateRules, Now) {
    let cells: Vec<&str> = row.split('\t').collect();
    let language = (with_language && cells[0] != "-").then(|| cells[0].to_owned());
    let zone = cells[2].parse().expect("a zone");
    let rules = DateRules { format: None, zone, order: None, language };
    (cells[3], rules, Some(cells[1].parse().expect("an instant")))
}

fn dates_per_second(rows: &[(&str, DateRules, Now)]) -> f64 {
    let begin = Instant::now();
    let mut dates = 0_u32;
    while begin.elapsed() < ROUND {
        for (text, rules, now) in rows {
            let _ = black_box(read(black_box(text), rules, *now));
            dates += 1;
        }
    }
    f64::from(dates) / begin.elapsed().as_secs_f64()
}
