//! The quay shop: a grid of product cards with relative addresses, pictures, times, makers and tags.

use chrono::{DateTime, Utc};

use super::html::{Frame, document, drawing, escaped};
use super::pseudo_random::PseudoRandom;
use super::text::{ADJECTIVES, GOODS, PEOPLE, PLACES, PRODUCT_KINDS, ProductKind};
use super::timetable::{Publication, Timetable, local};

/// The number of cards in the grid.
pub(super) const CARDS: usize = 8;

/// The `<base href>` of the grid: relative addresses are not relative to the page's own address.
const BASE: &str = "/shop/goods/";

const TIMETABLE: Timetable = Timetable { every_s: 30, daily_s: &[37_211, 56_738] };

struct Product {
    publication: Publication,
    kind: ProductKind,
    name: String,
    maker: &'static str,
    note: String,
}

/// The page with the grid.
pub(super) fn page(started: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let publications = TIMETABLE.listed(started, now);
    let cards: String =
        publications.iter().take(CARDS).map(|publication| Product::of(publication).card()).collect();
    let main = format!("<h1>Quay shop</h1>\n<div class=\"product-grid\">\n{cards}</div>\n");
    document(&Frame { title: "Quay shop | Tidewater Wire", base: Some(BASE), main: &main })
}

/// The page of the product at a path, if it was published by `now`.
pub(super) fn product_page(path: &str, now: DateTime<Utc>) -> Option<String> {
    let last = path.strip_prefix(BASE)?;
    let unix = last.split('-').next()?.parse().ok()?;
    let publication = TIMETABLE.publication_at(unix).filter(|publication| publication.at <= now)?;
    let product = Product::of(&publication);
    (product.href() == last).then(|| {
        let main = format!("<div class=\"product-grid\">\n{}</div>\n", product.card());
        document(&Frame { title: &product.name, base: Some(BASE), main: &main })
    })
}

/// The picture at a path, if there is one.
pub(super) fn picture(path: &str) -> Option<String> {
    let name = path.strip_prefix("/shop/pictures/")?.strip_suffix(".svg")?;
    PRODUCT_KINDS.iter().find(|kind| kind.name == name).map(|kind| drawing(kind.name, kind.colour))
}

impl Product {
    fn of(publication: &Publication) -> Self {
        let mut random = PseudoRandom::new(publication.seed(), 5);
        let kind = random.pick(&PRODUCT_KINDS);
        let name = format!("{} {} from {}", random.pick(&ADJECTIVES), kind.name, random.pick(&PLACES));
        let maker = random.pick(&PEOPLE);
        let goods = random.pick(&GOODS);
        let note = format!("Made by one pair of hands & packed with {goods}; it’s the only one of its kind.");
        Self { publication: *publication, kind, name, maker, note }
    }

    /// The address relative to [`BASE`].
    fn href(&self) -> String {
        format!("{}-{}", self.publication.unix(), self.kind.name)
    }

    fn card(&self) -> String {
        let at = local(self.publication.at);
        let tags = self.kind.tags.map(|t| format!("<a rel=\"tag\" href=\"/shop/\">{t}</a>")).join(" ");
        format!(
            "<div class=\"product-card\">\n<a href=\"{href}\"><img src=\"../pictures/{kind}.svg\" alt=\"{name}\"></a>\n\
             <h3 class=\"product-name\"><a href=\"{href}\">{name}</a></h3>\n\
             <p class=\"product-maker\">{maker}</p>\n<time datetime=\"{machine}\">{human}</time>\n\
             <p class=\"product-note\">{note}</p>\n<p class=\"product-tags\">{tags}</p>\n</div>\n",
            href = self.href(),
            kind = self.kind.name,
            name = escaped(&self.name),
            maker = escaped(self.maker),
            machine = at.format("%Y-%m-%dT%H:%M:%S%:z"),
            human = at.format("%e %B, %H:%M"),
            note = escaped(&self.note),
        )
    }
}
