//! Pages that list links to other sites, and pages that only have such lists.

use super::*;

/// Links to other sites, each in a form in which `{}` stands for the link.
fn links(count: usize, form: &str) -> String {
    let link =
        |n| format!("<a href=https://s{n}.example.net/a>The harbour of town number {n} has a new wall</a>");
    (1..=count).map(|n| form.replace("{}", &link(n))).collect()
}

#[test]
fn a_list_of_links_to_other_sites_is_no_article() {
    let days = |form: &str| {
        format!("<h2>4 May 2025</h2><ul>{0}</ul><h2>3 May 2025</h2><ul>{0}</ul>", links(6, form))
    };
    for main in [
        format!("<h1>Links</h1><ul>{}</ul>", links(8, "<li>{}</li>")),
        format!("<h1>Links</h1><ol>{}</ol>", links(3, "<li>{} <span>(Quay News)</span></li>")),
        format!("<h1>Links</h1>{}", links(8, "<p>{}</p>")),
        format!("<h1>Links</h1><p>{}</p>", links(8, "{}<br>")),
        links(8, "<article><h2>{}</h2><p class=meta>4 May 2025</p></article>"),
        days("<li>{} Quay News</li>"),
        format!("<p>All about boats, found by Jo and by her dog.</p><ul>{}</ul>", links(8, "<li>{}</li>")),
        format!(
            "<table>{}</table>",
            links(
                8,
                "<tr><td>1.</td><td>{}</td></tr><tr><td></td><td>7 points by <a href=/u>Jo</a> | <a href=/c>3 comments</a></td></tr>"
            )
        ),
    ] {
        check_is_list(&main, true);
    }
}

#[test]
fn an_article_with_links_to_other_sites_is_no_list() {
    let more = format!("<h2>Further reading</h2><ul>{}</ul>", links(30, "<li>{}</li>"));
    let [one, two, ..] = PARTS;
    for main in [
        format!("<h1>The last loom</h1><p>{one}</p><p>{two}</p>{more}"),
        format!("<article><h1>The last loom</h1><p>{one}</p>{more}</article>"),
        format!("<article><h1>The last loom</h1><p>This was read here in May.</p>{more}</article>"),
        format!(
            "<article><h1>The last loom</h1><p>She said “This is the best list of the year.”</p>{more}</article>"
        ),
        format!("<article><h1>The last loom</h1><p>« Tout a été lu ici en mai. »</p>{more}</article>"),
        format!("<h1>Links of the week</h1><ul>{}</ul>", links(8, &format!("<li>{{}}: {one}</li>"))),
    ] {
        check_is_list(&main, false);
    }
}

#[test]
fn a_text_for_machines_makes_a_list_of_links_an_article() {
    let head = format!(
        "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"articleBody\":\"{}\"}}</script>",
        PARTS.join(" ")
    );
    let article =
        read_page(&page(&head, &format!("<h1>The last loom</h1><ul>{}</ul>", links(8, "<li>{}</li>"))));
    assert!(!article.is_list && text(&article).contains(PARTS[4]), "{}", text(&article));
}
