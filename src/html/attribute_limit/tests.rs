use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::TendrilSink;
use proptest::prelude::*;
use scraper::{Html, HtmlTreeSink, Node};
use xml5ever::driver::{XmlParseOpts, parse_document as parse_xml_document};

use super::*;

fn names(count: usize) -> String {
    (0..count).map(|i| format!("a{i} ")).collect()
}

#[test]
fn a_tag_with_thousands_of_attributes_is_refused() {
    let crowd = names(1500);
    let without_space = crowd.replace(' ', "=\"\"");
    // Every other one of these is the value of the one before.
    let equals = names(3000).replace('a', "=a");
    let slashes = crowd.replace(' ', "/");
    for page in [
        format!("<p><a {crowd}>x</a>"),
        format!("<p {}>", crowd.replace(' ', "=1\n")),
        format!("</p {crowd}>"),
        format!("<p {without_space}>"),
        format!("<p {equals}>"),
        format!("<p/{slashes}>"),
        format!("<p {}>", crowd.replace('a', "a'\"")),
        format!("<p {crowd}"),
        format!("<p title='<b'{crowd}>"),
    ] {
        assert!(check(&page).is_err(), "{}", &page[..40]);
        let after_script = format!("<script>if (a<b {crowd}</script>{page}");
        assert!(check(&after_script).is_err(), "after a script: {}", &page[..40]);
    }
}

#[test]
fn what_looks_like_a_comment_or_raw_text_hides_no_tag() {
    let tag = format!("<p {}>", names(1500));
    for before in [
        "<!-->",
        "<!--->",
        "<!-- --!>",
        "<!x><?y>",
        "<svg><style>",
        "<svg><style/>",
        "<svg><script>",
        "<svg><![CDATA[ ]]>",
        "<svg></math><style>",
        "<svg><p><math></svg><style>",
        "<svg><desc><p></svg></p></desc><style>",
        "<svg><foreignObject><p></svg></p></foreignObject><title>",
        "<math><title>",
        "<math></svg><textarea>",
        "<select><title>x</title>",
        "<noscript><noframes><!--</noframes></noscript>",
        "<noframes><!--</noframes>",
        "<noembed><title></noembed>",
        "<frameset><style>",
        "<template><col><style>",
        "<style></styles></style>",
        "<script><!--<script></script><textarea></script>",
        "<script><!--<script></script>--></script>",
        "<title></title x='><!--'>",
        "<textarea><!--</textarea>",
        "<scripts>",
        "<plaintext/>",
    ] {
        let page = format!("{before}{tag}");
        assert!(check(&page).is_err(), "{before}");
    }
}

#[test]
fn honest_pages_are_read() {
    let words = "word ".repeat(5000);
    let minified = "for(var i=0;i<n;i++){var a=i<b?c:d;return a/b}".repeat(3000);
    let json = format!("{{\"text\":\"1 <b and {words}\"}}");
    for page in [
        format!("<script>if (a<b {words}</script><p>"),
        format!("<script>{minified}</script><p class=x>"),
        format!(
            "<svg role=img><title>Menu</title><desc>Bars</desc><path d='M0'/></svg><script>{minified}</script>"
        ),
        format!("<script type='application/json'>{json}</script>"),
        format!("<template><p></p></template><table><col></table><script>{}</script>", "a&&b".repeat(900)),
        format!("<noscript><img src=/a.jpg></noscript><textarea>a <b {words}</textarea>"),
        format!("<!-- <a {words} --><p>"),
        format!(
            "<!--[if lt IE 9]><script src=/a.js></script><![endif]--><!--[if a <b {words}]><![endif]--><p>"
        ),
        format!("<a title=\"{words}\">"),
        format!("<a title='{words}'>"),
        format!("<img srcset='{}' alt=x>", "/a.jpg 100w, ".repeat(2000)),
        format!("<div data-state='{}' id=x>", "{\"a\": \"<b c=\\\"d\\\">\", \"e\": [1, 2]},".repeat(300)),
        format!("a < b {words}"),
        format!("<p {}>", names(200)),
        format!("<p {}>", names(256)),
    ] {
        assert_eq!(check(&page), Ok(()), "{}", &page[..30]);
    }
}

#[test]
fn xml_has_the_same_limit() {
    let crowd = names(1500).replace(' ', "='1' ");
    let tag = format!("<a {crowd}/>");
    for before in [
        "<x><script>",
        "<!-->",
        "<!-- --!>",
        "<![CDATA[]]>",
        "<?a b?>",
        "<??a?>",
        "<? >",
        "<!DOCTYPE x '>",
        "</x '>",
        "<:",
    ] {
        assert!(check_xml(&format!("{before}{tag}")).is_err(), "{before}");
    }
    for hidden in [crowd.replace(' ', ""), format!(":=\" {crowd}"), format!("b=/ {crowd}")] {
        assert!(check_xml(&format!("<x {hidden}>")).is_err(), "{}", &hidden[..8]);
    }
    let words = "word ".repeat(5000);
    for honest in [
        format!("<x><![CDATA[<a {words}>]]><!-- <a {words}> --> 1 < 2 {words}</x>"),
        format!("<rss><description><![CDATA[<script>if(a<b {words}</script>]]></description></rss>"),
        format!("<x a='{words}' b=\"<c {words}\"/>"),
        "<url><loc>https://example.org/</loc></url>".repeat(5000),
    ] {
        assert_eq!(check_xml(&honest), Ok(()), "{}", &honest[..30]);
    }
}

#[test]
fn overlapping_tags_cost_linear_time() {
    assert!(check(&"<p a=".repeat(200_000)).is_err());
    let units = [
        "<p a='><p b=\"",
        "<svg><style>",
        "<style>a</style ",
        "<svg><title>a</title>",
        "<!-->",
        "<script><!--",
    ];
    for unit in units {
        let page = unit.repeat(100_000);
        assert!(html::has_room(page.as_bytes(), MAX_ATTRIBUTES), "{unit}");
        assert!(xml::has_room(page.as_bytes(), MAX_ATTRIBUTES), "{unit}");
        assert_eq!(check(&page), Ok(()), "{unit}");
    }
}

fn most_attributes(document: &Html) -> usize {
    let elements = document.tree.nodes().filter_map(|node| match node.value() {
        Node::Element(element) => Some(element.attrs.len()),
        _ => None,
    });
    elements.max().unwrap_or(0)
}

/// Pieces of which hostile pages are made.
const PIECES: &str = "(<p |<b |</p |<svg>|</svg>|<math>|</math>|<style>|</style>|<style/>|<title>|</title>|<desc>|</desc>\
    |<script>|</script>|<noscript>|</noscript>|<noframes>|</noframes>|<textarea>|</textarea>|<template>|<col>\
    |<table>|</table>|<td>|<frameset>|<select>|<mi>|</mi>|<foreignObject>|</foreignObject>|<!--|-->|--!>|<!|<!\\[CDATA\\[|\\]\\]>|<\\?|\\?>\
    |>|=|\"|'|/| |:|a |b |c=|d |-|!|<|x){1,40}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_element_of_html_has_more_attributes_than_counted(text in PIECES) {
        // The parser adds attributes of a second `html` or `body` to the first; no piece is one.
        let sink = HtmlTreeSink::new(Html::new_document());
        let most = most_attributes(&parse_document(sink, ParseOpts::default()).one(text.as_str()));
        if most > 0 {
            prop_assert!(!tag::has_room(text.as_bytes(), Syntax::Html, most - 1), "{most} from any place");
            prop_assert!(!html::has_room(text.as_bytes(), most - 1), "{most}");
        }
    }

    #[test]
    fn no_element_of_xml_has_more_attributes_than_counted(text in PIECES) {
        let sink = HtmlTreeSink::new(Html::new_document());
        let document = parse_xml_document(sink, XmlParseOpts::default()).one(text.as_str());
        let most = most_attributes(&document);
        if most > 0 {
            prop_assert!(!tag::has_room(text.as_bytes(), Syntax::Xml, most - 1), "{most} from any place");
            prop_assert!(!xml::has_room(text.as_bytes(), most - 1), "{most}");
        }
    }
}
