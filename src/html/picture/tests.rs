use scraper::Html;

use super::within;

#[track_caller]
fn check(markup: &str, expected: Option<&str>) {
    let page = Html::parse_document(&format!("<body>{markup}"));
    let body = page.root_element().child_elements().find(|e| e.value().name() == "body").expect("a body");
    let first = body.child_elements().next().expect("an element");
    assert_eq!(within(first).as_deref(), expected, "{markup}");
}

#[test]
fn late_attributes_come_before_a_placeholder() {
    check("<img src='/s/blank.gif' data-lazy-src='/p/buoy.jpg'>", Some("/p/buoy.jpg"));
    check(
        "<img src='/p/buoy-20.jpg' data-srcset='/p/buoy.jpg?c=1,2 300w, /p/b,2.jpg 900w'>",
        Some("/p/b,2.jpg"),
    );
    check("<img src='data:image/gif;base64,R0' nitro-lazy-src='/p/rope.jpg'>", Some("/p/rope.jpg"));
    check("<img data-src='/p/x_{width}.jpg' src='/p/x_300.jpg'>", Some("/p/x_300.jpg"));
    check("<img data-lazy='true' src='/p/tide.jpg'>", Some("/p/tide.jpg"));
    check("<img src='/p/tide.jpg' data-lowsrc='/p/tide-low.jpg'>", Some("/p/tide.jpg"));
    check("<img src='/i/spacer.gif'>", None);
}

#[test]
fn sources_stand_in_for_an_image_without_address() {
    let sources =
        "<source type='image/avif' srcset='/p/a.avif'><source data-srcset='/p/a.jpg, /p/a2.jpg 2x'>";
    check(&format!("<picture>{sources}<img></picture>"), Some("/p/a2.jpg"));
    check(&format!("<picture>{sources}</picture>"), Some("/p/a2.jpg"));
    check(
        "<picture><source srcset='/p/b.avif' type='image/avif'><img src=data:,></picture>",
        Some("/p/b.avif"),
    );
    check("<picture><source srcset='/p/b.webp'><img src='/p/b.jpg'></picture>", Some("/p/b.jpg"));
}

#[test]
fn noscript_background_and_poster_hold_pictures() {
    check(
        "<div><img src=/i/lazy-placeholder.png><noscript><img src=/p/d.jpg></noscript></div>",
        Some("/p/d.jpg"),
    );
    check("<a href=/x style='background-image: url(/p/e.jpg)'>x</a>", Some("/p/e.jpg"));
    check("<div><video poster=/p/f.jpg src=/v/f.mp4></video></div>", Some("/p/f.jpg"));
}

#[test]
fn pixels_icons_and_avatars_are_no_pictures() {
    check("<div><img src=/t.gif width=1 height=1><img src=/p/g.jpg></div>", Some("/p/g.jpg"));
    check("<img src=/icons/clock.svg width=14 height=14>", None);
    check("<img src=/u/kim.jpg class='avatar avatar-64'>", None);
    check("<img src=/t.png style='width: 1px; height: 1px'>", None);
    check("<amp-img src=/p/h.jpg width=1 height=1 layout=responsive></amp-img>", Some("/p/h.jpg"));
}
