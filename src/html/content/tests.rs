use url::Url;

use super::rewritten;

#[track_caller]
fn check(input: &str, expected: &str) {
    assert_eq!(rewritten(input, None).expect("content").html, expected, "{input}");
}

#[test]
fn content_without_pictures_and_players_stays() {
    for html in [
        "<p>The <b>tide</b> &amp; the moon</p>",
        "<img src=\"/p/tide.jpg\" alt=\"Tide\" width=\"600\">",
        "<table><tbody><tr><td>x</td></tr></tbody></table>",
        "<a href=\"#b\">b</a>",
    ] {
        check(html, html);
    }
    check("<picture><source srcset=/p/a.webp><img src=/p/a.jpg></picture>", "<img src=\"/p/a.jpg\">");
    check("<p id=a>x</p><iframe src=https://ads.example.net/f></iframe>", "<p>x</p>");
    check("<textarea>a <b></textarea><p>x", "a &lt;b&gt;<p>x</p>");
}

#[test]
fn long_texts_and_values_are_bounded() {
    let text = "a".repeat(1500);
    check(&text, &format!("{}<!---->{}", &text[..1024], &text[1024..]));
    check(&format!("<a title={} href=/x>x</a>", "a".repeat(5000)), "<a href=\"/x\">x</a>");
}

#[test]
fn a_late_picture_stands_once() {
    check(
        "<p>Up</p><img src='/s/spacer.gif' data-lazy='/p/lock.jpg' alt=lock><noscript><img src='/p/lock.jpg?w=9'></noscript>",
        "<p>Up</p><img src=\"/p/lock.jpg\" alt=\"lock\">",
    );
    check(
        "<figure><noscript><img src=/p/a.jpg alt=a></noscript></figure><p>x</p>",
        "<figure><img src=\"/p/a.jpg\" alt=\"a\"></figure><p>x</p>",
    );
    check("<img src=/p/b.jpg><noscript><img src=/p/b.jpg></noscript>", "<img src=\"/p/b.jpg\">");
    check(
        "<noscript>&lt;img src=\"/p/e.jpg?a=1&amp;amp;b=2\"&gt;</noscript>",
        "<img src=\"/p/e.jpg?a=1&amp;b=2\">",
    );
    check("<noscript><p>Please switch on scripts</p></noscript><img src=/p/c.jpg>", "<img src=\"/p/c.jpg\">");
}

#[test]
fn pixels_go_and_smileys_are_text() {
    check("<p>Hi <img src=/e/1f600.png width=14 height=14 alt=\"\u{1f600}\"></p>", "<p>Hi \u{1f600}</p>");
    check("<p>Hi</p><img src=//count.example.net/t.gif width=1 height=1 alt=''>", "<p>Hi</p>");
}

#[test]
fn players_become_links() {
    check(
        "<div><video poster=/p/gate.jpg title='The &quot;gate&quot;'><source src=/v/gate.webm></video></div>",
        "<div><p><a href=\"/v/gate.webm\"><img src=\"/p/gate.jpg\" alt=\"The &quot;gate&quot;\"></a></p></div>",
    );
    check(
        "<p>Hear: <audio src=/a/horn.ogg></audio></p>",
        "<p>Hear: <a href=\"/a/horn.ogg\">horn.ogg</a></p>",
    );
    check(
        "<iframe data-src='https://player.example.net/v/7' src='about:blank' title=Ropes></iframe>",
        "<p><a href=\"https://player.example.net/v/7\">Ropes</a></p>",
    );
    check(
        "<amp-youtube data-videoid=q1w2 width=480 height=270 layout=responsive></amp-youtube>",
        "<p><a href=\"https://www.youtube.com/watch?v=q1w2\">youtube.com</a></p>",
    );
    check(
        "<p><img data-src=/x.jpg></p><iframe src=https://t.example.net/c width=0 height=0></iframe>",
        "<p><img src=\"/x.jpg\"></p>",
    );
    check("<object><embed src=/o/plan.pdf></object>", "<p><a href=\"/o/plan.pdf\">plan.pdf</a></p>");
}

#[test]
fn places_that_links_lead_to_keep_their_names() {
    check(
        "<p id=top>Ice<sup id=m1><a href=#n1>1</a></sup></p><ol start=3><li id=n1>Thin. <a href=#m1>^</a></li></ol>",
        "<p>Ice<sup id=\"m1\"><a href=\"#n1\">1</a></sup></p><ol start=\"3\"><li id=\"n1\">Thin. <a href=\"#m1\">^</a></li></ol>",
    );
}

#[test]
fn bases_of_xml_count_at_every_level() {
    let base = Url::parse("https://mirror.example.net/a/").expect("an address");
    let html = "<p xml:base='b/'><img src=c.png></p><a href='../d'>d</a><a href='#e'>e</a>";
    let expected = "<p><img src=\"https://mirror.example.net/a/b/c.png\"></p>\
        <a href=\"https://mirror.example.net/d\">d</a><a href=\"#e\">e</a>";
    assert_eq!(rewritten(html, Some(&base)).expect("content").html, expected);
}

#[test]
fn white_space_in_preformatted_text_stays() {
    check("<img data-src=/p/d.jpg><pre>\n\n  x</pre>", "<img src=\"/p/d.jpg\"><pre>\n\n  x</pre>");
}
