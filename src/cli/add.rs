//! `add`: finds the listing of a page, shows it, asks, and appends a `[[feed]]` to feeds.toml.

use std::io::{self, BufRead, Write};
use std::path::Path;

use url::Url;

use super::arguments::{Add, PlaceArgs};
use super::detect::{feeds, show, show_first, survey};
use super::end::End;
use super::target::{self, NotATarget};
use super::{output, page};
use crate::clock::{Clock, WallClock};
use crate::config::{Config, ConfigError, FeedsFile, FeedsFileError, NewFeed, refuse_known};
use crate::fetch::Fetched;
use crate::model::{FeedId, Trouble, redacted};
use crate::rules::quoted;
use crate::survey::Survey;

/// The answer to the question whether a feed is appended.
enum Reply {
    Yes,
    No,
    /// Another listing of the page, from 1.
    Other(usize),
}

pub(super) async fn add(at: &PlaceArgs, options: Add) -> anyhow::Result<End> {
    let mut options = options;
    options.url.set_fragment(None);
    refuse_user(&options.url)?;
    let file = FeedsFile::new(target::config_file(at)).map_err(file_error)?;
    let config = Config::parse(&file.read().map_err(file_error)?, file.path()).map_err(ConfigError::from)?;
    let config = config.overridden(&target::overrides(at, Some(&options.fetch)));
    if let Some(id) = &options.id {
        // A feed whose id is taken cannot be written, so its page is not fetched. The listing is not known
        // yet.
        let feed = NewFeed { url: "about:blank".parse()?, ..unread(&options, id.clone()) };
        refuse_known(&config, &feed).map_err(|e| NotATarget(e.to_string()))?;
    }
    match fetched(&config, &options).await {
        Ok(survey) => choose(&config, &file, &survey, &options),
        Err(trouble) => {
            output::note(&format!("error: {trouble}"));
            Ok(End::Failed)
        }
    }
}

/// Refuses an address with a user or a password before it is fetched: no feed may have one.
fn refuse_user(url: &Url) -> Result<(), NotATarget> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    let message = format!(
        "`{}` has a user name or password in it, which readers would see: leave it out, and send it with headers = {{ \
         Authorization = {{ env = \"NAME\" }} }} in [feed.fetch]",
        redacted(url.as_str())
    );
    Err(NotATarget(message))
}

async fn fetched(config: &Config, options: &Add) -> Result<Survey, Trouble> {
    let request = page::bare_request(config, options.url.clone(), &options.fetch);
    let fetched: Fetched = page::fetched(&page::network(config), &request).await?;
    survey(config, fetched, Some(&options.fetch), WallClock.now()).await
}

/// An unfit file or edit is a mistake of usage; a file that cannot be read or written is a failure.
fn file_error(error: FeedsFileError) -> anyhow::Error {
    match error {
        FeedsFileError::Failed { .. } => error.into(),
        FeedsFileError::Unfit(_) | FeedsFileError::Edit(_) => NotATarget(error.to_string()).into(),
    }
}

/// A feed of which only the address is known.
fn unread(options: &Add, id: FeedId) -> NewFeed {
    NewFeed {
        id,
        title: None,
        url: options.url.clone(),
        rules: String::new(),
        item: String::new(),
        fetch: Vec::new(),
    }
}

/// Shows the feeds and listings of the page, asks which one is wanted, and appends it.
fn choose(config: &Config, file: &FeedsFile, survey: &Survey, options: &Add) -> anyhow::Result<End> {
    feeds(survey)?;
    let may_be_native = !options.page && options.listing.is_none();
    if let Some(native) = survey.feeds.iter().find(|j| may_be_native && j.fit()) {
        output::line("\nfeedbridge takes the site's own feed; use --page to read the page instead.")?;
        show_first(survey, &native.found)?;
        let feed = finished(config, survey.native(native), options);
        return match reply(&feed, 0, options)? {
            Reply::Yes => write(config, file, &feed),
            Reply::No | Reply::Other(_) => Ok(refused()),
        };
    }
    let listings = &survey.detected.listings;
    if listings.is_empty() {
        output::note(&format!("error: {}", survey.detected.trouble()));
        return Ok(End::Failed);
    }
    let mut number = usize::from(options.listing.unwrap_or(1));
    loop {
        let Some(listing) = listings.get(number - 1) else {
            let message = format!(
                "there is no such listing: the page has {}",
                output::counted(listings.len(), "listing", "listings")
            );
            return Err(NotATarget(message).into());
        };
        show(survey, number, listing)?;
        let found = survey.feed(listing);
        // The address is the one that was given: its redirect may lead elsewhere tomorrow.
        let feed = finished(config, NewFeed { url: options.url.clone(), ..found }, options);
        match reply(&feed, listings.len(), options)? {
            Reply::Yes => return write(config, file, &feed),
            Reply::No => return Ok(refused()),
            Reply::Other(other) => number = other,
        }
    }
}

/// The feed with the settings of the command line, and an id that no other feed has.
fn finished(config: &Config, feed: NewFeed, options: &Add) -> NewFeed {
    let id = options.id.clone().unwrap_or_else(|| free_id(config, FeedId::from_url(&options.url)));
    let mut fetch: Vec<(&'static str, String)> = Vec::new();
    let allowed: Vec<String> = options.fetch.allow_address.iter().map(|a| quoted(&a.to_string())).collect();
    if !allowed.is_empty() {
        fetch.push(("allow_addresses", format!("[{}]", allowed.join(", "))));
    }
    fetch.extend(options.fetch.user_agent.as_deref().map(|a| ("user_agent", quoted(a))));
    fetch.extend(options.fetch.timeout.map(|s| ("timeout", s.to_string())));
    NewFeed { id, fetch, ..feed }
}

/// The id, or one with a number behind it if it is taken.
fn free_id(config: &Config, id: FeedId) -> FeedId {
    let taken = |id: &FeedId| {
        config.channels.iter().any(|c| c.id() == id) || config.disabled.iter().any(|f| f.id == *id)
    };
    let stem: String = id.as_str().chars().take(FeedId::MAX_LEN - 4).collect();
    let numbered = (2..1000).filter_map(|n| FeedId::parse(&format!("{stem}-{n}")).ok());
    std::iter::once(id.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(id)
}

/// The reply to a feed, once what its settings need has been said.
fn reply(feed: &NewFeed, listings: usize, options: &Add) -> anyhow::Result<Reply> {
    warn(feed);
    if options.yes { Ok(Reply::Yes) } else { ask(feed, listings) }
}

/// Prints what `check` will say about the feed, such as that a secret stands in its address.
fn warn(feed: &NewFeed) {
    // A feed with mistakes is refused when it is appended.
    let Ok(config) = Config::parse(&feed.toml(), Path::new("feeds.toml")) else { return };
    for warning in config.warnings.problems() {
        let hint = warning.hint.as_deref().map_or_else(String::new, |hint| format!("; {hint}"));
        output::note(&format!("warning: {}{hint}", warning.message));
    }
}

fn ask(feed: &NewFeed, listings: usize) -> anyhow::Result<Reply> {
    output::line(&feed.toml())?;
    let others =
        if listings > 1 { format!(", or 1 to {listings} for another listing") } else { String::new() };
    loop {
        // The question goes to stderr: stdout is for results.
        write!(anstream::stderr().lock(), "Append this feed? [y/n{others}] ")?;
        anstream::stderr().lock().flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(Reply::No);
        }
        let answer = line.trim().to_lowercase();
        match (answer.as_str(), answer.parse::<usize>()) {
            ("y" | "yes", _) => return Ok(Reply::Yes),
            ("n" | "no", _) => return Ok(Reply::No),
            (_, Ok(number)) if (1..=listings).contains(&number) => return Ok(Reply::Other(number)),
            _ => output::note(&format!("`{answer}` is not one of the answers")),
        }
    }
}

/// A script must be able to tell that nothing was appended.
fn refused() -> End {
    output::note("nothing was written (use --yes to append without a question)");
    End::Failed
}

/// Appends the feed and says where it will be served.
fn write(config: &Config, file: &FeedsFile, feed: &NewFeed) -> anyhow::Result<End> {
    file.append(feed).map_err(file_error)?;
    output::line(&format!("{}/feeds/{}.rss (also .atom, .json)", config.server.base_url, feed.id))?;
    output::note(&format!("feed `{}` was appended to {}", feed.id, file.path().display()));
    Ok(End::Fine)
}
