//! The hidden command that evaluates jq programs for another feedbridge, within limits of the system.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use anyhow::Context;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde_json::Value;

use super::end::End;
use crate::rules::{Jq, JqEvaluator, Unbounded};

/// CPU time of all programs of one page, in seconds.
const CPU_SECONDS: u64 = 1;
/// Address space of the process, in bytes.
const MEMORY_BYTES: u64 = 512 << 20;

/// Reads requests from stdin, one in a line: `[PROGRAM, INPUT]`. Writes an answer for each in a line:
/// `{"Ok": [OUTPUTS]}` or `{"Err": "why"}`. Ends at the end of its input.
pub(super) fn jq_worker() -> anyhow::Result<End> {
    limit_this_process().context("the limits of the process cannot be set")?;
    let mut programs: HashMap<String, Result<Jq, String>> = HashMap::new();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let (text, input): (String, Value) = serde_json::from_str(&line?)?;
        let program = programs.entry(text).or_insert_with_key(|text| Jq::parse(text));
        let answer = match program {
            Ok(program) => Unbounded.evaluate(program, &input),
            Err(why) => Err(why.clone()),
        };
        let mut answer = serde_json::to_vec(&answer)?;
        answer.push(b'\n');
        out.write_all(&answer)?;
        out.flush()?;
    }
    Ok(End::Fine)
}

fn limit_this_process() -> io::Result<()> {
    let at_most = |soft: u64, hard: u64| Rlimit { current: Some(soft), maximum: Some(hard) };
    setrlimit(Resource::Cpu, at_most(CPU_SECONDS, CPU_SECONDS + 1))?;
    setrlimit(Resource::As, at_most(MEMORY_BYTES, MEMORY_BYTES))?;
    setrlimit(Resource::Core, at_most(0, 0))?;
    Ok(())
}
