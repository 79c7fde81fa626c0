//! The newstream: articles, their cards on the listing, their pages, and the fragments that "More
//! Articles" loads.
//!
//! It has the difficulties of the sites that it imitates: no headlines, dates without a time, late
//! articles that enter below newer ones, and the publisher's logo in place of a picture.

use std::cmp::Reverse;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::html::{Frame, document, escaped};
use super::prose::Prose;
use super::pseudo_random::PseudoRandom;
use super::timetable::{Publication, Timetable, local};

/// Seconds between two live articles.
pub const LIVE_EVERY_S: i64 = 5;

/// Cards on a page.
pub(super) const CARDS: usize = 20;

/// The path of the publisher's logo.
pub(super) const LOGO: &str = "/wp-content/uploads/sites/5/2015/12/tidewater-english.svg";

/// The publisher's name with its language, as article pages show it.
pub(super) const SOURCE: &str = "Tidewater Wire (En)";

/// The publisher's id in requests for more cards.
pub(super) const SOURCE_ID: &str = "163";

/// One in this many articles shows an earlier date than that of its publication.
const BACKDATED_ONE_IN: u64 = 9;

/// Words of the text that form the last part of an address.
const SLUG_WORDS: usize = 7;

const TIMETABLE: Timetable =
    Timetable { every_s: LIVE_EVERY_S, daily_s: &[22_327, 34_893, 45_048, 57_921, 73_074] };

// `insertAdjacentHTML` inserts the fragment as it is. `data-from` is the number of cards shown.
const MORE_SCRIPT: &str = "<script>document.getElementById('more_articles').onclick=async e=>{const b=e.currentTarget;\
const u='/wp-admin/admin-ajax.php?action=get_cat_by_source&die=true&to=10&sort=&id=163&from='+b.dataset.from;\
const r=await fetch(u);if(r.ok){document.getElementById('latest_article_wrapper').insertAdjacentHTML('beforeend',await r.text());\
b.dataset.from=Number(b.dataset.from)+10}}</script>";

/// An article as cards and its own page show it.
pub(super) struct SampleArticle {
    /// The address without a trailing slash, as listings print it.
    pub(super) url: String,
    /// The text that serves as title and as excerpt, plain text.
    pub(super) excerpt: String,
    date: NaiveDate,
    id: u64,
    prose: Prose,
}

impl SampleArticle {
    /// The article of a publication.
    pub(super) fn of(publication: &Publication, origin: &str) -> Self {
        let prose = Prose::of(publication);
        let excerpt = prose.excerpt();
        let id = id(publication);
        let url = format!("{origin}/newstream/{}-{id}/{}", publication.unix(), slug(&excerpt));
        Self { url, excerpt, date: shown_date(publication), id, prose }
    }

    /// The article at a path below `/newstream/`, if it was published by `now`. The last part of the
    /// path does not count. Articles that are no longer listed stay readable, as their text is computed.
    pub(super) fn at_path(path: &str, origin: &str, now: DateTime<Utc>) -> Option<Self> {
        let numbers = path.strip_prefix("/newstream/")?.split('/').next()?;
        let (unix, article_id) = numbers.split_once('-')?;
        let publication = TIMETABLE.publication_at(unix.parse().ok()?)?;
        let matches = publication.unix().to_string() == unix && id(&publication).to_string() == article_id;
        (matches && publication.at <= now).then(|| Self::of(&publication, origin))
    }

    fn card(&self, origin: &str) -> String {
        format!(
            "<article class=\"clearfix\">\n  <div class=\"article-thumb\"><a href=\"{url}\">\
             <img class=\"img-fluid\" src=\"{origin}{LOGO}\" alt=\"{text}\"></a></div>\n  \
             <div class=\"article-desc\"><h4><a href=\"{url}\">{text}</a></h4>\n    \
             <p class=\"articled-date\"> <span>{date}</span></p><p>{text}</p></div>\n</article>\n",
            url = escaped(&self.url),
            origin = escaped(origin),
            text = escaped(&self.excerpt),
            date = self.date.format("%B %d, %Y"),
        )
    }
}

/// Publications in the order of their cards, newest first: by the shown date, then by the time.
pub(super) fn publications(started: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Publication> {
    let mut publications = TIMETABLE.listed(started, now);
    publications.sort_by_cached_key(|publication| Reverse((shown_date(publication), publication.at)));
    publications
}

/// The cards of some publications, as a fragment of HTML.
pub(super) fn cards(publications: &[Publication], origin: &str) -> String {
    publications.iter().map(|publication| SampleArticle::of(publication, origin).card(origin)).collect()
}

/// The page that lists the newest articles.
pub(super) fn listing_page(publications: &[Publication], origin: &str) -> String {
    let main = format!("<h1>Newstream</h1>\n{}", newest(publications, origin));
    document(&Frame { title: "Newstream | Tidewater Wire", base: None, main: &main })
}

/// The page of one article, with the newest articles of the same publisher below it.
pub(super) fn article_page(article: &SampleArticle, publications: &[Publication], origin: &str) -> String {
    let main = format!(
        "<h1>{title}</h1>\n<p class=\"article-head\">Date: {date} | Source: {SOURCE} | \
         <a href=\"https://tidewater.example.org/en/{id}\">Read original version at source</a></p>\n\
         <div class=\"article-content\">\n{body}</div>\n<h2>More From {SOURCE}</h2>\n{more}",
        title = escaped(&article.excerpt),
        date = article.date.format("%d/%m/%Y"),
        id = article.id,
        body = article.prose.html(),
        more = newest(publications, origin),
    );
    document(&Frame { title: &article.excerpt, base: None, main: &main })
}

fn newest(publications: &[Publication], origin: &str) -> String {
    let shown = &publications[..publications.len().min(CARDS)];
    format!(
        "<div class=\"archive-list\" id=\"latest_article_wrapper\">\n{}</div>\n\
         <a id=\"more_articles\" class=\"load-more\" data-from=\"{CARDS}\">More Articles</a>\n{MORE_SCRIPT}\n",
        cards(shown, origin)
    )
}

/// The date on the card. It may differ from the time of publication, which the address holds.
pub(super) fn shown_date(publication: &Publication) -> NaiveDate {
    let mut random = PseudoRandom::new(publication.seed(), 3);
    let is_backdated = random.next_number().is_multiple_of(BACKDATED_ONE_IN);
    let days_back = if is_backdated { 1 + random.next_number() % 3 } else { 0 };
    local(publication.at).date_naive() - Days::new(days_back)
}

/// The article's id, the second number of its address: one to nine digits.
fn id(publication: &Publication) -> u64 {
    1 + PseudoRandom::new(publication.seed(), 4).next_number() % 999_999_999
}

/// The first words of a text, as the last part of an address.
fn slug(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        word.chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect::<String>()
            .to_ascii_lowercase()
    });
    words.filter(|w| !w.is_empty()).take(SLUG_WORDS).collect::<Vec<_>>().join("-")
}
