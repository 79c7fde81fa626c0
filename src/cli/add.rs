//! `add`: finds the listing of a page, shows it, asks, and appends a `[[feed]]` to feeds.toml.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;

use anyhow::Context;

use super::arguments::{Add, PlaceArgs};
use super::detect::{Looked, feeds, look};
use super::target::{self, NotATarget};
use super::{End, output, page};
use crate::clock::{Clock, WallClock};
use crate::config::{Config, NewFeed, append};
use crate::run::JudgedFeed;

/// The answer to the question whether a feed is appended.
enum Answer {
    Yes,
    No,
    /// Another listing of the page, from 1.
    Other(usize),
}

pub(super) async fn add(at: &PlaceArgs, options: Add) -> anyhow::Result<End> {
    let file = target::config_file(at);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    let config = Config::parse(&text, &file).map_err(crate::config::ConfigError::from)?;
    let config = config.overridden(&target::overrides(at, Some(&options.fetch)));
    let request = page::bare_request(&config, options.url.clone(), &options.fetch);
    let fetched = page::fetched(&page::network(&config), &request).await;
    let looked = match fetched {
        Ok(fetched) => look(&config, fetched, Some(&options.fetch), WallClock.now()).await,
        Err(trouble) => Err(trouble),
    };
    match looked {
        Ok(looked) => chosen(&config, &file, &text, &looked, &options),
        Err(trouble) => {
            output::note(&format!("error: {trouble}"));
            Ok(End::Failed)
        }
    }
}

/// Shows what was found, asks which of it is wanted, and writes it down.
fn chosen(config: &Config, file: &Path, text: &str, looked: &Looked, options: &Add) -> anyhow::Result<End> {
    feeds(looked)?;
    let native = looked.feeds.iter().find(|j| j.fit).filter(|_| !options.page && options.listing.is_none());
    if let Some(native) = native {
        output::line("The site's own feed is taken; with --page the page is read instead.")?;
        let feed = finished(of_native(looked, native), options);
        return if options.yes || matches!(ask(&feed, 0)?, Answer::Yes) {
            write(config, file, text, &feed)
        } else {
            Ok(refused())
        };
    }
    let listings = &looked.detected.listings;
    if listings.is_empty() {
        output::note(&format!("error: {}", looked.detected.trouble()));
        return Ok(End::Failed);
    }
    let mut number = usize::from(options.listing.unwrap_or(1));
    loop {
        let Some(listing) = listings.get(number - 1) else {
            let message = format!("the page has {}", output::counted(listings.len(), "listing", "listings"));
            return Err(NotATarget(message).into());
        };
        looked.show(number, listing)?;
        let feed = finished(looked.feed(listing), options);
        if options.yes {
            return write(config, file, text, &feed);
        }
        match ask(&feed, listings.len())? {
            Answer::Yes => return write(config, file, text, &feed),
            Answer::No => return Ok(refused()),
            Answer::Other(other) => number = other,
        }
    }
}

/// The site's own feed, as a feed of feeds.toml.
fn of_native(looked: &Looked, native: &JudgedFeed) -> NewFeed {
    let title = native.feed.title.clone().or_else(|| looked.detected.title.clone());
    NewFeed {
        id: crate::model::FeedId::from_url(&looked.url),
        title: title.map(|t| t.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|t| !t.is_empty()),
        url: native.feed.url.clone(),
        rules: "kind = \"feed\"\n".to_owned(),
        allow_addresses: Vec::new(),
    }
}

/// The feed with what the command line says of it.
fn finished(feed: NewFeed, options: &Add) -> NewFeed {
    let allow = options.fetch.allow_address.iter().map(ToString::to_string).collect();
    NewFeed { id: options.id.clone().unwrap_or(feed.id), allow_addresses: allow, ..feed }
}

fn ask(feed: &NewFeed, listings: usize) -> anyhow::Result<Answer> {
    output::line(&feed.toml())?;
    let others =
        if listings > 1 { format!(", or 1 to {listings} for another listing") } else { String::new() };
    // The question is none of the results.
    write!(anstream::stderr().lock(), "Append this feed? [y/n{others}] ")?;
    anstream::stderr().lock().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let answer = line.trim().to_lowercase();
    Ok(match answer.parse::<usize>() {
        Ok(number) if (1..=listings).contains(&number) => Answer::Other(number),
        _ if matches!(answer.as_str(), "y" | "yes") => Answer::Yes,
        _ => Answer::No,
    })
}

fn refused() -> End {
    output::note("nothing was written (with --yes nothing is asked)");
    End::Fine
}

/// Appends the feed and says where it will be served.
fn write(config: &Config, file: &Path, text: &str, feed: &NewFeed) -> anyhow::Result<End> {
    let edited = match append(text, file, feed) {
        Ok(edited) => edited,
        Err(error) => return Err(NotATarget(error.to_string()).into()),
    };
    replace(file, &edited).with_context(|| format!("cannot write {}", file.display()))?;
    output::line(&format!("{}/feeds/{}.rss (also .atom, .json)", config.server.base_url, feed.id))?;
    output::note(&format!("feed `{}` was appended to {}", feed.id, file.display()));
    Ok(End::Fine)
}

/// Replaces a file as a whole, so that a daemon that watches it never sees half of it.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let new = folder.join(format!(".{name}.{}", std::process::id()));
    fs::write(&new, text)?;
    if let Ok(old) = fs::metadata(&file) {
        fs::set_permissions(&new, old.permissions())?;
    }
    fs::rename(&new, &file).inspect_err(|_| {
        // What is left over is of no use.
        let _ = fs::remove_file(&new);
    })
}
