"""What the tests of notifications share: a site whose listings change, a receiver of requests, and feedbridge."""

from __future__ import annotations

import html
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from daemon import Daemon, eventually, get, get_json  # noqa: E402

COMMAND_SECONDS = 60
START_SECONDS = 20


class Server(ThreadingHTTPServer):
    """A server of this machine, on a port that the system chose."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answering: type[BaseHTTPRequestHandler]):
        super().__init__(("127.0.0.1", 0), answering)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """Clients are killed, and lose patience: a broken connection is no news."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


# ------------------------------------------------------------------------------------------ a site


@dataclass
class Listing:
    """The items of a page, the newest first. A broken page has another layout, and no items."""

    items: list[tuple[str, str]] = field(default_factory=lambda: [("0", "The first")])
    broken: bool = False

    def add(self, name: str, title: str) -> None:
        self.items = [(name, title), *self.items]

    def page(self) -> bytes:
        cards = "".join(
            f"<li><a href=/notice/{name}>{html.escape(title)}</a><p>{html.escape(f'Text of {title}')}</p></li>\n"
            for name, title in self.items
        )
        body = "<main><p>All is new here.</p></main>" if self.broken else f"<ul id=l>{cards}</ul>"
        return f"<!doctype html><meta charset=utf-8><title>n</title>{body}".encode()


class Site(Server):
    """A page /list/ID for each feed."""

    def __init__(self, feeds: list[str]):
        super().__init__(Page)
        self.listings = {feed: Listing() for feed in feeds}

    def feeds(self, more: str = "") -> str:
        """The feeds as they stand in feeds.toml."""
        return "".join(
            f'[[feed]]\nid = "{feed}"\ntitle = "Notices of {feed}"\nurl = "http://{self.address}/list/{feed}"\n'
            f'kind = "html"\nschedule = "every 1s"\n{more}'
            f'[feed.fetch]\nallow_addresses = ["{self.address}"]\nrobots = "ignore"\n'
            '[feed.select]\nitem = "#l li"\ntitle = "a"\nlink = "a"\nsummary = "p"\n\n'
            for feed in self.listings
        )


class Page(BaseHTTPRequestHandler):
    """Serves a listing as it is now."""

    server: Site

    def do_GET(self) -> None:
        listing = self.server.listings.get(self.path.removeprefix("/list/"))
        body = listing.page() if listing else b""
        self.send_response(200 if listing else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


# --------------------------------------------------------------------------------- a receiver


@dataclass
class Got:
    """A request. Names of headers are in small letters."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


class Receiver(Server):
    """Records requests, and answers as `answer` says: by a status and headers."""

    def __init__(self, answer: Callable[[Got], tuple[int, dict[str, str]]] | None = None):
        super().__init__(Answer)
        self.answer = answer or (lambda _: (204, {}))
        self.got: list[Got] = []

    def at(self, path: str) -> list[Got]:
        return [got for got in list(self.got) if got.path == path]


class Answer(BaseHTTPRequestHandler):
    """One request to a receiver. It is recorded before the answer is sent, as a service would."""

    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        got = Got(time.monotonic(), self.path, headers, body)
        self.server.got.append(got)
        status, more = self.server.answer(got)
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


# --------------------------------------------------------------------------------- feedbridge


class Feedbridge:
    """The binary in a folder of its own, with a configuration and a daemon."""

    def __init__(self, binary: Path, folder: Path, config: str):
        self.binary, self.folder = binary.resolve(), folder
        self.base = ""
        self.configure(config)

    def configure(self, config: str) -> None:
        head = '[server]\nbase_url = "https://feeds.example.org"\n[limits]\npace_s = 0\n\n'
        (self.folder / "feeds.toml").write_text(head + config, encoding="utf-8")

    def start(self) -> Daemon:
        """A daemon that may not answer yet."""
        arguments = ["serve", "--config", "feeds.toml", "--listen", "127.0.0.1:0", "--data", "data"]
        return Daemon(self.binary, arguments, self.folder, self.folder / "daemon.log")

    @contextmanager
    def running(self, site: Site):
        """A daemon whose feeds have all been read once; what comes then is new."""
        daemon = self.start()
        try:
            self.base = daemon.wait_for(r"listening on (http://127\.0\.0\.1:\d+)", START_SECONDS)[1]
            for feed in site.listings:
                url = f"{self.base}/feeds/{feed}.json"
                eventually(lambda: get_json(url)["items"], START_SECONDS, f"the first items of {feed}")
            yield daemon
        except AssertionError as error:
            raise AssertionError(f"{error}\nthe log ends with:\n{daemon.output()[-3000:]}") from None
        finally:
            daemon.kill()

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command beside the daemon."""
        return subprocess.run(
            [str(self.binary), *arguments, "--config", "feeds.toml", "--data", "data"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )

    def target(self, name: str) -> dict:
        """The state of a target, as `feedbridge notify --json` tells it."""
        done = self.call("notify", "--json")
        must(done.returncode == 0, f"feedbridge notify: {done.stderr}")
        return next(target for target in json.loads(done.stdout)["targets"] if target["name"] == name)

    def breaks(self, site: Site, feed: str) -> None:
        """Breaks a page, and waits for the trouble."""
        site.listings[feed].broken = True
        eventually(lambda: self._outcome(feed) == "failed", START_SECONDS, f"a failed run of {feed}")

    def mends(self, site: Site, feed: str) -> None:
        """Mends a page. Its feed is run by hand: a feed that fails is read less often."""
        site.listings[feed].broken = False
        done = self.call("run", feed)
        must(done.returncode == 0, f"feedbridge run {feed}: {done.stdout}{done.stderr}")

    def _outcome(self, feed: str) -> str:
        done = self.call("feeds", "--json")
        found = next(one for one in json.loads(done.stdout)["feeds"] if one["id"] == feed)
        return "failed" if found.get("trouble") else "fine"


# ----------------------------------------------------------------------------------- the rest


def must(is_right: object, otherwise: str) -> None:
    """Fails with a sentence."""
    if not is_right:
        raise AssertionError(otherwise)


def free_port() -> int:
    """A port that nobody listens on. Servers of other programs cannot tell theirs."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return own.getsockname()[1]


@contextmanager
def program(arguments: list[str], log: Path):
    """Another program that runs meanwhile; its output goes to a file."""
    with log.open("wb") as sink:
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def can_connect(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def run_test(test: Callable[[Path, Path], None], binary: Path) -> int:
    """Runs a test in a folder that is removed afterwards. The exit code."""
    name = Path(sys.argv[0]).stem
    with tempfile.TemporaryDirectory(prefix=f"feedbridge-{name}-") as folder:
        began = time.monotonic()
        try:
            test(binary, Path(folder))
        except (AssertionError, subprocess.SubprocessError) as error:
            print(f"FAIL {name}: {error}", flush=True)
            return 1
        print(f"{name}: fine, {time.monotonic() - began:.0f} s", flush=True)
        return 0

