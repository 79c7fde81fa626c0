#!/usr/bin/env python3
"""Subscribes to feedbridge with real feed readers, and compares what they saw.

    tests/readers.py --binary target/debug/feedbridge     a daemon on a fixed listing, then the demo
    tests/readers.py --base http://127.0.0.1:8080 --feed tidewater --items 20     a running daemon

Readers: newsboat, sfeed, rss2email, and feedparser (a Python module). Each talks to the daemon
through a small proxy of this script, which writes down every request and its status: so that
"the second poll got a 304" is seen on the wire, and not believed from the daemon's own figures.
"""

from __future__ import annotations

import argparse
import html
import sys
import tempfile
import traceback
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import feedparser

from daemon import Daemon, eventually, get, get_json
from loopback import ARTICLES, Proxy, serve_site
from subscriptions import (
    Poll,
    check_feedparser,
    check_json,
    check_newsboat,
    check_rss2email,
    check_sfeed,
    same,
)

FEED = "harbour"
DEMO_FEED = "tidewater"
DEMO_ITEMS = 20
MEDIA = "{http://search.yahoo.com/mrss/}"

def configuration(site: str, base: str) -> str:
    """A feeds.toml with the one feed; @yearly, so that one run happens, at the start."""
    return f"""
[server]
base_url = "{base}"

[[feed]]
id       = "{FEED}"
title    = "Harbour notes"
url      = "http://{site}/news/"
kind     = "html"
schedule = "@yearly"
timezone = "Asia/Pyongyang"
language = "en"

[feed.fetch]
allow_addresses = ["{site}"]

[feed.select]
item    = "article.clearfix"
title   = "h4 a"
link    = "h4 a"
date    = {{ css = ".when span", format = "%B %d, %Y" }}
summary = ".desc > p:not(.when)"
"""


# --------------------------------------------------------------------------- promises for items


def check_expected(poll: Poll) -> str:
    """Every card of the listing, in its order, with its link, its day and no repeated text."""
    site = poll.json["home_page_url"]
    by_link = {item["url"]: item for item in poll.json["items"]}
    for article in ARTICLES:
        item = by_link.pop(urllib.parse.urljoin(site, article.path), None)
        if item is None:
            raise AssertionError(f"no item for {article.path}; links: {sorted(by_link)}")
        same(article.title, item["title"], f"title of {article.path}")
        same(f"{article.date}T00:00:00+09:00", item["date_published"], f"date of {article.path}")
        same(None if article.summary == article.title else article.summary, item.get("summary"),
             f"summary of {article.path}")
    same([], sorted(by_link), "items that the listing does not have")
    same([a.title for a in ARTICLES], [i["title"] for i in poll.json["items"]], "order of the items")
    return f"{len(ARTICLES)} items, each as on the page"


def check_offset(poll: Poll) -> str:
    """The zone of the page, in all three formats."""
    channel = ElementTree.fromstring(get(poll.url("rss"))).find("channel")
    dates = [element.text or "" for element in channel.iterfind("item/pubDate")]
    atom = ElementTree.fromstring(get(poll.url("atom")))
    published = [e.text or "" for e in atom.iter("{http://www.w3.org/2005/Atom}published")]
    stamps = [item["date_published"] for item in poll.json["items"]]
    wrong = [d for d in dates if not d.endswith(" +0900")]
    wrong += [d for d in published + stamps if not d.endswith("+09:00")]
    same([], wrong, "dates without the offset of the zone")
    if not (len(dates) == len(published) >= 1):
        raise AssertionError(f"{len(dates)} dates in RSS, {len(published)} in Atom")
    return f"{len(dates)} dates with +0900"


def check_no_repeats(poll: Poll) -> str:
    """No summary that only repeats the title, in any format."""
    for item in poll.json["items"]:
        if item.get("summary") == item["title"]:
            raise AssertionError(f"JSON summary equals the title: {item['title']!r}")
    for extension in ("rss", "atom"):
        for entry in feedparser.parse(get(poll.url(extension))).entries:
            if entry.get("summary") and entry.summary == entry.title:
                raise AssertionError(f"{extension} summary equals the title: {entry.title!r}")
    return "no summary repeats its title"


def check_no_logo(poll: Poll) -> str:
    """A picture that several items share is a logo, and belongs to none of them."""
    pictures = [item.get("image") for item in poll.json["items"]]
    for item in poll.json["items"]:
        pictures += [attachment["url"] for attachment in item.get("attachments", [])]
    for item in ElementTree.fromstring(get(poll.url("rss"))).iterfind("channel/item"):
        for tag in ("enclosure", f"{MEDIA}thumbnail", f"{MEDIA}content"):
            pictures += [element.get("url") for element in item.iterfind(tag)]
    shared = [url for url, n in Counter(filter(None, pictures)).items() if n > 3 or "logo" in url]
    same([], shared, "pictures of many items")
    return "no logo as a picture or enclosure"


# ------------------------------------------------------------------------------------- the suites


class Report:
    """Runs checks, prints a line for each, and remembers failures."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, name: str, check, *arguments: object) -> None:
        try:
            said = check(*arguments)
        except Exception as error:  # a reader may fail in any way: say it, and go on with the next
            self.fail(name, error)
            return
        self.passed += 1
        print(f"ok    {name}: {said}", flush=True)

    def fail(self, name: str, error: Exception) -> None:
        self.failed += 1
        print(f"FAIL  {name}: {error}", flush=True)
        if not isinstance(error, AssertionError):
            traceback.print_exception(error, file=sys.stdout)


def check_all_readers(report: Report, poll: Poll) -> None:
    """Every reader, on every format that it reads."""
    report.check("JSON Feed 1.1", check_json, poll)
    report.check("feedparser, RSS", check_feedparser, poll, "rss", "rss20")
    report.check("feedparser, Atom", check_feedparser, poll, "atom", "atom10")
    report.check("newsboat, RSS", check_newsboat, poll, "rss")
    report.check("newsboat, Atom", check_newsboat, poll, "atom")
    report.check("sfeed, RSS and Atom", check_sfeed, poll)
    report.check("rss2email, RSS", check_rss2email, poll, "rss")
    report.check("rss2email, Atom", check_rss2email, poll, "atom")


def serve_fixed(binary: Path, folder: Path, proxy: Proxy) -> Daemon:
    """A daemon on folder/feeds.toml, with the proxy before it."""
    arguments = ["serve", "--config", "feeds.toml", "--listen", "127.0.0.1:0", "--data", "data"]
    daemon = Daemon(binary, arguments, folder, folder / "daemon.log")
    proxy.target = daemon.wait_for(r"listening on (http://127\.0\.0\.1:\d+)", 20)[1]
    return daemon


def has_items(base: str, feed: str, count: int) -> bool:
    return len(get_json(f"{base}/feeds/{feed}.json")["items"]) >= count


def fixed_suite(report: Report, binary: Path, folder: Path) -> None:
    """All readers on a listing that does not change, and once more after a restart."""
    proxy = Proxy()
    (folder / "feeds.toml").write_text(configuration(f"127.0.0.1:{serve_site()}", proxy.base))
    daemon = serve_fixed(binary, folder, proxy)
    try:
        eventually(lambda: has_items(proxy.target, FEED, len(ARTICLES)), 30, "the first run")
        poll = Poll(proxy, FEED, folder)
        report.check("items", check_expected, poll)
        report.check("zone", check_offset, poll)
        report.check("summaries", check_no_repeats, poll)
        check_all_readers(report, poll)
        before = feedparser.parse(poll.url("rss"))
        report.check("SIGTERM", expect_exit_0, daemon)
        daemon = serve_fixed(binary, folder, proxy)
        report.check("restart", check_restart_fixed, poll, before)
    finally:
        daemon.kill()


def expect_exit_0(daemon: Daemon) -> str:
    same(0, daemon.terminate(25), "exit code after SIGTERM")
    return "exit code 0"


def check_restart_fixed(poll: Poll, before: feedparser.FeedParserDict) -> str:
    """A restart changes nothing: the same JSON, and a 304 for the validators from before."""
    after = feedparser.parse(poll.url("rss"), etag=before.etag, modified=before.modified)
    same(304, after.status, "status for the validators from before the restart")
    same(poll.json, get_json(poll.url("json")), "JSON document")
    return "same document, 304 for the validators from before"


def start_demo(binary: Path, folder: Path) -> tuple[Daemon, str]:
    """The demo, and its address."""
    arguments = ["demo", "--listen", "127.0.0.1:0", "--data", "data"]
    daemon = Daemon(binary, arguments, folder, folder / "demo.log")
    found = daemon.wait_for(rf"(http://127\.0\.0\.1:\d+)/feeds/{DEMO_FEED}\.rss", 20)
    return daemon, found[1]


def demo_suite(report: Report, binary: Path, folder: Path) -> None:
    """`feedbridge demo`: the promises of its feed, and the same guids after a restart."""
    daemon, base = start_demo(binary, folder)
    try:
        smoke_suite(report, base, DEMO_FEED, DEMO_ITEMS)
        before = get_json(f"{base}/feeds/{DEMO_FEED}.json")["items"]
        report.check("demo SIGTERM", expect_exit_0, daemon)
        daemon, base = start_demo(binary, folder)
        report.check("demo restart", check_restart_demo, base, before)
    finally:
        daemon.kill()


def check_restart_demo(base: str, before: list[dict]) -> str:
    """New articles keep coming, but none of the kept ones gets a new guid or date."""
    count = len(before)
    eventually(lambda: has_items(base, DEMO_FEED, min(count, DEMO_ITEMS)), 15, "items after a restart")
    after = {item["id"]: item for item in get_json(f"{base}/feeds/{DEMO_FEED}.json")["items"]}
    for item in before[:DEMO_ITEMS]:
        kept = after.get(item["id"])
        if kept is None:
            raise AssertionError(f"guid {item['id']!r} ({item['title']!r}) is gone after the restart")
        for key in ("title", "date_published"):
            same(item[key], kept[key], f"{key} of {item['id']}")
    return f"{min(count, DEMO_ITEMS)} guids unchanged"


def smoke_suite(report: Report, base: str, feed: str, items: int) -> None:
    """What holds for a feed that changes while it is looked at."""
    proxy = Proxy()
    proxy.target = base
    report.check(f"{feed} within 15 s", first_items, base, feed, items)
    with tempfile.TemporaryDirectory() as folder:
        poll = Poll(proxy, feed, Path(folder))
        report.check(f"{feed} zone", check_offset, poll)
        report.check(f"{feed} summaries", check_no_repeats, poll)
        report.check(f"{feed} pictures", check_no_logo, poll)
        for extension, version in (("rss", "rss20"), ("atom", "atom10")):
            report.check(f"{feed} {extension}", smoke_document, proxy.base, feed, extension, version)


def first_items(base: str, feed: str, items: int) -> str:
    eventually(lambda: has_items(base, feed, items), 15, f"{items} items of {feed}")
    return f"at least {items} items"


def smoke_document(base: str, feed: str, extension: str, version: str) -> str:
    """Well-formed; every item that JSON also has is the same there."""
    parsed = feedparser.parse(f"{base}/feeds/{feed}.{extension}")
    same((False, version), (bool(parsed.bozo), parsed.version), "bozo and version")
    in_json = {item["id"]: item for item in get_json(f"{base}/feeds/{feed}.json")["items"]}
    both = [entry for entry in parsed.entries if entry.id in in_json]
    if len(both) < len(parsed.entries) - 3:
        raise AssertionError(f"JSON has only {len(both)} of {len(parsed.entries)} guids")
    for entry in both:
        twin = in_json[entry.id]
        same((twin["title"], twin["url"]), (html.unescape(entry.title), entry.link), entry.id)
    return f"{len(parsed.entries)} items, guids as in JSON"


def parse_arguments() -> argparse.Namespace:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--binary", type=Path, help="the feedbridge binary to start")
    target.add_argument("--base", help="the address of a running daemon")
    parser.add_argument("--feed", default=DEMO_FEED, help="a feed of the running daemon")
    parser.add_argument("--items", type=int, default=DEMO_ITEMS, help="how many items it has at least")
    return parser.parse_args()


def run_suites(report: Report, arguments: argparse.Namespace) -> None:
    if arguments.base:
        smoke_suite(report, arguments.base.rstrip("/"), arguments.feed, arguments.items)
        return
    for name, suite in (("fixed listing", fixed_suite), ("demo", demo_suite)):
        print(f"-- {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="feedbridge-readers-") as folder:
            try:
                suite(report, arguments.binary.resolve(), Path(folder))
            except Exception as error:
                report.fail(name, error)


def main() -> int:
    report = Report()
    run_suites(report, parse_arguments())
    print(f"readers: {report.passed} passed, {report.failed} failed")
    return 1 if report.failed or not report.passed else 0


if __name__ == "__main__":
    sys.exit(main())
