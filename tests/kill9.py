#!/usr/bin/env python3
"""Kills a working daemon again and again, and looks for damage.

    tests/kill9.py --binary target/debug/feedbridge [--rounds 200] [--seed 9]

Eight feeds, each due every second, read listings that change with every request: new articles on
top, edited titles, articles that leave. After each SIGKILL a copy of the database must be whole,
and what it said before must still be true: no item is lost, no guid, first-seen time or date
changes, no key and no guid occurs twice. The daemon must then start again on the same data.
"""

from __future__ import annotations

import argparse
import html
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from daemon import Daemon, eventually, get, get_json

# What is read from the store: a feed, its items' keys, and the three values that never change.
ITEMS_SQL = "SELECT feed, key, guid, first_seen, date FROM items"

FEEDS = 8
ON_THE_PAGE = 15
START_SECONDS = 5
LONGEST_LIFE_SECONDS = 1.2
# Fewer mean that the kills hit an idle daemon, and have shown nothing.
LEAST_ITEMS_A_ROUND = 1

# -------------------------------------------------------------------- sites that never stand still


class Listing:
    """One site's page: it changes with each request."""

    def __init__(self, random_numbers: random.Random):
        self._random = random_numbers
        self._lock = threading.Lock()
        self._count = 0
        self._cards: list[list] = []  # number, title, date; the newest is first

    def next_page(self) -> bytes:
        with self._lock:
            self._change()
            cards = "".join(self._card(*card) for card in self._cards)
        return f"<!doctype html><meta charset=utf-8><title>n</title><ul id=l>{cards}</ul>".encode()

    def _change(self) -> None:
        for _ in range(self._random.randint(0, 2) if self._cards else 3):
            self._count += 1
            day = self._random.choice(["", f"2025-10-{self._random.randint(1, 28):02}"])
            self._cards.insert(0, [self._count, f"Notice {self._count}", day])
        if self._random.random() < 0.5:
            self._random.choice(self._cards)[1] += " (edited)"
        if len(self._cards) > 5 and self._random.random() < 0.3:
            self._cards.pop(self._random.randrange(len(self._cards)))
        del self._cards[ON_THE_PAGE:]

    @staticmethod
    def _card(number: int, title: str, day: str) -> str:
        when = f"<time datetime={day}>{day}</time>" if day else ""
        return f"<li><a href=/notice/{number}>{html.escape(title)}</a> {when}</li>\n"


class Page(BaseHTTPRequestHandler):
    """Serves the listing of the server's own address."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = self.path == "/list"
        body = self.server.listing.next_page() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Site(ThreadingHTTPServer):
    """A site of its own for each feed, so that pacing within a site does not slow the others."""

    daemon_threads = True

    def __init__(self, address: str, seed: int):
        super().__init__((address, 0), Page)
        self.listing = Listing(random.Random(seed))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """The client is killed often: a broken connection is no news."""

    @property
    def address(self) -> str:
        return f"{self.server_address[0]}:{self.server_port}"


def feed_ids() -> list[str]:
    return [f"site{number}" for number in range(1, FEEDS + 1)]


def configuration(sites: list[Site]) -> str:
    """Half of the feeds take the key from a rule, half from the link."""
    parts = ['[defaults]\nschedule = "every 1s"\nkeep = { items = 5000, days = 3650 }\n']
    for number, (feed, site) in enumerate(zip(feed_ids(), sites)):
        rule = "id = { from = \"link\", regex = '/notice/(\\d+)' }\n" if number % 2 else ""
        parts.append(
            f'[[feed]]\nid = "{feed}"\ntitle = "Notices {number}"\nurl = "http://{site.address}/list"\n'
            f'kind = "html"\n[feed.fetch]\nallow_addresses = ["{site.address}"]\nrobots = "ignore"\n'
            '[feed.select]\nitem = "#l li"\ntitle = "a"\nlink = "a"\n'
            f'date = {{ css = "time", attr = "datetime", format = "%Y-%m-%d" }}\n{rule}'
        )
    return "\n".join(parts)


# ---------------------------------------------------------------------- what must never be broken


class Memory:
    """All that was ever read from the store, and every contradiction to it."""

    def __init__(self) -> None:
        self.known: dict[tuple, tuple] = {}
        self.violations: list[str] = []

    def look(self, database: Path, after: str) -> None:
        """Checks a copy, so that the daemon itself still has to recover the original."""
        if not database.exists():
            return
        with tempfile.TemporaryDirectory() as folder:
            for suffix in ("", "-wal"):
                source = database.with_name(database.name + suffix)
                if source.exists():
                    shutil.copy(source, folder)
            self._compare(Path(folder) / database.name, after)

    def _compare(self, copy: Path, after: str) -> None:
        try:
            whole, rows = read_store(copy)
        except sqlite3.DatabaseError as error:
            self._violation(after, f"database not readable: {error}")
            return
        if whole != "ok":
            self._violation(after, f"integrity_check: {whole}")
        self._no_twins(rows, after)
        found = {(feed, key): (guid, seen, date) for feed, key, guid, seen, date in rows}
        for name, values in self.known.items():
            if name not in found:
                self._violation(after, f"{name} is lost")
            elif found[name] != values:
                self._violation(after, f"{name} was {values}, is {found[name]}")
        self.known = found

    def _no_twins(self, rows: list[tuple], after: str) -> None:
        for column, what in ((1, "key"), (2, "guid")):
            for name, count in Counter((row[0], row[column]) for row in rows).items():
                if count > 1:
                    self._violation(after, f"{what} {name} occurs {count} times")

    def _violation(self, after: str, text: str) -> None:
        self.violations.append(f"{after}: {text}")
        print(f"VIOLATION after {after}: {text}", flush=True)


def read_store(file: Path) -> tuple[str, list[tuple]]:
    """The verdict of the integrity check, and all items; none before the first migration."""
    store = sqlite3.connect(file)
    try:
        whole = store.execute("PRAGMA integrity_check").fetchone()[0]
        tables = store.execute("SELECT 1 FROM sqlite_master WHERE name = 'items'").fetchall()
        return whole, store.execute(ITEMS_SQL).fetchall() if tables else []
    finally:
        store.close()


# ------------------------------------------------------------------------------------- the rounds


class Rounds:
    """A daemon that is started and killed on one folder."""

    def __init__(self, binary: Path, folder: Path, seed: int):
        self._binary = binary
        self._folder = folder
        self._random = random.Random(seed)
        self.base = ""
        self.memory = Memory()
        self.slowest_start = 0.0

    def start(self) -> Daemon:
        arguments = ["serve", "--config", "feeds.toml", "--listen", "127.0.0.1:0", "--data", "data"]
        return Daemon(self._binary, arguments, self._folder, self._folder / "daemon.log")

    def start_until_live(self) -> Daemon:
        """Fails if the daemon does not answer in time."""
        daemon = self.start()
        began = time.monotonic()
        try:
            listening = daemon.wait_for(r"listening on (http://127\.0\.0\.1:\d+)", START_SECONDS)
            self.base = listening[1]
            rest = began + START_SECONDS - time.monotonic()
            eventually(lambda: get(f"{self.base}/health/live") is not None, rest, "/health/live")
        except AssertionError:
            daemon.kill()
            raise
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)
        return daemon

    def one(self, number: int) -> None:
        """Every other round may be killed while it is still starting."""
        daemon = self.start_until_live() if number % 2 else self.start()
        time.sleep(self._random.uniform(0, LONGEST_LIFE_SECONDS))
        daemon.kill()
        self.memory.look(self._folder / "data" / "feedbridge.db", f"kill {number}")

    def last(self) -> None:
        """Started once more: it serves what the store has, and ends well when it is asked to."""
        daemon = self.start_until_live()
        try:
            self._compare_documents()
            code = daemon.terminate(25)
        finally:
            daemon.kill()
        if code != 0:
            raise AssertionError(f"exit code {code} after SIGTERM:\n{daemon.output()[-3000:]}")
        self.memory.look(self._folder / "data" / "feedbridge.db", "SIGTERM")

    def _compare_documents(self) -> None:
        for feed in feed_ids():
            served = [item["id"] for item in get_json(f"{self.base}/feeds/{feed}.json")["items"]]
            if not served:
                raise AssertionError(f"the document of {feed} is empty")
            if len(set(served)) != len(served):
                raise AssertionError(f"a guid occurs twice in the document of {feed}")


def parse_arguments() -> argparse.Namespace:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("--binary", type=Path, required=True, help="the feedbridge binary")
    parser.add_argument("--rounds", type=int, default=200, help="how many kills")
    parser.add_argument("--seed", type=int, default=9, help="for pages and moments")
    return parser.parse_args()


def kill_many_times(arguments: argparse.Namespace, folder: Path) -> int:
    """The number of violations, after the summary is printed."""
    sites = [Site(f"127.0.0.{n}", arguments.seed + n) for n in range(1, FEEDS + 1)]
    (folder / "feeds.toml").write_text(configuration(sites))
    rounds = Rounds(arguments.binary.resolve(), folder, arguments.seed)
    for number in range(1, arguments.rounds + 1):
        rounds.one(number)
        if number % 20 == 0:
            print(f"{number} kills, {len(rounds.memory.known)} items so far", flush=True)
    rounds.last()
    items, violations = len(rounds.memory.known), len(rounds.memory.violations)
    print(f"slowest start {rounds.slowest_start:.2f} s")
    print(f"{arguments.rounds} kills, {items} items, {violations} violations")
    if items < LEAST_ITEMS_A_ROUND * arguments.rounds:
        raise AssertionError("too few items: the daemon was not at work when it was killed")
    return violations


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="feedbridge-kill9-") as folder:
        try:
            return 1 if kill_many_times(arguments, Path(folder)) else 0
        except AssertionError as error:
            print(f"FAIL: {error}", flush=True)
            return 1


if __name__ == "__main__":
    sys.exit(main())
