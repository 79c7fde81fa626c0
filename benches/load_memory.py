#!/usr/bin/env python3
"""Memory of a daemon under the load of faulty and huge pages, and half a minute after it.

300 feeds are read every few seconds, and no page is the same twice. With `--fetches N`: N feeds whose pages are
as large as is allowed, all fetched at once. The exit code is 1 if memory does not come back or is too much."""

from __future__ import annotations

import argparse
import gzip
import http.server
import itertools
import multiprocessing
import os
import random
import re
import shutil
import signal
import socketserver
import threading
import time
from pathlib import Path

from listing import Daemon, card, folder_with, words

PAGE_LIMIT = 10 << 20  # `decoded_bytes`
MAX_PEAK_MIB = 150.0
MAX_LEFT_MIB = 40.0
SAMPLE_S = 0.1
IDLE_S = 5
REST_S = 30
SLOW_S = 20
STREAM = 16 << 10

NUMBERS = itertools.count(1)
Body = tuple[str, bytes]


VOCABULARY = words(random.Random(2), 2000).split(" ")


def text(source: random.Random, n: int) -> str:
    """Words of a vocabulary: they pack as a language does, and fit into `wire_bytes`."""
    return " ".join(source.choices(VOCABULARY, k=n))


def filled(head: str, parts: list[str], end: str, size: int) -> bytes:
    """The parts again and again, up to a size."""
    whole = "".join(parts).encode()
    room = size - len(head) - len(end)
    times = room // len(whole)
    return head.encode() + whole * times + b" " * (room - times * len(whole)) + end.encode()


def large_listing(source: random.Random) -> bytes:
    cards = [card(source, n, n % 28) + f"<p>{text(source, 200)}</p>" for n in range(300)]
    return filled("<!doctype html><html><body><main>", cards, "</main></body></html>", PAGE_LIMIT - 200)


def large_json(source: random.Random) -> bytes:
    items = [f'{{"id":{n},"title":"{text(source, 6)}","text":"{text(source, 120)}"}},' for n in range(500)]
    return filled('{"items":[', items, '{"id":0}]}', PAGE_LIMIT - 200)


def large_feed(source: random.Random) -> bytes:
    items = [
        f"<item><title>{text(source, 5)}</title><link>https://example.org/{n}</link>"
        f"<description>&lt;p&gt;{text(source, 9000)}&lt;/p&gt;</description></item>"
        for n in range(60)
    ]
    return filled('<rss version="2.0"><channel><title>t</title>', items, "</channel></rss>", PAGE_LIMIT - 200)


def broken_html(source: random.Random) -> bytes:
    parts = [f"<div class=a{n}><b><table><tr><p>{text(source, 8)}<i></div><a href='/{n}'>x&nbsp" for n in range(400)]
    return filled("<html><body>", parts, "", 1 << 20)


def many_nodes(source: random.Random) -> bytes:
    return filled("<html><body>", [f"<i>{text(source, 1)}<b>" for _ in range(50)], "", 4 << 20)


class Site:
    """The pages, packed once. Each answer begins with a member of its own, so that no two are alike."""

    def __init__(self) -> None:
        source = random.Random(1)
        small = "".join(card(source, 1, n) for n in range(20))
        pages: dict[str, Body] = {
            "listing": ("text/html", large_listing(source)),
            "json": ("application/json", large_json(source)),
            "feed": ("application/rss+xml", large_feed(source)),
            "broken": ("text/html", broken_html(source)),
            "nodes": ("text/html", many_nodes(source)),
            "deep": ("text/html", b"<html><body>" + b"<div>" * 200_000),
            "small": ("text/html", f"<!doctype html><html><body><main>{small}</main></body></html>".encode()),
            "binary": ("image/png", bytes([0x89]) + b"PNG\r\n" + source.randbytes(500_000)),
            "other": ("text/html", source.randbytes(300_000)),
            "bomb": ("text/html", bytes(60 << 20)),
        }
        self.packed = {name: (kind, gzip.compress(page, 6)) for name, (kind, page) in pages.items()}

    def page(self, name: str) -> Body:
        kind, packed = self.packed[name]
        number = next(NUMBERS)
        mark = f"<!-- {number} -->" if "html" in kind or "xml" in kind else f"{number:>100}" if "image" in kind else " " * (number % 150)
        return kind, gzip.compress(mark.encode(), 1) + packed


WHOLE = ("listing", "json", "feed", "broken", "nodes", "deep", "small", "binary", "other", "bomb")
FAULTS = ("slow", "endless", "cut", "500", "silent")
LARGE = ("listing", "json", "feed")


def kind_of(feed: int, only_large: bool) -> str:
    names = LARGE if only_large else WHOLE + FAULTS
    return names[feed % len(names)]


def answers_of(site: Site) -> type[http.server.BaseHTTPRequestHandler]:
    class Answers(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def head(self, status: int, kind: str, length: int | None, packed: bool = True) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if packed:
                self.send_header("Content-Encoding", "gzip")
            if length is None:
                self.send_header("Connection", "close")
                self.close_connection = True
            else:
                self.send_header("Content-Length", str(length))
            self.end_headers()

        def do_GET(self) -> None:
            name = self.path.split("/")[1]
            try:
                getattr(self, f"give_{name}", self.give_page)(name)
            except OSError:
                self.close_connection = True

        def give_page(self, name: str) -> None:
            kind, body = site.page(name)
            self.head(200, kind, len(body))
            self.wfile.write(body)

        def give_500(self, _: str) -> None:
            _, body = site.page("broken")
            self.head(500, "text/html", len(body))
            self.wfile.write(body)

        def give_cut(self, _: str) -> None:
            kind, body = site.page("listing")
            self.head(200, kind, len(body))
            self.wfile.write(body[: len(body) * 2 // 3])
            self.close_connection = True

        def give_slow(self, _: str) -> None:
            kind, body = site.page("listing")
            self.head(200, kind, len(body))
            step = len(body) // (SLOW_S * 2)
            for at in range(0, len(body), step):
                self.wfile.write(body[at : at + step])
                time.sleep(0.5)

        def give_endless(self, _: str) -> None:
            self.head(200, "text/html", None, packed=False)
            number = next(NUMBERS)
            while True:
                self.wfile.write(f"<p>{number}</p>".encode() * (STREAM // 16))
                time.sleep(0.02)

        def give_silent(self, _: str) -> None:
            kind, body = site.page("small")
            self.head(200, kind, len(body))
            self.wfile.write(body[: len(body) // 2])
            time.sleep(60)

        def log_message(self, *_: object) -> None:
            pass

    return Answers


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, *_: object) -> None:
        pass


def serve_site(ports: multiprocessing.Queue) -> None:
    server = Server(("0.0.0.0", 0), answers_of(Site()))
    ports.put(server.server_address[1])
    server.serve_forever()


def start() -> tuple[multiprocessing.Process, int]:
    """The site, in a process of its own; its memory does not count."""
    ports: multiprocessing.Queue = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve_site, args=(ports,), daemon=True)
    process.start()
    return process, ports.get()


def feed(port: int, number: int, name: str, schedule: str) -> str:
    # An address for each feed: the requests to one are sent one after the other.
    address = f"127.1.{number // 200}.{number % 200 + 1}"
    rules = {
        "json": 'kind = "json"\n[feed.select]\nitem = "$.items[*]"\ntitle = "$.title"\n',
        "feed": 'kind = "feed"\n',
    }
    html = '[feed.select]\nitem = "article"\ntitle = "h2 a"\nsummary = ".entry-summary"\n'
    # Every second one without rules: its listing is looked for.
    own = rules.get(name, html if number % 2 else "")
    kind, _, select = own.partition("[feed.select]")
    select = f"[feed.select]{select}" if select else ""
    return (
        f'[[feed]]\nid = "f{number}"\nurl = "http://{address}:{port}/{name}/{number}"\nschedule = "{schedule}"\n{kind}'
        f'[feed.fetch]\nrobots = "ignore"\nallow_addresses = ["127.0.0.0/8"]\n{select}'
    )


def settings(feeds: list[str], fetches: int, backoff_s: int) -> str:
    limits = f"pace_s = 0\nfetches = {fetches}\nbackoff_min_s = {backoff_s}\nbackoff_max_s = {backoff_s}\n"
    return f"[limits]\n{limits}{''.join(feeds)}"


def private_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def reload(daemon: Daemon, toml: str) -> None:
    (daemon.folder / "feeds.toml").write_text(toml)
    daemon.process.send_signal(signal.SIGHUP)


def print_runs(daemon: Daemon) -> None:
    """Prints the number of runs done, by outcome and trouble."""
    found = re.findall(r"^feedbridge_runs_total\{(.*)\} (\d+)$", daemon.get("/metrics").decode(), re.M)
    runs = {" ".join(re.findall(r'"([^"]+)"', labels)): int(count) for labels, count in found}
    ends = ", ".join(f"{name} {n}" for name, n in sorted(runs.items(), key=lambda run: -run[1]))
    print(f"runs: {sum(runs.values())} ({ends})", flush=True)


class Peak(threading.Thread):
    """The highest resident memory that was seen, until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.mib = pid, 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(SAMPLE_S):
            try:
                self.mib = max(self.mib, resident_mib(self.pid))
            except OSError:
                return


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/feedbridge", type=os.path.abspath)
    parser.add_argument("--seconds", type=int, default=180, help="length of the load")
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--fetches", type=int, help="this many feeds at once, all as large as is allowed")
    return parser.parse_args()


def load(daemon: Daemon, site: multiprocessing.Process, port: int, wanted: argparse.Namespace) -> Peak:
    """The load, and its end: the site is gone, and the feeds wait for an hour."""
    count, fetches = wanted.fetches or wanted.feeds, wanted.fetches or 16

    def toml(every: str, backoff_s: int) -> str:
        feeds = [feed(port, n, kind_of(n, bool(wanted.fetches)), every) for n in range(count)]
        return settings(feeds, fetches, backoff_s)

    peak = Peak(daemon.process.pid)
    peak.start()
    reload(daemon, toml("every 3s", 3))
    time.sleep(wanted.seconds)
    print_runs(daemon)
    site.terminate()
    site.join()
    reload(daemon, toml("every 1h", 3600))
    return peak


def main() -> None:
    wanted = options()
    site, port = start()
    first = [feed(port, 100_000 // 4, "small", "every 30d")]
    daemon = Daemon(wanted.binary, folder_with(settings(first, 4, 60)))
    pid = daemon.process.pid
    daemon.wait_for_runs(1)
    time.sleep(IDLE_S)
    base, base_private = resident_mib(pid), private_mib(pid)
    print(f"idle, MiB: resident {base:.1f}, private {base_private:.1f}", flush=True)
    peak = load(daemon, site, port, wanted)
    time.sleep(REST_S)
    after, after_private = resident_mib(pid), private_mib(pid)
    peak.stopped.set()
    high = daemon.memory_mib()["peak"]
    daemon.stop()
    shutil.rmtree(daemon.folder)
    print(f"peak, MiB: resident {peak.mib:.1f} sampled, {high:.1f} by the kernel")
    print(f"{REST_S} s after the load, MiB: resident {after:.1f}, private {after_private:.1f}")
    is_good = after <= base + MAX_LEFT_MIB and max(peak.mib, high) <= MAX_PEAK_MIB
    print("good" if is_good else f"too much: at most idle + {MAX_LEFT_MIB:.0f} after it, and a peak of {MAX_PEAK_MIB:.0f}")
    raise SystemExit(0 if is_good else 1)


if __name__ == "__main__":
    main()
