//! Finds the obstacle of a page, by its words, its forms and how little text it has.

use std::collections::HashMap;

use super::Obstacle;
use crate::detect::page::regions::Regions;
use crate::detect::page::signals::class_words;
use crate::extract::HtmlDocument;
use crate::html::{ElementId, Outline};

/// A page with less text has nearly nothing to read. All amounts of text here are in [`crate::html::weight`].
const NEARLY_EMPTY: u32 = 500;
/// Pages that ask a question have at most so much text.
const SHORT_PAGE: u32 = 6000;
/// From so much text on, one word of a challenge is not enough.
const CHALLENGE_WEIGHT: u32 = 1500;
/// Pages with a challenge, or a question for consent, have fewer links.
const MAX_CHALLENGE_LINKS: u32 = 40;
const MAX_CONSENT_LINKS: u32 = 60;
/// Words that a question for consent needs, and those of a login.
const MIN_CONSENT_WORDS: usize = 3;
const MIN_LOGIN_WORDS: usize = 3;
/// Running text of an article, at the least.
const ARTICLE_TEXT: u32 = 1200;
/// Paragraphs of an article, at the least.
const ARTICLE_PARAGRAPHS: usize = 4;
/// Paragraphs with no more text outside links do not count.
const SHORT_PARAGRAPH: u32 = 80;
/// An element with less text is empty.
const EMPTY_ELEMENT: u32 = 30;

/// Words on pages with a challenge.
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

/// Words on pages that ask for consent.
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

/// The obstacle of a page, if its listing should be none.
pub(crate) fn obstacle(document: &HtmlDocument, outline: &Outline<'_>, regions: &Regions) -> Obstacle {
    let words = PageWords::of(document, outline);
    let weight = page_weight(outline);
    let links = if outline.is_empty() { 0 } else { outline.links(0) };
    let allowed_words = usize::from(weight >= CHALLENGE_WEIGHT);
    if links < MAX_CHALLENGE_LINKS && words.count(CHALLENGES) > allowed_words {
        return Obstacle::Challenge;
    }
    if weight <= SHORT_PAGE && asks_password(outline) {
        return Obstacle::Login;
    }
    if links < MAX_CONSENT_LINKS && has_buttons(outline) && words.count(CONSENTS) >= MIN_CONSENT_WORDS {
        return Obstacle::Consent;
    }
    if document.scripts() > 0 && awaits_scripts(outline, regions) {
        return Obstacle::NeedsScripts;
    }
    if asks_login(outline, &words.text) {
        return Obstacle::Login;
    }
    if is_article(outline) { Obstacle::Article } else { Obstacle::None }
}

/// The text and the title of a page, in small letters. The text of a long page is left out.
struct PageWords {
    text: String,
    title: String,
}

impl PageWords {
    fn of(document: &HtmlDocument, outline: &Outline<'_>) -> Self {
        let is_short = (1..=SHORT_PAGE).contains(&page_weight(outline));
        Self {
            text: if is_short { outline.text(0).to_lowercase() } else { String::new() },
            title: document.title().unwrap_or_default().to_lowercase(),
        }
    }

    /// How many of the words occur.
    fn count(&self, words: &[&str]) -> usize {
        words.iter().filter(|word| self.text.contains(**word) || self.title.contains(**word)).count()
    }
}

fn page_weight(outline: &Outline<'_>) -> u32 {
    if outline.is_empty() { 0 } else { outline.weight(0) }
}

/// Whether there is nearly no text outside navigation, header and footer, and scripts are to fill the rest.
fn awaits_scripts(outline: &Outline<'_>, regions: &Regions) -> bool {
    let content = (0..outline.len()).filter(|element| !regions.is_margin(*element));
    let content_weight: u32 = content.map(|element| outline.own_weight(element)).sum();
    content_weight < NEARLY_EMPTY && (page_weight(outline) < NEARLY_EMPTY || has_empty_root(outline))
}

fn of_tag<'o>(outline: &'o Outline<'_>, tag: &str) -> &'o [ElementId] {
    outline.name(tag).map_or(&[], |name| outline.of_tag(name))
}

fn asks_password(outline: &Outline<'_>) -> bool {
    let mut types = of_tag(outline, "input").iter().filter_map(|input| outline.attr(*input, "type"));
    types.any(|of_input| of_input.eq_ignore_ascii_case("password"))
}

fn has_buttons(outline: &Outline<'_>) -> bool {
    let is_button = |input: &ElementId| matches!(outline.attr(*input, "type"), Some("submit" | "button"));
    !of_tag(outline, "button").is_empty() || of_tag(outline, "input").iter().any(is_button)
}

/// Whether a page is little more than links to a login; `text` is in small letters.
fn asks_login(outline: &Outline<'_>, text: &str) -> bool {
    const ADDRESSES: [&str; 8] =
        ["login", "signin", "sign-in", "log-in", "sso", "oauth", "anmelden", "connexion"];
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
    // Most pages have none of the words, and to find that out is faster than to count each.
    let present = WORDS.iter().filter(|word| text.contains(**word));
    let occurrences: usize = present.map(|word| text.matches(word).count()).sum();
    let leads_to_login = |element: &ElementId| {
        let address = outline.attr(*element, "href").or_else(|| outline.attr(*element, "action"));
        let address = address.unwrap_or_default().to_lowercase();
        ADDRESSES.iter().any(|part| address.contains(part))
    };
    let mut links_and_forms = of_tag(outline, "a").iter().chain(of_tag(outline, "form"));
    occurrences >= MIN_LOGIN_WORDS && links_and_forms.any(leads_to_login)
}

/// Whether there is an empty element that scripts are meant to fill: called so, or a placeholder.
fn has_empty_root(outline: &Outline<'_>) -> bool {
    const ROOTS: [&str; 9] =
        ["root", "app", "__next", "__nuxt", "main", "react-root", "mount", "application", "content"];
    const PLACEHOLDERS: [&str; 5] = ["skeleton", "placeholder", "shimmer", "loading", "spinner"];
    let is_root = |element: ElementId| {
        let id = outline.attr(element, "id").unwrap_or_default();
        let tag = outline.tag_text(element);
        ROOTS.contains(&id)
            || tag == "main"
            || tag.ends_with("-root")
            || class_words(outline, element).any(|word| PLACEHOLDERS.contains(&word))
    };
    (0..outline.len()).any(|element| outline.weight(element) < EMPTY_ELEMENT && is_root(element))
}

/// Whether one element has many paragraphs with long text.
fn is_article(outline: &Outline<'_>) -> bool {
    // By parent: the text of its long paragraphs, and how many there are.
    let mut paragraphs: HashMap<ElementId, (u32, usize)> = HashMap::new();
    for paragraph in of_tag(outline, "p") {
        let text = outline.weight(*paragraph) - outline.linked_weight(*paragraph);
        if text > SHORT_PARAGRAPH {
            let (sum, count) = paragraphs.entry(outline.parent(*paragraph)).or_default();
            *sum += text;
            *count += 1;
        }
    }
    paragraphs.values().any(|(sum, count)| *count >= ARTICLE_PARAGRAPHS && *sum >= ARTICLE_TEXT)
}
