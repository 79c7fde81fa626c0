//! Sources that lead to other pages, are asked by POST, or page by cursors: real sites, `run`, `items`.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::daemon::run;
use crate::support::origin::Origin;

const JSON: &str = "Content-Type: application/json\r\n";

/// Writes a configuration of one feed `t`.
fn configured(folder: &Path, origin: &Origin, path: &str, more: &str) {
    let text =
        format!("[limits]\npace_s = 0\n[[feed]]\nid = \"t\"\nurl = \"{}\"\n{more}\n", origin.url(path));
    let text = text.replace(
        "FETCH",
        &format!("[feed.fetch]\nallow_addresses = [\"{}\"]\nrobots = \"ignore\"", origin.address()),
    );
    std::fs::write(folder.join("feeds.toml"), text).expect("written");
}

fn runs(folder: &Path) -> (bool, String) {
    let output = run(&["run", "t"], folder);
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

fn titles(folder: &Path) -> Vec<String> {
    let output = run(&["items", "t", "--json"], folder);
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let items = value["items"].as_array().expect("items").clone();
    items.iter().map(|i| i["title"].as_str().expect("a title").to_owned()).collect()
}

fn posts(numbers: &[u32]) -> Value {
    numbers.iter().map(|n| json!({ "title": format!("Item {n}"), "url": format!("/i/{n}") })).collect()
}

fn answer(origin: &Origin, path: &str, value: &Value) {
    origin.answer(path, "200 OK", JSON, value.to_string().as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_leads_from_page_to_page() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answer(&origin, "/api", &json!({ "items": posts(&[5, 4]), "meta": { "next": "a b" } }));
    answer(&origin, "/api?after=a+b", &json!({ "items": posts(&[3, 2]), "meta": { "next": "c" } }));
    answer(&origin, "/api?after=c", &json!({ "items": posts(&[1]), "meta": { "next": null } }));
    let more = format!(
        "kind = \"json\"\nFETCH\n[feed.select]\nitem = \"items\"\n[feed.pages]\ncursor = \"$.meta.next\"\nurl = \"{}\"",
        origin.url("/api?after={cursor}")
    );
    configured(folder.path(), &origin, "/api", &more);
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("5 new"), "{text}");
    assert_eq!(titles(folder.path()), ["Item 5", "Item 4", "Item 3", "Item 2", "Item 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_says_of_its_input_is_told() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answer(&origin, "/api", &json!({ "items": posts(&[2, 1]) }));
    let more =
        "kind = \"json\"\nFETCH\n[feed.select]\nitem = \"items\"\nsummary = { jq = \".title | keys\" }";
    configured(folder.path(), &origin, "/api", more);
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("2 new") && text.contains("summary: `.title | keys`: "), "{text}");
    let more = "kind = \"json\"\nFETCH\n[feed.select]\nitem = { jq = \".items.a\" }";
    configured(folder.path(), &origin, "/api", more);
    let (fine, text) = runs(folder.path());
    assert!(
        !fine && text.contains("container_missing") && text.contains("`.items.a`: cannot index"),
        "{text}"
    );
    answer(&origin, "/api", &json!({ "by_id": { "7": posts(&[7])[0], "8": posts(&[8])[0] } }));
    configured(folder.path(), &origin, "/api", "kind = \"json\"\nFETCH\n[feed.select]\nitem = \"$.by_id.*\"");
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("2 new"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_link_of_json_is_followed() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answer(&origin, "/api", &json!({ "items": posts(&[4, 3]), "links": { "next": "/api/2" } }));
    answer(&origin, "/api/2", &json!({ "items": posts(&[2]), "links": {} }));
    let more = "kind = \"json\"\nFETCH\n[feed.select]\nitem = \"items\"\n[feed.pages]\nnext = \"links.next\"";
    configured(folder.path(), &origin, "/api", more);
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("3 new"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_is_asked_by_post_and_pages_in_the_body() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let first = json!({ "query": "{ posts }", "variables": { "first": 2 } });
    let second = json!({ "query": "{ posts }", "variables": { "after": "x\"y", "first": 2, "skip": 2 } });
    let page = |numbers: &[u32], cursor: Value| json!({ "data": { "posts": posts(numbers), "end": cursor } });
    answer(&origin, &format!("/graphql {first}"), &page(&[4, 3], json!("x\"y")));
    answer(&origin, &format!("/graphql {second}"), &page(&[2], Value::Null));
    let more = "kind = \"json\"\nFETCH\n[feed.fetch.body]\nquery = \"{ posts }\"\nvariables = { first = 2 }\n\
                [feed.select]\nitem = \"$.data.posts\"\n[feed.pages]\ncursor = \"$.data.end\"\n\
                [feed.pages.body]\nquery = \"{ posts }\"\nvariables = { first = 2, after = \"{cursor}\", skip = \"{offset}\" }";
    configured(folder.path(), &origin, "/graphql", more);
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("3 new"), "{text}");
    let seen = origin.seen();
    assert!(seen.iter().all(|s| s.head.starts_with("POST ")), "{seen:?}");
    assert_eq!(seen[0].header("Content-Type"), Some("application/json"));
    assert_eq!(serde_json::from_str::<Value>(&seen[1].body).ok(), Some(second));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_posted_does_not_follow_a_redirect_to_another_place() {
    let (origin, other) = (Origin::start().await, Origin::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let location = format!("Location: {}\r\n", other.url("/api"));
    origin.answer("/api", "307 Temporary Redirect", &location, b"");
    answer(&other, "/api", &json!({ "items": posts(&[1]) }));
    let more = "kind = \"json\"\nFETCH\nbody = \"token=secret\"\n[feed.select]\nitem = \"items\"";
    configured(
        folder.path(),
        &origin,
        "/api",
        &more.replace("FETCH", "[feed.fetch]\nallow_addresses = [\"127.0.0.1\"]\nrobots = \"ignore\""),
    );
    let (fine, text) = runs(folder.path());
    assert!(fine, "{text}");
    let (first, second) = (&origin.seen()[0], &other.seen()[0]);
    assert_eq!((first.body.as_str(), second.body.as_str()), ("token=secret", ""));
    assert!(second.head.starts_with("GET "), "{second:?}");
    assert_eq!(first.header("Content-Type"), Some("application/x-www-form-urlencoded"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_wordpress_leads_to_its_posts() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let head =
        format!("<link rel=\"https://api.w.org/\" href=\"{}\"><title>Blog</title>", origin.url("/wp-json/"));
    origin.answer("/", "200 OK", "Content-Type: text/html\r\nETag: \"1\"\r\n", head.as_bytes());
    let posts_of = |n: u32| {
        json!([{ "link": origin.url(&format!("/{n}/")), "title": { "rendered": format!("Post {n}") },
                 "date_gmt": format!("2026-01-0{n}T10:00:00") }])
    };
    let path = "/wp-json/wp/v2/posts?per_page=20&_embed=author%2Cwp%3Aterm%2Cwp%3Afeaturedmedia";
    answer(&origin, path, &posts_of(1));
    configured(folder.path(), &origin, "/", "kind = \"wordpress\"\nFETCH");
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("1 new"), "{text}");
    // The page that announces the interface is as it was; what it announces is not.
    answer(&origin, path, &posts_of(2));
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("1 new"), "{text}");
    assert_eq!(titles(folder.path()), ["Post 2", "Post 1"]);
    origin.page("/", "<p>Moved</p>");
    let (fine, text) = runs(folder.path());
    assert!(!fine && text.contains("wrong_type"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_sitemaps_leads_to_the_newest_ones() {
    use std::io::Write as _;
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let index = ["2024", "2026", "2025", "2023"]
        .map(|y| format!("<sitemap><loc>/map-{y}.xml.gz</loc><lastmod>{y}-12-30</lastmod></sitemap>"))
        .concat();
    origin.answer("/sitemap.xml", "200 OK", "", format!("<sitemapindex>{index}</sitemapindex>").as_bytes());
    for year in ["2026", "2025"] {
        let map = format!(
            "<urlset><url><loc>/{year}/story-one</loc><lastmod>{year}-01-05</lastmod></url></urlset>"
        );
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(map.as_bytes()).expect("packed");
        let body = packed.finish().expect("packed");
        origin.answer(
            &format!("/map-{year}.xml.gz"),
            "200 OK",
            "Content-Type: application/x-gzip\r\n",
            &body,
        );
    }
    configured(folder.path(), &origin, "/sitemap.xml", "kind = \"sitemap\"\nFETCH\n[feed.pages]\nmax = 2");
    let (fine, text) = runs(folder.path());
    assert!(fine && text.contains("2 new") && text.contains("2 of the 4 pages"), "{text}");
    let paths: Vec<String> = origin.seen().into_iter().map(|s| s.path).collect();
    assert_eq!(paths, ["/sitemap.xml", "/map-2026.xml.gz", "/map-2025.xml.gz"]);
}

const XML: &str = "Content-Type: application/xml\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn xml_is_read_by_its_own_rules() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let page = |numbers: &[u32]| {
        let notices: Vec<String> = numbers
            .iter()
            .map(|n| format!("<Notice><title>Item {n}</title><link>/i/{n}</link></Notice>"))
            .collect();
        format!("<?xml version=\"1.0\"?><Notices>{}<more>/two.xml</more></Notices>", notices.concat())
    };
    origin.answer("/one.xml", "200 OK", XML, page(&[1, 2]).as_bytes());
    origin.answer("/two.xml", "200 OK", XML, page(&[3]).replace("<more>/two.xml</more>", "").as_bytes());
    let rules = "kind = \"KIND\"\n[feed.select]\nitem = \"Notice\"\n[feed.pages]\nnext = \"more\"\nFETCH";
    configured(folder.path(), &origin, "/one.xml", &rules.replace("KIND", "html"));
    let (is_good, said) = runs(folder.path());
    assert!(!is_good && said.contains("kind = \"xml\""), "{said}");
    configured(folder.path(), &origin, "/one.xml", &rules.replace("KIND", "xml"));
    let (is_good, said) = runs(folder.path());
    assert!(is_good, "{said}");
    let mut found = titles(folder.path());
    found.sort();
    assert_eq!(found, ["Item 1", "Item 2", "Item 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_that_multiply_each_other_are_not_filled_in() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let entities: Vec<String> =
        (1..30).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))).collect();
    let page = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE n [<!ENTITY e0 \"x\">{}<!ENTITY f SYSTEM \"file:///etc/passwd\">]>\
         <n><i><name>Harbour &e0; &e29; &f;</name><url>/1</url></i></n>",
        entities.concat()
    );
    origin.answer("/bomb.xml", "200 OK", XML, page.as_bytes());
    configured(folder.path(), &origin, "/bomb.xml", "kind = \"xml\"\n[feed.select]\nitem = \"i\"\nFETCH");
    let (is_good, said) = runs(folder.path());
    assert!(is_good, "{said}");
    let title = titles(folder.path()).concat();
    assert!(title.starts_with("Harbour x &e28;") && title.len() < 200, "{title}");
}
