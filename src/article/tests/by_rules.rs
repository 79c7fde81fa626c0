//! Articles whose parts are found by selectors.

use super::*;
use crate::html::XPath;
use crate::model::Limit;
use crate::rules::Css;

fn css(selector: &str) -> Select {
    Select::Css(Css::parse(selector).expect("a selector"))
}

fn xpath(path: &str) -> Select {
    Select::XPath(XPath::parse(path).expect("an expression"))
}

fn read_by(html: &str, content: Select, title: Option<Select>) -> Result<Article, Unparsable> {
    let page = Page {
        url: "https://example.org/valley/loom".parse().expect("an address"),
        text: html.to_owned(),
        charset: "UTF-8",
        replacements: false,
    };
    let rules = ArticleRules { content: Some(content), title };
    allowance::of_page(|| article(&page, &rules, 512))
}

#[test]
fn an_element_inside_of_another_match_is_not_written_again() {
    let html =
        page("", "<div>wool <div class=part>thread <p>cloth</p></div></div><div class=part>loom</div>");
    for select in [css("div"), css("main > div, .part, p"), xpath("//div"), xpath("//div | //p | //p/text()")]
    {
        let name = select.text().to_owned();
        let article = read_by(&html, select, None).expect("a page within the limits");
        let written = article.content_html.as_deref().unwrap_or_default();
        for word in ["wool", "thread", "cloth", "loom"] {
            assert_eq!(text(&article).matches(word).count(), 1, "{name}: {word}");
            assert_eq!(written.matches(word).count(), 1, "{name}: {word}");
        }
    }
}

#[test]
fn nested_elements_do_not_multiply_the_text() {
    let html = format!("<body>{}{}", "<div>".repeat(300), "wool and thread ".repeat(500));
    for select in [css("div"), css("body *"), xpath("//div")] {
        let article = read_by(&html, select, None).expect("a page within the limits");
        assert!(text(&article).len() < 10_000, "{}", text(&article).len());
    }
}

#[test]
fn selectors_that_take_too_many_steps_are_refused() {
    let html = format!("<h1>The last loom</h1><ul>{}</ul>", "<li>x".repeat(20_000));
    for selector in ["h2 ~ li", "ul * ~ *", "li:nth-of-type(2n)", "li/* */~/* */li"] {
        let refused = read_by(&html, css(selector), None).expect_err(selector);
        assert_eq!(refused, Unparsable::Limit(Limit::Markup), "{selector}");
        let refused = read_by(&html, css("ul"), Some(css(selector))).expect_err(selector);
        assert_eq!(refused, Unparsable::Limit(Limit::Markup), "{selector}");
    }
}

#[test]
fn selectors_of_an_honest_page_are_not_refused() {
    let rows = "<li class='row'><b>wool</b> and <i>thread</i></li>".repeat(1_000);
    let html = page("", &format!("<h1>The last loom</h1><ul class=cloth>{rows}</ul>"));
    for selector in
        ["ul.cloth", "main > ul", "h1 ~ ul", "li.row:nth-child(n+2)", "li:not(:first-of-type) > b"]
    {
        let article = read_by(&html, css(selector), Some(css("main h1"))).expect(selector);
        assert_eq!(article.title.as_deref(), Some("The last loom"), "{selector}");
        assert!(text(&article).contains("wool"), "{selector}");
    }
}
