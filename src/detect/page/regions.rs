//! The region of a page that an element lies in: navigation, sidebar, footer, or the main content.
//!
//! It is told by tags, ARIA roles and the English words in ids and classes, which sites of all languages use.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::hash::FxHashMap;
use crate::html::{ElementId, Name, Outline};

/// How much a listing counts by the region it is in. 1.0 is neutral.
pub(crate) struct Regions {
    /// By element: the least weight of the element and all its ancestors.
    weights: Vec<f64>,
    /// By element: whether it is or lies in the main part.
    in_main: Vec<bool>,
}

/// An element with more than this share of the page's text is neutral, whatever its name is.
const MAX_MARGIN_SHARE: f64 = 0.5;
/// Weight from which down an element belongs to navigation, headers, footers and their like.
const MARGIN_WEIGHT: f64 = 0.5;
/// Factor for listings in the main part.
const MAIN_FACTOR: f64 = 1.2;

/// Words in ids, classes and roles, with the weight of a listing inside.
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
        let len = outline.len() as usize;
        let mut regions = Self { weights: vec![1.0; len], in_main: vec![false; len] };
        if len == 0 {
            return regions;
        }
        let page_weight = f64::from(outline.weight(0).max(1));
        let mut class_weights: FxHashMap<Name, f64> = FxHashMap::default();
        for element in 0..outline.len() {
            let index = element as usize;
            let parent = outline.parent(element) as usize;
            let may_be_margin = f64::from(outline.weight(element)) < page_weight * MAX_MARGIN_SHARE;
            let own = if may_be_margin {
                own_weight(outline, element, regions.in_main[parent], &mut class_weights)
            } else {
                1.0
            };
            regions.weights[index] = own.min(regions.weights[parent]);
            regions.in_main[index] = regions.in_main[parent] || is_main(outline, element);
        }
        regions
    }

    /// How much a listing directly inside this element counts.
    pub(crate) fn weight(&self, element: ElementId) -> f64 {
        let main_factor = if self.in_main[element as usize] { MAIN_FACTOR } else { 1.0 };
        self.weights[element as usize] * main_factor
    }

    /// Whether the element lies in navigation, a header, a footer or their like.
    pub(crate) fn is_margin(&self, element: ElementId) -> bool {
        self.weights[element as usize] <= MARGIN_WEIGHT
    }
}

fn is_main(outline: &Outline<'_>, element: ElementId) -> bool {
    outline.tag_text(element) == "main" || outline.attr(element, "role") == Some("main")
}

/// The weight of an element by itself, without its ancestors.
fn own_weight(
    outline: &Outline<'_>,
    element: ElementId,
    in_main: bool,
    class_weights: &mut FxHashMap<Name, f64>,
) -> f64 {
    let by_tag = match outline.tag_text(element) {
        "nav" | "menu" => 0.15,
        "footer" if !in_main => 0.25,
        "aside" => 0.4,
        "header" if !in_main => 0.5,
        "form" => 0.8,
        _ => 1.0,
    };
    let attributes = outline.attrs(element).filter(|(name, _)| matches!(*name, "id" | "role"));
    let by_tag_and_attributes = attributes.map(|(_, value)| weight_of_name(value)).fold(by_tag, f64::min);
    let weight_of_class = |class: &Name| {
        let by_name = || weight_of_name(outline.text_of(*class));
        *class_weights.entry(*class).or_insert_with(by_name)
    };
    outline.classes(element).iter().map(weight_of_class).fold(by_tag_and_attributes, f64::min)
}

/// The least weight of a name's words. Hyphens, underscores and capitals (`navBar`) separate words.
fn weight_of_name(name: &str) -> f64 {
    let mut least: f64 = 1.0;
    let mut word = String::new();
    let mut after_lowercase = false;
    for c in name.chars().chain(['-']) {
        let ends_word = !c.is_alphanumeric() || (c.is_uppercase() && after_lowercase);
        if ends_word {
            least = least.min(weight_of_word(&word));
            word.clear();
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        after_lowercase = c.is_lowercase();
    }
    least
}

fn weight_of_word(word: &str) -> f64 {
    static WEIGHTS: LazyLock<HashMap<&str, f64>> = LazyLock::new(|| {
        // In reverse, so that the least weight of a word is the one that stays.
        let lists = WORDS.iter().rev();
        lists.flat_map(|(weight, words)| words.iter().map(|word| (*word, *weight))).collect()
    });
    WEIGHTS.get(word).copied().unwrap_or(1.0)
}
