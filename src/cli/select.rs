//! `select`: tries one selector on a page, and shows what it finds. Writes nothing.

use super::arguments::{PlaceArgs, SelectOptions};
use super::end::End;
use super::target::{self, NotATarget, Target};
use super::{output, page};
use crate::channel::Feed;
use crate::clock::{Clock, WallClock};
use crate::config::Config;
use crate::extract::{self, ExtractContext, Selection, SelectionScope};
use crate::fetch::Fetched;
use crate::model::{Kind, Page, Trouble};
use crate::rules::{Medium, RuleErrors, Select, SelectorSpec, SourceKind, selector};
use crate::run::JqProgram;
use crate::shape::SelectionShape;

/// Characters of a text that are shown to people.
const SHOWN_CHARS: usize = 300;

pub(super) async fn select(place: &PlaceArgs, options: SelectOptions) -> anyhow::Result<End> {
    let written = SelectorSpec::from_argument(&options.selector).map_err(NotATarget)?;
    let config = page::configuration(place, &options.fetch)?;
    let target = target::target(&options.target)?;
    let feed = match &target {
        Target::Feed(id) => Some(target::any_feed(&config, id.as_str())?.as_ref().clone()),
        Target::Url(url) => config.feeds.iter().find(|f| f.url == *url).map(|f| f.as_ref().clone()),
        Target::Bytes(_) => None,
    };
    let fetched = fetched(&config, feed.as_ref(), target, &options).await;
    let page = match fetched.and_then(Fetched::into_page) {
        Ok(page) => page,
        Err(trouble) => return Ok(failed(&trouble.to_string())),
    };
    let medium = medium(&page, feed.as_ref(), &written);
    let select = compiled(&written, medium, &options)?;
    let limit = usize::try_from(options.limit).unwrap_or(usize::MAX);
    let scope = SelectionScope { attribute: options.attr.as_deref(), medium, limit };
    let jq = JqProgram::own().for_page();
    let context = ExtractContext { limits: &config.limits.extract, now: WallClock.now(), jq: &jq };
    match extract::selection(&page, &select, scope, context) {
        Ok(selection) => show(&page, &select, &selection, &options),
        Err(error) => Ok(failed(&error.to_string())),
    }
}

async fn fetched(
    config: &Config,
    feed: Option<&Feed>,
    target: Target,
    options: &SelectOptions,
) -> Result<Fetched, Trouble> {
    let url = match (target, feed) {
        (Target::Bytes(body), _) => return Ok(page::from_bytes(body, options.base.clone())),
        (Target::Url(url), _) => url,
        (Target::Feed(_), Some(feed)) => feed.url.clone(),
        (Target::Feed(id), None) => unreachable!("feed {id} was looked up before"),
    };
    page::fetched(&page::network(config), &page::request_of(config, feed, url, &options.fetch)).await
}

/// The medium of a page: by the kind of its feed, else by its text and the language of the selector.
fn medium(page: &Page, feed: Option<&Feed>, written: &SelectorSpec) -> Medium {
    let source = feed.map(|feed| &feed.recipe.source);
    let kind = extract::kind_of_text(&page.text);
    // JSON may stand behind a prefix that keeps scripts from running it.
    let is_json = kind == Some(Kind::Json) || extract::json_value(&page.text).is_ok();
    match source {
        Some(SourceKind::Xml(_)) => Medium::Xml,
        Some(SourceKind::Json(_)) => Medium::Json,
        _ if is_json || written.is_for_json() => Medium::Json,
        Some(SourceKind::Html(_)) => Medium::Html,
        _ if kind == Some(Kind::Xml) => Medium::Xml,
        _ => Medium::Html,
    }
}

/// Compiles the selector, as a rule of a feed with such a page would be.
fn compiled(written: &SelectorSpec, medium: Medium, options: &SelectOptions) -> anyhow::Result<Select> {
    if medium == Medium::Json && options.attr.is_some() {
        let message = "--attr is for elements of pages: write the path to the value, such as link.href";
        return Err(NotATarget(message.to_owned()).into());
    }
    let mut errors = RuleErrors::default();
    if let Some(select) = selector(written, medium, &[], &mut errors) {
        return Ok(select);
    }
    let error = errors.into_vec().into_iter().next();
    let as_xpath = written.as_xpath_argument().filter(|_| medium != Medium::Json);
    let as_xpath = as_xpath.map(|argument| format!("for an XPath write {argument}"));
    let message = error.map_or_else(
        || format!("`{}` is no selector", options.selector),
        |error| match as_xpath.or(error.hint) {
            Some(hint) => format!("{}; {hint}", error.message),
            None => error.message,
        },
    );
    Err(NotATarget(message).into())
}

fn show(page: &Page, select: &Select, selection: &Selection, options: &SelectOptions) -> anyhow::Result<End> {
    if options.json {
        output::json(&SelectionShape::of(&page.url, &options.selector, selection))?;
    } else {
        as_text(select, selection, options)?;
    }
    Ok(if selection.count == 0 { End::Failed } else { End::Fine })
}

fn as_text(select: &Select, selection: &Selection, options: &SelectOptions) -> anyhow::Result<()> {
    // An XPath may give a number or a text, which have no name.
    let is_value = selection.matches.first().is_some_and(|found| found.name.is_none());
    let (singular, plural) = match select {
        Select::Css(_) | Select::XPath(_) if !is_value => ("element matches", "elements match"),
        _ => ("value matches", "values match"),
    };
    output::line(&format!("{} `{}`", output::counted(selection.count, singular, plural), select.text()))?;
    for (i, found) in selection.matches.iter().enumerate() {
        output::line(&format!("{}. {}", i + 1, one_line(&found.text)))?;
        if let Some(name) = &options.attr {
            let value = found.attribute.as_deref().map_or_else(|| "-".to_owned(), one_line);
            output::line(&format!("   {name}: {value}"))?;
        }
    }
    let more = selection.count.saturating_sub(selection.matches.len());
    if more > 0 {
        output::line(&format!("… and {more} more"))?;
    }
    Ok(())
}

/// A text of a page on one line, without characters that a terminal obeys; a long one is cut.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = String::new();
    for (i, word) in plain.split_whitespace().enumerate() {
        line.push_str(if i > 0 { " " } else { "" });
        line.push_str(word);
    }
    if line.chars().count() <= SHOWN_CHARS {
        return line;
    }
    line.chars().take(SHOWN_CHARS - 1).chain(['…']).collect()
}

fn failed(message: &str) -> End {
    output::note(&format!("error: {message}"));
    End::Failed
}
