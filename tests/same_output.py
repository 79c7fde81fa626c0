#!/usr/bin/env python3
"""Runs two builds of feedbridge on the same inputs and prints every difference between their outputs.

    tests/same_output.py OLD NEW [SAVED_PAGES_FOLDER ...] [--only KIND] [--most N] [--port N]

It is the safety net of a refactoring: OLD is a binary of an earlier commit, NEW the present one. Each command
runs under a clock that stands still (Debian's package `faketime`). JSON is compared by its structure, all else
line by line, and the files that `build` writes byte for byte, but for how long runs took.

Compared is what both make of everything in tests/, of ./feeds.toml and of broken configurations; and what
`build` writes of each folder of tests/sites, and of the bare addresses of tests/detect/learn, served on
loopback (kind `build`). At the end of a site NEW also goes on with the database of OLD (kind `history`).
A SAVED_PAGES_FOLDER may have pages (*.html, with `meta.json` beside for the address), feeds (*.xml), and
tables (*.jsonl) of dates; files in a folder beside a table of its name are feeds, too.

Texts of messages may differ; they are listed apart. Exit 0: nothing else differs. Exit 1: something does, or a
kind has no inputs. "exit 1" counts inputs that OLD refuses, as it should some; "unusual" other ends that hide much.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zlib
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
SITES = sorted(p for p in (TESTS / "sites").iterdir() if p.is_dir())
NOW = "2026-11-20T12:00:00Z"  # the moment that the pages of tests/detect speak of as now
PORT = 38417  # fixed, so that addresses are the same in every comparison
TIMEOUT_SECONDS = 60
SHOWN_OF_AN_INPUT = 3
KINDS = ["preview", "detect", "article", "feed", "date", "check", "explain", "texts", "build", "history"]
SAVED = ["saved-detect", "saved-article", "saved-feed", "saved-date"]
MESSAGES = {"message", "reason", "detail", "hint", "stderr"}  # keys of texts for people
FEED = '[[feed]]\nid = "a"\nurl = "https://example.org/"\n'
SELECT = FEED + '[feed.select]\nitem = "li"\n'
BROKEN = [
    "[server\nlisten = 1",
    FEED + 'shedule = "every 30m"\n[feed.select]\nitem = "li"\ntitel = "a"\n[limit]\n',
    SELECT.replace('"a"', "5").replace('"li"', "7") + '[limits]\nfetches = "x"\n',
    SELECT.replace('"a"', '"News"') + SELECT + SELECT,
    SELECT.replace("https:", "ftp:") + FEED.replace("https://example.org/", "none"),
    SELECT + 'title = "li >"\nlink = { xpath = "//a[" }\ndate = { css = "b", fromat = "%Y" }\n',
    SELECT + 'title = { css = "a", regex = "(" }\n',
    FEED + 'schedule = "61 * * * *"\nspread = "5m"\ntimezone = "Europe/Berln"\n',
    FEED + 'kind = "html"\n' + FEED.replace('"a"', '"b"') + 'kind = "jsn"\n',
    FEED + 'kind = "json"\n[feed.select]\nitem = "$.a["\ntitle = { json = "b", attr = "c" }\n',
    FEED + 'kind = "json"\n[feed.select]\nitem = { jq = ".a | foo" }\n',
    FEED + 'kind = "sitemap"\n[feed.select]\nitem = "li"\n[feed.pages]\nurl = "https://example.org/?c={cursor}"\n',
    SELECT + '[feed.fetch]\nmethod = "PUT"\nheaders = { Host = "x" }\nallow_addresses = ["10.0.0.300"]\n',
    SELECT + '[feed.fetch]\nheaders = { Authorization = { env = "NOT_SET_ANYWHERE" } }\n',
    SELECT + '[[feed.filter]]\nkeep = { title = "(" }\ndrop = { titel = "x" }\n',
    SELECT + '[[feed]]\nid = "d"\nfrom = ["exampel"]\n[[feed]]\nid = "e"\nfrom = []\nurl = "https://x.org/"\n',
    SELECT + '[limits]\ndepth = 1\npace_s = -1\n[store]\nurl = "mysql://x"\n[defaults]\nschedule = "soon"\n',
]
ROBOTS = "User-agent: *\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 7\n\nUser-agent: other\nDisallow: /\n"
OUTER = ["https://example.org/", "https://example.org/private/x", "https://example.org/private/open"]
INNER = ["http://127.0.0.1/", "http://10.1.2.3/", "http://[::1]/", "http://169.254.1.1/", "ftp://10.0.0.1/"]


class Case(NamedTuple):
    """An input of one command; `usual` are the exit codes after which there is much to compare."""
    kind: str
    name: str
    arguments: tuple[str, ...]
    now: str = NOW
    usual: tuple[int, ...] = (0, 1)


Pair = tuple[Case, dict[str, Any], dict[str, Any]]  # an input, and what both builds made of it
Difference = tuple[str, Any, Any, bool]  # where it is, both sides, whether it is in the text of a message


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-4:])


def site_url(folder: Path) -> str:
    return re.search(r'(?m)^url\s*=\s*"([^"]+)"', (folder / "feeds.toml").read_text(encoding="utf-8"))[1]


def both_forms(kind: str, name: str, *arguments: str, usual: tuple[int, ...] = (0, 1)) -> Iterator[Case]:
    """The command with --json and without."""
    yield Case(kind, f"{name} --json", (*arguments, "--json"), usual=usual)
    yield Case(kind, name, arguments, usual=usual)


def reading(kind: str, file: Path, url: str) -> Iterator[Case]:
    """The file as what the kind says: a page that may have a listing, an article, or a feed."""
    place = (str(file), "--base", url)
    if kind.endswith("detect"):
        yield from both_forms(kind, relative(file), "detect", *place)
    elif kind.endswith("article"):
        yield Case(kind, relative(file), ("article", *place, "--json"))
    else:
        yield Case(kind, relative(file), ("preview", *place, "--kind", "feed", "--format", "json"))


def date(kind: str, language: str, now: str, zone: str, text: str) -> Case:
    zone = zone if re.search(r":00$|^[A-Z]", zone) else "UTC"  # the command takes offsets of whole hours only
    tag = ["--language", language] if language else []
    words = ("date", "--json", "--now", now, f"--timezone={zone}", *tag, "--", text)
    return Case(kind, f"{language} {text!r}", words)


def site_cases(folder: Path) -> Iterator[Case]:
    """Each page by the rules of its folder, in every format, and by rules that are found on it."""
    rules = ("-c", str(folder / "feeds.toml"), "--feed", "t")
    base = ("--base", site_url(folder))
    forms = [(rules, f) for f in ("json", "table", "rss", "atom", "jsonfeed")] + [(base, "json"), (base, "table")]
    for number, run in enumerate(load(folder / "expected.json")["runs"], 1):
        page = folder / f"{number}.html"
        yield from reading("detect", page, site_url(folder))
        for options, form in forms:
            words = ("preview", str(page), *options, "--format", form)
            yield Case("preview", f"{relative(page)} {options[0]} {form}", words, run["now"])
    yield from both_forms("check", relative(folder), "check", "-c", str(folder / "feeds.toml"), usual=(0,))


def made_up_cases(scratch: Path) -> Iterator[Case]:
    for number, text in enumerate(BROKEN):
        file = scratch / f"broken{number}.toml"
        file.write_text(text, encoding="utf-8")
        yield from both_forms("check", repr(text), "check", "-c", str(file), usual=(2,))
    robots = scratch / "robots.txt"
    robots.write_text(ROBOTS, encoding="utf-8")
    # Without a file the site would be asked; the inner ones are never dialled.
    for url, file in [(url, ["--robots", str(robots)]) for url in OUTER + INNER] + [(url, []) for url in INNER]:
        for agent in ("feedbridge/1", "other"):
            words = ("explain", url, "--user-agent", agent, *file)
            yield from both_forms("explain", " ".join([url, agent, *file[:1]]), *words)
    for words in (("schema",), ("man",), ("--help",), ("--version",), ("completions", "bash")):
        yield Case("texts", " ".join(words), words, usual=(0,))


def own_cases() -> Iterator[Case]:
    """Every single command on what is in the repository."""
    for folder in SITES:
        yield from site_cases(folder)
    yield from both_forms("check", "feeds.toml", "check", "-c", str(ROOT / "feeds.toml"), usual=(0,))
    for page in sorted((TESTS / "detect").glob("**/page.html")):
        yield from reading("detect", page, load(page.with_name("expected.json"))["url"])
    for page in sorted((TESTS / "articles").glob("*.html")):
        yield from reading("article", page, "https://example.org/news/1")
    for file in sorted(p for p in (TESTS / "feeds").iterdir() if p.suffix in (".xml", ".json")):
        yield from reading("feed", file, "https://example.org/feeds/main")
    for table in sorted((TESTS / "dates").glob("*.tsv")):
        for line in table.read_text(encoding="utf-8").splitlines()[1:]:
            yield date("date", *line.split("\t")[:4])


def saved_cases(path: Path) -> Iterator[Case]:
    """A page with expected items is a listing, any other described one an article; the rest may be both."""
    if path.suffix == ".jsonl":
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        keys = ("lang", "now", "tz", "text")
        yield from (date("saved-date", *map(row.get, keys)) for row in rows if row.keys() >= {*keys})
    elif path.suffix in (".xml", ".rss", ".atom") or path.parent.with_suffix(".jsonl").exists():
        yield from reading("saved-feed", path, "https://example.org/feeds/main")
    elif path.suffix in (".html", ".htm"):
        meta = load(path.with_name("meta.json")) if path.with_name("meta.json").exists() else {}
        for kind in SAVED[:2] if not meta else SAVED[:1] if "expected" in meta else SAVED[1:2]:
            yield from reading(kind, path, meta.get("url") or "https://example.org/")


class Answer(BaseHTTPRequestHandler):
    """Serves one page for all addresses below /GROUP/NAME/, and keeps what was asked."""

    pages: dict[str, tuple[bytes, str]] = {}
    asked: dict[str, list[Any]] = defaultdict(list)
    log_message = lambda *_: None

    def do_GET(self) -> None:
        name = "/".join(self.path.split("/")[1:3])
        self.asked[name].append([self.command, self.path, sorted(self.headers.items())])
        body, kind = self.pages.get(name, (b"", "text/plain"))
        tag = f'"{zlib.crc32(body)}"'
        fresh = self.headers.get("If-None-Match") != tag
        self.send_response(404 if not body else 200 if fresh else 304)
        self.send_header("Content-Type", kind)
        if zlib.crc32(body) % 2:  # the others have no validator: they are unchanged by their bytes
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body if fresh else b"")


class Site(NamedTuple):
    """Feeds, and the pages that they read at one moment after the other."""
    name: str
    feeds: list[str]
    configuration: str
    steps: list[tuple[str, dict[str, tuple[bytes, str]]]]


def moved(address: str, name: str, url: str, text: bytes) -> bytes:
    """The text with the origin of an address replaced by the place where it is served here."""
    return text.replace(re.match(r"\w+://[^/]+", url)[0].encode(), f"http://{address}/{name}".encode())


def tested_site(address: str, folder: Path) -> Site:
    """The runs of a folder, the first one twice."""
    name, steps = f"sites/{folder.name}", []
    move = partial(moved, address, name, site_url(folder))
    for number, run in enumerate(load(folder / "expected.json")["runs"], 1):
        declared = folder / f"{number}.type"
        kind = declared.read_text().strip() if declared.exists() else "text/html"
        steps.append((run["now"], {name: (move((folder / f"{number}.html").read_bytes()), kind)}))
    steps.insert(1, steps[0])
    return Site(name, ["t"], move((folder / "feeds.toml").read_bytes()).decode(), steps)


def bare_site(address: str) -> Site:
    """Feeds that have nothing but an address, on the pages that detection is developed on; twice."""
    pages, feeds, configuration = {}, [], ""
    for folder in sorted((TESTS / "detect/learn").iterdir()):
        name, url = f"learn/{folder.name}", load(folder / "expected.json")["url"]
        pages[name] = (moved(address, name, url, (folder / "page.html").read_bytes()), "text/html")
        feeds.append(folder.name.replace("_", "-"))
        here = moved(address, name, url, url.encode()).decode()
        configuration += f'[[feed]]\nid = "{feeds[-1]}"\nurl = "{here}"\n'
    return Site("detect/learn", feeds, configuration, [(NOW, pages), (NOW, pages)])


class Runner:
    """Runs both builds under a clock that stands still, with nothing of the caller's environment."""

    def __init__(self, scratch: Path, old: Path, new: Path):
        self.scratch, self.old, self.new = scratch, old, new
        words = ["faketime", "-m", "2001-01-01", "printenv", "LD_PRELOAD"]
        library = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
        self._environment = {"LD_PRELOAD": library, "HOME": str(scratch), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        self._environment["PATH"] = os.environ["PATH"]
        # Timeouts and pauses go on.
        self._environment |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
        for binary in (old, new):
            seen = self.run(binary, Case("date", "", ("date", "--json", "5 minutes ago"), "2001-02-03T04:05:00Z"))
            if "2001-02-03T04:00" not in str(seen["stdout"]):
                sys.exit(f"{binary} does not run under a fixed clock: {seen}")

    def run(self, binary: Path, case: Case, folder: Path | None = None) -> dict[str, Any]:
        at = datetime.fromisoformat(case.now).astimezone(timezone.utc)
        place = {"env": {**self._environment, "FAKETIME": f"{at:%Y-%m-%d %H:%M:%S}"}, "cwd": folder or self.scratch}
        words, silent = [str(binary), *case.arguments], subprocess.DEVNULL
        try:
            done = subprocess.run(words, **place, stdin=silent, capture_output=True, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            return {"exit": f"none in {TIMEOUT_SECONDS} s", "stdout": "", "stderr": ""}
        output, notes = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        return {"exit": done.returncode, "stdout": parsed(case.kind, output), "stderr": notes}

    def command(self, case: Case) -> list[Pair]:
        return [(case, self.run(self.old, case), self.run(self.new, case))]

    def site(self, address: str, site: Site) -> list[Pair]:
        old, new, carried = (self.scratch / site.name / side for side in ("old", "new", "carried"))
        for place in (old, new):
            place.mkdir(parents=True)
            place.joinpath("feeds.toml").write_text("[limits]\npace_s = 0\n" + site.configuration, encoding="utf-8")
        pairs = []
        for number, (moment, pages) in enumerate(site.steps, 1):
            now = (datetime.fromisoformat(moment) + timedelta(minutes=number)).isoformat()
            Answer.pages.update(pages)
            shutil.rmtree(carried, ignore_errors=True)
            shutil.copytree(old, carried)
            made = [self.build(*side, address, site, now) for side in ((self.old, old), (self.new, new))]
            pairs.append((Case("build", f"{site.name} run {number}", ()), *made))
        return [*pairs, (Case("history", site.name, ()), made[0], self.build(self.new, carried, address, site, now))]

    def build(self, binary: Path, place: Path, address: str, site: Site, now: str) -> dict[str, Any]:
        """All that a build gives; and what other commands then say of its database."""
        words = ("-c", "feeds.toml", "--data", "data")
        run = lambda *more: self.run(binary, Case("build", site.name, (*words, *more), now), place)
        allowed = ("--allow-address", address)
        seen = {**run("build", "--out", "out", *allowed), "check": run("check", "--online", "--json", *allowed)}
        seen["asked"] = {name: Answer.asked.pop(name, []) for name in site.steps[0][1]}
        seen["feeds"] = run("feeds", "--json")
        seen["items"] = {feed: run("items", feed, "--json") for feed in site.feeds}
        written = [p for p in sorted(place.glob("out/**/*")) if p.is_file() and p.suffix != ".css"]
        files = {str(p.relative_to(place)): p.read_bytes() for p in written}
        texts = {name: body.decode("utf-8", "surrogateescape") for name, body in files.items()}
        return {**seen, "files": {name: page(text) if name.endswith(".html") else text for name, text in texts.items()}}


def page(html: str) -> dict[str, str]:
    """A status page: its markup, and its texts, which are messages for people. Durations of runs are left out."""
    html = re.sub(r'(data-label="Took">)[^<]*', r"\1", html)
    # The bars of the chart of durations.
    html = re.sub(r'<rect class="(?:bar|failed)"[^>]*></rect>', "", html)
    return {"markup": re.sub(r">[^<]+<", "><", html), "message": "\n".join(re.findall(r">([^<]+)<", html))}


def parsed(kind: str, text: str) -> Any:
    """JSON as a value; of other texts, what is a message stands apart."""
    if text.startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    # Below a table and the count of its items are the problems.
    pattern = {"preview": r"(?s)(?<=\n\n)\d+ items?\n(.*)", "explain": r"(?m)^reason: (.*)"}.get(kind)
    told = pattern and re.search(pattern, text)
    return {"text": text[: told.start(1)] + text[told.end(1) :], "message": told[1]} if told else text


def differences(old: Any, new: Any, where: str = "", message: bool = False) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        undated = "date" in old and old["date"] is None and new.get("date", 0) is None
        for key in {**old, **new}:
            told = key in MESSAGES or (undated and key == "reading")
            yield from differences(old.get(key, ...), new.get(key, ...), f"{where}.{key}", told)
    elif isinstance(old, list) and isinstance(new, list):
        yield from differences(len(old), len(new), f"{where}.length")
        for number, pair in enumerate(zip(old, new)):
            yield from differences(*pair, f"{where}[{number}]")
    elif isinstance(old, str) and isinstance(new, str) and old != new and 0 < old.count("\n") == new.count("\n"):
        for number, pair in enumerate(zip(old.split("\n"), new.split("\n")), 1):
            yield from differences(*pair, f"{where} line {number}", message)
    elif old != new or type(old) is not type(new):
        yield where, old, new, message and isinstance(old, str) and isinstance(new, str)


def shown(where: str, *both: Any) -> str:
    """Both sides from a little before the place where they part."""
    sides = [v if isinstance(v, str) else "(absent)" if v is ... else repr(v) for v in both]
    start = max(0, len(os.path.commonprefix(sides)) - 40)
    return where + "".join(f"\n      {name} {side[start:start + 160]!r}" for name, side in zip(("old", "new"), sides))


class Report:
    def __init__(self, most: int):
        self.most, self.real = most, 0
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.messages: dict[tuple[str, ...], list[str]] = defaultdict(list)

    def add(self, case: Case, old: dict[str, Any], new: dict[str, Any]) -> None:
        found, count = [*differences(old, new)], self.counts[case.kind]
        real = [shown(*sides) for *sides, message in found if not message]
        for where, *texts in ((d[0], d[1], d[2]) for d in found if d[3]):
            place = f"{case.kind} {case.name} {shown(where, *texts)}"
            self.messages[tuple(re.sub(r"\d+", "N", text) for text in texts)].append(place)
        count.update(["inputs", "real" if real else "messages" if found else "same"])
        count["exit 1"] += old["exit"] == 1
        if old["exit"] not in case.usual:
            count["unusual"] += 1
            print(f"unusual: {case.kind} {case.name}: exit {old['exit']}")
        self.real += bool(real)
        if real and self.real <= self.most:
            print(f"DIFFERENT in {len(real)} places: {case.kind} {case.name}")
            print("\n".join(f"   {text}" for text in real[:SHOWN_OF_AN_INPUT]))

    def sum_up(self, kinds: list[str]) -> None:
        for places in [*self.messages.values()][: self.most]:
            print(f"MESSAGE, {len(places)} times, such as {places[0]}")
        print(f"{self.real} inputs differ, and {len(self.messages)} texts of messages; up to {self.most} are shown")
        for kind in kinds:
            columns = ("inputs", "same", "messages", "real", "exit 1", "unusual")
            print(f"{kind:14}" + "".join(f"{self.counts[kind][c]:8} {c}" for c in columns))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for side in ("old", "new"):
        parser.add_argument(side, type=Path)
    parser.add_argument("saved", type=Path, nargs="*", metavar="SAVED_PAGES_FOLDER")
    parser.add_argument("--only", action="append", choices=KINDS + SAVED, metavar="KIND", help="repeatable")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="so many differences are shown")
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help="of the site on loopback")
    options = parser.parse_intermixed_args()
    kinds = options.only or KINDS + (SAVED if options.saved else [])
    report = Report(options.most)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        runner = Runner(Path(folder), options.old.resolve(), options.new.resolve())
        saved = sorted(path.resolve() for top in options.saved for path in top.rglob("*") if path.is_file())
        cases = [*own_cases(), *made_up_cases(runner.scratch), *(case for path in saved for case in saved_cases(path))]
        jobs = [partial(runner.command, case) for case in cases if case.kind in kinds]
        if {"build", "history"} & {*kinds}:
            server = ThreadingHTTPServer(("127.0.0.1", options.port), Answer)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"127.0.0.1:{server.server_port}"
            sites = [bare_site(address), *(tested_site(address, folder) for folder in SITES)]
            jobs = [partial(runner.site, address, site) for site in sites] + jobs
        for case, *outcomes in (pair for pairs in pool.map(lambda job: job(), jobs) for pair in pairs):
            if case.kind in kinds:
                report.add(case, *outcomes)
    report.sum_up(kinds)
    return 1 if report.real or not all(report.counts[k]["inputs"] for k in kinds if k in KINDS) else 0


if __name__ == "__main__":
    sys.exit(main())
