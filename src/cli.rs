//! The command line: one file per command, thin: it calls the library and prints.

mod add;
mod arguments;
mod article;
mod build;
mod check;
mod config_file;
mod date;
mod demo;
mod detect;
mod explain;
mod feeds;
mod items;
mod output;
mod page;
mod preview;
mod run;
mod serve;
mod target;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::config::{self, ConfigError};
use crate::telemetry::{LogFormat, start_logging};
use arguments::{Arguments, Command};

/// How a command ended, for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// All went well.
    Fine,
    /// It ran, and something failed.
    Failed,
    /// The arguments or the configuration are wrong.
    Usage,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(match end {
            End::Fine => 0,
            End::Failed => 1,
            End::Usage => 2,
        })
    }
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let format = if arguments.log_json { LogFormat::Json } else { LogFormat::Text };
    let quiet = !matches!(arguments.command, None | Some(Command::Serve(_) | Command::Demo(_)));
    let level = arguments.log.as_deref().unwrap_or(if quiet { "error" } else { "info" });
    start_logging(level, format);
    match dispatch(arguments) {
        Ok(end) => end.into(),
        Err(error) => complain(&error).into(),
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<End> {
    let at = arguments.place;
    match arguments.command.unwrap_or_else(|| Command::Serve(arguments::Serve::default())) {
        Command::Schema => output::raw(&config::schema()),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "feedbridge", &mut out);
            output::raw(&String::from_utf8_lossy(&out))
        }
        Command::Man => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut out)?;
            output::raw(&String::from_utf8_lossy(&out))
        }
        Command::Date(options) => date::date(&options),
        Command::Serve(options) => wait(serve::serve(&at, options)),
        Command::Demo(options) => wait(demo::demo(&at, options)),
        Command::Check(options) => wait(check::check(&at, options)),
        Command::Preview(options) => wait(preview::preview(&at, options)),
        Command::Add(options) => wait(add::add(&at, options)),
        Command::Detect(options) => wait(detect::detect(&at, options)),
        Command::Article(options) => wait(article::article(&at, options)),
        Command::Explain(options) => wait(explain::explain(&at, options)),
        Command::Build(options) => wait(build::build(&at, options)),
        Command::Run(options) => wait(run::run(&at, options)),
        Command::Feeds(options) => wait(feeds::feeds(&at, options)),
        Command::Items(options) => wait(items::items(&at, options)),
    }
}

fn wait(command: impl Future<Output = anyhow::Result<End>>) -> anyhow::Result<End> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(1 << 20).build()?;
    let end = runtime.block_on(command);
    // Work on the pool that nobody waits for must not hold up the exit.
    runtime.shutdown_background();
    end
}

/// Prints an error with its causes, once.
fn complain(error: &anyhow::Error) -> End {
    if let Some(ConfigError::Invalid(problems)) = error.downcast_ref::<ConfigError>() {
        output::note(&problems.report(output::colours_on_stderr()));
        let n = problems.problems().len();
        output::note(&format!("error: {} in {}", output::counted(n, "problem", "problems"), problems.file()));
        return End::Usage;
    }
    output::note(&format!("error: {error:#}"));
    let usage =
        error.downcast_ref::<ConfigError>().is_some() || error.downcast_ref::<target::NotATarget>().is_some();
    if usage { End::Usage } else { End::Failed }
}
