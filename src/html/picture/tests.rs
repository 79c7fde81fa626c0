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

#[test]
fn pictures_of_authors_and_signs_are_not_that_of_the_item() {
    let real = "<img src=/p/i.jpg>";
    for other in [
        "<div class='post-author'><a href=/kim><span><img src=/u/kim.jpg></span></a> Kim</div>",
        "<a rel='author nofollow' href=/kim><img src=/u/kim.jpg></a>",
        "<p class=Byline__photo><img data-src=/u/kim.jpg></p>",
        "<img class='wp-smiley emoji' src=/e/1f600.svg>",
        "<img class=icon-clock src=/s/clock.svg>",
        "<img src=/s/flag.png height=20>",
        "<img src=/s/flag.png style='width: 32px'>",
    ] {
        check(&format!("<div>{other}{real}</div>"), Some("/p/i.jpg"));
    }
    check(
        "<div class=author-list><div><h3>Kim</h3><a href=/k><img src=/u/kim.jpg></a></div></div>",
        Some("/u/kim.jpg"),
    );
    check("<ul class=profile><li><img src=/p/j.jpg width=640></li></ul>", Some("/p/j.jpg"));
}

#[test]
fn photographs_may_have_the_names_of_spacers() {
    check("<img src=data:, data-src='/i/lazy.jpg'>", Some("/i/lazy.jpg"));
    check("<img srcset='/i/blank.png 2x'>", Some("/i/blank.png"));
    check("<img src='/photos/blank.jpg'>", Some("/photos/blank.jpg"));
    check("<img src='/photos/1x1.jpg'>", Some("/photos/1x1.jpg"));
    check("<img src='/photos/1x1.jpg' width=1 height=1>", None);
    check("<img src='/photos/blank.jpg' srcset='/photos/ferry.jpg 900w'>", Some("/photos/ferry.jpg"));
    check("<div><img src='/i/blank.jpg'><noscript><img src=/p/k.jpg></noscript></div>", Some("/p/k.jpg"));
    check("<img src='/i/placeholder.jpg'>", None);
}

#[test]
fn attributes_for_other_states_do_not_beat_the_address() {
    for name in ["fallback", "hover", "error", "default", "mobile", "placeholder"] {
        check(&format!("<img src=/p/l.jpg data-{name}-src=/s/missing.png>"), Some("/p/l.jpg"));
    }
    check("<img src=/s/grey.gif data-defer-src=/p/m.jpg>", Some("/p/m.jpg"));
}

#[test]
fn a_picture_shows_its_first_image() {
    let images: String = (0..3_000).map(|i| format!("<img src=/p/{i}.jpg>")).collect();
    let sources =
        format!("<source data-srcset='{}'>", "data:image/gif;base64,AA 1x, ".repeat(2_000)).repeat(40);
    let page = Html::parse_fragment(&format!("<picture>{sources}{images}</picture>"));
    let found = page.root_element().descendent_elements().filter(|e| super::is_picture(*e));
    let found: Vec<String> = found.filter_map(super::address).collect();
    assert_eq!(found, ["/p/0.jpg", "/p/0.jpg"]);
}
