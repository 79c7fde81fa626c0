//! The newstream: articles, their cards, their pages, and the fragments behind "More Articles".
//!
//! It has the traps of the sites that it imitates: no headlines, dates without a time, late
//! articles that enter below newer ones, and the publisher's logo where a picture should be.

use std::cmp::Reverse;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::LIVE_EVERY_S;
use super::html::{Frame, document, escaped};
use super::mixer::Mixer;
use super::prose::Prose;
use super::timetable::{Slot, Timetable, local};

/// Cards on a page.
pub(super) const CARDS: usize = 20;

/// Path of the publisher's logo.
pub(super) const LOGO: &str = "/wp-content/uploads/sites/5/2015/12/tidewater-english.svg";

/// The publisher's name with its language, as on article pages.
pub(super) const SOURCE: &str = "Tidewater Wire (En)";

/// The publisher's number in requests for more cards.
pub(super) const SOURCE_ID: &str = "163";

/// One article in this many is dated back.
const BACKDATED_ONE_IN: u64 = 9;

/// Words of the text that make the last part of an address.
const SLUG_WORDS: usize = 7;

const TIMETABLE: Timetable =
    Timetable { every_s: LIVE_EVERY_S, daily_s: &[22_327, 34_893, 45_048, 57_921, 73_074] };

// `insertAdjacentHTML` takes the fragment as it is; `data-from` is the number of cards shown.
const MORE_SCRIPT: &str = "<script>document.getElementById('more_articles').onclick=async e=>{const b=e.currentTarget;\
const u='/wp-admin/admin-ajax.php?action=get_cat_by_source&die=true&to=10&sort=&id=163&from='+b.dataset.from;\
const r=await fetch(u);if(r.ok){document.getElementById('latest_article_wrapper').insertAdjacentHTML('beforeend',await r.text());\
b.dataset.from=Number(b.dataset.from)+10}}</script>";

/// An article as it stands on cards and on its page.
pub(super) struct Article {
    /// Address without a trailing slash, as listings print it.
    pub(super) url: String,
    /// Title and excerpt at once, plain text.
    pub(super) excerpt: String,
    date: NaiveDate,
    id: u64,
    prose: Prose,
}

impl Article {
    /// The article of a slot.
    pub(super) fn of(slot: &Slot, origin: &str) -> Self {
        let prose = Prose::of(slot);
        let excerpt = prose.excerpt();
        let id = id(slot);
        let url = format!("{origin}/newstream/{}-{id}/{}", slot.unix(), slug(&excerpt));
        Self { url, excerpt, date: shown_date(slot), id, prose }
    }

    /// The article that a path below `/newstream/` names, whatever its last part says, if it was
    /// published by `now`. Articles that left the lists stay readable: they are made anew.
    pub(super) fn at_path(path: &str, origin: &str, now: DateTime<Utc>) -> Option<Self> {
        let key = path.strip_prefix("/newstream/")?.split('/').next()?;
        let (unix, number) = key.split_once('-')?;
        let slot = TIMETABLE.slot_at(unix.parse().ok()?)?;
        let same = slot.unix().to_string() == unix && id(&slot).to_string() == number;
        (same && slot.at <= now).then(|| Self::of(&slot, origin))
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

/// Slots in the order of the cards: by the date shown, then by the moment.
pub(super) fn slots(started: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Slot> {
    let mut slots = TIMETABLE.listed(started, now);
    slots.sort_by_cached_key(|s| Reverse((shown_date(s), s.at)));
    slots
}

/// The cards of some slots, a fragment of HTML.
pub(super) fn cards(slots: &[Slot], origin: &str) -> String {
    slots.iter().map(|s| Article::of(s, origin).card(origin)).collect()
}

/// The page that lists the newest articles.
pub(super) fn listing_page(slots: &[Slot], origin: &str) -> String {
    let main = format!("<h1>Newstream</h1>\n{}", newest(slots, origin));
    document(&Frame { title: "Newstream | Tidewater Wire", base: None, main: &main })
}

/// The page of one article, with the newest of the same publisher below it.
pub(super) fn article_page(article: &Article, slots: &[Slot], origin: &str) -> String {
    let main = format!(
        "<h1>{title}</h1>\n<p class=\"article-head\">Date: {date} | Source: {SOURCE} | \
         <a href=\"https://tidewater.example.org/en/{id}\">Read original version at source</a></p>\n\
         <div class=\"article-content\">\n{body}</div>\n<h2>More From {SOURCE}</h2>\n{more}",
        title = escaped(&article.excerpt),
        date = article.date.format("%d/%m/%Y"),
        id = article.id,
        body = article.prose.html(),
        more = newest(slots, origin),
    );
    document(&Frame { title: &article.excerpt, base: None, main: &main })
}

fn newest(slots: &[Slot], origin: &str) -> String {
    let shown = &slots[..slots.len().min(CARDS)];
    format!(
        "<div class=\"archive-list\" id=\"latest_article_wrapper\">\n{}</div>\n\
         <a id=\"more_articles\" class=\"load-more\" data-from=\"{CARDS}\">More Articles</a>\n{MORE_SCRIPT}\n",
        cards(shown, origin)
    )
}

/// The date on the card. The address keeps the moment of publication: the two may differ.
pub(super) fn shown_date(slot: &Slot) -> NaiveDate {
    let mut mixer = Mixer::new(slot.seed(), 3);
    let back = if mixer.roll().is_multiple_of(BACKDATED_ONE_IN) { 1 + mixer.roll() % 3 } else { 0 };
    local(slot.at).date_naive() - Days::new(back)
}

/// The second number of an address: one to nine digits.
fn id(slot: &Slot) -> u64 {
    1 + Mixer::new(slot.seed(), 4).roll() % 999_999_999
}

fn slug(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        word.chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect::<String>()
            .to_ascii_lowercase()
    });
    words.filter(|w| !w.is_empty()).take(SLUG_WORDS).collect::<Vec<_>>().join("-")
}
