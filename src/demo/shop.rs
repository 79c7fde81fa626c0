//! The quay shop: a grid of cards with relative addresses, pictures, times, makers and tags.

use chrono::{DateTime, Utc};

use super::html::{Frame, document, drawing, escaped};
use super::mixer::Mixer;
use super::text::{GOODS, MANNERS, PEOPLE, PLACES, WARES, Ware};
use super::timetable::{Slot, Timetable, local};

/// Cards of the grid.
pub(super) const CARDS: usize = 8;

/// What relative addresses on the grid are relative to: not the page's own address.
const BASE: &str = "/shop/goods/";

const TIMETABLE: Timetable = Timetable { every_s: 30, daily_s: &[37_211, 56_738] };

struct Product {
    slot: Slot,
    ware: Ware,
    name: String,
    maker: &'static str,
    note: String,
}

/// The page with the grid.
pub(super) fn page(started: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let slots = TIMETABLE.listed(started, now);
    let cards: String = slots.iter().take(CARDS).map(|s| Product::of(s).card()).collect();
    let main = format!("<h1>Quay shop</h1>\n<div class=\"product-grid\">\n{cards}</div>\n");
    document(&Frame { title: "Quay shop | Tidewater Wire", base: Some(BASE), main: &main })
}

/// The page of the product that a path names, if it came in by `now`.
pub(super) fn product_page(path: &str, now: DateTime<Utc>) -> Option<String> {
    let last = path.strip_prefix(BASE)?;
    let unix = last.split('-').next()?.parse().ok()?;
    let product = TIMETABLE.slot_at(unix).filter(|s| s.at <= now).map(|s| Product::of(&s))?;
    (product.href() == last).then(|| {
        let main = format!("<div class=\"product-grid\">\n{}</div>\n", product.card());
        document(&Frame { title: &product.name, base: Some(BASE), main: &main })
    })
}

/// The drawing at a path, if there is one.
pub(super) fn picture(path: &str) -> Option<String> {
    let name = path.strip_prefix("/shop/pictures/")?.strip_suffix(".svg")?;
    WARES.iter().find(|w| w.name == name).map(|w| drawing(w.name, w.colour))
}

impl Product {
    fn of(slot: &Slot) -> Self {
        let mut mixer = Mixer::new(slot.seed(), 5);
        let ware = mixer.pick(&WARES);
        let name = format!("{} {} from {}", mixer.pick(&MANNERS), ware.name, mixer.pick(&PLACES));
        let maker = mixer.pick(&PEOPLE);
        let goods = mixer.pick(&GOODS);
        let note = format!("Made by one pair of hands & packed with {goods}; it’s the only one of its kind.");
        Self { slot: *slot, ware, name, maker, note }
    }

    /// The address relative to [`BASE`].
    fn href(&self) -> String {
        format!("{}-{}", self.slot.unix(), self.ware.name)
    }

    fn card(&self) -> String {
        let at = local(self.slot.at);
        let tags = self.ware.tags.map(|t| format!("<a rel=\"tag\" href=\"/shop/\">{t}</a>")).join(" ");
        format!(
            "<div class=\"product-card\">\n<a href=\"{href}\"><img src=\"../pictures/{kind}.svg\" alt=\"{name}\"></a>\n\
             <h3 class=\"product-name\"><a href=\"{href}\">{name}</a></h3>\n\
             <p class=\"product-maker\">{maker}</p>\n<time datetime=\"{machine}\">{human}</time>\n\
             <p class=\"product-note\">{note}</p>\n<p class=\"product-tags\">{tags}</p>\n</div>\n",
            href = self.href(),
            kind = self.ware.name,
            name = escaped(&self.name),
            maker = escaped(self.maker),
            machine = at.format("%Y-%m-%dT%H:%M:%S%:z"),
            human = at.format("%e %B, %H:%M"),
            note = escaped(&self.note),
        )
    }
}
