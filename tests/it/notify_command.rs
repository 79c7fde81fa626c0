//! The service `command`: a program of this machine gets the message, and nothing else that it should not have.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

use chrono::{DateTime, Utc};
use feedbridge::delivery::{self, Courier};
use feedbridge::notify::SendVerdict;
use serde_json::Value;
use tempfile::TempDir;

use super::notify_bench::feed;
use crate::support::config;
use crate::support::daemon::{program, run};

/// Arguments that a shell would not leave as they are.
const ODD: [&str; 3] = ["$(touch owned)", "two words; exit 9", "`touch owned`"];
const ALLOWED: &str = "allow_commands = true\n";

/// A rule `tell` whose program is a shell that runs a script.
fn toml(script: &str, allowed: &str) -> String {
    let odd = ODD.map(|text| format!("'{text}'")).join(", ");
    let argv = format!("['/bin/sh', '-c', '{script}', 'tell', {odd}]");
    format!("{}[[notify]]\nname = \"tell\"\n{allowed}command = {{ argv = {argv} }}\n", feed("a", ""))
}

fn folder_with(script: &str, allowed: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("feeds.toml"), toml(script, allowed)).expect("written");
    folder
}

/// Sends a test message to a script, and gives the end of the command and what it said.
fn told(script: &str) -> (bool, String) {
    let folder = folder_with(script, ALLOWED);
    let output = run(&["notify", "--test", "tell"], folder.path());
    (output.status.success(), said(&output))
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("the program has written it")
}

#[test]
fn the_program_gets_the_message_and_its_arguments_as_they_are() {
    let folder = folder_with("cat > message.json; printf \"%s\\n\" \"$0\" \"$@\" > argv", ALLOWED);
    let output = run(&["notify", "--test", "tell"], folder.path());
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("`tell` has taken a test message"));
    let message: Value = serde_json::from_str(&read(folder.path(), "message.json")).expect("JSON");
    assert_eq!(message["event"], "test");
    assert!(message["id"].is_string() && message["title"].is_string(), "{message}");
    assert_eq!(read(folder.path(), "argv"), format!("tell\n{}\n", ODD.join("\n")));
    assert!(!folder.path().join("owned").exists(), "no shell has read the arguments");
}

#[test]
fn the_exit_code_says_what_becomes_of_the_message() {
    let (is_sent, _) = told("exit 0");
    assert!(is_sent, "a program need not read the message");
    for (script, reason) in [
        ("echo; echo no berth >&2; echo more >&2; exit 3", "the program ended with exit code 3: no berth\n"),
        ("exit 1", "the program ended with exit code 1\n"),
        ("exit 75", "the program asked for another try (exit code 75)\n"),
        ("kill -9 $$", "the program was ended by a signal\n"),
    ] {
        let (is_sent, said) = told(script);
        assert!(!is_sent, "{script}");
        assert!(said.contains(&format!("has not taken the test message: {reason}")), "{script}: {said}");
    }
}

#[test]
fn what_the_program_writes_is_bounded() {
    let flood = "head -c 1000000 /dev/zero | tr \"\\000\" x";
    let (is_sent, said) = told(&format!("{flood}; {flood} >&2; exit 4"));
    assert!(!is_sent);
    assert!(said.contains(&format!("exit code 4: {}\n", "x".repeat(200))), "{}", said.len());
    let (is_sent, said) = told(&format!("{flood}; {flood} >&2; exit 0"));
    assert!(is_sent && !said.contains("xx"), "{}", said.len());
}

#[test]
fn the_program_has_no_variables_of_feedbridge() {
    let folder = folder_with("env > variables", ALLOWED);
    let mut command = program();
    command.args(["notify", "--test", "tell"]).current_dir(folder.path());
    command.env("HOOK_KEY", "low-tide-7").env("LANG", "C").env("HOME", "/home/harbour");
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{}", said(&output));
    let variables = read(folder.path(), "variables");
    assert!(!variables.contains("low-tide-7"), "{variables}");
    let names: BTreeSet<&str> =
        variables.lines().filter_map(|line| line.split_once('=').map(|(name, _)| name)).collect();
    // The last ones are made by the shell itself.
    let known = BTreeSet::from(["PATH", "HOME", "LANG", "PWD", "OLDPWD", "SHLVL", "_"]);
    assert!(names.is_subset(&known), "{names:?}");
    assert!(variables.contains("HOME=/home/harbour\n") && variables.contains("LANG=C\n"), "{variables}");
}

#[test]
fn a_program_that_nobody_has_allowed_is_refused() {
    for allowed in ["", "allow_commands = false\n"] {
        let folder = folder_with("touch owned", allowed);
        for arguments in [&["check"][..], &["notify", "--test", "tell"]] {
            let output = run(arguments, folder.path());
            let said = said(&output);
            assert!(!output.status.success(), "{arguments:?}");
            assert!(said.contains("programs are not allowed here"), "{said}");
            assert!(said.contains("allow_commands = true"), "{said}");
        }
        assert!(!folder.path().join("owned").exists());
    }
}

/// Time stands still until the program has opened the pipe, as nothing is idle before. Then its 20 s pass at once.
#[tokio::test(start_paused = true)]
async fn a_program_that_does_not_end_is_killed() {
    // A shell that waits for another program leaves that one behind when it is killed alone.
    for (exec, then) in [("exec ", ""), ("", "; true")] {
        killed(&|pipe: &Path| format!("{exec}sleep 86400 > \"{}\"{then}", pipe.display())).await;
    }
}

/// Runs a script, which never ends, for the time that a program has. All that could write to the pipe has ended then.
async fn killed(script: &dyn Fn(&Path) -> String) {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let config = config(&toml(&script(&pipe), ALLOWED));
    let rule = config.notify_rule("tell").expect("a rule");
    let now: DateTime<Utc> = "2026-03-02T00:10:00Z".parse().expect("an instant");
    let message = delivery::test_message("tell", "Quay", now);
    let courier = Courier::new(config.limits.fetch.clone());
    let opened = tokio::task::spawn_blocking(move || File::open(pipe));
    let (verdict, opened) = tokio::join!(courier.send(rule, &message, 1, now), opened);
    assert_eq!(verdict, SendVerdict::Retry(0, "the program did not end within 20 s".to_owned()));
    let mut reader = opened.expect("no panic").expect("the program has opened the pipe");
    let mut written = Vec::new();
    // The pipe ends when the last process that could write to it has ended.
    reader.read_to_end(&mut written).expect("readable");
    assert!(written.is_empty());
}
