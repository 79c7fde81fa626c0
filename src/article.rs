//! An article's own page -> title, author, date, main text. Pure.
//!
//! The text is found by where its words are: blocks of running text vouch for the elements around
//! them (`score`); what stands among them and is no text of the article is left out (`clean`).

mod boilerplate;
mod measure;
mod metadata;
mod preamble;
mod score;
mod title;
mod write;

use url::Url;

use measure::{Around, Measures};

use crate::extract::ExtractLimits;
use crate::html::tree::ElementRef;
use crate::html::xpath::{Spot, Steps, Value};
use crate::html::{Unparsable, parse, text};
use crate::model::Page;
use crate::rules::Select;

/// So little of a page's text is seldom its article.
const LITTLE: f64 = 0.15;

/// What an article's page says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Article {
    /// The headline.
    pub title: Option<String>,
    /// The first headings of the page, in its order: one of them may say how a title goes on that was
    /// cut.
    pub headings: Vec<String>,
    /// Who wrote it, as one line.
    pub byline: Option<String>,
    /// When it was published, as the page writes it for machines.
    pub published: Option<String>,
    /// The main text as HTML, not sanitised.
    pub content_html: Option<String>,
    /// The main text, paragraphs parted by blank lines.
    pub text: Option<String>,
    /// Address of the lead picture, maybe relative.
    pub image: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// The base of relative addresses.
    pub base: Option<Url>,
}

/// Where things are on an article's page, if they are not to be found by themselves.
#[derive(Debug, Clone, Default)]
pub struct ArticleRules {
    /// The elements that hold the main text.
    pub content: Option<Select>,
    /// The headline.
    pub title: Option<Select>,
}

/// Reads an article: what rules say where it is, and the rest by itself.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn article_by(page: &Page, rules: &ArticleRules, limits: &ExtractLimits) -> Result<Article, Unparsable> {
    let found = article(page, limits)?;
    if rules.content.is_none() && rules.title.is_none() {
        return Ok(found);
    }
    let document = parse::parse(&page.text, limits.depth)?;
    let elements = |select: &Select| match select {
        Select::Css(css) => document.select(css.selector()).collect(),
        Select::XPath(path) => match path.evaluate(document.root_element(), &Steps::default()) {
            Ok(Value::Spots(spots)) => spots.iter().filter_map(Spot::element).collect(),
            _ => Vec::new(),
        },
        Select::Json(_) | Select::Jq(_) => Vec::new(),
    };
    let title = rules
        .title
        .as_ref()
        .map(|select| elements(select).into_iter().map(text::text).find(|t| !t.is_empty()));
    let bodies: Option<Vec<ElementRef<'_>>> = rules.content.as_ref().map(elements);
    let html = |e: &ElementRef<'_>| e.inner_html();
    Ok(Article {
        title: title.unwrap_or(found.title),
        content_html: match &bodies {
            Some(bodies) => {
                Some(bodies.iter().map(html).collect::<Vec<_>>().join("\n")).filter(|h| !h.is_empty())
            }
            None => found.content_html,
        },
        text: match &bodies {
            Some(bodies) => Some(bodies.iter().copied().map(text::text).collect::<Vec<_>>().join("\n\n")),
            None => found.text,
        },
        ..found
    })
}

/// Reads an article.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn article(page: &Page, limits: &ExtractLimits) -> Result<Article, Unparsable> {
    let document = parse::parse(&page.text, limits.depth)?;
    let meta = metadata::read(&document);
    let measures = Measures::of(&document);
    let total = Around { total: 0, strict: false, measures: &measures }.lengths(document.root_element()).0;
    let read = |strict: bool| {
        let around = Around { total, strict, measures: &measures };
        let mut body = score::main_elements(&document, meta.title.as_deref(), around);
        let lead = preamble::before(&body, around)
            .or_else(|| preamble::outside(&document, &body, meta.description.as_deref(), around));
        if let Some(lead) = lead {
            body.insert(0, lead);
        }
        write::write(&body, meta.title.as_deref(), around, page.url.host_str())
    };
    // Where names say that all of the page stands around its article, they are not believed.
    let mut written = read(true);
    if measure::share(measure::length(&written.text), total.max(1)) < LITTLE {
        let all = read(false);
        if all.text.len() > written.text.len() * 3 {
            written = all;
        }
    }
    Ok(Article {
        content_html: Some(written.html).filter(|h| !h.trim().is_empty()),
        text: Some(written.text).filter(|t| !t.is_empty()),
        language: parse::language(&document),
        base: Some(parse::base(&document, &page.url)),
        headings: title::headings(&document),
        title: meta.title,
        byline: meta.byline,
        published: meta.published,
        image: meta.image,
    })
}
