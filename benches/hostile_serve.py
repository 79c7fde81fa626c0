"""A daemon that reads hostile pages, and three good feeds every second: are these on time, and are
documents answered at once?"""

from __future__ import annotations

import argparse
import http.server
import shutil
import statistics
import subprocess
import threading
import time
import urllib.error
import zlib

from hostile import Case, packed_end, packed_prefix
from hostile_html import item
from listing import Daemon, folder_with

GOOD = 3
# A good feed is late when two of its requests are further apart.
LATE_S = 5.0
SLOW_S = 1.0
HOSTILE_EVERY_S = 30
RULES = '[feed.select]\nitem = "article"\ntitle = "h2"\ndate = "time"\nsummary = ".body"\n'


class Page:
    """A page that is another one at each request: then no run of its feed ends as unchanged."""

    def __init__(self, case: Case, scale: float) -> None:
        self.case = case
        page = case.page(max(int(case.size * scale * 0.99), 1000))
        self.prefix, self.crc, self.length = packed_prefix(page), zlib.crc32(page), len(page)
        self.served = 0

    def body(self) -> bytes:
        self.served += 1
        return self.prefix + packed_end(self.crc, self.length, b"\n" * (self.served % 500 + 1))


class Site:
    """The pages by path; and when the good ones were asked for."""

    def __init__(self, cases: list[Case], scale: float) -> None:
        self.pages = {f"/h{i}": Page(case, scale) for i, case in enumerate(cases)}
        self.asked: dict[str, list[float]] = {f"/g{i}": [] for i in range(GOOD)}
        site = self

        class Answers(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Answers)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        path = request.path
        body, is_packed = b"", False
        if path in self.asked:
            self.asked[path].append(time.monotonic())
            number = len(self.asked[path])
            body = "".join(item(number + i, f"Text {i}") for i in range(10)).encode()
        elif path in self.pages:
            body, is_packed = self.pages[path].body(), True
        try:
            request.send_response(200 if body else 404)
            request.send_header("Content-Type", self.content_type(path))
            request.send_header("Content-Length", str(len(body)))
            if is_packed:
                request.send_header("Content-Encoding", "gzip")
            request.end_headers()
            request.wfile.write(body)
        except OSError:
            # The daemon may give up a page that takes too long.
            request.close_connection = True

    def content_type(self, path: str) -> str:
        rules = self.pages[path].case.rules if path in self.pages else ""
        if 'kind = "feed"' in rules or 'kind = "sitemap"' in rules:
            return "application/xml"
        # The sources of JSON look at the text itself.
        return "text/html"


def feeds_toml(site: Site) -> str:
    """Each feed at a loopback address of its own, so that no feed waits for the pace of another."""
    parts = ["[limits]\npace_s = 0\nbackoff_min_s = 1\nbackoff_max_s = 5\n"]
    for number, path in enumerate([*site.asked, *site.pages]):
        page = site.pages.get(path)
        rules = page.case.rules if page else RULES
        lines, _, tables = without_url(rules).partition("[feed.select]")
        select = f"[feed.select]{tables}" if tables else ""
        parts.append(
            f'[[feed]]\nid = "{path[1:]}"\nurl = "http://127.0.{number // 200 + 1}.{number % 200 + 1}:{site.port}{path}"\n'
            f'schedule = "every {HOSTILE_EVERY_S if page else 1}s"\n{lines}'
            f'[feed.fetch]\nrobots = "ignore"\nallow_addresses = ["127.0.0.0/8"]\n{select}\n'
        )
    return "".join(parts)


def without_url(rules: str) -> str:
    return "".join(line + "\n" for line in rules.splitlines() if not line.startswith("url = "))


def spread(cases: list[Case], most: int) -> list[Case]:
    """Cases that a daemon can be given: a page and rules for it, or none; evenly from all."""
    able = [case for case in cases if case.command in ("preview", "detect")]
    step = max(len(able) / most, 1)
    return [able[int(i * step)] for i in range(min(len(able), most))]


def is_valid(binary: str, case: Case) -> bool:
    """Whether the rules of a case pass the check: one bad rule would keep the daemon from starting."""
    toml = f'[[feed]]\nid = "t"\nurl = "https://example.org/"\n{without_url(case.rules)}'
    folder = folder_with(toml)
    checked = subprocess.run([binary, "check"], cwd=folder, capture_output=True, timeout=60)
    shutil.rmtree(folder)
    return checked.returncode == 0


def ask(daemon: Daemon, paths: list[str], until: float, times: list[tuple[float, str]]) -> None:
    """Asks for one document after the other, and notes how long each answer took."""
    number = 0
    while time.monotonic() < until:
        path = paths[number % len(paths)]
        number += 1
        began = time.monotonic()
        try:
            daemon.get(path)
            times.append((time.monotonic() - began, path))
        except (OSError, urllib.error.URLError):
            times.append((float("inf"), path))
        time.sleep(0.02)


def wait_for_start(daemon: Daemon) -> None:
    for _ in range(300):
        if daemon.process.poll() is not None:
            raise SystemExit("the daemon has ended at its start")
        try:
            daemon.get("/health/live")
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise SystemExit("the daemon does not answer")


def measure(binary: str, cases: list[Case], options: argparse.Namespace) -> int:
    hostile = [case for case in spread(cases, options.hostile) if is_valid(binary, case)]
    scale, seconds = options.scale, options.seconds
    site = Site(hostile, scale)
    folder = folder_with(feeds_toml(site))
    print(f"{len(hostile)} hostile feeds every {HOSTILE_EVERY_S} s, {GOOD} good feeds every 1 s, for {seconds:g} s", flush=True)
    daemon = Daemon(binary, folder)
    try:
        wait_for_start(daemon)
        began = time.monotonic()
        before = daemon.cpu_ms()
        times: list[tuple[float, str]] = []
        paths = [f"/feeds/g{i}.rss" for i in range(GOOD)] + ["/", "/feeds/h0.json", "/feeds.opml", "/health/ready"]
        ask(daemon, paths, began + seconds, times)
        return report(site, times, began, Usage((daemon.cpu_ms() - before) / 1000, daemon.memory_mib()))
    finally:
        end(daemon)
        site.server.shutdown()
        shutil.rmtree(folder)


class Usage:
    def __init__(self, cpu_s: float, memory: dict[str, float]) -> None:
        self.cpu_s, self.memory = cpu_s, memory


def end(daemon: Daemon) -> None:
    """Stops the daemon, by force where it still works on a page."""
    daemon.process.terminate()
    try:
        daemon.process.wait(30)
    except subprocess.TimeoutExpired:
        print("the daemon did not end within 30 s and was killed")
        daemon.process.kill()
        daemon.process.wait()


def report(site: Site, times: list[tuple[float, str]], began: float, usage: Usage) -> int:
    now = time.monotonic()
    print(f"CPU {usage.cpu_s:.1f} s, peak memory {usage.memory['peak']:.0f} MiB; "
          f"hostile pages served: {sum(page.served for page in site.pages.values())}, "
          f"never asked for: {sum(not page.served for page in site.pages.values())}")
    is_bad = False
    for path, asked in site.asked.items():
        moments = [began, *asked, now]
        gaps = [after - before for before, after in zip(moments, moments[1:])]
        longest = max(range(len(gaps)), key=gaps.__getitem__)
        is_late = gaps[longest] > LATE_S
        is_bad |= is_late
        print(f"good feed {path[1:]}: {len(asked)} runs, gap median {statistics.median(gaps):.2f} s, "
              f"longest {gaps[longest]:.2f} s, {moments[longest] - began:.0f} s after the start{' LATE' if is_late else ''}")
    took = sorted(times)
    slowest, p99 = took[-1], took[int(len(took) * 0.99)][0]
    is_slow = slowest[0] > SLOW_S
    print(f"{len(took)} requests: median {took[len(took) // 2][0] * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
          f"slowest {slowest[0] * 1000:.0f} ms ({slowest[1]}){' SLOW' if is_slow else ''}")
    return 1 if is_bad or is_slow else 0
