//! An article's own page -> title, author, date, main text. Pure.
//!
//! The main text is found by where the words are: each block of prose adds to the scores of the elements
//! around it (`score`), and the best scored element becomes the body (`body`). Boilerplate inside the body
//! is left out (`omission`) when the text is written (`write`). A clearly longer text that the page has only
//! for machines counts instead (`stated`). A page that lists other pages has no text (`list_page`,
//! or `link_list` for pages of other sites).

mod beside_records;
mod body;
mod boilerplate;
mod byline;
mod class_names;
mod element_kind;
mod head_boilerplate;
mod head_lines;
mod leaf_blocks;
mod link_list;
mod list_page;
mod measure;
mod metadata;
mod notes;
mod omission;
mod preamble;
mod published;
mod score;
mod stated;
mod text;
mod title;
mod whole;
mod write;

use std::collections::HashSet;
use std::fmt;

use url::Url;

use crate::html::text::visible_text;
use crate::html::tree::{ElementRef, Html, Node, NodeId, NodeRef};
use crate::html::xpath::{EvaluationBudget, Value, XPathNode};
use crate::html::{TreeShape, Unparsable, allowance, inner_html, parse, picture};
use crate::model::Page;
use crate::rules::Select;
use element_kind::is_silent;
use measure::{Measures, PageContext};
use metadata::Metadata;
use stated::StatedContext;
use write::MainText;

/// Below this share of the page's text, the article is read again without hints from class names.
const MIN_SHARE: f64 = 0.15;

/// Minimum length of an article beside comments. A page with a shorter text may be all comments, as a forum.
const MIN_COMMENTED: usize = 140;

/// An article, as its page has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Article {
    /// The headline.
    pub title: Option<String>,
    /// The first headings of the page, in page order. One of them may be the whole of a title that was cut.
    pub headings: Vec<String>,
    /// The authors, as one line.
    pub byline: Option<String>,
    /// The time of publication, as the page's metadata has it. If only the visible page has it, it is written as
    /// RFC 3339 does: a day alone where the page names no time, a local time where it states no offset.
    pub published: Option<String>,
    /// The main text as HTML, not sanitised.
    pub content_html: Option<String>,
    /// The main text, with paragraphs separated by blank lines.
    pub text: Option<String>,
    /// Address of the main picture, maybe relative.
    pub image: Option<String>,
    /// Address of the first picture in the main text, maybe relative.
    pub text_image: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// The base of relative addresses.
    pub base: Option<Url>,
    /// Whether the page is a list of other pages. Such a page has no text.
    pub is_list: bool,
}

/// Why an article has no text, as a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoText {
    /// The page lists other pages.
    List,
    /// The page has no text of an article.
    Empty,
}

impl NoText {
    /// The reason why an article that has no text has none.
    #[must_use]
    pub const fn of(article: &Article) -> Self {
        if article.is_list { Self::List } else { Self::Empty }
    }
}

impl fmt::Display for NoText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => {
                "the page is a list of other pages, not an article; `feedbridge detect` finds its items"
            }
            Self::Empty => "no article's text was found on the page; it may need scripts, a login or consent",
        })
    }
}

/// Units of the page's allowance for each node: an article's nodes are measured, and its text is written.
const UNITS_PER_NODE: u64 = 4;
/// Bytes of text for a unit more: the text is measured and written several times.
const BYTES_PER_UNIT: usize = 8;
/// Steps of a search by CSS for a unit: a whole allowance is about what the selectors of a listing may take.
const STEPS_PER_UNIT: u64 = 128;

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
/// When the page cannot be parsed within the limits, or the selectors would take too many steps on it.
pub fn article(page: &Page, rules: &ArticleRules, max_depth: usize) -> Result<Article, Unparsable> {
    let document = parse::parse(&page.text, max_depth)?;
    allowance::take(units(&document))?;
    allowance::take(search_units(&document, rules))?;
    let found = read(&document, page, max_depth);
    Ok(apply_rules(&document, rules, found))
}

/// The units of the page's allowance for finding an article in a page.
fn units(document: &Html) -> u64 {
    let nodes = document.tree.nodes();
    let is_in_silent =
        |node: &NodeRef<'_, Node>| node.parent().and_then(ElementRef::wrap).is_some_and(is_silent);
    let texts = nodes.clone().filter(|node| !is_in_silent(node));
    let bytes: usize = texts.filter_map(|node| node.value().as_text()).map(|text| text.len()).sum();
    UNITS_PER_NODE * nodes.len() as u64 + (bytes / BYTES_PER_UNIT) as u64
}

/// The units of the page's allowance for searching it by the rules. XPath has a budget of its own.
fn search_units(document: &Html, rules: &ArticleRules) -> u64 {
    let selects = [&rules.content, &rules.title].into_iter().flatten();
    let selectors: Vec<&str> = selects.filter_map(css).collect();
    if selectors.is_empty() {
        return 0;
    }
    let shape = TreeShape::of(document.root_element());
    let steps = selectors.into_iter().map(|selector| shape.steps_at_once(selector));
    steps.fold(0, u64::saturating_add) / STEPS_PER_UNIT
}

fn css(select: &Select) -> Option<&str> {
    match select {
        Select::Css(css) => Some(css.text()),
        Select::XPath(_) | Select::Json(_) | Select::Jq(_) => None,
    }
}

/// Replaces the parts of an article for which there are rules.
fn apply_rules(document: &Html, rules: &ArticleRules, found: Article) -> Article {
    let mut article = found;
    let budget = EvaluationBudget::default();
    if let Some(select) = &rules.title {
        article.title =
            elements(document, select, &budget).into_iter().map(visible_text).find(|t| !t.is_empty());
    }
    if let Some(select) = &rules.content {
        let bodies = elements(document, select, &budget);
        let html = bodies.iter().copied().map(inner_html).collect::<Vec<_>>().join("\n");
        article.content_html = Some(html).filter(|html| !html.is_empty());
        let text = bodies.iter().copied().map(visible_text).collect::<Vec<_>>().join("\n\n");
        article.text = Some(text).filter(|text| !text.trim().is_empty());
        article.text_image = bodies.iter().find_map(|body| picture::within(*body));
        article.is_list = false;
    }
    article
}

/// The elements that a rule matches, without those that lie in another one: their text is in that of the other.
fn elements<'d>(document: &'d Html, select: &Select, budget: &EvaluationBudget) -> Vec<ElementRef<'d>> {
    let all: Vec<ElementRef<'d>> = match select {
        Select::Css(css) => document.select(css.selector()).collect(),
        Select::XPath(path) => match path.evaluate(document.root_element(), budget) {
            Ok(Value::Nodes(nodes)) => nodes.iter().filter_map(XPathNode::element).collect(),
            _ => Vec::new(),
        },
        Select::Json(_) | Select::Jq(_) => Vec::new(),
    };
    let ids: HashSet<NodeId> = all.iter().map(|element| element.id()).collect();
    let is_outermost = |element: &ElementRef<'d>| !element.ancestors().any(|node| ids.contains(&node.id()));
    all.into_iter().filter(is_outermost).collect()
}

/// Reads an article without rules.
fn read(document: &Html, page: &Page, max_depth: usize) -> Article {
    let metadata = metadata::read(document);
    let headings = title::headings(document);
    let measures = Measures::of(document);
    let context = page_context(document, &measures);
    let shown = main_text(document, page, &metadata, context);
    let stated_context = StatedContext {
        article_body: metadata.article_body.as_deref(),
        title: metadata.title.as_deref(),
        headings: &headings,
        host: page.url.host_str(),
        max_depth,
    };
    let lists_links = shown.lists_links && metadata.article_body.is_none();
    let is_list = lists_links || list_page::is_list(document, &page.url, !shown.text.is_empty(), context);
    let stated = if is_list { None } else { stated::longer(document, &shown, stated_context) };
    let text = if is_list { MainText::default() } else { stated.unwrap_or(shown) };
    let has_text = !text.text.is_empty();
    Article {
        // Without text, only a picture is worth keeping: a rule for the title may ask for it.
        content_html: Some(text.html).filter(|html| has_text || html.contains("<img")),
        text: Some(text.text).filter(|_| has_text),
        language: parse::language(document),
        base: Some(parse::base(document, &page.url)),
        headings,
        title: metadata.title,
        byline: metadata.byline,
        published: metadata.published,
        image: metadata.image,
        text_image: text.picture,
        is_list,
    }
}

fn page_context<'m>(document: &Html, measures: &'m Measures) -> PageContext<'m> {
    let context = PageContext { text_length: 0, trusts_names: true, measures };
    PageContext { text_length: context.text_length(document.root_element()), ..context }
}

/// The main text. It is written a second time without hints from class names if the first time gave nearly
/// nothing: then the names of the whole page are those of boilerplate.
fn main_text(document: &Html, page: &Page, metadata: &Metadata, context: PageContext<'_>) -> MainText {
    let by_names = write_main_text(document, page, metadata, context);
    let length = text::length(&by_names.text);
    // Comments may be many times longer than a short article.
    let whole_length = if length >= MIN_COMMENTED {
        context.length_without_comments(document.root_element())
    } else {
        context.text_length
    };
    if text::share(length, whole_length.max(1)) >= MIN_SHARE {
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
    let lists_links = link_list::is_link_list(document, &body, &page.url, context);
    MainText { lists_links, ..write::write(&body, title, context, page.url.host_str()) }
}

#[cfg(test)]
mod tests;
