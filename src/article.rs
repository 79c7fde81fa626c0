//! An article's own page -> title, author, date, main text. Pure.
//!
//! The main text is found by where the words are: each block of prose adds to the scores of the elements
//! around it (`score`), and the best scored element becomes the body (`body`). Boilerplate inside the body
//! is left out (`omission`) when the text is written (`write`).

mod body;
mod boilerplate;
mod class_names;
mod element_kind;
mod head_boilerplate;
mod leaf_blocks;
mod measure;
mod metadata;
mod notes;
mod omission;
mod preamble;
mod score;
mod text;
mod title;
mod write;

use url::Url;

use crate::html::text::visible_text;
use crate::html::tree::{ElementRef, Html};
use crate::html::xpath::{EvaluationBudget, Value, XPathNode};
use crate::html::{Unparsable, parse};
use crate::model::Page;
use crate::rules::Select;
use measure::{Measures, PageContext};
use metadata::Metadata;
use write::MainText;

/// Below this share of the page's text, the article is read again without hints from class names.
const MIN_SHARE: f64 = 0.15;

/// An article, as its page has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Article {
    /// The headline.
    pub title: Option<String>,
    /// The first headings of the page, in page order. One of them may be the whole of a title that was cut.
    pub headings: Vec<String>,
    /// The authors, as one line.
    pub byline: Option<String>,
    /// The time of publication, as the page's metadata has it.
    pub published: Option<String>,
    /// The main text as HTML, not sanitised.
    pub content_html: Option<String>,
    /// The main text, with paragraphs separated by blank lines.
    pub text: Option<String>,
    /// Address of the main picture, maybe relative.
    pub image: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// The base of relative addresses.
    pub base: Option<Url>,
}

/// Selectors for parts of an article that are not to be found automatically.
#[derive(Debug, Clone, Default)]
pub struct ArticleRules {
    /// The elements that hold the main text.
    pub content: Option<Select>,
    /// The headline.
    pub title: Option<Select>,
}

/// Reads an article: by the rules where there are some, and automatically where there are none.
///
/// `max_depth` is the deepest nesting of elements that is parsed.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn article(page: &Page, rules: &ArticleRules, max_depth: usize) -> Result<Article, Unparsable> {
    let document = parse::parse(&page.text, max_depth)?;
    let found = read(&document, page);
    Ok(apply_rules(&document, rules, found))
}

/// Replaces the parts of an article for which there are rules.
fn apply_rules(document: &Html, rules: &ArticleRules, found: Article) -> Article {
    let mut article = found;
    if let Some(select) = &rules.title {
        article.title = elements(document, select).into_iter().map(visible_text).find(|t| !t.is_empty());
    }
    if let Some(select) = &rules.content {
        let bodies = elements(document, select);
        let html = bodies.iter().map(ElementRef::inner_html).collect::<Vec<_>>().join("\n");
        article.content_html = Some(html).filter(|html| !html.is_empty());
        article.text = Some(bodies.into_iter().map(visible_text).collect::<Vec<_>>().join("\n\n"));
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

/// Reads an article without rules.
fn read(document: &Html, page: &Page) -> Article {
    let metadata = metadata::read(document);
    let main_text = main_text(document, page, &metadata);
    Article {
        content_html: Some(main_text.html).filter(|html| !html.trim().is_empty()),
        text: Some(main_text.text).filter(|text| !text.is_empty()),
        language: parse::language(document),
        base: Some(parse::base(document, &page.url)),
        headings: title::headings(document),
        title: metadata.title,
        byline: metadata.byline,
        published: metadata.published,
        image: metadata.image,
    }
}

/// The main text. It is written a second time without hints from class names if the first time gave nearly
/// nothing: then the names of the whole page are those of boilerplate.
fn main_text(document: &Html, page: &Page, metadata: &Metadata) -> MainText {
    let measures = Measures::of(document);
    let mut context = PageContext { text_length: 0, trusts_names: true, measures: &measures };
    context.text_length = context.text_length(document.root_element());
    let by_names = write_main_text(document, page, metadata, context);
    if text::share(text::length(&by_names.text), context.text_length.max(1)) >= MIN_SHARE {
        return by_names;
    }
    let without_names =
        write_main_text(document, page, metadata, PageContext { trusts_names: false, ..context });
    let is_much_longer = without_names.text.len() > by_names.text.len() * 3;
    if is_much_longer { without_names } else { by_names }
}

fn write_main_text(document: &Html, page: &Page, metadata: &Metadata, context: PageContext<'_>) -> MainText {
    let title = metadata.title.as_deref();
    let mut body = body::body_elements(document, title, context);
    let preamble = preamble::before(&body, context)
        .or_else(|| preamble::outside(document, &body, metadata.description.as_deref(), context));
    if let Some(preamble) = preamble {
        body.insert(0, preamble);
    }
    write::write(&body, title, context, page.url.host_str())
}
