//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::fetch::AllowAddress;
use crate::model::{FeedId, ListenAddress};

/// Turns sites' article listings into RSS, Atom and JSON feeds that can be trusted.
///
/// Without a command it serves. The configuration is --config, else ./feeds.toml, else the file in
/// the user's configuration folder.
#[derive(Debug, Parser)]
#[command(name = "feedbridge", version, about, long_about, disable_help_subcommand = true)]
#[command(after_help = "Exit codes: 0 fine; 1 it ran and something failed; 2 usage or configuration.")]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// What is logged to stderr: a level (error, warn, info, debug) or a filter.
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(super) log: Option<String>,
    /// Log lines as JSON objects.
    #[arg(long, global = true)]
    pub(super) log_json: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Where the configuration and the history are.
#[derive(Debug, Clone, Args)]
pub(super) struct PlaceArgs {
    /// The configuration file.
    #[arg(long, short, global = true, value_name = "FILE", env = "FEEDBRIDGE_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// The folder of the database, instead of `[store]` in the file.
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The daemon: reads feeds on their schedules and serves them (also without a command).
    Serve(Serve),
    /// The daemon on a sample news site that it serves itself: no network, no configuration.
    Demo(Serve),
    /// All problems of the configuration; with --online a dry run of every feed.
    Check(Check),
    /// What a page would give: items, and why fields are empty. Writes nothing.
    Preview(Preview),
    /// Finds the listings of a page: their rules and items, native feeds, a ready `[[feed]]`.
    Detect(Detect),
    /// Finds the listing of a page, shows it, and appends a `[[feed]]` to the configuration.
    Add(Add),
    /// Runs every feed once and writes documents, OPML and index.html as static files.
    Build(Build),
    /// Runs one feed now.
    Run(Run),
    /// All feeds with their state.
    Feeds(Shown),
    /// The history of a feed.
    Items(Items),
    /// The JSON Schema of feeds.toml, for editors.
    Schema,
    /// The full text of one article's page.
    Article(Article),
    /// What a fetch of an address would do: robots.txt, refused addresses, pace.
    Explain(Explain),
    /// How the text of a date is read, and why.
    Date(Date),
    /// A completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// The manual page, in troff.
    Man,
}

#[derive(Debug, Default, Args)]
pub(super) struct Serve {
    /// Where to listen: ADDRESS:PORT or unix:PATH.
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<ListenAddress>,
}

/// Options of commands that fetch.
#[derive(Debug, Clone, Args)]
pub(super) struct FetchArgs {
    /// A private address that may be reached, such as 127.0.0.1:8000 or 10.0.0.0/8; repeatable.
    #[arg(long, value_name = "ADDR[:PORT]")]
    pub(super) allow_address: Vec<AllowAddress>,
    /// Deadline of a whole fetch, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: Option<u64>,
    /// The User-Agent.
    #[arg(long, value_name = "TEXT")]
    pub(super) user_agent: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Also fetch every feed and count what its rules find; writes nothing.
    #[arg(long)]
    pub(super) online: bool,
    /// One JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// A feed's id, a URL, a file, or - for standard input.
    pub(super) target: String,
    /// Treat a file as if it had come from this URL.
    #[arg(long, value_name = "URL")]
    pub(super) base: Option<url::Url>,
    /// What the page is.
    #[arg(long, value_name = "KIND", value_parser = ["auto", "html", "json", "feed", "sitemap", "structured", "wordpress"])]
    pub(super) kind: Option<String>,
    /// Use the rules of this feed.
    #[arg(long, value_name = "ID")]
    pub(super) feed: Option<String>,
    /// How to show it.
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
pub(super) struct Detect {
    /// A URL, a file, or - for standard input.
    pub(super) target: String,
    /// Treat a file as if it had come from this URL.
    #[arg(long, value_name = "URL")]
    pub(super) base: Option<url::Url>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
    /// The moment that `3 hours ago` is reckoned from, instead of the present one.
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub(super) now: Option<chrono::DateTime<chrono::Utc>>,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The address of a page that lists articles, or of a feed.
    #[arg(value_parser = web_address)]
    pub(super) url: url::Url,
    /// The feed's id. Default: made from the address.
    #[arg(long, value_name = "ID", value_parser = FeedId::parse)]
    pub(super) id: Option<FeedId>,
    /// Do not ask.
    #[arg(long)]
    pub(super) yes: bool,
    /// Take the N-th listing of the page instead of the best one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    pub(super) listing: Option<u8>,
    /// Read the page even if the site has a feed that is fit to be used.
    #[arg(long)]
    pub(super) page: bool,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Build {
    /// The folder to write to; created if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The feed's id.
    pub(super) id: String,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Shown {
    /// One JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Article {
    /// A URL, a file, or - for standard input.
    pub(super) target: String,
    /// Treat a file as if it had come from this URL.
    #[arg(long, value_name = "URL")]
    pub(super) base: Option<url::Url>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) fetch: FetchArgs,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The address.
    pub(super) url: String,
    /// A robots.txt to go by, instead of asking the site.
    #[arg(long, value_name = "FILE")]
    pub(super) robots: Option<PathBuf>,
    /// The User-Agent that robots.txt is asked for.
    #[arg(long, value_name = "TEXT")]
    pub(super) user_agent: Option<String>,
    /// A private address that may be reached; repeatable.
    #[arg(long, value_name = "ADDR[:PORT]")]
    pub(super) allow_address: Vec<AllowAddress>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Date {
    /// The text, as a page shows it.
    pub(super) text: String,
    /// BCP 47 language of the page, such as `de`.
    #[arg(long, value_name = "TAG")]
    pub(super) language: Option<String>,
    /// IANA zone of dates that name none, or an offset of whole hours such as +09:00.
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone, allow_hyphen_values = true)]
    pub(super) timezone: chrono_tz::Tz,
    /// Order of dates such as 03/04/2025.
    #[arg(long, value_name = "ORDER", value_parser = ["dmy", "mdy", "ymd"])]
    pub(super) order: Option<String>,
    /// The moment that `3 hours ago` is reckoned from, instead of the present one.
    #[arg(long, value_parser = moment, value_name = "TIME")]
    pub(super) now: Option<chrono::DateTime<chrono::Utc>>,
    /// One JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Items {
    /// The feed's id.
    pub(super) id: String,
    /// At most so many, newest first.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(super) limit: u32,
    /// One JSON object on stdout.
    #[arg(long)]
    pub(super) json: bool,
}

/// An address of the web.
fn web_address(text: &str) -> Result<url::Url, String> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(url) => Err(format!("`{}` is neither http nor https", url.scheme())),
        Err(_) if !text.contains("://") => Err(format!("write it whole: https://{text}")),
        Err(error) => Err(error.to_string()),
    }
}

/// A zone by its IANA name, or an offset of whole hours; those have names with the sign reversed.
fn zone(text: &str) -> Result<chrono_tz::Tz, String> {
    let offset = text.strip_suffix(":00").and_then(|hours| hours.parse::<i8>().ok());
    let name = match offset {
        Some(0) => "UTC".to_owned(),
        Some(hours) => format!("Etc/GMT{:+}", -hours),
        None => text.to_owned(),
    };
    name.parse()
        .map_err(|_| "write an IANA zone such as Europe/Berlin, or an offset such as +09:00".to_owned())
}

/// A moment as RFC 3339 has it; without a zone it is in UTC.
fn moment(text: &str) -> Result<chrono::DateTime<chrono::Utc>, String> {
    let zoned = chrono::DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    let plain = || text.parse::<chrono::NaiveDateTime>().map(|at| at.and_utc());
    zoned.or_else(|_| plain()).map_err(|_| "write it as 2026-01-31T09:30:00Z".to_owned())
}
