"""Hostile rules, each on the page that makes it costly: selectors, XPath, JSONPath, jq, patterns, filters,
and dates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from hostile import ITEMS, Case, count, fill, literal, nested, noise, select
from hostile_html import article, item

Page = Callable[[int], bytes]


def html_page(inner: Callable[[int], str]) -> Page:
    return lambda n: f"<!doctype html><body>{inner(n)}".encode()


PAGES: dict[str, Page] = {
    "siblings": html_page(lambda n: fill("<p>x", n)),
    "siblings-with-h2": html_page(lambda n: fill("<h2>x</h2><p>y", n)),
    "deep-500": html_page(lambda n: nested("<div><a href=/x></a>", "</div>", 480, n)),
    "deep-then-wide": html_page(lambda n: "<div>" * 480 + fill("<p>x", n)),
    "one-text": html_page(lambda n: f"<p>{fill('word ', n)}</p>"),
    "text-nested": html_page(lambda n: "<div>" * 480 + noise(n)),
    "texts-nested": html_page(lambda n: fill("<div>" + "x" * 5_000, min(n, 480 * 5_005)) + fill("<i>x</i>", n // 4)),
    "classes": html_page(lambda n: fill(f"<p class='{count('c%d ', 4_000)}'>x", n)),
    "class-long": html_page(lambda n: f"<p class='{fill('c ', n)}'>x"),
    "cards": html_page(lambda n: count("<article><h2><a href=/%d>T%d</a></h2><p class=x>Text</p></article>", n)),
    "items-500": html_page(lambda n: "".join(item(i, fill("<i>x</i>y ", n // ITEMS)) for i in range(ITEMS))),
}
SELECTORS = (
    "h2 ~ p", "p ~ p ~ p ~ p", "p + p + p + p + p", "* ~ *", "p:has(~ h2)", "p:has(+ h2 + p)", ":has(*)", ":has(:not(p, div))",
    "div:has(a:has(b))", ":not(:has(x))", "body :has(> a)", ":nth-child(2n+1)", ":nth-last-child(3n)", "p:nth-of-type(5)",
    "p:nth-last-of-type(7)", ":only-of-type", ":first-of-type", ":last-of-type", ":empty", ":nth-child(2 of .x)",
    "div div div div div div div div p", "* * * * * * * *", "div > * > * div > * > * p", "div ~ div p ~ p", "div p + p a",
    "[class*=zz]", "[class~=zz]", "[class$=z i]", ".c1.c2.c3.c4000", "p:not(p ~ p)", ":is(p, p ~ p, div p):is(p, * p)",
    ":where(" + ", ".join(f".k{i}" for i in range(500)) + ")", "p:not(" + ", ".join(f".k{i}" for i in range(500)) + ")",
    ":has(" + ", ".join(f".k{i}" for i in range(200)) + ")", ":not(:not(:not(:not(:has(q)))))", ":root :has(:root *)",
)
XPATHS = (
    "//*[//*]", "//*[count(//*) > 1]", "//*[.//*]", "//*[ancestor::*]", "//*/ancestor::*/descendant::*", "//*//*//*//*",
    "//*[following::*[9]]", "//*[preceding::p[last()]]", "//*[count(preceding-sibling::*) mod 2]", "//p[last()]",
    "//p[position() = last()]", "//*[. = //*]", "//*[. != //p]", "//*[//p < //p]", "(//* | //* | //* | //*)[5]",
    "//*[contains(string(/), 'zz')]", "//*[contains(., 'zz')]", "//*[string-length(.) > 1]", "//*[normalize-space(.) = 'z']",
    "//*[normalize-space(string(/)) = 'z']", "//*[translate(., 'abcdef', 'ghijkl') = 'z']", "//*[sum(//*) > 1]",
    "//*[string-join(//text(), ', ') = 'z']", "//*[starts-with(normalize-space(//p), 'z')]", "//*[lang('en')]",
    "//*[id('x')]", "//*[matches(., '(x+x+)+y')]", "//*[matches(string(/), '(a{1,300}){1,30}')]",
    "//*[replace(string(/), '', 'zzzzzzzz') = 'z']", "//*[replace(replace(., '(.)', '$1$1$1'), '(.)', '$1$1$1') = 'z']",
    "//*[lower-case(string(/)) = upper-case(string(/))]", "//*[substring(string(/), 2) = 'z']",
    "//*[substring-after(string(/), 'x') = 'z']", "//*[number(.) = number(//p)]", "//text()[..//text()]", "//@*[//@*]",
    "//node()[following-sibling::node()[following-sibling::node()]]", "//*[*[*[*[*[*[*]]]]]]", "//*[count(.|//*) = 1]",
    "//*" + "[*]" * 300, "//*[" + "not(" * 30 + "." + ")" * 30 + "]", "/descendant::*[position() mod 2 = 1][position() mod 2 = 1]",
)
TEXT_XPATHS = (
    "string(/)", "normalize-space(/)", "translate(/, 'abcdefghij', 'klmnopqrst')", "count(//*)", "string-join(//text(), '-')",
    "concat(" + ", ".join(["string(/)"] * 40) + ")", "replace(string(/), '', 'zzzzzzzzzzzzzzzz')",
    "replace(replace(replace(replace(string(/), '.', '$0$0$0$0'), '.', '$0$0$0$0'), '.', '$0$0$0$0'), '.', '$0$0$0$0')",
    "//*[. = //*]", "following::*[last()]", "preceding::*/ancestor::*", "ancestor::*//*", "/descendant::*[last()]",
    "matches(string(/), '(\\w{1,100}\\s){1,50}$')",
    "matches(string(/), '([a-z]{1,50} ){1,12}$')", "substring(string(/), string-length(string(/)) - 5)",
)

# Values for JSONPath and jq.
VALUES: dict[str, Callable[[int], object]] = {
    "wide": lambda n: {"items": [{"title": "T", "text": "x"}] * (n // 32)},
    "deep": lambda n: {"items": [deep(100)] * max(n // 700, 1)},
    "text": lambda n: {"items": [{"title": "T", "text": fill("a", n)}], "n": 10**12},
    "items-500": lambda n: {"items": [{"title": f"T{i}", "text": fill("ab,c ", n // ITEMS - 60), "n": 10**12} for i in range(ITEMS)]},
    "brackets": lambda n: {"items": [{"title": "T", "text": fill("[", n)}]},
    "brackets-500": lambda n: {"items": [{"title": f"T{i}", "text": fill("[", n // ITEMS)} for i in range(ITEMS)]},
    "numbers": lambda n: {"items": list(range(n // 8))},
}
PATHS = (
    "$..*", "$..*..*", "$..*..*..*", "$..*..title", "$..[*]..[*]..text", "$..a..a..a", "$..a", "$..[?@.*]", "$..[*, *]", "$..[0, 0, 0, 0, 0, 0]", "$.items[::1, ::1, ::1]", "$..[::-1]",
    "$..[?@..title]", "$..[?@..[?@..title]]", "$.items[?$.items[0].title == @.title]", "$.items[?count($..*) > 1]",
    "$.items[?length(@.text) > 2]", "$..[?match(@.text, '(a+)+b')]", "$..[?search(@.text, '(a{1,200}){1,20}b')]",
    "$.items[?@ == $.items[0]]", "$..[?@ == @]", "$.items[?@ < 5]", "$" + "..a" * 200, "$" + "[*]" * 100, "$.items[99999999999]",
    "$.items[?" + "(" * 60 + "@.title" + ")" * 60 + "]", "$.items[?" + " && ".join(["@.title"] * 200) + "]",
    "$.items[" + ", ".join(["*"] * 500) + "]", "$..[" + ", ".join(["*"] * 200) + "]",
)
PROGRAMS = (
    ".items[]", "..", "[..] | length", "[range(1e9)]", "last(range(1e12))", "range(1e12)", "def f: f; f", "def f: 1 + f; f",
    "def f: ., f; f", "repeat(1)", "[repeat(1)]", "recurse(. + [.])", "recurse([., .])", "until(false; .)", "while(true; .)",
    'reduce range(60) as $i ("x"; . + .)', "reduce range(200) as $i (0; [., .]) | tojson", '"x" * 1e12', '[range(1e6)] | combinations(9)',
    "[range(3e6)] | sort", "[range(3e6)] | group_by(. % 7)", "[range(3e6) | tostring] | unique", "[range(1e5)] | permutations",
    "[limit(1e9; repeat(1))] | length", "first(range(1e12) | select(. < 0))", "env", "$ENV", "input", "inputs", "halt",
    '"x" | halt_error', "debug", "input_filename", "$__prog_args", "$__loc__", 'error("x")', "try error(\"x\") catch (def g: g; g)",
    "[paths] | length", "[tostream] | length", "walk(.)", "[walk(., .)]", "to_entries", "tojson | fromjson", "tojson | tojson | tojson | tojson",
    "[.. | tojson] | length", "[.. | .. | ..] | length", "[paths(..)] | length", "getpath([range(1e6)])", "setpath([range(1e6)]; 1)",
    "setpath([1e9]; 1)", ".[1e9] = 1", "[.[]?] | .[1e12]", "delpaths([paths])", "now", "[splits(\", *\")]?",
    ".items[].text | fromjson", ".items[].text | test(\"(a+)+$\")", '.items[].text | test("(a{1,500}){1,50}b")',
    '.items[].text | gsub(""; "xxxxxxxx")', '.items[].text | gsub("(?<x>.)"; .x + .x + .x + .x)', '.items[].text | [match("."; "g")] | length',
    '.items[].text | [scan(".")] | length', ".items[].text | explode | implode", ".items[].text | explode | map(. + 1) | sort | implode",
    ".items[].text | ascii_downcase | @base64 | @base64 | @base64", ".items[].text | @uri | @uri | @uri", ".items[].text | @html",
    ".items[].text | split(\"\")", ".items[].text | ltrimstr(\"a\")", "[.items[].text | indices(\"a\")] | length",
    '.items[].text | strptime("%Y")', "[.items[]] | map(.) | add", "[limit(9000; repeat(.))]", "limit(1e9; repeat(.))",
    "reduce range(1e9) as $i (.; .)", "foreach range(1e9) as $i (0; . + 1)", "label $f | range(1e12)", "[range(1e4)] | [.[] as $a | .[] as $b | $a]",
    "1e1000000", "pow(2; 1e9)", "9" * 3_000, "[" * 60 + "]" * 60, "[" * 1_900 + "]" * 1_900, "if " * 500, "def f(g): g | g; " + "f(" * 50 + "." + ")" * 50,
)
ITEM_PROGRAMS = (
    ".text", ".text | fromjson", '.text | test("(a+)+$")', '.text | gsub(""; "x")', "[range(1e5)] | length", ".n | [range(.)]",
    "def f: f; f", 'reduce range(40) as $i ("x"; . + .)', '.text | [scan(".")] | length', ".text * 1000", "env", "input", '"x" | halt_error',
    "[limit(9999; repeat(\"x\"))]", ".text | explode | implode", '.text | [match("(a|b|c)*$"; "g").string]',
)

PATTERNS = (
    "(a{1,500}){1,5}x", "(?:a|b|ab)*z", r"\w{1000}z", "(.*)(.*)(.*)(.*)z", "(?i)(straße|x){50}", r"[\p{L}\p{N}]{200}$", "^(.*?,){30}",
    "(a+)+$", "(a|aa)+$", r"(?:\w+\s?)+$", r"(\w{1,100}\s){1,50}$", "(?s).*.*.*.*z", "(?:x?){500}x{500}", r"\b\w+\b.*\bzz\b", r"(?:[a-z]+\d*)+!",
    ".{1,2000}z", r"(?i)\p{Greek}|(?:[^z]{1,300})+z", "((((((a*)*)*)*)*)*)*z", "(a{1000}){1000}", r"\pL{5000}", "(?:" + "|".join(f"w{i}" for i in range(300)) + ")z",
    # Just small enough for the check.
    "[a-z]{1000}z", "(?:[a-z]{1,60} ){1,12}$", r"\w{40}z", ".{1,200}z", r"(?-u:\w){1,900}z", r"[^\s,]{1,150}!",
    "[^,]*," * 150, "(a?){100}(b?){100}(c?){100}z", "z|" * 900 + "y", "(?:(?:(?:a{9}){9}){9}){9}",
)
REPLACEMENTS: dict[str, list[list[str]]] = {
    "between-all": [["", "xxxxxxxxxxxxxxxx"]],
    "each-four-times": [[".", "$0$0$0$0"]],
    "doubled-20-times": [["(?s)(.+)", "$1$1"]] * 20,
    "doubled-by-letter-10-times": [["(.)", "$1$1"]] * 10,
    "long-group-in-each": [["(?s)(.*)", "$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1"]] * 5,
    "long-text": [["x?", "y" * 1_900]],
    "many-steps": [[f"{a}", f"{a}{a}"] for a in "abcdefghijklmnopqrstuvwxyz"],
    "counted": [["(a{1,300}){1,3}", "b"]] * 10,
    "at-word-ends": [[r"\b", "-"]] * 10,
}
TEXTS: dict[str, Callable[[int], str]] = {
    "a": lambda n: fill("a", n),
    "words": lambda n: noise(n),
    "commas": lambda n: fill("ab,c ", n),
}


def selector_cases() -> Iterator[Case]:
    for number, selector in enumerate(SELECTORS):
        name = f"{number:02d} {selector[:40]}"
        for page in ("siblings", "siblings-with-h2", "deep-500", "deep-then-wide", "classes", "class-long", "cards"):
            yield Case(f"css/item/{page}/{name}", PAGES[page], select("html", f"item = {literal(selector)}"))
        for page in ("cards", "items-500"):
            rules = f'item = "article"\ntitle = "h2"\nsummary = {literal(selector)}\nlink = {literal(selector)}\ndate = {literal(selector)}'
            yield Case(f"css/field/{page}/{name}", PAGES[page], select("html", rules))
        yield Case(f"css/nested/deep-500/{name}", PAGES["deep-500"], select("html", f'item = "div"\nsummary = {literal(selector)}'))


def xpath_cases() -> Iterator[Case]:
    for number, path in enumerate(XPATHS):
        for page in ("siblings", "deep-500", "one-text", "text-nested", "texts-nested", "cards"):
            rules = f"item = {{ xpath = {literal(path)} }}"
            yield Case(f"xpath/item/{page}/{number:02d} {path[:40]}", PAGES[page], select("html", rules))
    for number, path in enumerate(TEXT_XPATHS):
        for page, of in (("items-500", "article"), ("cards", "article"), ("deep-500", "div"), ("texts-nested", "div"), ("one-text", "p")):
            rules = f'item = "{of}"\ntitle = {{ xpath = {literal(path)} }}\nsummary = {{ xpath = {literal(path)} }}'
            yield Case(f"xpath/field/{page}/{number:02d} {path[:40]}", PAGES[page], select("html", rules))


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def json_cases() -> Iterator[Case]:
    for value, made in VALUES.items():
        page: Page = lambda n, m=made: json.dumps(m(n)).encode()
        for number, path in enumerate(PATHS):
            name = f"{value}/{number:02d} {path[:40]}"
            yield Case(f"jsonpath/item/{name}", page, select("json", f"item = {literal(path)}"))
            yield Case(f"jsonpath/field/{name}", page, select("json", f'item = "items"\nsummary = {literal(path)}'))
        for number, program in enumerate(PROGRAMS):
            if value in ("text", "items-500", "numbers", "brackets"):
                rules = f"item = {{ jq = {literal(program)} }}"
                yield Case(f"jq/item/{value}/{number:02d} {program[:40]}", page, select("json", rules))
        for number, program in enumerate(ITEM_PROGRAMS):
            rules = f'item = "items"\nsummary = {{ jq = {literal(program)} }}'
            yield Case(f"jq/field/{value}/{number:02d} {program[:40]}", page, select("json", rules))


def one_text(text: Callable[[int], str]) -> Page:
    return lambda n: (item(2, "x") + item(1, text(n))).encode()


def texts_500(text: Callable[[int], str]) -> Page:
    return lambda n: "".join(item(i, text(n // ITEMS)) for i in range(ITEMS)).encode()


def text_rules(option: str, tables: str = "") -> str:
    field = f'{{ css = ".body", {option} }}'
    return select("html", f'item = "article"\ntitle = "h2"\nsummary = {field}\ncontent = {field}\n{tables}')


def pattern_cases() -> Iterator[Case]:
    for text, made in TEXTS.items():
        for amount, page in (("one", one_text(made)), ("500", texts_500(made))):
            for number, pattern in enumerate(PATTERNS):
                name = f"{amount}/{text}/{number:02d} {pattern[:30]}"
                yield Case(f"regex/{name}", page, text_rules(f"regex = {literal(pattern)}"))
                drop = f"[[feed.filter]]\ndrop = {{ any = {literal(pattern)} }}"
                yield Case(f"filter/{name}", page, text_rules('default = "x"', drop))
            for name, steps in REPLACEMENTS.items():
                yield Case(f"replace/{amount}/{text}/{name}", page, text_rules(f"replace = {json.dumps(steps)}"))
                changed = "\n".join(f"[[feed.filter]]\nset = {{ summary = {json.dumps(s)} }}" for s in steps)
                yield Case(f"filter-set/{amount}/{text}/{name}", page, text_rules('default = "x"', changed))


DATES: dict[str, str] = {
    "digits": "1234567890", "digits-and-separators": "12-3/4.5:6 ", "dots": "1.2.", "dates-again": "4 November 2025 ", "months": "may ",
    "relative": "3 hours ago ", "times": "10:15 ", "years": "2025 ", "unknown-words": "zxcvb ", "letters": "x", "spaces": " ", "points": ".",
    "months-of-all": "нояб 11月 novembre ", "eras": "令和7年", "zones": "+09:00 ", "weeks": "2025-W45-2 ", "ordinals": "4th ", "marks": "e\u0301",
    "epochs": "1762243200 ", "object": "/Date(", "arabic-digits": "٤", "ampm": "5 pm ", "commas": ",", "invisible": "\u200b",
}


def date_page(unit: str, many: bool, attribute: bool) -> Page:
    def page(size: int) -> bytes:
        amount = ITEMS if many else 1
        text = fill(unit, max(size // amount - 60, 10))
        when = f"<time datetime='{text}'>x</time>" if attribute else f"<span>{text}</span>"
        return "".join(f"<article><h2><a href=/{i}>T{i}</a></h2>{when}</article>" for i in range(amount)).encode()

    return page


def date_cases() -> Iterator[Case]:
    base = 'item = "article"\ntitle = "h2"\n'
    forms = {"plain": 'date = "span, time"', "format": 'date = { css = "span", format = "%d %B %Y" }',
             "epoch": 'date = { css = "span", format = "epoch_ms" }', "regex": 'date = { css = "span", regex = ".*" }'}
    for name, unit in DATES.items():
        for form, line in forms.items():
            yield Case(f"date/one/{form}/{name}", date_page(unit, False, False), select("html", base + line))
        for many in (False, True):
            amount = "500" if many else "one"
            yield Case(f"date/{amount}/attribute/{name}", date_page(unit, many, True), select("html", base + forms["plain"]))
        yield Case(f"date/500/plain/{name}", date_page(unit, True, False), select("html", base + forms["plain"]))
        yield Case(f"date/500/detect/{name}", date_page(unit, True, False), "", "detect")
        yield Case(f"date/article/{name}", article(lambda n, u=unit: f"<time>{fill(u, n)}</time>"), "", "article")


def title_cases() -> Iterator[Case]:
    rules = select("html", 'item = "article"\ntitle = "h2"\nsummary = "p"\nid = "h2"\ntags = "p"\nauthor = "p"')
    for name, unit in {"letters": "x", "words": "word ", "points": "a. ", "dashes": " - ", "entities": "&amp;", "cjk": "字", "cut": "word… ",
                       "spaces": "x  ", "invisible": "x\u200b", "marks": "e\u0301", "commas": "a, ", "by": "by and by "}.items():
        one = lambda n, u=unit, i=0: f"<article><h2><a href=/{i}>{i} {fill(u, n // 2)}</a></h2><p>{fill(u, n // 2)}</p></article>"
        many = lambda n, s=one: "".join(s(max(n // ITEMS - 60, 2), i=i) for i in range(ITEMS))
        yield Case(f"title/one/{name}", html_page(one), rules)
        yield Case(f"title/500/{name}", html_page(many), rules)
        yield Case(f"title/detect/{name}", html_page(many), "", "detect")
        head = lambda n, u=unit: f"<title>{fill(u, n // 2)}</title><h1>{fill(u, n // 2)}</h1><p>{'A text of words. ' * 60}"
        yield Case(f"title/article/{name}", html_page(head), "", "article")


def cases() -> Iterator[Case]:
    yield from selector_cases()
    yield from xpath_cases()
    yield from json_cases()
    yield from pattern_cases()
    yield from date_cases()
    yield from title_cases()
