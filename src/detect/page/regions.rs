//! What part of a page an element is in: navigation, margin, footer, or where the content is.
//!
//! Told by tags, ARIA roles and the plain English words in ids and classes, which are the same on
//! sites of all languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::view::{Keyed, mixed};
use crate::html::{Name, Outline, Place};

/// How much a listing in this part counts; 1.0 where nothing is said.
pub(crate) struct Regions {
    /// By element: the least of all around it.
    weights: Vec<f64>,
    /// By element: it is in the main part, or is it.
    main: Vec<bool>,
}

/// What holds more than this share of a page's text is no margin, whatever it is called.
const MARGIN_SHARE: f64 = 0.5;

/// Words of ids, classes and roles, and how much a listing inside counts.
const WORDS: &[(f64, &[&str])] = &[
    (
        0.08,
        &[
            "breadcrumb",
            "breadcrumbs",
            "crumb",
            "crumbs",
            "pagination",
            "pager",
            "paging",
            "paginate",
            "pagenav",
            "lang",
            "langs",
            "language",
            "languages",
            "cookie",
            "cookies",
            "consent",
            "toc",
            "sitemap",
        ],
    ),
    (
        0.15,
        &[
            "nav",
            "navi",
            "navbar",
            "navigation",
            "menu",
            "menus",
            "submenu",
            "mainmenu",
            "topnav",
            "subnav",
            "topbar",
            "toolbar",
            "social",
            "share",
            "sharing",
            "tags",
            "tagcloud",
            "cloud",
            "filters",
            "facets",
            "facet",
            "dropdown",
            "login",
            "search-form",
            "menubar",
        ],
    ),
    (0.25, &["footer", "foot", "contentinfo", "copyright", "siteinfo", "bottombar", "colophon"]),
    (
        0.4,
        &[
            "sidebar",
            "aside",
            "complementary",
            "widget",
            "widgets",
            "rail",
            "advert",
            "adverts",
            "ads",
            "ad",
            "sponsor",
            "sponsored",
            "comments",
            "respond",
            "sidecol",
            "sidemenu",
            "leftcol",
            "rightcol",
            "secondary",
        ],
    ),
    (
        0.5,
        &[
            "related",
            "recommended",
            "recommend",
            "recommendations",
            "popular",
            "trending",
            "mostread",
            "hot",
            "ranking",
            "rank",
            "top10",
            "teasers",
            "promo",
            "ticker",
            "marquee",
            "slider",
            "carousel",
            "header",
            "banner",
            "masthead",
            "filter",
            "newsletter",
        ],
    ),
];

impl Regions {
    pub(crate) fn of(outline: &Outline<'_>) -> Self {
        let n = outline.len() as usize;
        let mut out = Self { weights: vec![1.0; n], main: vec![false; n] };
        if n == 0 {
            return out;
        }
        let whole = f64::from(outline.weight(0).max(1));
        let mut named: Keyed<f64> = Keyed::default();
        for place in 0..outline.len() {
            let (i, parent) = (place as usize, outline.parent(place) as usize);
            let margin = f64::from(outline.weight(place)) < whole * MARGIN_SHARE;
            let own = if margin { own_weight(outline, place, out.main[parent], &mut named) } else { 1.0 };
            out.weights[i] = own.min(out.weights[parent]);
            out.main[i] = out.main[parent] || is_main(outline, place);
        }
        out
    }

    /// How much a listing right inside this element counts.
    pub(crate) fn weight(&self, place: Place) -> f64 {
        let main = if self.main[place as usize] { 1.2 } else { 1.0 };
        self.weights[place as usize] * main
    }

    /// Whether the element is in navigation, a header, a footer or their like.
    pub(crate) fn is_margin(&self, place: Place) -> bool {
        self.weights[place as usize] <= 0.5
    }
}

fn is_main(outline: &Outline<'_>, place: Place) -> bool {
    outline.tag_text(place) == "main" || outline.attr(place, "role") == Some("main")
}

fn own_weight(outline: &Outline<'_>, place: Place, in_main: bool, named: &mut Keyed<f64>) -> f64 {
    let by_tag = match outline.tag_text(place) {
        "nav" | "menu" => 0.15,
        "footer" if !in_main => 0.25,
        "aside" => 0.4,
        "header" if !in_main => 0.5,
        "form" => 0.8,
        _ => 1.0,
    };
    let attributes = outline.attrs(place).filter(|(name, _)| matches!(*name, "id" | "role"));
    let least = attributes.map(|(_, value)| of_name(value)).fold(by_tag, f64::min);
    let classes = outline.classes(place).iter();
    let of_class =
        |c: &Name| *named.entry(mixed(0, c.number().into())).or_insert_with(|| of_name(outline.text_of(*c)));
    classes.map(of_class).fold(least, f64::min)
}

/// How much a name takes away; its words are parted by hyphens, underscores and capitals.
fn of_name(name: &str) -> f64 {
    let mut least: f64 = 1.0;
    let mut word = String::new();
    let mut lower = false;
    for c in name.chars().chain(['-']) {
        let parts = !c.is_alphanumeric() || (c.is_uppercase() && lower);
        if parts {
            least = least.min(of_word(&word));
            word.clear();
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    least
}

fn of_word(word: &str) -> f64 {
    static WEIGHTS: LazyLock<HashMap<&str, f64>> = LazyLock::new(|| {
        let all = WORDS.iter().rev();
        all.flat_map(|(weight, words)| words.iter().map(|word| (*word, *weight))).collect()
    });
    WEIGHTS.get(word).copied().unwrap_or(1.0)
}
