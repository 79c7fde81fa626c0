//! Evaluates jq programs in a process of its own, which has limits: a program that loops, recurses or takes
//! memory as a page's data make it ends that process, and the daemon goes on.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

use crate::fetch::{is_shortage_of_files, shortage_of_files};
use crate::model::{Cause, Trouble, TroubleKind};
use crate::rules::{Jq, JqEvaluator};

/// The hidden command that evaluates programs for another process.
pub const JQ_WORKER: &str = "jq-worker";

/// Largest answer of the process for one value, in bytes.
const MAX_ANSWER_BYTES: u64 = 32 << 20;

/// The program file of this process.
const OWN_PROGRAM: &str = "/proc/self/exe";

/// The program that evaluates jq programs: feedbridge itself.
#[derive(Debug, Clone)]
pub struct JqProgram(PathBuf);

impl JqProgram {
    /// The program at a path.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The program of this process, also if its file was replaced meanwhile.
    #[must_use]
    pub fn own() -> Self {
        let own = Path::new(OWN_PROGRAM);
        let path = if own.exists() { Ok(own.to_owned()) } else { std::env::current_exe() };
        Self(path.unwrap_or_else(|_| PathBuf::from("feedbridge")))
    }

    /// An evaluator for the programs of one page. Its process starts with the first program.
    #[must_use]
    pub fn for_page(&self) -> JqProcess {
        JqProcess { program: self.clone(), state: RefCell::new(State::NotStarted) }
    }
}

/// The process that evaluates the programs of one page. It ends with this value.
pub struct JqProcess {
    program: JqProgram,
    state: RefCell<State>,
}

enum State {
    NotStarted,
    Running(Box<Running>),
    /// The process could not be started, which is no fault of the programs or the page.
    NotStartable(Trouble),
    /// The process ended: why.
    Ended(String),
}

struct Running {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl fmt::Debug for JqProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JqProcess({})", self.program.0.display())
    }
}

impl JqEvaluator for JqProcess {
    fn evaluate(&self, program: &Jq, input: &Value) -> Result<Vec<Value>, String> {
        let mut state = self.state.borrow_mut();
        if matches!(*state, State::NotStarted) {
            *state = match Running::start(&self.program.0) {
                Ok(running) => State::Running(Box::new(running)),
                Err(error) => State::NotStartable(not_startable(&error)),
            };
        }
        let running = match &mut *state {
            State::Running(running) => running,
            State::NotStartable(trouble) => return Err(trouble.detail.clone()),
            State::Ended(why) => return Err(why.clone()),
            State::NotStarted => return Err("the process for jq programs was not started".to_owned()),
        };
        match running.ask(program, input) {
            Ok(answer) => answer,
            Err(_) => {
                let why = running.end_reason();
                *state = State::Ended(why.clone());
                Err(why)
            }
        }
    }
}

impl JqProcess {
    /// The trouble that the process could not be started, if a program was to be evaluated. Then no field that
    /// jq finds says anything about the page.
    #[must_use]
    pub fn start_trouble(&self) -> Option<Trouble> {
        match &*self.state.borrow() {
            State::NotStartable(trouble) => Some(trouble.clone()),
            State::NotStarted | State::Running(_) | State::Ended(_) => None,
        }
    }
}

/// The trouble of a process that could not be started.
fn not_startable(error: &io::Error) -> Trouble {
    if is_shortage_of_files(error) {
        return shortage_of_files();
    }
    let sentence = format!("the process for jq programs cannot be started: {error}");
    Trouble::caused(TroubleKind::Machine, Cause::Program(sentence))
}

impl Running {
    fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg(JQ_WORKER)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (requests, answers) = pipes.ok_or_else(|| io::Error::other("it has no pipes"))?;
        Ok(Self { child, requests, answers: BufReader::new(answers) })
    }

    /// Sends one line and reads one.
    fn ask(&mut self, program: &Jq, input: &Value) -> io::Result<Result<Vec<Value>, String>> {
        let mut line = serde_json::to_vec(&json!([program.text(), input]))?;
        line.push(b'\n');
        self.requests.write_all(&line)?;
        let mut answer = Vec::new();
        let read = (&mut self.answers).take(MAX_ANSWER_BYTES).read_until(b'\n', &mut answer)?;
        if read == 0 || answer.last() != Some(&b'\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Waits for the end of a process that has stopped answering, and says why it ended.
    fn end_reason(&mut self) -> String {
        // It may be alive where its answer was too long.
        let _ = self.child.kill();
        let bound = self.child.wait().ok().and_then(bound_of);
        let bound = bound.unwrap_or("it took too much time, memory or depth");
        format!("the jq programs of the page were stopped: {bound}")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The bound that a process reached, by the signal that ended it.
fn bound_of(status: ExitStatus) -> Option<&'static str> {
    use std::os::unix::process::ExitStatusExt;
    // The numbers of SIGABRT, SIGKILL, SIGSEGV and SIGXCPU are the same on all systems that have them.
    match status.signal()? {
        24 => Some("they took more than 1 s of CPU time"),
        6 | 11 => Some("they took too much memory, or nest too deeply"),
        9 => Some("their output is too long, or they took too much CPU time"),
        _ => None,
    }
}
