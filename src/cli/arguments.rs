//! The arguments of the command line, as clap reads them. Their doc comments are the texts of `--help` and
//! of the manual page.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::address::web_address;
use super::base_address::BaseAddress;
use super::values::{count, listing_number, moment, seconds, time_span, zone};
use crate::fetch::AllowAddress;
use crate::model::{FeedId, ListenAddress};
use crate::run::JQ_WORKER;
use crate::telemetry::log_filter;

/// Turns sites' article listings into RSS, Atom and JSON feeds that can be trusted.
///
/// Without a command it runs `serve`. The configuration file is the one that --config names, else
/// ./feeds.toml, else feedbridge/feeds.toml in the user's configuration folder.
///
/// An option counts before its environment variable, and the variable before the configuration file. An
/// empty variable counts as not set.
#[derive(Debug, Parser)]
#[command(name = "feedbridge", version, about, long_about, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 success; 1 the command ran and something failed; 2 wrong arguments or configuration."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// Log messages on stderr from this level up (error, warn, info, debug), or by a filter. Variable:
    /// `FEEDBRIDGE_LOG`.
    #[arg(long, global = true, value_name = "LEVEL", value_parser = log_filter)]
    pub(super) log: Option<String>,
    /// Write each log line as a JSON object.
    #[arg(long, global = true)]
    pub(super) log_json: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Options of all commands: where the configuration and the database are, and the server's address.
#[derive(Debug, Clone, Args)]
pub(super) struct PlaceArgs {
    /// The configuration file. Variable: `FEEDBRIDGE_CONFIG`.
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The folder of the database; replaces `[store]` of the configuration file. Variable:
    /// `FEEDBRIDGE_DATA`.
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// The address that readers use; replaces `base_url` of the configuration file. Variable:
    /// `FEEDBRIDGE_BASE_URL`.
    #[arg(long, global = true, value_name = "URL", value_parser = BaseAddress)]
    pub(super) base_url: Option<String>,
    /// The address to listen on, of those commands that have --listen, or of the variable.
    #[arg(skip)]
    pub(super) listen: Option<ListenAddress>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the daemon: fetch feeds on their schedules and serve them. The default command.
    Serve(Serve),
    /// Run the daemon on a sample news site that it serves itself. Needs no network and no configuration.
    Demo(Serve),
    /// List all problems of the configuration; with --online also try every feed.
    Check(Check),
    /// Show the items of a page, and why fields are empty. Writes nothing.
    Preview(Preview),
    /// Try one selector on a page, and show what it finds. Writes nothing.
    Select(SelectOptions),
    /// Find the listings of a page: rules, items, feeds of the site, and a `[[feed]]` to copy. Writes
    /// nothing.
    Detect(Detect),
    /// Find the listing of a page, show it, and append a `[[feed]]` to the configuration file.
    Add(Add),
    /// Evaluate jq programs for another feedbridge.
    #[command(name = JQ_WORKER, hide = true)]
    JqWorker,
    /// Run every feed once and write documents, OPML and web pages as static files.
    Build(Build),
    /// Run one feed now.
    Run(Run),
    /// List all feeds with their state.
    Feeds(Feeds),
    /// List the stored items of a feed.
    Items(Items),
    /// List the targets of notifications with their state; try one, or show what it would be told.
    Notify(NotifyOptions),
    /// Send no alarms of a feed for a time, while somebody mends it.
    Mute(MuteOptions),
    /// End the mute of a feed.
    Unmute(UnmuteOptions),
    /// Ask the running daemon whether it is ready. Exits with 0 or 1, as container health checks need.
    Health(HealthOptions),
    /// Copy the database into one file, also while the daemon runs.
    Backup(Backup),
    /// Print the JSON Schema of feeds.toml, for editors.
    Schema,
    /// Show the full text of an article.
    Article(ArticleOptions),
    /// Explain whether an address would be fetched: robots.txt, refused addresses, pace.
    Explain(Explain),
    /// Show how the text of a date is read.
    Date(Date),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in troff.
    Man,
}

#[derive(Debug, Default, Args)]
pub(super) struct Serve {
    /// Listen on ADDRESS:PORT or unix:PATH. Variable: `FEEDBRIDGE_LISTEN`.
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<ListenAddress>,
}

#[derive(Debug, Args)]
pub(super) struct NotifyOptions {
    /// Send a test message to the target of this name, at once.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["retry", "preview"])]
    pub(super) test: Option<String>,
    /// Send the messages again that were given up, and those that wait at once.
    #[arg(long, value_name = "NAME", conflicts_with = "preview")]
    pub(super) retry: Option<String>,
    /// Show the messages that real items, and a trouble as an example, would make.
    #[arg(long, value_name = "NAME")]
    pub(super) preview: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct MuteOptions {
    /// The feed.
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// For how long, such as 2d or 90m.
    #[arg(long = "for", value_name = "TIME", default_value = "1d", value_parser = time_span)]
    pub(super) time: Duration,
}

#[derive(Debug, Args)]
pub(super) struct UnmuteOptions {
    /// The feed.
    #[arg(value_name = "ID")]
    pub(super) id: String,
}

#[derive(Debug, Args)]
pub(super) struct HealthOptions {
    /// The address that the daemon listens on, ADDRESS:PORT or unix:PATH. Default: as for `serve`. Variable:
    /// `FEEDBRIDGE_LISTEN`.
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<ListenAddress>,
    /// Ask only whether the daemon is alive: it may be stopping, or unable to read its database.
    #[arg(long)]
    pub(super) live: bool,
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    pub(super) force: bool,
}

/// Options of commands that fetch.
#[derive(Debug, Clone, Args)]
pub(super) struct FetchArgs {
    /// Allow fetching from a private address, such as 127.0.0.1:8000 or 10.0.0.0/8. May be given several
    /// times.
    #[arg(long, value_name = "ADDR[:PORT]")]
    pub(super) allow_address: Vec<AllowAddress>,
    /// Time limit of a whole fetch, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) timeout: Option<u64>,
    /// The User-Agent header of requests.
    #[arg(long, value_name = "TEXT")]
    pub(super) user_agent: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Also fetch every feed once and count the fields that its rules find. Writes nothing.
    #[arg(long)]
    pub(super) online: bool,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// The id of a feed, a URL, a file, or - for standard input.
    pub(super) target: String,
    /// Treat a file or standard input as if it had come from this URL.
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(super) base: Option<url::Url>,
    /// Read the page as this kind of source.
    #[arg(long, value_name = "KIND", value_parser = ["auto", "html", "json", "xml", "feed", "sitemap", "structured", "wordpress"])]
    pub(super) kind: Option<String>,
    /// Use the rules of this feed.
    #[arg(long, value_name = "ID")]
    pub(super) feed: Option<String>,
    /// The format of the output.
    #[arg(long, value_enum, default_value_t = PreviewFormat::Table)]
    pub(super) format: PreviewFormat,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PreviewFormat {
    Table,
    Json,
    Rss,
    Atom,
    Jsonfeed,
}

#[derive(Debug, Args)]
pub(super) struct SelectOptions {
    /// The id of a feed, a URL, a file, or - for standard input.
    pub(super) target: String,
    /// A CSS selector (for JSON: a JSONPath); or xpath:..., json:..., jq:..., or a table as in a rule, such as
    /// `{ xpath = '//h2' }`.
    pub(super) selector: String,
    /// Also show this attribute of each element.
    #[arg(long, value_name = "NAME")]
    pub(super) attr: Option<String>,
    /// Show at most N matches. All are counted.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = count)]
    pub(super) limit: u32,
    /// Treat a file or standard input as if it had come from this URL.
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(super) base: Option<url::Url>,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Detect {
    /// A URL, a file, or - for standard input.
    pub(super) target: String,
    /// Treat a file or standard input as if it had come from this URL.
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(super) base: Option<url::Url>,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
    /// The current time for texts such as `3 hours ago`. Default: now.
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub(super) now: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The URL of a page that lists articles, or of a feed. `https://` may be left out.
    #[arg(value_parser = web_address)]
    pub(super) url: url::Url,
    /// The id of the new feed. Default: made from the URL.
    #[arg(long, value_name = "ID", value_parser = FeedId::parse)]
    pub(super) id: Option<FeedId>,
    /// Append without asking.
    #[arg(long)]
    pub(super) yes: bool,
    /// Use the N-th listing of the page instead of the best one.
    #[arg(long, value_name = "N", value_parser = listing_number)]
    pub(super) listing: Option<u8>,
    /// Use the page even if the site has a suitable feed of its own.
    #[arg(long)]
    pub(super) page: bool,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Build {
    /// The folder to write to. It is created if it does not exist.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The id of the feed.
    pub(super) id: String,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Feeds {
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ArticleOptions {
    /// A URL, a file, or - for standard input.
    pub(super) target: String,
    /// Treat a file or standard input as if it had come from this URL.
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(super) base: Option<url::Url>,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The URL.
    pub(super) url: String,
    /// Use this robots.txt instead of fetching the one of the site.
    #[arg(long, value_name = "FILE")]
    pub(super) robots: Option<PathBuf>,
    /// The User-Agent whose rules in robots.txt count.
    #[arg(long, value_name = "TEXT")]
    pub(super) user_agent: Option<String>,
    /// Allow fetching from a private address. May be given several times.
    #[arg(long, value_name = "ADDR[:PORT]")]
    pub(super) allow_address: Vec<AllowAddress>,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Date {
    /// The text of the date, as a page shows it.
    pub(super) text: String,
    /// The language of the page as a BCP 47 tag, such as `de`.
    #[arg(long, value_name = "TAG")]
    pub(super) language: Option<String>,
    /// The time zone of dates that name none: an IANA name, or an offset of whole hours such as +09:00.
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone, allow_hyphen_values = true)]
    pub(super) timezone: chrono_tz::Tz,
    /// The order of day, month and year in dates such as 03/04/2025.
    #[arg(long, value_name = "ORDER", value_parser = ["dmy", "mdy", "ymd"])]
    pub(super) order: Option<String>,
    /// The current time for texts such as `3 hours ago`. Default: now.
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub(super) now: Option<DateTime<Utc>>,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Items {
    /// The id of the feed.
    pub(super) id: String,
    /// Show at most N items, newest first.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = count)]
    pub(super) limit: u32,
    /// Print one JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}
