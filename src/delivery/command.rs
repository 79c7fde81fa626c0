//! Starts a program of this machine, without a shell, and gives it the message on its standard input.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::pin;
use tokio::process::{Child, ChildStderr, ChildStdin, Command};
use tokio::time::timeout;

use crate::notify::{CommandCall, SendVerdict};

/// Variables that the program gets. All others stay here: some hold secrets of feedbridge.
const KEPT_VARIABLES: [&str; 4] = [
    "PATH",
    "HOME",
    "LANG",
    // Windows starts few programs without it.
    "SYSTEMROOT",
];

/// Bytes of the program's complaint that are kept.
const MAX_COMPLAINT: usize = 4096;
/// Most characters of the complaint in a reason.
const MAX_REASON: usize = 200;
/// Time for the rest of the complaint after the end of the program. A program that it left behind may hold
/// the other end open for ever.
const COMPLAINT_WAIT: Duration = Duration::from_secs(1);
/// `EX_TEMPFAIL` of `sysexits.h`: the program asks for another try.
const TRY_AGAIN: i32 = 75;

/// Runs the program to its end. It is killed if it takes longer than `limit`, with the programs that it has started.
pub(super) async fn send(call: &CommandCall, limit: Duration) -> SendVerdict {
    match timeout(limit, run(call)).await {
        Ok(Ok((status, complaint))) => judged(status, &complaint),
        Ok(Err(error)) => SendVerdict::Retry(0, format!("the program cannot be run: {error}; check `argv`")),
        Err(_) => SendVerdict::Retry(0, format!("the program did not end within {} s", limit.as_secs())),
    }
}

fn judged(status: ExitStatus, complaint: &[u8]) -> SendVerdict {
    match status.code() {
        Some(0) => SendVerdict::Sent,
        Some(TRY_AGAIN) => {
            SendVerdict::Retry(0, "the program asked for another try (exit code 75)".to_owned())
        }
        Some(code) => {
            SendVerdict::Dead(format!("the program ended with exit code {code}{}", first_line(complaint)))
        }
        None => SendVerdict::Retry(0, "the program was ended by a signal".to_owned()),
    }
}

/// The first line with text, after a colon; empty if there is none.
fn first_line(complaint: &[u8]) -> String {
    let text = String::from_utf8_lossy(complaint);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let visible = |line: &str| line.chars().filter(|c| !c.is_control()).take(MAX_REASON).collect::<String>();
    line.map(|line| format!(": {}", visible(line))).unwrap_or_default()
}

/// The end of the program, and the beginning of what it wrote to its standard error.
async fn run(call: &CommandCall) -> io::Result<(ExitStatus, Vec<u8>)> {
    let mut child = command(call)?.spawn()?;
    let mut group = RunningGroup::of(&child);
    let input = child.stdin.take();
    let errors = child.stderr.take();
    let mut complaint = Vec::new();
    let status = {
        let talk = async { tokio::join!(feed(input, &call.input), listen(errors, &mut complaint)) };
        pin!(talk);
        tokio::select! {
            _ = &mut talk => None,
            status = child.wait() => {
                group.note_end();
                let _ = timeout(COMPLAINT_WAIT, &mut talk).await;
                Some(status)
            }
        }
    };
    let status = match status {
        Some(status) => status?,
        None => child.wait().await?,
    };
    group.note_end();
    Ok((status, complaint))
}

/// A program that runs, with the programs that it has started. All of them are killed when nobody waits any longer.
struct RunningGroup(Option<Pid>);

impl RunningGroup {
    /// The group that a child leads.
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    /// The program has ended by itself. What it has left behind may go on.
    const fn note_end(&mut self) {
        self.0 = None;
    }
}

impl Drop for RunningGroup {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended meanwhile.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn command(call: &CommandCall) -> io::Result<Command> {
    let (program, arguments) =
        call.argv.split_first().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program"))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(kept_variables())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    Ok(command)
}

fn kept_variables() -> impl Iterator<Item = (&'static str, OsString)> {
    KEPT_VARIABLES.into_iter().filter_map(|name| env::var_os(name).map(|value| (name, value)))
}

/// Writes the message. A program need not read it, so that a closed pipe is no fault.
async fn feed(input: Option<ChildStdin>, message: &[u8]) {
    if let Some(mut input) = input {
        let _ = input.write_all(message).await;
        let _ = input.shutdown().await;
    }
}

/// Reads all of the complaint, so that the program never waits for a full pipe, and keeps the beginning.
async fn listen(errors: Option<ChildStderr>, kept: &mut Vec<u8>) {
    let Some(mut errors) = errors else { return };
    let mut bytes = [0; 1024];
    while let Ok(count) = errors.read(&mut bytes).await {
        if count == 0 {
            return;
        }
        let room = MAX_COMPLAINT.saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..count.min(room)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, limit_ms: u64) -> SendVerdict {
        let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let call = CommandCall { argv, input: br#"{"type":"item"}"#.to_vec() };
        send(&call, Duration::from_millis(limit_ms)).await
    }

    #[tokio::test]
    async fn the_program_gets_the_message() {
        let verdict = shell("test \"$(cat)\" = '{\"type\":\"item\"}'", 60_000).await;
        assert_eq!(verdict, SendVerdict::Sent);
        assert_eq!(shell("exec <&-; exit 0", 60_000).await, SendVerdict::Sent);
    }

    #[tokio::test]
    async fn exit_codes_are_judged() {
        let dead = |reason: &str| SendVerdict::Dead(format!("the program ended with exit code 3{reason}"));
        assert_eq!(
            shell("echo; echo no harbour >&2; echo more >&2; exit 3", 60_000).await,
            dead(": no harbour")
        );
        assert_eq!(shell("exit 3", 60_000).await, dead(""));
        assert!(matches!(shell("exit 75", 60_000).await, SendVerdict::Retry(0, _)));
        assert!(matches!(shell("kill -9 $$", 60_000).await, SendVerdict::Retry(0, _)));
        let flood = "head -c 1000000 /dev/zero >&2; exit 0";
        assert_eq!(shell(flood, 60_000).await, SendVerdict::Sent);
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_ended() {
        let verdict = shell("exec sleep 60", 50).await;
        assert_eq!(verdict, SendVerdict::Retry(0, "the program did not end within 0 s".to_owned()));
    }

    #[tokio::test]
    async fn variables_of_feedbridge_stay_here() {
        let verdict = shell("test -z \"$CARGO_MANIFEST_DIR\" && test -n \"$PATH\"", 60_000).await;
        assert_eq!(verdict, SendVerdict::Sent);
    }

    #[tokio::test]
    async fn a_missing_program_is_tried_again() {
        let call = CommandCall { argv: vec!["/nowhere/tell".to_owned()], input: Vec::new() };
        assert!(matches!(send(&call, Duration::from_secs(60)).await, SendVerdict::Retry(0, _)));
    }
}
