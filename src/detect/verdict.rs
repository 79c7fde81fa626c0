//! Why a page has no listing: told apart so that a person knows what to do.

use std::collections::HashMap;

use super::page::regions::Regions;
use super::page::signals::class_words;
use crate::extract::Document;
use crate::html::{Outline, Place};

/// Why nothing on a page is a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoListing {
    /// The page is empty until its scripts have run.
    NeedsScripts,
    /// The site wants to know whether a person asks.
    Challenge,
    /// The site wants consent first.
    Consent,
    /// The page is for members.
    Login,
    /// The page is one article.
    Article,
    /// None of these.
    None,
}

impl NoListing {
    /// The stable name, as in JSON output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsScripts => "needs_scripts",
            Self::Challenge => "challenge",
            Self::Consent => "consent",
            Self::Login => "login",
            Self::Article => "article",
            Self::None => "no_listing",
        }
    }

    /// What it is and what to do, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NeedsScripts => {
                "the page is empty until its scripts have run, and scripts are not run here; look in the browser's network \
                 tools for the address of the JSON that they load, and use it with `kind = \"json\"`"
            }
            Self::Challenge => {
                "the site asks whether a person is there (a challenge or CAPTCHA); it does not want programs here: ask its \
                 owner, or look for a feed or an API of the site"
            }
            Self::Consent => {
                "the site shows a page that asks for consent instead of its listing; give the cookie that a browser has \
                 after it in [feed.fetch.headers] as `Cookie`"
            }
            Self::Login => {
                "the page asks for a login; give the headers of a session in [feed.fetch.headers], from the environment or a file"
            }
            Self::Article => {
                "this is one article, not a listing; use the address of the page that lists articles (`feedbridge article` \
                 reads this one)"
            }
            Self::None => {
                "nothing on the page repeats as a listing does; use the address of a page that lists articles, or write \
                 [feed.select] by hand"
            }
        }
    }

    /// A listing on such a page, with dates or without, must be better than this to be believed.
    pub(super) const fn least_score(self, dated: bool) -> f64 {
        match self {
            // A banner about cookies stands on many a short listing.
            Self::Consent if dated => LEAST_SCORE,
            Self::NeedsScripts | Self::None => LEAST_SCORE,
            Self::Login => 1.6,
            Self::Article => 2.2,
            Self::Challenge | Self::Consent => 3.6,
        }
    }
}

/// What is worse than this is no listing.
const LEAST_SCORE: f64 = 1.3;

/// Text of a page, as [`crate::html::weight`] has it: below it, there is nearly nothing to read.
const NEARLY_EMPTY: u32 = 500;
/// Pages that ask something say little else.
const SHORT_PAGE: u32 = 6000;
/// Running text of an article, at the least.
const ARTICLE_TEXT: u32 = 1200;
/// Paragraphs of an article, at the least.
const ARTICLE_PARAGRAPHS: usize = 4;
/// Paragraphs with less text of their own do not count.
const LONG_PARAGRAPH: u32 = 80;

/// Words that stand on pages with a challenge.
const CHALLENGES: &[&str] = &[
    "captcha",
    "are you a robot",
    "not a robot",
    "you are human",
    "are human",
    "checking your browser",
    "verify you are",
    "verifying you are",
    "verify that you are",
    "unusual traffic",
    "security check",
    "access denied",
    "ddos",
    "automated requests",
    "bot detection",
    "enable javascript and cookies",
    "kein roboter",
    "pas un robot",
    "не робот",
    "验证码",
    "人机验证",
    "ロボットではありません",
    "로봇이 아닙니다",
    "no soy un robot",
    "no eres un robot",
];

/// Words that stand on pages which ask for consent.
const CONSENTS: &[&str] = &[
    "cookie",
    "consent",
    "before you continue",
    "your privacy",
    "our partners",
    "partners",
    "einwilligung",
    "zustimmen",
    "zustimmung",
    "datenschutz",
    "consentement",
    "vie privée",
    "partenaires",
    "consentimiento",
    "privacidad",
    "consenso",
    "toestemming",
    "samtycke",
    "zgoda",
    "zgodę",
    "согласие",
    "同意",
    "동의",
];

/// What a page is if it is no listing.
pub(super) fn verdict(document: &Document, outline: &Outline<'_>, regions: &Regions) -> NoListing {
    let whole = if outline.is_empty() { 0 } else { outline.weight(0) };
    let text = if whole <= SHORT_PAGE && whole > 0 { outline.text(0).to_lowercase() } else { String::new() };
    let title = document.title().unwrap_or_default().to_lowercase();
    let says = |words: &[&str]| words.iter().filter(|w| text.contains(**w) || title.contains(**w)).count();
    let links = if outline.is_empty() { 0 } else { outline.links(0) };
    if links < 40 && says(CHALLENGES) > usize::from(whole >= 1500) {
        return NoListing::Challenge;
    }
    if whole <= SHORT_PAGE && asks_password(outline) {
        return NoListing::Login;
    }
    if links < 60 && has_buttons(outline) && says(CONSENTS) > 2 {
        return NoListing::Consent;
    }
    let main = main_weight(outline, regions);
    if document.scripts() > 0 && main < NEARLY_EMPTY && (whole < NEARLY_EMPTY || has_empty_root(outline)) {
        return NoListing::NeedsScripts;
    }
    if signs_in(outline, &text) {
        return NoListing::Login;
    }
    if is_article(outline) { NoListing::Article } else { NoListing::None }
}

/// Text outside navigation, header and footer.
fn main_weight(outline: &Outline<'_>, regions: &Regions) -> u32 {
    (0..outline.len()).filter(|p| !regions.is_margin(*p)).map(|p| outline.own_weight(p)).sum()
}

fn of_tag<'o>(outline: &'o Outline<'_>, tag: &str) -> &'o [Place] {
    outline.name(tag).map_or(&[], |name| outline.of_tag(name))
}

fn asks_password(outline: &Outline<'_>) -> bool {
    of_tag(outline, "input")
        .iter()
        .any(|p| outline.attr(*p, "type").is_some_and(|t| t.eq_ignore_ascii_case("password")))
}

fn has_buttons(outline: &Outline<'_>) -> bool {
    let inputs = of_tag(outline, "input").iter();
    let submits = inputs.filter(|p| matches!(outline.attr(**p, "type"), Some("submit" | "button"))).count();
    submits + of_tag(outline, "button").len() > 0
}

/// A page that is little more than links to a login.
fn signs_in(outline: &Outline<'_>, text: &str) -> bool {
    const WAYS: [&str; 8] = ["login", "signin", "sign-in", "log-in", "sso", "oauth", "anmelden", "connexion"];
    const WORDS: [&str; 16] = [
        "sign in",
        "log in",
        "login",
        "members only",
        "subscribers only",
        "anmelden",
        "einloggen",
        "se connecter",
        "connexion",
        "iniciar sesión",
        "accedi",
        "inloggen",
        "logga in",
        "zaloguj",
        "войти",
        "ログイン",
    ];
    if text.is_empty() || outline.weight(0) >= SHORT_PAGE / 2 {
        return false;
    }
    // Most pages have none of the words, which is told faster than how often each stands there.
    let said = WORDS.iter().filter(|w| text.contains(**w)).map(|w| text.matches(w).count());
    let leads = |p: &Place| {
        let to = outline.attr(*p, "href").or_else(|| outline.attr(*p, "action")).unwrap_or_default();
        let to = to.to_lowercase();
        WAYS.iter().any(|w| to.contains(w))
    };
    said.sum::<usize>() > 2 && of_tag(outline, "a").iter().chain(of_tag(outline, "form")).any(leads)
}

/// An element that scripts are meant to fill: named as such, or with placeholders for what comes.
fn has_empty_root(outline: &Outline<'_>) -> bool {
    const ROOTS: [&str; 9] =
        ["root", "app", "__next", "__nuxt", "main", "react-root", "mount", "application", "content"];
    const PLACEHOLDERS: [&str; 5] = ["skeleton", "placeholder", "shimmer", "loading", "spinner"];
    (0..outline.len()).any(|p| {
        let id = outline.attr(p, "id").unwrap_or_default();
        let holds = class_words(outline, p).any(|w| PLACEHOLDERS.contains(&w));
        outline.weight(p) < 30 && (ROOTS.contains(&id) || outline.tag_text(p) == "main" || holds)
            || (outline.tag_text(p).ends_with("-root") && outline.weight(p) < 30)
    })
}

/// Whether most of the text stands in paragraphs of one element that is not repeated.
fn is_article(outline: &Outline<'_>) -> bool {
    let mut sums: HashMap<Place, (u32, usize)> = HashMap::new();
    for paragraph in of_tag(outline, "p") {
        let text = outline.weight(*paragraph) - outline.linked_weight(*paragraph);
        if text > LONG_PARAGRAPH {
            let (sum, n) = sums.entry(outline.parent(*paragraph)).or_default();
            *sum += text;
            *n += 1;
        }
    }
    sums.values().any(|(sum, n)| *n >= ARTICLE_PARAGRAPHS && *sum >= ARTICLE_TEXT)
}
