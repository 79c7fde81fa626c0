//! The command line. Each command has a file of its own, which calls the library and prints the result.

mod add;
mod address;
mod allocator;
mod arguments;
mod article;
mod backup;
mod base_address;
mod build;
mod check;
mod date;
mod demo;
mod detect;
mod end;
mod explain;
mod feeds;
mod health;
mod items;
mod jq_worker;
mod notify;
mod observing;
mod output;
mod page;
mod preview;
mod run;
mod select;
mod serve;
mod target;
mod values;
mod variables;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::config::{self, ConfigError};
use crate::telemetry::{LogFormat, start_logging};
use arguments::{Arguments, Command, Serve};
use end::End;
use observing::Observing;

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    let format = if arguments.log_json { LogFormat::Json } else { LogFormat::Text };
    let is_daemon = matches!(arguments.command, None | Some(Command::Serve(_) | Command::Demo(_)));
    if is_daemon {
        allocator::tune();
    }
    let is_health = matches!(arguments.command, Some(Command::Health(_)));
    let applied = variables::apply(&mut arguments);
    let level = arguments.log.as_deref().unwrap_or(if is_daemon { "info" } else { "error" });
    let observing = Observing::of(arguments.command.as_ref());
    start_logging(level, format, observing.span_layer());
    let ended = applied.map_err(anyhow::Error::from).and_then(|()| dispatch(arguments, observing));
    let end = ended.unwrap_or_else(|error| report_error(&error));
    // A container's health check may only end with 0 or 1.
    if is_health && end != End::Fine { End::Failed.into() } else { end.into() }
}

/// Runs the command that the arguments name; `serve` if they name none.
fn dispatch(arguments: Arguments, observing: Observing) -> anyhow::Result<End> {
    let place = arguments.place;
    match arguments.command.unwrap_or_else(|| Command::Serve(Serve::default())) {
        Command::Schema => output::raw(&config::schema()),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut shown_commands(), "feedbridge", &mut out);
            output::raw(&String::from_utf8_lossy(&out))
        }
        Command::Man => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut out)?;
            output::raw(&String::from_utf8_lossy(&out))
        }
        Command::JqWorker => jq_worker::jq_worker(),
        Command::Date(options) => date::date(&options),
        // `variables` has put their options into the place.
        Command::Serve(_) => wait(serve::serve(&place, observing)),
        Command::Demo(_) => wait(demo::demo(&place)),
        Command::Health(options) => wait(health::health(&place, options.live)),
        Command::Backup(options) => backup::backup(&place, &options),
        Command::Check(options) => wait(check::check(&place, options)),
        Command::Preview(options) => wait(preview::preview(&place, options)),
        Command::Select(options) => wait(select::select(&place, options)),
        Command::Add(options) => wait(add::add(&place, options)),
        Command::Detect(options) => wait(detect::detect(&place, options)),
        Command::Article(options) => wait(article::article(&place, options)),
        Command::Explain(options) => wait(explain::explain(&place, options)),
        Command::Build(options) => wait(build::build(&place, options)),
        Command::Run(options) => wait(run::run(&place, options)),
        Command::Feeds(options) => wait(feeds::feeds(&place, options)),
        Command::Notify(options) => wait(notify::notify(&place, options)),
        Command::Mute(options) => wait(notify::mute(&place, &options.id, Some(options.time))),
        Command::Unmute(options) => wait(notify::mute(&place, &options.id, None)),
        Command::Items(options) => wait(items::items(&place, options)),
    }
}

/// The options and commands that people use. Completion scripts would offer hidden commands too.
fn shown_commands() -> clap::Command {
    let all = Arguments::command();
    let shown = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    clap::Command::new("feedbridge")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(all.get_arguments().cloned())
        .subcommands(shown)
}

/// Runs an asynchronous command to its end.
fn wait(command: impl Future<Output = anyhow::Result<End>>) -> anyhow::Result<End> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(1 << 20).build()?;
    let end = runtime.block_on(command);
    // Work on the thread pool that nobody waits for must not delay the exit.
    runtime.shutdown_background();
    end
}

/// Prints the error that a command returned, with its causes.
fn report_error(error: &anyhow::Error) -> End {
    if let Some(ConfigError::Invalid(problems)) = error.downcast_ref::<ConfigError>() {
        output::note(&problems.report(output::colours_on_stderr()));
        let count = output::counted(problems.problems().len(), "problem", "problems");
        output::note(&format!("error: {count} in {}", problems.file()));
        return End::Usage;
    }
    output::note(&format!("error: {error:#}"));
    let is_config_error = error.downcast_ref::<ConfigError>().is_some();
    let is_wrong_argument = error.downcast_ref::<target::NotATarget>().is_some();
    let is_wrong_variable = error.downcast_ref::<variables::WrongVariable>().is_some();
    if is_config_error || is_wrong_argument || is_wrong_variable { End::Usage } else { End::Failed }
}
