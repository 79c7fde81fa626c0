//! Pages of articles and of lists, read as a whole.

use super::*;

mod by_rules;
mod link_list;

/// Paragraphs of an article.
const PARTS: [&str; 5] = [
    "The weavers of the valley met on Monday in the old mill, and after a long evening they agreed to share the last loom that still works.",
    "Those who had come from the upper villages asked for the mornings, because the light in the hall is best before the sun is over the ridge.",
    "A carpenter from the lower town has promised to mend the frame, and he wants no money for it, only a blanket before the winter comes.",
    "The council pays for the wool of the first year, and the school sends its oldest classes to learn the patterns which nobody has written down.",
    "In spring the first cloth is to be sold at the market by the bridge, where a table has been kept free for it next to the bakers.",
];

fn paragraphs(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("<p>{part}</p>")).collect()
}

fn read_page(html: &str) -> Article {
    let page = Page {
        url: "https://example.org/valley/loom".parse().expect("an address"),
        text: html.to_owned(),
        charset: "UTF-8",
        replacements: false,
    };
    article(&page, &ArticleRules::default(), 512).expect("a page within the limits")
}

fn page(head: &str, main: &str) -> String {
    format!(
        "<html lang=en><head><title>The last loom</title>{head}</head><body><header><nav><a href=/>Home</a></nav></header>\
         <main>{main}</main><footer><p>Imprint and contact of the valley paper.</p></footer></body></html>"
    )
}

fn text(article: &Article) -> &str {
    article.text.as_deref().unwrap_or_default()
}

#[track_caller]
fn check_all_parts(html: &str) {
    let article = read_page(html);
    for part in PARTS {
        assert!(text(&article).contains(part), "{part}\nis missing in\n{}", text(&article));
    }
    assert!(!text(&article).contains("Imprint"), "{}", text(&article));
}

#[test]
fn a_class_for_content_may_name_one_block_of_several() {
    let rest: String =
        PARTS[1..].iter().map(|p| format!("<section><div><p>{p}</p></div></section>")).collect();
    let first = PARTS[0];
    check_all_parts(&page(
        "",
        &format!(
            "<article><h1>The last loom</h1><div class=entry-content><p>{first}</p></div>{rest}</article>"
        ),
    ));
    check_all_parts(&page(
        "",
        &format!(
            "<h1>The last loom</h1><div><div class=story-body><p>{first}</p></div></div><div>{rest}</div>"
        ),
    ));
    let last = PARTS[4];
    let rows: String =
        PARTS[..4].iter().map(|p| format!("<div class=row><div class=col><p>{p}</p></div></div>")).collect();
    check_all_parts(&page(
        "",
        &format!(
            "<article><h1>The last loom</h1>{rows}<div class=article-text><p>{last}</p></div></article>"
        ),
    ));
    let plain: String = PARTS[1..].iter().map(|p| format!("<div class=part>{p}</div>")).collect();
    check_all_parts(&page(
        "",
        &format!("<article><h1>The last loom</h1><div class=post-body>{first}</div>{plain}</article>"),
    ));
}

#[test]
fn comments_and_other_articles_beside_the_text_stay_out() {
    let own = paragraphs(&PARTS[..2]);
    let others: String = PARTS[2..]
        .iter()
        .map(|p| format!("<article><h2><a href=/x>Another text</a></h2><p>{p}</p><p>{p}</p></article>"))
        .collect();
    let article = read_page(&page(
        "",
        &format!("<article><h1>The last loom</h1><div class=entry-content>{own}</div></article>{others}"),
    ));
    assert!(text(&article).contains(PARTS[1]) && !text(&article).contains(PARTS[3]), "{}", text(&article));
    let comments: String = PARTS[2..]
        .iter()
        .map(|p| format!("<div><b>Jo</b> <time>4 May 2025</time><p>{p}</p><p>{p}</p></div>"))
        .collect();
    let article = read_page(&page(
        "",
        &format!(
            "<article><h1>The last loom</h1><div class=entry-content>{own}</div></article><div>{comments}</div>"
        ),
    ));
    assert!(text(&article).contains(PARTS[1]) && !text(&article).contains(PARTS[3]), "{}", text(&article));
}

#[track_caller]
fn check_published(line: &str, expected: Option<&str>) {
    let article = read_page(&page(
        "",
        &format!("<article><h1>The last loom</h1>{line}{}</article>", paragraphs(&PARTS)),
    ));
    assert_eq!(article.published.as_deref(), expected, "{line}");
}

#[test]
fn the_date_of_an_article_may_stand_in_its_head() {
    check_published("<time>12 May 2025</time>", Some("2025-05-12"));
    check_published("<time datetime=''>12 May 2025, 08:15</time>", Some("2025-05-12T08:15:00"));
    check_published("<p><span class=entry-date>May 12, 2025</span></p>", Some("2025-05-12"));
    check_published("<div class=byline>By Jo Field | 12 May 2025 | 4 min read</div>", Some("2025-05-12"));
    check_published("<p>Veröffentlicht am 12. Mai 2025 um 08:15 Uhr</p>", Some("2025-05-12T08:15:00"));
    check_published("<p>Monday, 12 May 2025</p>", Some("2025-05-12"));
    check_published("<meta itemprop=datePublished content=2025-05-12>", Some("2025-05-12"));
    check_published(
        "<abbr class=published title=2025-05-12T08:15:00+02:00>Monday</abbr>",
        Some("2025-05-12T08:15:00+02:00"),
    );
    check_published("<p class=meta>Posted on 12 May 2025, updated 20 May 2025</p>", Some("2025-05-12"));
    check_published(
        "<p>Updated: <time datetime=2025-05-20>20 May</time></p><p>Published: <time datetime=2025-05-12>12 May</time></p>",
        Some("2025-05-12"),
    );
}

#[test]
fn a_date_that_only_a_script_has_is_not_that_of_the_article() {
    check_published(
        "<div class=dt-published>Today<script>2020-01-01</script></div><p>Published 12 May 2025</p>",
        Some("2025-05-12"),
    );
    check_published(
        "<div class=post-date><style>.d{top:2020-01-01}</style><span>12</span><span>May</span><span>2025</span></div>",
        Some("2025-05-12"),
    );
}

#[test]
fn a_date_may_stand_before_the_authors() {
    check_published("<p>12 May 2025 by Jo Field and Bo Lind, Valley Press Agency</p>", Some("2025-05-12"));
    check_published("<p>12 May 2025 par Jo Field</p>", Some("2025-05-12"));
}

#[test]
fn a_date_in_a_sentence_is_not_that_of_the_article() {
    check_published("", None);
    check_published("<p>On 3 March 2020 the mill was closed.</p>", None);
    check_published(
        "<p>The mill was closed on <time datetime=2020-03-03>3 March</time>, and nobody was told.</p>",
        None,
    );
    check_published("<p>The mill of 1910 and its 12 looms</p>", None);
    check_published("<p class=updated>Updated 20 May 2025</p>", None);
    check_published("<div class=comments><p class=date>20 May 2025</p></div>", None);
    check_published("<aside><time>20 May 2025</time></aside>", None);
}

#[test]
fn the_author_is_a_name() {
    let with = |line: &str| {
        let text = paragraphs(&PARTS);
        read_page(&page("", &format!("<article><h1>The last loom</h1>{line}{text}</article>"))).byline
    };
    assert_eq!(with("<p class=byline>By Jo Field, 12 May 2025</p>").as_deref(), Some("Jo Field"));
    assert_eq!(with("<p>Published on 12 May 2025 by Jo Field</p>").as_deref(), Some("Jo Field"));
    assert_eq!(with("<a rel=author href=/jo>Jo Field</a>").as_deref(), Some("Jo Field"));
    assert_eq!(with("<p>By the river, 12 May 2025</p>"), None);
}

fn json_ld(body: &str) -> String {
    let data = serde_json::json!({"@type": "NewsArticle", "headline": "The last loom", "articleBody": body});
    format!("<script type=application/ld+json>{data}</script>")
}

#[test]
fn a_text_for_machines_counts_where_it_is_clearly_longer() {
    let teaser = format!(
        "<article><h1>The last loom</h1><p>{}</p><div class=wall><p>This text is for members. Become one today.</p></div></article>",
        PARTS[0]
    );
    for body in [
        PARTS.join("\n\n"),
        PARTS.join("\n"),
        paragraphs(&PARTS),
        paragraphs(&PARTS).replace('<', "&lt;").replace('>', "&gt;"),
    ] {
        let html = page(&json_ld(&body), &teaser);
        check_all_parts(&html);
        let article = read_page(&html);
        assert!(!text(&article).contains("for members"));
        assert_eq!(article.content_html.unwrap_or_default().matches("<p>").count(), PARTS.len(), "{body}");
    }
}

#[test]
fn a_text_for_machines_that_is_not_longer_changes_nothing() {
    let main = format!(
        "<article><h1>The last loom</h1><h2>The hall</h2>{}<p>More in <a href=/log>the log</a> of the mill.</p></article>",
        paragraphs(&PARTS)
    );
    for body in [PARTS[0].to_owned(), PARTS.join(" ")] {
        let article = read_page(&page(&json_ld(&body), &main));
        let html = article.content_html.unwrap_or_default();
        assert!(html.contains("<h2>The hall</h2>") && html.contains("href=\"/log\""), "{html}");
    }
}

#[test]
fn the_text_of_an_empty_page_may_be_in_its_json_or_in_noscript() {
    let data = serde_json::json!({"props": {"post": {"title": "The last loom", "content": paragraphs(&PARTS)}, "menu": [{"name": "Home", "text": "x"}]}});
    check_all_parts(&page("", &format!("<div id=app></div><script type=application/json>{data}</script>")));
    let blocks: Vec<serde_json::Value> =
        PARTS.iter().map(|p| serde_json::json!({"type": "paragraph", "text": p})).collect();
    let data = serde_json::json!({"article": {"headline": "The last loom", "body": blocks}});
    check_all_parts(&page("", &format!("<div id=app></div><script>window.__DATA__ = {data};</script>")));
    check_all_parts(&page(
        "",
        &format!("<article><h1>The last loom</h1><noscript>{}</noscript></article>", paragraphs(&PARTS)),
    ));
    let notice = "<noscript><p>You need to enable JavaScript to run this app, as it does not work without it in any browser that we know of, whatever its age or its maker may be.</p></noscript>";
    let article = read_page(&page("", &format!("<h1>The last loom</h1>{notice}<div id=app></div>")));
    assert_eq!((article.text, article.content_html), (None, None));
}

#[test]
fn a_list_is_no_article() {
    let cards: String = (1..6)
        .map(|n| format!("<div class=card><a href=/n/{n}><h3>News number {n} of the valley</h3></a><p>What the neighbours said about it, in two lines of text.</p><span>{n} May 2025</span></div>"))
        .collect();
    for main in [
        format!("<h1>News</h1>{cards}"),
        format!(
            "<h1>News</h1><p>All that happens in the valley, told by those who live there, day by day.</p><section>{cards}</section>"
        ),
        format!(
            "<ul>{}</ul>",
            (1..9)
                .map(|n| format!("<li><a href=/n/{n}>News number {n} of the valley</a></li>"))
                .collect::<String>()
        ),
    ] {
        let article = read_page(&page("", &main));
        assert!(article.is_list && article.text.is_none() && article.content_html.is_none(), "{main}");
        assert_eq!(NoText::of(&article), NoText::List);
    }
    let short = "<p>The mill is closed today.</p><p>It opens again at nine tomorrow.</p>";
    let article =
        read_page(&page("", &format!("<article><h1>The last loom</h1>{short}</article><div>{cards}</div>")));
    assert!(!article.is_list && text(&article).contains("It opens again"), "{}", text(&article));
    let article = read_page(&page("", &format!("<article><h1>The last loom</h1>{short}</article>")));
    assert!(!article.is_list && text(&article).contains("closed today"));
}

/// Teasers of other articles.
fn teasers(count: usize) -> String {
    (1..=count)
        .map(|n| format!("<div class=card><h3><a href=/n/{n}>The millers of the valley open wheel number {n}</a></h3><p>They grind all night.</p></div>"))
        .collect()
}

#[track_caller]
fn check_is_list(main: &str, expected: bool) {
    let article = read_page(&page("", main));
    assert_eq!(article.is_list, expected, "{main}");
    assert_eq!(article.text.is_none(), expected, "{main}");
}

#[test]
fn a_short_article_beside_many_teasers_is_no_list() {
    let more = format!("<div class=more>{}</div>", teasers(24));
    let [one, two, ..] = PARTS;
    for text in [
        format!("<div><h1>The last loom</h1><p class=meta>12 May 2025</p><p>{one}</p></div>"),
        format!("<div><h1>The last loom</h1><div class=par>{one}</div><div class=par>{two}</div></div>"),
        format!("<table><tr><td><h1>The last loom</h1>{one}<br><br>{two}</td></tr></table>"),
        format!("<article><h1>The last loom</h1><div>{one}<br><br>{two}</div></article>"),
        format!("<article><h1>The last loom</h1><ul><li>{one}</li><li>{two}</li></ul></article>"),
        "<div><h1>The last loom</h1><p>12 May 2025, 08:15</p><p>The mill is closed for good now.</p></div>"
            .to_owned(),
    ] {
        check_is_list(&format!("{text}{more}"), false);
    }
}

#[test]
fn the_parts_of_an_article_may_be_like_records() {
    let parts: String = (1..9)
        .map(|n| format!("<div class=entry><h2><a href=/mill/{n}>The old mill number {n}</a></h2><p>A fine mill of stone with a wheel of oak and {n} geese in its yard.</p></div>"))
        .collect();
    check_is_list(&format!("<article><h1>Eight mills to see</h1>{parts}</article>"), false);
}

#[test]
fn a_list_with_a_large_teaser_or_with_dates_stays_a_list() {
    let cards = teasers(12);
    let hero = format!(
        "<div class=hero><h2><a href=/n/99>The last loom of the valley</a></h2><p>{}</p></div>",
        PARTS[0]
    );
    check_is_list(&format!("<h1>News</h1>{hero}{cards}"), true);
    check_is_list(&format!("{}{cards}", hero.replace("h2", "h1")), true);
    let dated: String = (1..9)
        .map(|n| format!("<p>{n} May 2025</p><a class=line href=/n/{n}>The millers of the valley open wheel number {n} and sing to it</a>"))
        .collect();
    check_is_list(&format!("<h1>News</h1>{dated}"), true);
    let rights = "<div class=bottom>© 2025 The valley paper. All rights reserved, and no part of it may be shown elsewhere without a word of ours before. Write to us.</div>";
    check_is_list(&format!("<h1>News</h1>{cards}{rights}"), true);
}

#[test]
fn the_lines_with_date_and_author_are_no_part_of_the_text() {
    for line in [
        "<p><time>5 Nov</time></p>",
        "<time>5 Nov</time>",
        "<p>5 November</p>",
        "<p class=byline>Jo Field</p>",
        "<p><a rel=author href=/jo>Jo Field</a></p>",
    ] {
        let html =
            page("", &format!("<article><h1>The last loom</h1>{line}{}</article>", paragraphs(&PARTS)));
        let article = read_page(&html);
        assert!(text(&article).starts_with(PARTS[0]), "{line}\n{}", text(&article));
    }
    let html = page(
        "",
        &format!("<article><h1>The last loom</h1><p>It still works.</p>{}</article>", paragraphs(&PARTS)),
    );
    assert!(text(&read_page(&html)).starts_with("It still works."));
}

#[test]
fn comments_of_any_length_stay_out() {
    let own = paragraphs(&PARTS[..4]);
    let comment = "<p>We have been waiting for this since the flood, and my own mother would have liked to see it with us today.</p>";
    for (name, count) in [("class=comments", 8), ("class=comment-list", 3), ("id=disqus_thread", 40)] {
        let comments = format!("<div {name}>{}</div>", comment.repeat(count));
        for body in ["<div itemprop=articleBody>", "<div class=text>"] {
            let html = page("", &format!("<h1>The last loom</h1><div>{body}{own}</div>{comments}</div>"));
            let article = read_page(&html);
            assert!(text(&article).contains(PARTS[3]), "{name} {body}: {}", text(&article));
            assert!(!text(&article).contains("the flood"), "{name} {body}: {}", text(&article));
        }
    }
}

#[test]
fn a_page_of_comments_alone_has_their_text() {
    let html = page("", &format!("<h2>The last loom</h2><div class=comments>{}</div>", paragraphs(&PARTS)));
    assert!(text(&read_page(&html)).contains(PARTS[2]));
}

#[test]
fn the_first_picture_of_the_text_is_known() {
    let picture = "<figure><img src=/p/loom.jpg width=800 height=600></figure>";
    let other = "<nav><img src=/p/menu.jpg width=800 height=600></nav>";
    let html =
        page("", &format!("{other}<article><h1>The last loom</h1>{}{picture}</article>", paragraphs(&PARTS)));
    let article = read_page(&html);
    assert_eq!((article.image, article.text_image.as_deref()), (None, Some("/p/loom.jpg")));
}
