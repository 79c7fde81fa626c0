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

use crate::html::tree::{ElementRef, Html};
use crate::html::xpath::{EvaluationBudget, Value, XPathNode};
use crate::html::{Unparsable, parse, text};
use crate::model::Page;
use crate::rules::Select;

/// Below this share of the page's text, the article is read again without hints from class names.
const MIN_SHARE: f64 = 0.15;

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

/// Reads an article: the parts for which there are rules by the rules, and the rest by itself.
///
/// `max_depth` is the deepest nesting of elements that is parsed.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn article(page: &Page, rules: &ArticleRules, max_depth: usize) -> Result<Article, Unparsable> {
    let document = parse::parse(&page.text, max_depth)?;
    let found = read(&document, page);
    Ok(by_rules(&document, rules, found))
}

/// Replaces the parts of an article for which there are rules.
fn by_rules(document: &Html, rules: &ArticleRules, found: Article) -> Article {
    let mut article = found;
    if let Some(select) = &rules.title {
        article.title = elements(document, select).into_iter().map(text::visible_text).find(|t| !t.is_empty());
    }
    if let Some(select) = &rules.content {
        let bodies = elements(document, select);
        let html = bodies.iter().map(ElementRef::inner_html).collect::<Vec<_>>().join("\n");
        article.content_html = Some(html).filter(|html| !html.is_empty());
        article.text = Some(bodies.into_iter().map(text::visible_text).collect::<Vec<_>>().join("\n\n"));
    }
    article
}

/// The elements that a rule matches.
fn elements<'d>(document: &'d Html, select: &Select) -> Vec<ElementRef<'d>> {
    match select {
        Select::Css(css) => document.select(css.selector()).collect(),
        Select::XPath(path) => match path.evaluate(document.root_element(), &EvaluationBudget::default()) {
            Ok(Value::Nodes(nodes)) => nodes.iter().filter_map(XPathNode::element).collect(),
            _ => Vec::new(),
        },
        Select::Json(_) | Select::Jq(_) => Vec::new(),
    }
}

/// Reads an article by itself.
fn read(document: &Html, page: &Page) -> Article {
    let metadata = metadata::read(document);
    let measures = Measures::of(document);
    let total = Around { total: 0, strict: false, measures: &measures }.lengths(document.root_element()).0;
    let read = |strict: bool| {
        let around = Around { total, strict, measures: &measures };
        let mut body = score::main_elements(document, metadata.title.as_deref(), around);
        let preamble = preamble::before(&body, around)
            .or_else(|| preamble::outside(document, &body, metadata.description.as_deref(), around));
        if let Some(preamble) = preamble {
            body.insert(0, preamble);
        }
        write::write(&body, metadata.title.as_deref(), around, page.url.host_str())
    };
    // Where class names say that all of the page is boilerplate, they are not believed.
    let mut written = read(true);
    if measure::share(measure::length(&written.text), total.max(1)) < MIN_SHARE {
        let all = read(false);
        if all.text.len() > written.text.len() * 3 {
            written = all;
        }
    }
    Article {
        content_html: Some(written.html).filter(|html| !html.trim().is_empty()),
        text: Some(written.text).filter(|text| !text.is_empty()),
        language: parse::language(document),
        base: Some(parse::base(document, &page.url)),
        headings: title::headings(document),
        title: metadata.title,
        byline: metadata.byline,
        published: metadata.published,
        image: metadata.image,
    }
}
