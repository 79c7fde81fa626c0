"""One function per feed reader: it subscribes, and compares what it saw with the JSON document.

newsboat, sfeed and rss2email are the programs that people use; feedparser is the library in many
others. None of them shares code with feedbridge.
"""

from __future__ import annotations

import datetime
import email
import email.policy
import html
import os
import re
import sqlite3
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser

from daemon import get_json
from loopback import Proxy

VERSION_URL = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True)
class Seen:
    """One item, as a reader shows it; None where that reader does not tell."""

    title: str
    link: str
    guid: str | None
    date: datetime.datetime | None


class Poll:
    """Where the readers look, and a folder for their files."""

    def __init__(self, proxy: Proxy, feed: str, folder: Path):
        self.proxy = proxy
        self.feed = feed
        self.folder = folder
        self.json = get_json(self.url("json"))
        self.items = [seen_in_json(item) for item in self.json["items"]]

    def path(self, extension: str) -> str:
        return f"/feeds/{self.feed}.{extension}"

    def url(self, extension: str) -> str:
        return self.proxy.base + self.path(extension)

    def place(self, name: str) -> Path:
        """A new folder for one reader."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        return folder


def seen_in_json(item: dict) -> Seen:
    date = datetime.datetime.fromisoformat(item["date_published"])
    return Seen(item["title"], item["url"], item["id"], date)


def same(expected: object, found: object, what: str) -> None:
    """Fails with both values."""
    if expected != found:
        raise AssertionError(f"{what}:\n  expected {expected!r}\n  found    {found!r}")


def same_items(expected: list[Seen], found: list[Seen], reader: str) -> None:
    """Compares title, link, guid and date, as far as the reader told them; order does not count."""
    same(len(expected), len(found), f"{reader}: number of items")
    by_link = {item.link: item for item in expected}
    for item in found:
        twin = by_link.get(item.link)
        if twin is None:
            raise AssertionError(f"{reader}: link {item.link!r} is in no JSON item")
        same(twin.title, item.title, f"{reader}: title of {item.link}")
        if item.guid is not None:
            same(twin.guid, item.guid, f"{reader}: guid of {item.link}")
        if item.date is not None:
            same(twin.date, item.date, f"{reader}: date of {item.link}")


def run(command: list[str], folder: Path, log: str) -> str:
    """Runs a reader; its output goes to a file, and into the error if it fails."""
    environment = {**os.environ, "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    environment.pop("PYTHONPATH", None)  # a reader in Python brings its own modules
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=False,
    )
    (folder / log).write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def check_json(poll: Poll) -> str:
    """The keys that JSON Feed 1.1 requires, and unique ids."""
    document = poll.json
    same(VERSION_URL, document["version"], "version")
    same(poll.url("json"), document["feed_url"], "feed_url")
    if not (isinstance(document["title"], str) and document["title"]):
        raise AssertionError("the feed has no title")
    for item in document["items"]:
        if not (isinstance(item["id"], str) and item["id"]):
            raise AssertionError(f"item without an id: {item}")
        if not any(isinstance(item.get(key), str) for key in ("content_html", "content_text")):
            raise AssertionError(f"item with neither content_html nor content_text: {item}")
    twice = [guid for guid, n in Counter(item.guid for item in poll.items).items() if n > 1]
    same([], twice, "ids that occur twice")
    return f"{len(poll.items)} items"


def seen_by_feedparser(parsed: feedparser.FeedParserDict) -> list[Seen]:
    found = []
    for entry in parsed.entries:
        text = entry.published
        rss = parsed.version.startswith("rss")
        date = parsedate_to_datetime(text) if rss else datetime.datetime.fromisoformat(text)
        found.append(Seen(html.unescape(entry.title), entry.link, entry.id, date))
    return found


def check_feedparser(poll: Poll, extension: str, version: str) -> str:
    """Well-formed (bozo 0), equal to the JSON, and 304 for the validators of the first poll."""
    first = feedparser.parse(poll.url(extension))
    same(False, bool(first.bozo), f"bozo ({first.get('bozo_exception')})")
    same(version, first.version, "version")
    same_items(poll.items, seen_by_feedparser(first), "feedparser")
    links = [link.href for link in first.feed.links if link.rel == "self"]
    same([poll.url(extension)], links, "link rel=self")
    both = feedparser.parse(poll.url(extension), etag=first.etag, modified=first.modified)
    tag_only = feedparser.parse(poll.url(extension), etag=first.etag)
    date_only = feedparser.parse(poll.url(extension), modified=first.modified)
    same([304, 304, 304], [p.status for p in (both, tag_only, date_only)], "second polls")
    return f"{len(first.entries)} items, bozo 0, second poll 304"


def check_newsboat(poll: Poll, extension: str) -> str:
    """newsboat sends validators from its third run on."""
    folder = poll.place(f"newsboat-{extension}")
    since = len(poll.proxy.exchanges)
    (folder / "config").touch()
    (folder / "urls").write_text(poll.url(extension) + "\n")
    command = ["newsboat", "-q", "-C", "config", "-u", "urls", "-c", "cache.db", "-x"]
    for round_number in range(3):
        run([*command, "reload"], folder, f"reload{round_number}.log")
        time.sleep(1.1)
    unread = run([*command, "print-unread"], folder, "unread.log")
    same(str(len(poll.items)), unread.split()[0], "unread articles")
    same_items(poll.items, seen_by_newsboat(folder), f"newsboat {extension}")
    statuses = poll.proxy.statuses(poll.path(extension), since)
    same((200, 304), (statuses[0], statuses[-1]), f"first and last of the statuses {statuses}")
    return f"{unread.strip()}, third run 304"


def seen_by_newsboat(folder: Path) -> list[Seen]:
    cache = sqlite3.connect(folder / "cache.db")
    rows = cache.execute("select title, url, guid, pubDate from rss_item").fetchall()
    cache.close()
    return [Seen(html.unescape(title), link, guid, at_second(date)) for title, link, guid, date in rows]


def at_second(seconds: str | int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)


def check_sfeed(poll: Poll) -> str:
    """RSS and Atom; sfeed keeps a line with tabs per item, and sends no validators."""
    folder = poll.place("sfeed")
    feeds = "".join(f'feed "{name}" "{poll.url(name)}"\n' for name in ("rss", "atom"))
    (folder / "sfeedrc").write_text(f'sfeedpath="{folder}/feeds"\nfeeds() {{\n{feeds}}}\n')
    run(["sfeed_update", "./sfeedrc"], folder, "update.log")
    for name in ("rss", "atom"):
        same_items(poll.items, seen_by_sfeed(folder / "feeds" / name), f"sfeed {name}")
    shown = run(["sfeed_plain", "feeds/rss"], folder, "plain.log")
    same(len(poll.items), len(shown.splitlines()), "sfeed_plain: lines")
    return f"{len(poll.items)} items from each of rss and atom"


def seen_by_sfeed(file: Path) -> list[Seen]:
    rows = [line.split("\t") for line in file.read_text().splitlines()]
    return [Seen(row[1], row[2], row[5], at_second(row[0])) for row in rows]


def check_rss2email(poll: Poll, extension: str) -> str:
    """One mail per item on the first run; none, and a 304, on the second."""
    folder = poll.place(f"rss2email-{extension}")
    since = len(poll.proxy.exchanges)
    inbox = folder / "mail" / "in" / "new"
    (folder / "mail").mkdir()
    (folder / "r2e.cfg").write_text(
        "[DEFAULT]\nfrom = bridge@example.org\nto = reader@example.org\n"
        f"email-protocol = maildir\nmaildir-path = {folder}/mail\nmaildir-mailbox = in\n"
        "date-header = True\n"
    )
    command = ["r2e", "-c", "r2e.cfg", "-d", "r2e.json"]
    run([*command, "add", "f", poll.url(extension)], folder, "add.log")
    run([*command, "run"], folder, "run1.log")
    same_items(poll.items, seen_by_mail(inbox), f"rss2email {extension}")
    run([*command, "run"], folder, "run2.log")
    same(len(poll.items), len(list(inbox.iterdir())), "mails after the second run")
    same([200, 304], poll.proxy.statuses(poll.path(extension), since), "statuses of the two runs")
    return f"{len(poll.items)} mails, second run 304"


def seen_by_mail(folder: Path) -> list[Seen]:
    found = []
    for file in folder.iterdir():
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        date = mail["Date"].datetime if mail["Date"] else None
        if date and date.tzinfo is None:  # "-0000": in UTC
            date = date.replace(tzinfo=datetime.timezone.utc)
        title, link, guid = (unfolded(mail[name]) for name in ("Subject", "X-RSS-URL", "X-RSS-ID"))
        found.append(Seen(title, link, guid, date))
    return found


def unfolded(header: str) -> str:
    """A header's text on one line: a long address may have been folded."""
    return re.sub(r"\s*\n\s*", "", str(header)).strip()
