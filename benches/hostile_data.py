"""Hostile XML and JSON, and JSON in the scripts of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hostile import ITEMS, Case, count, fill, nested, noise, select

Shape = Callable[[int], str]
FEED = 'kind = "feed"\n'
JSON = select("json", 'item = "items"\ntitle = "title"\nsummary = "text"\ncontent = "text"\ndate = "date"\ntags = "tags"')
DEEP_JSON = select("json", 'item = "$..items[*]"')

MEDIA = "xmlns:media='http://search.yahoo.com/mrss/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
OPEN = f"<rss version='2.0' {MEDIA}><channel><title>T</title>"
ONE = "<item><title>One</title><link>https://example.org/1</link>"


def in_feed(inner: Shape) -> Shape:
    return lambda n: f"{OPEN}{inner(n)}</channel></rss>"


def in_item(inner: Shape) -> Shape:
    return in_feed(lambda n: f"{ONE}{inner(n)}</item>")


def in_500(inner: Shape) -> Shape:
    return in_feed(lambda n: (ONE + inner(n // ITEMS)[: n // ITEMS] + "</item>") * ITEMS)


def laughs(levels: int) -> str:
    lines = ["<!ENTITY l0 'lol lol lol lol lol'>"]
    lines += [f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, levels)]
    return f"<?xml version='1.0'?><!DOCTYPE rss [{''.join(lines)}]>"


XML: dict[str, Shape] = {
    "deep": in_item(lambda n: fill("<a>", n)),
    "deep-500": in_item(lambda n: nested("<a>", "</a>", 490, n)),
    "deep-500-then-flat": in_item(lambda n: "<a>" * 490 + fill("<b/>", n)),
    "empty-items": in_feed(lambda n: fill("<item/>", n)),
    "items-many": in_feed(lambda n: count("<item><title>T%d</title><link>/%d</link></item>", n)),
    "items-in-items": in_feed(lambda n: nested("<item><title>T</title>", "</item>", 200, n)),
    "channels-in-channels": in_feed(lambda n: nested("<channel><item><title>T</title></item>", "</channel>", 200, n)),
    "feeds-in-feeds": lambda n: nested("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title>",
                                       "</entry></feed>", 200, n),
    "namespaces-of-one-tag": lambda n: "<rss " + count("xmlns:n%d='u:%d' ", n, 900) + f"><channel>{ONE}</item>"
                                       + fill("<item><n899:a/></item>", n) + "</channel></rss>",
    "namespaces-of-each-level": in_item(lambda n: fill("".join(f"<a xmlns:n{i}='u:{i}'>" for i in range(480))
                                                      + "<n1:b/>" * 2_000 + "</a>" * 480, n)),
    "namespaces-many": in_item(lambda n: count("<a xmlns:n%d='u:%d'/>", n)),
    "namespaces-40-each-level": in_item(lambda n: fill("".join(
        "<a " + "".join(f"xmlns:n{i}x{k}='u' " for k in range(40)) + ">" for i in range(480)), n)),
    "attributes-many": in_item(lambda n: "<a " + count("b%d='c' ", n) + "/>"),
    "attributes-without-space": in_item(lambda n: "<a " + count("b%d='c'", n) + "/>"),
    "attributes-of-end-tag": in_item(lambda n: "<a></a " + count("b%d='c' ", n) + ">"),
    "attributes-900": in_item(lambda n: fill("<a " + count("b%d='c' ", 10**6, 900) + "/>", n)),
    "billion-laughs": lambda n: laughs(12) + in_item(lambda m: "<description>&l11;</description>")(n),
    "doctype-entities": lambda n: "<!DOCTYPE rss [" + count("<!ENTITY e%d 'x'>", n) + "]>" + in_item(lambda m: "&e9;")(0),
    "doctype-open": lambda n: "<!DOCTYPE rss [" + fill("<!ENTITY a '", n),
    "doctype-begun-again": lambda n: fill("<!DOCTYPE [", n),
    "quadratic-entity": lambda n: f"<!DOCTYPE rss [<!ENTITY a '{'x' * (n // 4)}'>]>"
                                  + in_item(lambda m: fill("&a;", m))(n // 2),
    "cdata-open": in_item(lambda n: "<description><![CDATA[" + fill("]]", n)),
    "cdata-begun-again": in_item(lambda n: fill("<![CDATA[", n)),
    "cdata-many": in_item(lambda n: "<description>" + fill("<![CDATA[x]]>", n) + "</description>"),
    "comment-begun-again": in_item(lambda n: fill("<!--", n)),
    "comment-dashes": in_item(lambda n: "<!--" + fill("-", n)),
    "instruction-begun-again": in_item(lambda n: fill("<?a", n)),
    "less-than": in_item(lambda n: fill("<", n)),
    "ampersands": in_item(lambda n: "<description>" + fill("&", n) + "</description>"),
    "ampersands-and-names": in_item(lambda n: "<description>" + fill("&abcdefghijklmnopqrstuvwxyz", n)),
    "entities-of-html": in_item(lambda n: "<description>" + fill("&nbsp;&eacute;", n) + "</description>"),
    "tags-in-two-cases": in_feed(lambda n: fill("<ITEM><Title>x</title></item>", n)),
    "tags-never-closed": in_feed(lambda n: fill("<item><title>x", n)),
    "tags-closed-twice": in_feed(lambda n: fill("</item></title>", n)),
    "tag-name-long": in_item(lambda n: "<" + fill("a", n // 2) + "></" + fill("a", n // 2) + ">"),
    "tag-begun-again": in_item(lambda n: fill("<a b='", n)),
    "categories-many": in_item(lambda n: count("<category>c%d</category>", n)),
    "categories-500": in_500(lambda n: count("<category>c%d</category>", n)),
    "enclosures-many": in_item(lambda n: count("<enclosure url='/%d.mp3' type='audio/mpeg' length='1'/>", n)),
    "media-nested": in_item(lambda n: nested("<media:group><media:content url='/a.jpg'/>", "</media:group>", 200, n)),
    "media-many": in_item(lambda n: count("<media:thumbnail url='/%d.jpg' width='%d'/>", n)),
    "links-many": lambda n: "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id>"
                            + count("<link rel='alternate' href='/%d'/>", n) + "</entry></feed>",
    "authors-many": lambda n: "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id>"
                              + count("<author><name>N%d</name></author>", n) + "</entry></feed>",
    "bases-nested": in_item(lambda n: fill("<a xml:base='" + "b/" * 500 + "'>" * 400
                                           + "<description>&lt;a href='x'></description>" + "</a>" * 400, n)),
    "title-long": in_item(lambda n: f"<title>{noise(n)}</title>"),
    "guid-long": in_item(lambda n: f"<guid>{noise(n)}</guid>"),
    "guid-500": in_500(lambda n: f"<guid>{noise(n - 13)}</guid>"),
    "date-long": in_item(lambda n: f"<pubDate>{fill('12:34 ', n)}</pubDate>"),
    "date-500": in_500(lambda n: f"<pubDate>{fill('4 Nov ', n - 19)}</pubDate>"),
    "link-long": in_500(lambda n: f"<link>https://example.org/{fill('?a=b&amp;', n - 40)}</link>"),
    "xhtml-deep": lambda n: "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id><content type='xhtml'>"
                            + nested("<div xmlns='http://www.w3.org/1999/xhtml'>", "</div>", 400, n)
                            + "</content></entry></feed>",
    "rdf-items": lambda n: "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
                           + "<channel rdf:about='/'><title>T</title></channel>"
                           + count("<item rdf:about='/%d'><title>T%d</title></item>", n) + "</rdf:RDF>",
    "not-a-feed": lambda n: fill("<p>x</p>", n),
    "spaces-before": lambda n: fill(" \n", n) + in_item(lambda m: "")(0),
}
SITEMAP = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
SITEMAPS: dict[str, Shape] = {
    "urls-many": lambda n: SITEMAP + count("<url><loc>https://example.org/a-%d</loc><lastmod>2026-01-02</lastmod></url>", n),
    "urls-empty": lambda n: SITEMAP + fill("<url/>", n),
    "urls-nested": lambda n: SITEMAP + nested("<url><loc>/a</loc>", "</url>", 400, n),
    "url-long": lambda n: SITEMAP + f"<url><loc>https://example.org/{fill('a-', n)}</loc></url>",
    "locs-in-one": lambda n: f"{SITEMAP}<url>{count('<loc>https://example.org/%d</loc>', n)}</url>",
    "lines": lambda n: count("https://example.org/post-%d\n", n),
    "lines-empty": lambda n: "https://example.org/a\n" + fill("\n", n),
    "lines-bad": lambda n: "https://example.org/a\n" + fill("https://[::\n", n),
    "namespaces": lambda n: SITEMAP + count("<url xmlns:n%d='u:%d'><loc>/a</loc></url>", n),
}

HEAD = '{"items": [{"title": "One", "url": "/1"}, {"title": "Two", "url": "/2", '
JSONS: dict[str, Shape] = {
    "brackets-open": lambda n: fill("[", n),
    "braces-open": lambda n: fill('{"a":', n),
    "brackets-120-deep": lambda n: "[" + fill("[" * 120 + "]" * 120 + ",", n) + "0]",
    "numbers-wide": lambda n: '{"items": [' + fill("1,", n) + "1]}",
    "objects-empty": lambda n: '{"items": [' + fill("{},", n) + "{}]}",
    "objects-many": lambda n: '{"items": [' + count('{"title":"T%d","url":"/%d"},', n)[:-1] + "]}",
    "keys-many": lambda n: "{" + count('"k%d":1,', n) + '"items": []}',
    "keys-same": lambda n: "{" + fill('"a":1,', n) + '"items": []}',
    "keys-long": lambda n: HEAD + f'"{noise(n)}": 1}}]}}',
    "number-long": lambda n: HEAD + f'"date": {fill("9", n)}}}]}}',
    "fraction-long": lambda n: HEAD + f'"date": 0.{fill("3", n)}}}]}}',
    "exponents": lambda n: HEAD + '"text": [' + fill("1e308,", n) + "1e-400]}]}",
    "exponent-huge": lambda n: HEAD + '"text": 1e99999999999}]}',
    "numbers-of-1000-digits": lambda n: HEAD + '"text": [' + fill("7" * 300 + ",", n) + "1]}]}",
    "escapes": lambda n: HEAD + f'"text": "{fill(chr(92) + "u0041" + chr(92) + "n", n)}"}}]}}',
    "surrogates-lone": lambda n: HEAD + f'"text": "{fill(chr(92) + "ud800", n)}"}}]}}',
    "text-open": lambda n: HEAD + f'"text": "{fill(chr(92) * 2, n)}',
    "tags-many": lambda n: HEAD + '"tags": [' + count('"t%d",', n)[:-1] + "]}]}",
    "tags-same": lambda n: HEAD + '"tags": [' + fill('"t",', n) + '"t"]}]}',
    "values-in-a-row": lambda n: fill("1 ", n),
    "lists-in-a-row": lambda n: fill("[]", n),
    "lines-of-objects": lambda n: count('{"title":"T%d"}\n', n),
    "mistake-at-end": lambda n: '{"items": [' + fill('{"title":"x"},', n) + "]}",
    "guards-again": lambda n: fill(")]}'\n", n) + '{"items":[]}',
    "loops-again": lambda n: fill("while(1);", n) + '{"items":[]}',
    "loops-for": lambda n: fill("for(;;);", n) + '{"items":[]}',
    "callbacks-open": lambda n: fill("a(", n),
    "callback-name-long": lambda n: fill("a.", n) + "({})",
    "comments-before": lambda n: fill("/**/", n) + '{"items":[]}',
    "semicolons-after": lambda n: 'a({"items":[]})' + fill(";", n),
    "commas": lambda n: "[" + fill(",", n),
    "dates": lambda n: '{"items": [' + (f'{{"title":"T","date":"{fill("1 Jan ", n // ITEMS)}"}},' * ITEMS)[:-1] + "]}",
    "date-objects": lambda n: '{"items": [' + fill('{"title":"T","date":{"$date":{"$date":{"$date":1}}}},', n)[:-1] + "]}",
    "titles-nested": lambda n: '{"items": [' + fill('{"title":' + '{"rendered":' * 100 + '"x"' + "}" * 101 + ",", n)[:-1] + "]}",
}
SCRIPTS: dict[str, Shape] = {
    "quote-assigned": lambda n: fill('="', n),
    "quote-and-brace": lambda n: fill('={"', n),
    "brace-assigned": lambda n: fill("={", n),
    "bracket-assigned": lambda n: fill("=[", n),
    "called": lambda n: fill("(", n),
    "called-with-brackets": lambda n: fill("([", n),
    "spaces-after-equals": lambda n: fill("=" + " " * 2_000, n),
    "equals": lambda n: fill("=", n),
    "state-open": lambda n: "window.X = {" + fill('"a":[1],', n),
    "state-open-again": lambda n: fill('window.X = {"a":1,', n),
    "states-broken-at-end": lambda n: ('window.X = {"a":[' + fill("1,", n // 100) + "x]};") * 100,
    "states-bare-keys": lambda n: ("window.X = {a:[" + fill("1,", n // 10) + "]};") * 10,
    "literals-2-mib": lambda n: ("window.X = {a:'" + fill("b", min(n // 5, 2_000_000)) + "'};") * 5,
    "literals-open-2-mib": lambda n: "window.X = {" + fill("a:{b:1},", n),
    "literals-deep": lambda n: fill("x={a:" * 100 + "1" + "}" * 100 + ";", n),
    "literals-comments": lambda n: fill("x={/*", n),
    "literals-escapes": lambda n: "x={a:'" + fill("\\x41", n) + "'}",
    "literals-numbers": lambda n: "x={a:[" + fill("0x1F,+1,.5,", n) + "]}",
    "parse-brackets": lambda n: f'x=JSON.parse("{fill("[", n)}")',
    "parse-twice": lambda n: 'x=JSON.parse("' + fill('{\\"a\\":\\"{\\\\\\"b\\\\\\":1}\\",', n) + '")',
    "parse-again": lambda n: fill('JSON.parse("[1]");', n),
    "marks-before": lambda n: fill("<!--", n) + "x={}",
    "marks-cdata": lambda n: fill("//<![CDATA[\n", n) + "x={}",
    "pushes": lambda n: count('push([1,"b%d"]);', n),
    "json-type-broken": lambda n: '{"items":[' + fill('{"a":"\n"},', n),
}


def page_of_scripts(shape: Shape, kind: str = "") -> Callable[[int], bytes]:
    return lambda n: f"<!doctype html><body><script{kind}>{shape(n)}</script>".encode()


def json_like(name: str, shape: Shape) -> Iterator[Case]:
    yield Case(f"json/{name}", lambda n: shape(n).encode(), JSON)
    yield Case(f"json/deep/{name}", lambda n: shape(n).encode(), DEEP_JSON)
    yield Case(f"json/feed/{name}", lambda n: shape(n).encode(), FEED)
    yield Case(f"json/detect/{name}", lambda n: shape(n).encode(), "", "detect")
    yield Case(f"json/in-script/{name}", page_of_scripts(shape, ' type="application/json"'), JSON)
    yield Case(f"json/ld/{name}", page_of_scripts(shape, ' type="application/ld+json"'), 'kind = "structured"\n')


def scripts(name: str, shape: Shape) -> Iterator[Case]:
    page = page_of_scripts(shape)
    yield Case(f"script/{name}", page, JSON)
    yield Case(f"script/detect/{name}", page, "", "detect")
    yield Case(f"script/article/{name}", page, "", "article")
    split = ("<script>" + shape(20_000)[:20_000] + "</script>")
    yield Case(f"script/500/{name}", lambda n: b"<!doctype html><body>" + fill(split, n).encode(), JSON)
    yield Case(f"script/500/article/{name}", lambda n: b"<!doctype html><body>" + fill(split, n).encode(), "", "article")


def cases() -> Iterator[Case]:
    for name, shape in XML.items():
        yield Case(f"xml/{name}", lambda n, s=shape: s(n).encode(), FEED)
        yield Case(f"xml/detect/{name}", lambda n, s=shape: s(n).encode(), "", "detect")
        yield Case(f"xml/utf16/{name}", lambda n, s=shape: s(n // 2).encode("utf-16"), FEED)
    for name, shape in SITEMAPS.items():
        yield Case(f"sitemap/{name}", lambda n, s=shape: s(n).encode(), 'kind = "sitemap"\n')
    for name, shape in JSONS.items():
        yield from json_like(name, shape)
    for name, shape in SCRIPTS.items():
        yield from scripts(name, shape)
