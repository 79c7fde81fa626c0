use proptest::prelude::*;
use scraper::Html;

use super::*;

const PAGE: &str = r#"<html lang="en-GB"><body>
<div id="list" class="news top">
 <article class="card a"><h4><a href="/1" title="x">One <b>two</b></a></h4><p>P1</p><p class="d">3 May</p></article>
 <article class="card b"><h4><a href="/2">Three</a></h4><p>P2</p></article>
 <article class="ad"><h4><a href="/3">Buy</a></h4></article>
</div><table><tr><td>1</td><td>22</td></tr><tr><td>3</td><td>4</td></tr></table></body></html>"#;

fn text(expression: &str) -> String {
    let html = Html::parse_document(PAGE);
    let path = XPath::parse(expression).unwrap_or_else(|e| panic!("{expression}: {e}"));
    match path.evaluate(html.root_element(), &EvaluationBudget::default()).expect("a value") {
        Value::Nodes(nodes) => nodes.iter().map(XPathNode::text).collect::<Vec<_>>().join("|"),
        other => other.text(),
    }
}

#[test]
fn paths_lead_where_the_recommendation_says() {
    for (expression, expected) in [
        ("//article/h4/a", "One two|Three|Buy"),
        ("//article[1]/h4/a/@href", "/1"),
        ("//article[last()]//a/@href", "/3"),
        ("(//article//a)[2]", "Three"),
        ("//a[@title]", "One two"),
        ("//a[@href='/2']/ancestor::article/p", "P2"),
        ("//article[contains(concat(' ', normalize-space(@class), ' '), ' card ')]/h4", "One two|Three"),
        ("//p[@class='d']/preceding-sibling::p", "P1"),
        ("//article[1]/following-sibling::article[1]//a", "Three"),
        ("//a[text()='Three']/../..//p/text()", "P2"),
        ("//h4 | //p[1]", "One two|P1|Three|P2|Buy"),
        ("//td[. > 3]", "22|4"),
        ("//tr[2]/td[2]", "4"),
        ("/html/body/div/article[3]/descendant-or-self::*/@href", "/3"),
        ("//article[not(@class='ad')][position() mod 2 = 1]//b", "two"),
        ("//article[p]/h4/a", "One two|Three"),
        ("id('list')/article[2]/h4", "Three"),
        ("//b/following::a[1]", "Three"),
        ("//td[.='3']/preceding::td[1]", "22"),
        ("//*[lang('en')][table]//td[1]", "1|3"),
        ("//article[count(p) = 2]//a/@*", "/1|x"),
    ] {
        assert_eq!(text(expression), expected, "{expression}");
    }
}

#[test]
fn functions_give_what_the_recommendation_says() {
    for (expression, expected) in [
        ("count(//article)", "3"),
        ("sum(//td)", "30"),
        ("string(//article[2]/h4)", "Three"),
        ("concat('a', 1 + 2 * 3, \"b\")", "a7b"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("substring-before('1999/04', '/')", "1999"),
        ("substring-after('1999/04', '/')", "04"),
        ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
        ("normalize-space('  a  b ')", "a b"),
        ("string-length('añb')", "3"),
        ("5 mod 2 - 3 div 2", "-0.5"),
        ("-(-2) > 1 and not(false())", "true"),
        ("number('x')", "NaN"),
        ("round(2.5) + floor(-1.5) + ceiling(1.2)", "3"),
        ("'a' = 'b' or 1 <= 1", "true"),
        ("//td = 22", "true"),
        ("//td != //td", "true"),
        ("name(//b)", "b"),
        ("lower-case('ÀB')", "àb"),
        ("replace('a-b-c', '-(.)', '+$1')", "a+b+c"),
        ("string-join(//td, ',')", "1,22,3,4"),
        ("matches('2026-01', '^\\d{4}')", "true"),
        ("boolean(//none)", "false"),
    ] {
        assert_eq!(text(expression), expected, "{expression}");
    }
}

#[test]
fn mistakes_are_named() {
    for (expression, part) in [
        ("", "empty"),
        ("//article[", "missing"),
        ("//article]", "`]`"),
        ("foo(1)", "`foo` is not known"),
        ("contains('a')", "does not take 1"),
        ("$x", "variables"),
        ("side::a", "axis `side`"),
        ("'abc", "no end"),
        ("matches('a', '(')", "`(` has no `)`"),
        ("//li/", "element is missing after `/`"),
        ("//a/@", "attribute is missing after `@`"),
        ("//li[@id and ]", "something is missing after `and`"),
        ("//li | ", "something is missing after `|`"),
    ] {
        let error = XPath::parse(expression).expect_err(expression);
        assert!(error.contains(part), "{expression}: {error}");
    }
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    assert!(XPath::parse(&deep).expect_err("too deep").contains("deeper"));
}

#[test]
fn a_page_cannot_make_an_expression_cost_more_than_it_may() {
    let html = Html::parse_document(&"<p>x".repeat(20_000));
    let path = XPath::parse("//p[//p[.='y']]").expect("an expression");
    let error = path.evaluate(html.root_element(), &EvaluationBudget::default()).expect_err("too much");
    assert!(error.contains("too many steps"));
}

/// A page of 350 kB: 20,000 elements with 170 kB of text.
fn long_page() -> String {
    (0..10_000).map(|n| format!("<div><p>Tide {n:05}: boats</p></div>")).collect()
}

#[test]
fn work_on_texts_takes_steps() {
    let html = Html::parse_document(&long_page());
    for expression in [
        "//*[replace(replace(., '(.)', '$1$1$1'), '(.)', '$1$1$1') = 'z']",
        "//*[replace(string(/), '', 'x') = 'z']",
        "//*[sum(//*) > 1]",
        "//*[. = //*]",
        "//*[. != /]",
        "//*[string-join(//text(), ', ') = 'z']",
        "//*[translate(/, 'abcdef', 'ghijkl') = 'z']",
        "//*[contains(string(/), 'zz')]",
        "//*[substring-before(/, 'zz') = 'z']",
        "//*[*[concat(/, 'x') = 'z']]",
        "//*[number(.) > count(//*)]",
        "//*[starts-with(//p, .)]",
        "//*[lower-case(/) = normalize-space(/)]",
        "//*[matches(/, '(x+x+)+y')]",
        "//*[/ + 1 = -/]",
        "//*[string-length(substring(/, 2)) = 1]",
    ] {
        let path = XPath::parse(expression).expect(expression);
        let budget = EvaluationBudget::default();
        let error = path.evaluate(html.root_element(), &budget).expect_err(expression);
        assert!(error.contains("too many steps"), "{expression}: {error}");
        assert_eq!(budget.used(), budget::MAX_STEPS, "{expression}");
    }
}

#[test]
fn a_heavy_pattern_takes_more_steps_than_a_light_one() {
    let html = Html::parse_document(&long_page());
    let steps = |expression: &str| {
        let budget = EvaluationBudget::default();
        let _ = XPath::parse(expression).expect(expression).evaluate(html.root_element(), &budget);
        budget.used()
    };
    assert!(steps("matches(/, 'tides? of')") < budget::MAX_STEPS / 10);
    assert_eq!(steps("matches(/, '(a{1,300}){1,20}z')"), budget::MAX_STEPS);
    // Each search may read to the end, and find a match of one character.
    assert_eq!(steps("replace(/, 'i.*?z|i', 'o')"), budget::MAX_STEPS);
}

#[test]
fn a_text_has_a_largest_size() {
    let html = Html::parse_document(&long_page());
    for expression in [
        format!("concat({})", ["/"; 30].join(", ")),
        format!("concat({})", ["concat(/, /, /, /, /)"; 6].join(", ")),
        format!("string-join(//p, '{}')", "x".repeat(500)),
        format!("replace(/, '(?s).+', '{}')", "$0".repeat(30)),
    ] {
        let path = XPath::parse(&expression).expect("an expression");
        let error = path.evaluate(html.root_element(), &EvaluationBudget::default()).expect_err(&expression);
        assert!(error.contains("longer than 4 MiB"), "{expression}: {error}");
    }
}

#[test]
fn ordinary_rules_on_an_ordinary_page_take_few_steps() {
    let item = |n: usize| {
        format!(
            "<article class='card'><header><h2>\n  <a href='/news/{n}'>Tide {n}\n rises</a></h2></header>\
             <p class='date'><span>Posted</span>: <time>3 MAY 2026</time></p><ul>{}</ul>\
             <p>The boats of pier {n} stay in. <b>Wind</b> and <i>rain</i> come from the west.</p></article>",
            "<li><a href='/tag/x'>Sea</a></li>".repeat(5)
        )
    };
    let html = Html::parse_document(&(0..100).map(item).collect::<String>());
    let budget = EvaluationBudget::default();
    let items = XPath::parse("//article[contains(concat(' ', @class, ' '), ' card ')]").expect("items");
    let Value::Nodes(nodes) = items.evaluate(html.root_element(), &budget).expect("nodes") else {
        panic!("no nodes")
    };
    assert_eq!(nodes.len(), 100);
    for expression in [
        "normalize-space(.//h2)",
        "substring-after(.//p[@class='date'], ':')",
        ".//a[contains(@href,'/news/')]",
        "translate(.//time, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')",
        "replace(., '\\s+', ' ')",
        ".//a[matches(@href, '^/news/\\d+$')]/@href",
    ] {
        let path = XPath::parse(expression).expect(expression);
        for element in nodes.iter().filter_map(XPathNode::element) {
            path.evaluate(element, &budget).expect(expression);
        }
    }
    assert!(budget.used() < budget::MAX_STEPS / 10, "{}", budget.used());
}

#[test]
fn texts_are_compared_and_translated_as_before() {
    for (expression, expected) in [
        ("1 div 0 > 5", "true"),
        ("//td = //tr[2]/td[1]", "true"),
        ("//td != 'x'", "true"),
        ("//none != 'x'", "false"),
        ("'22' = //td", "true"),
        ("//td > //td", "true"),
        ("translate('aba', 'aab', 'xyz')", "xzx"),
        ("replace('añb', '', '-')", "-a-ñ-b-"),
        ("replace('a1', '(?<l>[a-z])(\\d)', '$2${l}$9')", "1a"),
        ("substring('añb', 2)", "ñb"),
        ("count(id('x list'))", "1"),
        ("boolean(//article[lang('en-gb')])", "true"),
        ("boolean(//article[lang('e')])", "false"),
        ("string-join(//none, ',')", ""),
    ] {
        assert_eq!(text(expression), expected, "{expression}");
    }
}

proptest! {
    #[test]
    fn any_text_is_an_expression_or_an_error(text in "\\PC{0,40}") {
        if let Ok(path) = XPath::parse(&text) {
            let html = Html::parse_document(PAGE);
            let _ = path.evaluate(html.root_element(), &EvaluationBudget::default());
        }
    }

    #[test]
    fn any_mix_of_its_signs_is_an_expression_or_an_error(
        text in prop::collection::vec(
            prop_oneof![
                Just("//"), Just("/"), Just("a"), Just("["), Just("]"), Just("("), Just(")"), Just("@"), Just("*"),
                Just("."), Just(".."), Just("="), Just("'x'"), Just("1"), Just("-"), Just(" and "), Just("|"),
                Just("text()"), Just("substring("), Just(","), Just("position()"), Just("::"), Just("following"),
            ],
            0..16,
        )
    ) {
        if let Ok(path) = XPath::parse(&text.concat()) {
            let html = Html::parse_document(PAGE);
            let _ = path.evaluate(html.root_element(), &EvaluationBudget::default());
        }
    }
}

#[test]
fn names_of_xml_are_as_the_file_writes_them() {
    let page = "<List xmlns='urn:l' xmlns:dc='urn:d'><Item dc:nr='4' nr='5'><Date>a</Date><date>b</date>\
                <dc:date>c</dc:date><un:date>d</un:date><link>e</link></Item></List>";
    let document = crate::html::xml::parse_plain(page, 64).expect("XML");
    let root = crate::html::xml::root(&document).expect("a root");
    for (expression, expected) in [
        ("//Item/Date", "a"),
        ("//item/Date", ""),
        ("Item/date", "b"),
        ("Item/dc:date", "c"),
        ("//un:date", "d"),
        ("//dc:*", "c"),
        ("//*[local-name()='date']", "b|c|d"),
        ("//*[name()='dc:date']", "c"),
        ("//@nr", "5"),
        ("//@dc:nr", "4"),
        ("//Item/link", "e"),
        ("name(Item/@dc:nr)", "dc:nr"),
    ] {
        let path = XPath::parse_xml(expression).unwrap_or_else(|e| panic!("{expression}: {e}"));
        let found = match path.evaluate(root, &EvaluationBudget::default()).expect("a value") {
            Value::Nodes(nodes) => nodes.iter().map(XPathNode::text).collect::<Vec<_>>().join("|"),
            other => other.text(),
        };
        assert_eq!(found, expected, "{expression}");
    }
}

#[test]
fn deep_expressions_are_refused_before_they_take_much_stack() {
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let work = small.spawn(|| {
        let nested = |open: &str, inner: &str, close: &str, levels: usize| {
            format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
        };
        for bad in [
            format!("{}1", "-".repeat(4_000)),
            format!("1{}", "+1".repeat(2_000)),
            format!("//a{}", "|a".repeat(2_000)),
            nested("a[", "a", "]", 60),
            nested("(", "1", ")", 2_000),
            nested("(1 or 1 and 1 = 1 < 1 + 1 * ", "1", ")", 100),
            nested("not(", "1", ")", 800),
        ] {
            assert!(XPath::parse(&bad).is_err(), "{bad}");
        }
        let deepest = format!("//article[{}]", nested("article[", "1", "]", 28));
        assert_eq!(text(&format!("{deepest} | //h4/a{}", "|//a".repeat(90))), "One two|Three|Buy");
        assert_eq!(text(&format!("//a:{}td", "b:".repeat(2_000))), "1|22|3|4");
    });
    work.expect("a thread").join().expect("no overflow of the stack");
}

#[test]
fn operators_bind_as_the_recommendation_says() {
    for (expression, expected) in [
        ("10 - 4 - 3", "3"),
        ("1 + 2 * 3 - 8 div 4", "5"),
        ("- 2 * - 3", "6"),
        ("2 < 1 = 1 > 2", "true"),
        ("1 = 2 or 1 = 1 and 2 = 2", "true"),
        ("7 - --2 mod 5", "5"),
    ] {
        assert_eq!(text(expression), expected, "{expression}");
    }
}
