"""Servers on loopback for tests/readers.py: a site with one listing, and a proxy that counts."""

from __future__ import annotations

import datetime
import html
import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Article:
    """One card of the listing; `summary` is what the card says, even where it repeats the title."""

    path: str
    title: str
    date: datetime.date
    summary: str


def on(day: str) -> datetime.date:
    return datetime.date.fromisoformat(day)


ARTICLES = [
    Article("/n/1012-ice/", "Ice leaves the inner harbour", on("2025-11-04"), "Ferries sail at noon."),
    Article("/n/1011-tar/", "Tar & oakum: a day at the yard", on("2025-11-04"), "Caulkers, at work."),
    Article("/n/1010-less/", "When 3 < 4 and \"quotes\" stay", on("2025-11-03"), "Signs > words."),
    Article("/n/1009-same/", "Tide tables", on("2025-11-03"), "For the coming week."),
    Article("/n/1008-same/", "Tide tables", on("2025-11-02"), "For the past week."),
    Article("/n/1007-%ed%99%94/", "항구의 아침", on("2025-11-02"), "갈매기와 안개."),
    Article("/n/1006-cut/", "The choir sang until the", on("2025-11-01"), "The choir sang until the"),
    Article("/n/1005-q/?page=2&lang=en", "Lamp oil, by the barrel", on("2025-10-31"), "Prices rise."),
    Article("/n/1004-emoji/", "Boats 🚢 and more boats", on("2025-02-28"), "Every berth is taken."),
    Article("/n/1003-old/", "A wreck is raised", on("2024-02-29"), "After forty years."),
]


def card(article: Article) -> str:
    """The article as the listing shows it: a logo, a heading, a date, an excerpt."""
    link = html.escape(article.path)
    title = html.escape(article.title)
    return f"""<article class="clearfix">
<div class="thumb"><a href="{link}"><img src="/logo.png" alt="{title}"></a></div>
<div class="desc"><h4><a href="{link}">{title}</a></h4>
<p class="when"> <span>{article.date:%B %d, %Y}</span></p>
<p>{html.escape(article.summary)}</p></div></article>"""


def listing() -> bytes:
    """The whole page."""
    cards = "\n".join(card(article) for article in ARTICLES)
    head = "<!doctype html><html lang=en><meta charset=utf-8><title>Harbour notes</title>"
    return f"{head}<main>{cards}</main></html>".encode()


class Site(BaseHTTPRequestHandler):
    """Serves the listing at /news/, and nothing else."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = self.path == "/news/"
        body = listing() if found else b"not here\n"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8" if found else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Exchange:
    """One request that a reader made, and the status that it got."""

    path: str
    status: int


def serve_site() -> int:
    """Starts the site on a free port, which is returned; it ends with this process."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    return site.server_port


class Proxy(ThreadingHTTPServer):
    """Forwards to the daemon as it is, and keeps the record."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Forward)
        self.target = ""
        self.exchanges: list[Exchange] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def base(self) -> str:
        """The address that readers use."""
        return f"http://127.0.0.1:{self.server_port}"

    def statuses(self, path: str, since: int) -> list[int]:
        """The statuses of the requests for a path, in order, from the one with that number."""
        return [exchange.status for exchange in self.exchanges[since:] if exchange.path == path]


class Forward(BaseHTTPRequestHandler):
    """One request: the same method, path and headers to the daemon, its answer back."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_GET(self) -> None:
        host = self.server.target.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=20)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
            connection.request(self.command, self.path, headers={**headers, "Host": host})
            answer = connection.getresponse()
            self._pass_on(answer, answer.read())
        finally:
            connection.close()

    do_HEAD = do_GET

    def _pass_on(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        self.server.exchanges.append(Exchange(self.path, answer.status))
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection"):
                self.send_header(name, value)
        if answer.getheader("Content-Length") is None and answer.status == 200:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
