"""Hostile HTML: as a page with one item, with 500 items, as an article, as a page without rules, and as
the text of an item in feeds and JSON. And pages in hostile character sets."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator

from hostile import ITEMS, Case, count, fill, nested, noise, select

Shape = Callable[[int], str]
INLINE = "".join(f"<{t}>" for t in ("b", "i", "u", "s", "em", "font", "code", "small", "strong", "tt", "big", "nobr"))

# Shapes by name, each a text of about a size. A depth of 500 is allowed in a page, 120 in a text.
SHAPES: dict[str, Shape] = {
    "plain": lambda n: fill("<p>A word and <b>more</b> words.</p>", n),
    "div-500-deep": lambda n: nested("<div>", "</div>", 500, n),
    "div-120-deep": lambda n: nested("<div>", "</div>", 120, n),
    "div-without-end": lambda n: fill("<div>", n),
    "div-500-open-then-flat": lambda n: "<div>" * 500 + fill("<i>x</i>", n),
    "div-120-open-then-flat": lambda n: "<div>" * 120 + fill("<i>x</i>", n),
    "div-120-open-then-text": lambda n: "<div>" * 120 + fill("x<br>", n),
    "list-240-deep": lambda n: nested("<ul><li>", "</li></ul>", 240, n),
    "list-without-end": lambda n: fill("<ul><li>", n),
    "dl-without-end": lambda n: fill("<dl><dt>a<dd>", n),
    "b-500-deep": lambda n: nested("<b>", "</b>", 500, n),
    "b-120-deep": lambda n: nested("<b>", "</b>", 120, n),
    "font-500-deep": lambda n: nested("<font color=red>", "</font>", 500, n),
    "a-without-end": lambda n: count("<a href=/%d>", n),
    "b-without-end": lambda n: fill("<b>", n),
    "b-reopened-in-p": lambda n: "<b>" * 480 + fill("<p>x", n),
    "b-with-id-reopened-in-p": lambda n: count("<b id=%d>", n, 480) + fill("<p>x", n),
    "inline-reopened-in-p": lambda n: INLINE * 3 + fill("<p>x", n),
    "inline-closed-in-order": lambda n: fill("<b><i><p></b></i>", n),
    "adoption-agency": lambda n: fill("<a><b><div></a></b>", n),
    "adoption-120-deep": lambda n: fill("<b>" + "<div>" * 100 + "</b>" + "</div>" * 100, n),
    "a-in-table-in-a": lambda n: fill("<a><table><td><a></a></table></a>", n),
    "ends-only": lambda n: fill("</div>", n),
    "ends-with-500-open": lambda n: "<div>" * 500 + fill("</b></i></x>", n),
    "p-ends": lambda n: fill("</p>", n),
    "br-siblings": lambda n: fill("<br>", n),
    "empty-elements": lambda n: fill("<i></i>", n),
    "custom-elements": lambda n: count("<x-%d></x-%d>", n),
    "attributes-900": lambda n: fill("<p " + count("a%d ", 10**6, 900) + ">x</p>", n),
    "attributes-without-end": lambda n: "<p " + count("a%d ", n),
    "attributes-without-space": lambda n: "<p " + count('a%d=""', n) + ">x",
    "attributes-of-end-tag": lambda n: "</p " + count("a%d ", n) + ">x",
    "attributes-after-empty-comment": lambda n: "<!--><p " + count("a%d ", n) + ">x",
    "attributes-after-comment-bang": lambda n: "<!-- --!><p " + count("a%d ", n) + ">x",
    "attributes-in-svg-style": lambda n: "<svg><style><p " + count("a%d ", n) + ">x",
    "attributes-in-math-title": lambda n: "<math><title><mi " + count("a%d ", n) + ">x",
    "attributes-beginning-with-equals": lambda n: "<p " + count("=a%d ", n) + ">x",
    "attributes-with-quote-in-name": lambda n: "<p " + count("a'%d=\"b ", n) + ">x",
    "attributes-after-slash": lambda n: "<p" + count("/a%d", n) + ">x",
    "attributes-after-select-textarea": lambda n: "<select><title><p " + count("a%d ", n) + ">x",
    "attributes-after-noframes": lambda n: "<noscript><noframes><!--</noframes><p " + count("a%d ", n) + "-->x",
    "attribute-begun-again": lambda n: fill("<p a=", n),
    "attribute-quote-open": lambda n: "<p a='" + fill("x<p>", n),
    "attribute-quotes-each-open": lambda n: fill("<p a='><p b=\"", n),
    "attribute-5-mb": lambda n: f"<p title='{noise(n // 2)}' class='{fill('c ', n // 2)}'>x</p>",
    "class-list-long": lambda n: f"<p class='{count('c%d ', n)}'>x</p>",
    "style-backgrounds": lambda n: f"<div style=\"{fill('background:url(/a.jpg);', n)}\">x</div>",
    "style-url-open": lambda n: f"<div style=\"{fill('background:url(', n)}\">x</div>",
    "style-many": lambda n: count("<div style='background-image:url(/%d.jpg)'></div>", n),
    "srcset-long": lambda n: f"<img srcset='{count('/a%d.jpg %dw, ', n)}'>",
    "srcset-commas": lambda n: f"<img src=/a.jpg srcset='{fill(',', n)}'>",
    "srcset-brackets": lambda n: f"<img src=/a.jpg srcset='a {fill('(', n)}'>",
    "pictures-many": lambda n: count("<img src=/%d.jpg data-src=/%d-2.jpg alt=x>", n),
    "picture-sources": lambda n: "<picture>" + count("<source srcset='/%d.jpg 2x'>", n) + "<img></picture>",
    "noscript-pictures": lambda n: fill("<noscript>&lt;img src=/a.jpg&gt;<img src=/b.jpg></noscript>", n),
    "noscript-nested": lambda n: fill("<noscript><div>", n),
    "data-address": lambda n: f"<img src='data:image/png;base64,{fill('iVBORw0KGgo', n)}'>",
    "players-many": lambda n: count("<iframe src='https://player.example/%d'></iframe>", n),
    "objects-nested": lambda n: nested("<object data=/a><param name=movie value=/b>", "</object>", 100, n),
    "videos-with-sources": lambda n: "<video>" + count("<source src=/%d.mp4 type=video/mp4>", n) + "</video>",
    "table-in-table": lambda n: nested("<table><tr><td>", "</table>", 100, n),
    "table-without-end": lambda n: fill("<table>", n),
    "table-cells-without-end": lambda n: fill("<table><tr><td>", n),
    "foster-text": lambda n: "<table>" + fill("x<tr>", n),
    "foster-elements": lambda n: "<table>" + fill("<b>x<tr>", n),
    "foster-one-by-one": lambda n: "<table>" + fill("<i>x</i>", n),
    "foster-deep": lambda n: fill("<table><b>" * 100 + "</table>" * 100, n),
    "table-wide": lambda n: "<table><tr>" + fill("<td>x", n) + "</table>",
    "table-rows": lambda n: "<table>" + count("<tr><td>%d<td><a href=/%d>x</a>", n) + "</table>",
    "rowspan-huge": lambda n: "<table>" + fill("<tr><td rowspan=65534>a<td colspan=1000>b", n) + "</table>",
    "rowspan-stairs": lambda n: "<table>" + fill("<tr>" + "<td rowspan=200>a" * 20, n) + "</table>",
    "rowspan-fat-cell": lambda n: "<table><tr><td rowspan=60000>" + "<i>x</i>" * 50 + fill("<tr><td>b", n),
    "colgroup-many": lambda n: "<table>" + fill("<colgroup span=9999><col>", n),
    "caption-nested": lambda n: fill("<table><caption>", n),
    "select-options": lambda n: "<select>" + fill("<option>x<optgroup>", n),
    "select-nested": lambda n: fill("<select><option><b>", n),
    "button-nested": lambda n: fill("<button><p>", n),
    "form-nested": lambda n: fill("<form><p>", n),
    "h1-nested": lambda n: fill("<h1><h2>", n),
    "svg-switches": lambda n: fill("<svg><p></p>", n),
    "svg-foreign-object": lambda n: fill("<svg><foreignObject><div>", n),
    "svg-deep": lambda n: nested("<g>", "</g>", 500, n).join(("<svg>", "</svg>")),
    "math-switches": lambda n: fill("<math><mi><b></math>", n),
    "math-annotation": lambda n: fill("<math><annotation-xml encoding=text/html><p>", n),
    "template-nested": lambda n: fill("<template>", n),
    "template-in-table": lambda n: fill("<table><template><tr>", n),
    "frameset": lambda n: fill("<frameset><frame>", n),
    "html-again": lambda n: count("<html a%d=b><body c%d=d>", n),
    "plaintext": lambda n: "<plaintext>" + fill("<p>", n),
    "textarea-open": lambda n: "<textarea>" + fill("<p>", n),
    "title-open": lambda n: "<title>" + fill("</titl", n),
    "script-open": lambda n: "<script>" + fill("<!--<script></scrip", n),
    "script-escapes": lambda n: "<script>" + fill("<!--<script>--></script>", n),
    "style-elements": lambda n: fill("<style>a{}</style>", n),
    "comment-open": lambda n: "<!--" + fill("--!x-", n),
    "comment-opened-again": lambda n: fill("<!--", n),
    "comment-short-each": lambda n: fill("<!-->", n),
    "bogus-comments": lambda n: fill("<!x><?y></1>", n),
    "cdata-open": lambda n: "<svg>" + fill("<![CDATA[]]", n),
    "doctype-again": lambda n: fill("<!DOCTYPE html>", n),
    "less-than": lambda n: fill("<", n),
    "entities": lambda n: fill("&amp;", n),
    "entities-without-end": lambda n: fill("&notit", n),
    "entities-long-prefix": lambda n: fill("&CounterClockwiseContourIntegra", n),
    "entities-numbers": lambda n: fill("&#x0000000000000000000000041;&#9999999999999999999;", n),
    "ampersands": lambda n: fill("&", n),
    "nul-bytes": lambda n: fill("\0", n),
    "spaces": lambda n: fill(" \n", n),
    "spaces-and-points": lambda n: fill("<b>a</b> . ", n),
    "invisible-characters": lambda n: fill("\u200b\u00ad\u2060", n),
    "combining-marks": lambda n: "e" + fill("\u0301", n),
    "no-space-text": lambda n: fill("x", n),
    "no-sentence-end": lambda n: fill("word ", n),
    "escaped-markup": lambda n: fill("&lt;p&gt;&lt;b&gt;", n),
    "escaped-four-times": lambda n: fill("&amp;amp;amp;lt;p&amp;amp;amp;gt;", n),
    "base-again": lambda n: count("<base href='/%d/'>", n),
    "meta-many": lambda n: count("<meta property='og:title' content='%d'>", n),
    "meta-refresh-many": lambda n: fill("<meta http-equiv=refresh content='0;url=/x'>", n),
    "feeds-announced": lambda n: count("<link rel=alternate type='application/rss+xml' href='/f%d'>", n),
    "next-links": lambda n: count("<a rel=next class=next href='?page=%d'>%d</a>", n),
    "links-many": lambda n: count("<a href='/post/%d'>A headline of some words %d</a> ", n),
    "links-long-query": lambda n: fill("<a href='/p?" + count("utm_source=%d&", 20_000) + "'>x</a>", n),
    "links-dots": lambda n: f"<a href='{fill('../', n)}x'>x</a>",
    "links-host-long": lambda n: f"<a href='https://{fill('ü.', n)}example/'>x</a>",
    "times-many": lambda n: fill("<time datetime='2026-01-02T03:04:05Z'>2 January 2026</time> ", n),
    "dates-many": lambda n: fill("<span>4 November 2025, 10:00</span><i>3 hours ago</i>", n),
    "headings-many": lambda n: count("<h2>Heading %d</h2><p>Text of it.</p>", n),
    "cards-many": lambda n: count(
        "<div class=card><h3><a href=/c/%d>Card of some words %d</a></h3><time>2026-01-02</time><p>Text</p></div>", n),
    "cards-with-own-classes": lambda n: count("<div class='c%d d%d'><a href=/c/%d>A card of words</a></div>", n),
    "groups-nested": lambda n: fill(
        "<div class=g>" * 100 + count("<p class=r><a href=/r/%d>Record of words</a></p>", 3_000) + "</div>" * 100, n),
    "groups-at-each-level": lambda n: fill("<div><p><a href=/a>A line of words</a></p>" * 110 + "</div>" * 110, n),
    "groups-3000": lambda n: count("<ul class=g%d>" + "<li><a href=/x>Some words</a></li>" * 8 + "</ul>", n, 3_000),
    "lines-with-br": lambda n: count("<a href=/l/%d>A line of words %d</a> 2026-01-02<br>", n),
    "day-headings": lambda n: fill("<h4>4 November 2025</h4><p><a href=/a>One of the lines</a></p>", n),
    "releases": lambda n: count("<h3>Version 1.%d</h3><ul><li>Repaired a thing</li></ul>", n),
    "paragraphs-long": lambda n: fill("<p>" + "A sentence of an article, with commas, and words. " * 200 + "</p>", n),
    "footnotes": lambda n: count("<p>Text<a href='#n%d'>1</a></p><p id=n%d>Note</p>", n),
    "ids-same": lambda n: fill("<p id=a><a href='#a'>x</a></p>", n),
    "microdata-nested": lambda n: nested("<div itemscope itemprop=a itemtype=https://schema.org/Article>", "</div>", 110, n),
    "microdata-references": lambda n: count(
        "<p itemscope itemtype=https://schema.org/Article id=r%d itemref='" + count("r%d ", 2_000) + "'>x</p>", n),
    "microformats-nested": lambda n: nested("<div class='h-entry p-name'>", "</div>", 110, n),
    "microformats-classes": lambda n: f"<div class='h-feed'><p class='h-entry {count('p-c%d ', n)}'>x</p></div>",
    "json-ld-scripts": lambda n: fill('<script type="application/ld+json">{"@type":"Article","headline":"x"}</script>', n),
    "json-ld-open": lambda n: fill('<script type="application/ld+json">{"@graph":[{', n) + "</script>",
    "script-assignments": lambda n: "<script>" + fill('="', n) + "</script>",
}
# Those that a text inside an item is tried with; in each carrier.
IN_TEXTS = (
    "div-120-deep", "div-120-open-then-flat", "div-without-end", "b-120-deep", "b-with-id-reopened-in-p",
    "adoption-120-deep", "attributes-without-space", "attributes-900", "foster-elements", "rowspan-stairs",
    "srcset-long", "pictures-many", "noscript-pictures", "players-many", "entities-without-end", "less-than",
    "escaped-four-times", "spaces-and-points", "no-space-text", "links-long-query", "invisible-characters",
)


def item(i: int, body: str) -> str:
    return (f"<article><h2><a href='/p/{i}'>Headline number {i}</a></h2><time>2026-01-{i % 28 + 1:02d}</time>"
            f"<div class=body>{body}</div></article>\n")


def cut(shape: Shape, size: int) -> str:
    """The shape, also where one unit of it is longer than the size."""
    return shape(size)[: max(size, 1)]


def one_item(shape: Shape) -> Callable[[int], bytes]:
    return lambda n: f"<!doctype html><body>{item(2, 'Text')}{item(1, cut(shape, n))}".encode()


def many_items(shape: Shape) -> Callable[[int], bytes]:
    def page(size: int) -> bytes:
        body = cut(shape, size // ITEMS)
        return ("<!doctype html><body>" + "".join(item(i, body) for i in range(ITEMS))).encode()

    return page


def bare(shape: Shape) -> Callable[[int], bytes]:
    return lambda n: f"<!doctype html><title>News</title><body>{cut(shape, n)}".encode()


def article(shape: Shape) -> Callable[[int], bytes]:
    text = "<p>" + "The harbour was closed for a day, and the ferries waited outside. " * 8 + "</p>"
    return lambda n: f"<!doctype html><body><article><h1>Harbour closed</h1>{text * 3}{cut(shape, n)}</article>".encode()


def listing(shape: Shape) -> Callable[[int], bytes]:
    return lambda n: ("<!doctype html><body>" + "".join(item(i, "Text of words") for i in range(20)) + cut(shape, n)).encode()


def pages() -> Iterator[Case]:
    for name, shape in SHAPES.items():
        yield Case(f"html/one/{name}", one_item(shape))
        yield Case(f"html/500/{name}", many_items(shape))
        yield Case(f"article/{name}", article(shape), "", "article")
        yield Case(f"detect/{name}", listing(shape), "", "detect")
        yield Case(f"detect/bare/{name}", bare(shape), "", "detect")
        if name.startswith(("micro", "json-ld", "meta")):
            yield Case(f"structured/{name}", bare(shape), 'kind = "structured"\n')


def rss(texts: list[str]) -> str:
    items = (f"<item><title>Item {i}</title><link>https://example.org/{i}</link><description>{html.escape(t)}"
             "</description></item>" for i, t in enumerate(texts))
    return f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>"


def rss_cdata(texts: list[str]) -> str:
    items = (f"<item><title>Item {i}</title><content:encoded><![CDATA[{t}]]></content:encoded></item>"
             for i, t in enumerate(texts))
    space = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    return f"<rss version='2.0' {space}><channel><title>T</title>{''.join(items)}</channel></rss>"


def atom(texts: list[str]) -> str:
    entries = (f"<entry><id>urn:x:{i}</id><title>Item {i}</title><content type='html'>{html.escape(t)}</content></entry>"
               for i, t in enumerate(texts))
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{''.join(entries)}</feed>"


def json_feed(texts: list[str]) -> str:
    items = [{"id": str(i), "title": f"Item {i}", "content_html": t} for i, t in enumerate(texts)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items})


def plain_json(texts: list[str]) -> str:
    return json.dumps({"items": [{"title": f"Item {i}", "url": f"/{i}", "text": t} for i, t in enumerate(texts)]})


def wordpress(texts: list[str]) -> str:
    made = [{"id": i, "link": f"https://example.org/{i}", "title": {"rendered": f"Item {i}"}, "date_gmt": "2026-01-02T00:00:00",
             "content": {"rendered": t}, "excerpt": {"rendered": t}} for i, t in enumerate(texts)]
    return json.dumps(made)


def json_ld(texts: list[str]) -> str:
    made = [{"@type": "Article", "headline": f"Item {i}", "url": f"/{i}", "articleBody": t} for i, t in enumerate(texts)]
    value = json.dumps({"@context": "https://schema.org", "@graph": made}).replace("</", "<\\/").replace("<!", "\\u003c!")
    return f'<!doctype html><body><script type="application/ld+json">{value}</script>'


CARRIERS: dict[str, tuple[Callable[[list[str]], str], str]] = {
    "rss": (rss, 'kind = "feed"\n'),
    "rss-cdata": (rss_cdata, 'kind = "feed"\n'),
    "atom": (atom, 'kind = "feed"\n'),
    "jsonfeed": (json_feed, 'kind = "feed"\n'),
    "json": (plain_json, select("json", 'item = "items"\ncontent = "text"\nsummary = "text"\nimage = "text"')),
    "wordpress": (wordpress, 'kind = "wordpress"\nurl = "https://example.org/wp-json/wp/v2/posts"\n'),
    "json-ld": (json_ld, 'kind = "structured"\n'),
}


def texts() -> Iterator[Case]:
    """One text of the size of the page, one that is just short enough to be kept, and 500 of 20 kB."""
    for carrier, (made, rules) in CARRIERS.items():
        for name in IN_TEXTS:
            shape = SHAPES[name]
            yield Case(f"text/{carrier}/one/{name}", lambda n, m=made, s=shape: sized(m, s, n, 1), rules)
            yield Case(f"text/{carrier}/20/{name}", lambda n, m=made, s=shape: sized(m, s, n, 20), rules)
            yield Case(f"text/{carrier}/500/{name}", lambda n, m=made, s=shape: sized(m, s, n, ITEMS), rules)
    for name in IN_TEXTS:
        page = CARRIERS["json-ld"][0]
        yield Case(f"article/json-ld/{name}", lambda n, m=page, s=SHAPES[name]: sized(m, s, n, 1), "", "article")


def sized(made: Callable[[list[str]], str], shape: Shape, size: int, items: int) -> bytes:
    """Escapes make a text longer: what is over the size is taken off the texts."""
    text = cut(shape, size // items)
    whole = made([text] * items).encode()
    if len(whole) <= size * 1.05:
        return whole
    return made([cut(shape, max(int(size // items * size / len(whole)), 1))] * items).encode()


def in_bytes(pattern: bytes, before: bytes = b"") -> Callable[[int], bytes]:
    return lambda n: before + pattern * (n // len(pattern))


def charsets() -> Iterator[Case]:
    start = item(1, "x").encode()
    shapes = {
        "bytes-80": in_bytes(b"\x80", start),
        "bytes-ff": in_bytes(b"\xff", start),
        "bytes-cut-utf8": in_bytes(b"\xe2\x82", start),
        "utf16-le": lambda n: b"\xff\xfe" + (item(1, fill("<p>x", n // 2))).encode("utf-16-le"),
        "utf16-be": lambda n: b"\xfe\xff" + (item(1, fill("<p>x", n // 2))).encode("utf-16-be"),
        "utf16-lone-surrogates": in_bytes(b"\x00\xd8", b"\xff\xfe"),
        "utf32-le": lambda n: b"\xff\xfe\0\0" + item(1, fill("<p>x", n // 4)).encode("utf-32-le"),
        "meta-charset-again": in_bytes(b"<meta charset=", start),
        "meta-charset-unknown": in_bytes(b"<meta charset=x-none>", start),
        "meta-utf16": in_bytes(b"<p>\x80", b"<meta charset=utf-16le>" + start),
        "iso-2022-jp": in_bytes(b"\x1b$B0!\x1b(B", b"<meta charset=iso-2022-jp>" + start),
        "gb18030": in_bytes(b"\x81\x30\x81\x30", b"<meta charset=gb18030>" + start),
        "big5": in_bytes(b"\x88\x62", b"<meta charset=big5>" + start),
        "shift-jis": in_bytes(b"\x82\xa0\x81", b"<meta charset=shift_jis>" + start),
        "windows-1252": in_bytes(b"<p>\xe9\x93", b"<meta charset=windows-1252>" + start),
        "all-bytes": in_bytes(bytes(range(256)), start),
        "zeros": in_bytes(b"\0"),
    }
    for name, page in shapes.items():
        yield Case(f"charset/{name}", page)
        yield Case(f"charset/detect/{name}", page, "", "detect")
        yield Case(f"charset/feed/{name}", page, 'kind = "feed"\n')


def cases() -> Iterator[Case]:
    yield from pages()
    yield from texts()
    yield from charsets()
