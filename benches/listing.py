"""What the benchmarks share: a 96 kB listing page, a site that serves it, a daemon that reads it.

The page has the shape of a WordPress listing (navigation, sidebar with archives, 20 cards with
thumbnail, title, link, <time>, excerpt, tags) and exactly 95,875 bytes; its number makes it another page.
"""

from __future__ import annotations

import http.server
import multiprocessing
import os
import random
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

PAGE_BYTES = 95_875
ITEMS = 20
TICKS = os.sysconf("SC_CLK_TCK")


def words(source: random.Random, n: int) -> str:
    letters = "abcdefghijklmnoprstu"
    return " ".join("".join(source.choice(letters) for _ in range(source.randint(3, 9))) for _ in range(n))


def card(source: random.Random, page: int, i: int) -> str:
    link = f"/articles/{page}-{i}"
    return (
        f'<article class="post-{i} type-post"><div class="thumb"><a href="{link}"><img src="/media/{i}.jpg" '
        f'srcset="/media/{i}-300.jpg 300w, /media/{i}-600.jpg 600w" alt="{words(source, 5)}"></a></div>'
        f'<h2 class="entry-title"><a href="{link}">{words(source, 9)}</a></h2>'
        f'<time class="entry-date" datetime="2026-03-{i + 1:02d}T10:00:00+00:00">March {i + 1}, 2026</time>'
        f'<div class="entry-summary"><p>{words(source, 60)}</p></div>'
        f'<ul class="tags"><li><a href="/tag/a">{words(source, 1)}</a></li>'
        f'<li><a href="/tag/b">{words(source, 1)}</a></li></ul></article>\n'
    )


def page(number: int) -> bytes:
    source = random.Random(number)
    cards = "".join(card(source, number, i) for i in range(ITEMS))
    head = "<!doctype html><html lang=en><head><meta charset=utf-8><title>News</title></head><body>"
    rows: list[str] = []
    size = len(head) + len(cards) + 300
    while size < PAGE_BYTES - 200:
        rows.append(f'<li class="cat-item cat-item-{len(rows)}"><a href="/archive/{len(rows)}">{words(source, 2)}</a></li>\n')
        size += len(rows[-1])
    third = len(rows) // 3
    body = (
        f"<header><nav><ul>{''.join(rows[:third])}</ul></nav></header><main>{cards}</main>"
        f"<aside><ul>{''.join(rows[third:])}</ul></aside><footer></footer>"
    )
    text = f"{head}{body}"
    end = "</body></html>"
    filling = PAGE_BYTES - len(text) - len(end) - len("<!---->")
    return f"{text}<!--{'x' * max(filling, 0)}-->{end}".encode()


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = page(int(self.path[1:])) if self.path[1:].isdigit() else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def serve_pages(ports: multiprocessing.Queue) -> None:
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Pages)
    ports.put(server.server_address[1])
    server.serve_forever()


def start_site() -> int:
    """Serves the pages from a process of its own, so that its CPU does not count; gives the port."""
    ports: multiprocessing.Queue = multiprocessing.Queue()
    multiprocessing.Process(target=serve_pages, args=(ports,), daemon=True).start()
    return ports.get()


def feeds_toml(site: int, feeds: int) -> str:
    """One feed per page, over four loopback addresses so that the pace of one site does not count."""
    text = "[limits]\npace_s = 0\nfetches = 4\n"
    for i in range(feeds):
        text += (
            f'[[feed]]\nid = "f{i}"\nurl = "http://127.0.0.{i % 4 + 1}:{site}/{i}"\nschedule = "every 30d"\n'
            '[feed.fetch]\nrobots = "ignore"\nallow_addresses = ["127.0.0.0/8"]\n'
            '[feed.select]\nitem = "article"\ntitle = "h2 a"\ndate = "time"\nsummary = ".entry-summary"\n'
        )
    return text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """`serve` over a folder, on a port that is known before it starts."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        command = [binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", "data", "--log", "error"]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read()

    def wait_for_runs(self, feeds: int, limit: float = 100) -> None:
        end = time.monotonic() + limit
        while time.monotonic() < end:
            time.sleep(0.2)
            if self.finished() >= feeds:
                return
        raise SystemExit(f"only {self.finished()} of {feeds} feeds were read in {limit} s")

    def finished(self) -> int:
        try:
            with sqlite3.connect(f"file:{self.folder}/data/feedbridge.db?mode=ro", uri=True) as database:
                return database.execute("SELECT count(*) FROM feeds WHERE last_success IS NOT NULL").fetchone()[0]
        except sqlite3.Error:
            return 0

    def cpu_ms(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICKS

    def memory_mib(self) -> dict[str, float]:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        wanted = {"VmRSS": "resident", "RssAnon": "private", "RssFile": "program files", "VmHWM": "peak"}
        found = (line.split() for line in lines)
        return {wanted[f[0][:-1]]: int(f[1]) / 1024 for f in found if f and f[0][:-1] in wanted}

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(30) != 0:
            raise SystemExit("the daemon did not end well")


def folder_with(toml: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="feedbridge-bench-"))
    (folder / "feeds.toml").write_text(toml)
    return folder


def binary_argument(description: str) -> str:
    import argparse

    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--binary", default="target/release/feedbridge")
    return os.path.abspath(parser.parse_args().binary)
