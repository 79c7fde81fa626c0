//! Rules as detection found them: compiled for extraction, and written as `[feed.select]`.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::date::{DateRules, Order};
use crate::html::XPath;
use crate::rules::{Css, Field, Find, JsonPath, Rules, Select, Source, SourceKind};

/// Rules that were found on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRules {
    /// `html`, `json`, `feed`, `structured` and so on, as `kind` in feeds.toml.
    pub kind: &'static str,
    /// What finds the items; empty for kinds that need no rules.
    pub item: String,
    /// The fields by name, each with its sources in order.
    pub fields: Vec<(&'static str, Vec<FoundSource>)>,
    /// Where more of the listing is.
    pub pages: Option<FoundPages>,
}

/// Where a field is found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundSource {
    /// CSS, or a JSONPath where `kind` is `json`; empty if `xpath` or `from` says where.
    pub path: String,
    /// An XPath expression.
    pub xpath: Option<String>,
    /// Another field's value.
    pub from: Option<&'static str>,
    /// An attribute.
    pub attr: Option<&'static str>,
    /// A pattern on the value.
    pub regex: Option<String>,
    /// Order of day and month.
    pub order: Option<Order>,
}

/// Where more of a listing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundPages {
    /// A link to the next page, by CSS; `None`: `rel="next"`.
    Next(Option<String>),
    /// An address with `{page}` or `{offset}`.
    Template(String),
}

impl FoundSource {
    /// What a selector or a path finds.
    #[must_use]
    pub fn path(path: String) -> Self {
        Self { path, ..Self::default() }
    }

    fn compile(&self, kind: &str, dates: &DateRules) -> Result<Source, String> {
        let find = match (&self.xpath, self.from) {
            (Some(path), _) => Find::Select(Select::XPath(XPath::parse(path)?)),
            (None, Some(other)) => Find::From(other.to_owned()),
            (None, None) if kind == "json" => Find::Select(Select::Json(JsonPath::parse(&self.path)?)),
            (None, None) => Find::Select(Select::Css(Css::parse(&self.path)?)),
        };
        let regex = self.regex.as_deref().map(regex::Regex::new).transpose().map_err(|e| e.to_string())?;
        let date = DateRules { order: self.order.or(dates.order), ..dates.clone() };
        Ok(Source {
            find,
            attr: self.attr.map(str::to_owned),
            regex,
            replace: Vec::new(),
            default: None,
            date,
        })
    }

    fn toml(&self, kind: &str) -> String {
        let plain = self.xpath.is_none() && self.from.is_none() && self.attr.is_none();
        if plain && self.regex.is_none() && self.order.is_none() {
            return quoted(&self.path);
        }
        let keys = self.keys(kind).into_iter().map(|(key, value)| format!("{key} = {}", quoted(&value)));
        format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
    }

    fn keys(&self, kind: &str) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        match (&self.xpath, self.from) {
            (Some(path), _) => out.push(("xpath", path.clone())),
            (None, Some(other)) => out.push(("from", other.to_owned())),
            (None, None) => out.push((if kind == "json" { "json" } else { "css" }, self.path.clone())),
        }
        out.extend(self.attr.map(|a| ("attr", a.to_owned())));
        out.extend(self.regex.clone().map(|r| ("regex", r)));
        out.extend(self.order.map(|o| ("order", order_name(o).to_owned())));
        out
    }

    fn json(&self, kind: &str) -> Value {
        let keys = self.keys(kind);
        match keys.as_slice() {
            [(_, path)] if self.xpath.is_none() && self.from.is_none() => json!(path),
            _ => Value::Object(keys.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect()),
        }
    }
}

const fn order_name(order: Order) -> &'static str {
    match order {
        Order::Dmy => "dmy",
        Order::Mdy => "mdy",
        Order::Ymd => "ymd",
    }
}

/// A text as TOML writes it; between single quotes where that needs no escapes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let literal = !text.contains('\'') && !text.chars().any(char::is_control);
    if literal && text.contains(['"', '\\']) {
        return format!("'{text}'");
    }
    // JSON's escapes are TOML's as well, which wants one more.
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

impl FoundRules {
    /// A kind that needs no rules.
    #[must_use]
    pub fn of_kind(kind: &'static str) -> Self {
        Self { kind, item: String::new(), fields: Vec::new(), pages: None }
    }

    /// The rules as extraction uses them.
    ///
    /// # Errors
    /// What is wrong with a selector; then it is no use.
    pub fn compile(&self, dates: &DateRules) -> Result<SourceKind, String> {
        match self.kind {
            "feed" => return Ok(SourceKind::Feed(dates.clone())),
            "sitemap" => return Ok(SourceKind::Sitemap(dates.clone())),
            "structured" => return Ok(SourceKind::Structured(dates.clone())),
            "wordpress" => return Ok(SourceKind::WordPress(dates.clone())),
            _ => {}
        }
        let json = self.kind == "json";
        let item = if json { Select::json_items(&self.item)? } else { Select::Css(Css::parse(&self.item)?) };
        let mut rules = Rules::new(item);
        for (name, sources) in &self.fields {
            let sources: Result<Vec<Source>, String> =
                sources.iter().map(|s| s.compile(self.kind, dates)).collect();
            let field = Some(Field { sources: sources? });
            match *name {
                "title" => rules.title = field,
                "link" => rules.link = field,
                "date" => rules.date = field,
                "summary" => rules.summary = field,
                "author" => rules.author = field,
                "tags" => rules.tags = field,
                "image" => rules.image = field,
                "enclosure" => rules.enclosure = field,
                other => return Err(format!("no field `{other}`")),
            }
        }
        if let Some(FoundPages::Next(Some(css))) = &self.pages {
            rules.next = Some(Select::Css(Css::parse(css)?));
        }
        let rules = Box::new(rules);
        Ok(if json { SourceKind::Json(rules) } else { SourceKind::Html(rules) })
    }

    /// The lines of a `[[feed]]` that pin these rules, from `kind` on.
    #[must_use]
    pub fn toml(&self) -> String {
        let mut out = format!("kind = {}\n", quoted(self.kind));
        if !self.item.is_empty() {
            let _ = write!(out, "\n[feed.select]\nitem = {}\n", quoted(&self.item));
        }
        for (name, sources) in &self.fields {
            let sources: Vec<String> = sources.iter().map(|s| s.toml(self.kind)).collect();
            let value = match sources.as_slice() {
                [one] => one.clone(),
                many => format!("[{}]", many.join(", ")),
            };
            let _ = writeln!(out, "{name} = {value}");
        }
        match &self.pages {
            Some(FoundPages::Next(Some(css))) => {
                let _ = write!(out, "\n[feed.pages]\nnext = {}\n", quoted(css));
            }
            Some(FoundPages::Next(None)) => out.push_str("\n[feed.pages]    # by rel=\"next\"\n"),
            Some(FoundPages::Template(url)) => {
                let _ = write!(out, "\n[feed.pages]\nurl = {}\n", quoted(url));
            }
            None => {}
        }
        out
    }

    /// The rules as JSON, with the keys of feeds.toml.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut out = Map::new();
        out.insert("kind".to_owned(), json!(self.kind));
        if !self.item.is_empty() {
            out.insert("item".to_owned(), json!(self.item));
        }
        for (name, sources) in &self.fields {
            let mut sources: Vec<Value> = sources.iter().map(|s| s.json(self.kind)).collect();
            let value = if sources.len() == 1 { sources.remove(0) } else { Value::Array(sources) };
            out.insert((*name).to_owned(), value);
        }
        match &self.pages {
            Some(FoundPages::Next(css)) => {
                out.insert("pages".to_owned(), json!({ "next": css.as_deref().unwrap_or("[rel~=next]") }));
            }
            Some(FoundPages::Template(url)) => {
                out.insert("pages".to_owned(), json!({ "url": url }));
            }
            None => {}
        }
        Value::Object(out)
    }
}
