#!/usr/bin/env python3
"""Compares how Apprise and feedbridge read the same addresses.

    tests/support/apprise_forms.py --binary target/debug/feedbridge

Apprise (from PyPI, installed by the caller) and `feedbridge notify --test` each send a message to a
stub on loopback. For each form of address, the method, the path, the login and the places of topics,
rooms and tokens must be the same. Texts of the messages are not compared.

Left out are the forms whose service is always on a host of its own, which no stub can stand in for:
slack, discord, tgram, pover, pagerduty, workflows; and mailto and mqtt, which are not HTTP. The unit
tests of `src/notify/url_form.rs` have them.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import apprise

# Longer than the 20 seconds that feedbridge gives one try.
LIMIT_S = 60
# Answers every question that a client asks before it sends.
ANSWER = {"id": 1, "user_id": "@ann:127.0.0.1", "device_id": "d", "room_id": "!abc:127.0.0.1"}


@dataclass(frozen=True)
class Form:
    """An address with the origin of the stub in it, and where it must show in requests."""

    url: str
    # Keys of the JSON (or form) body whose values are compared.
    body: tuple[str, ...] = ()
    # Headers whose values are compared, besides `Authorization`.
    headers: tuple[str, ...] = ()
    # Only the last request is the message; those before prepare it.
    last: bool = False


FORMS = [
    Form("ntfy://{at}/harbour", body=("topic",)),
    Form("ntfy://{at}/?to=harbour", body=("topic",)),
    Form("ntfy://ann%40b:p%3Aw%2F@{at}/harbour", body=("topic",)),
    Form("ntfy://tk_1234@{at}/harbour", body=("topic",)),
    Form("ntfy://{at}/harbour?token=tk_1234", body=("topic",)),
    Form("gotify://{at}/AbCdEf123", headers=("x-gotify-key",)),
    Form("gotify://{at}/sub/path/AbCdEf123?priority=high", body=("priority",), headers=("x-gotify-key",)),
    Form("mmost://{at}/k1k2k3"),
    Form("mmost://ann@{at}/sub/k1k2k3?channel=town", body=("channel", "username")),
    Form("json://{at}"),
    Form("json://ann:pw%2B1@{at}/in/box/"),
    Form("json://{at}/in?+X-Tide=low%20ebb&-k=v%26w", headers=("x-tide",)),
    # Without a version, Apprise 2 sends the key in a header, which older servers do not know.
    Form("apprise://{at}/key123?version=1"),
    Form("apprise://{at}/sub/key123?tags=pier,crew&version=1", body=("tag",)),
    Form("signal://{at}/+4930123456/+4930654321/+4930111222", body=("number", "recipients")),
    Form("signal://{at}/4930123456", body=("number", "recipients")),
    Form("matrix://syt_token@{at}/!abc:127.0.0.1", last=True),
    Form("matrix://syt_token@{at}/!abc", last=True),
]


@dataclass
class Request:
    """A request that the stub has got. Names of headers are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: dict[str, object] = field(default_factory=dict)


def fields(content_type: str, body: bytes) -> dict[str, object]:
    """The body as names and values; empty, if it has another form."""
    if "json" in content_type:
        read = json.loads(body or b"{}")
        return read if isinstance(read, dict) else {}
    if "x-www-form-urlencoded" in content_type:
        return {k: ",".join(v) for k, v in urllib.parse.parse_qs(body.decode()).items()}
    return {}


class Stub(BaseHTTPRequestHandler):
    """Takes every request, and records it."""

    got: list[Request] = []

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        content = fields(headers.get("content-type", ""), body)
        Stub.got.append(Request(self.command, self.path, headers, content))
        # There is no such file: the host itself is the home server.
        found = not self.path.startswith("/.well-known/")
        out = json.dumps(ANSWER).encode() if found else b"{}"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(out)))
        self.end_headers()
        self.wfile.write(out)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def place(request: Request) -> str:
    """The path in one spelling. The name of a transaction of Matrix differs each time."""
    parts = urllib.parse.urlsplit(request.target)
    path = urllib.parse.quote(urllib.parse.unquote(parts.path), safe="/")
    path = re.sub(r"(/send/m\.room\.message/)[^/]+$", r"\1…", path) or "/"
    query = urllib.parse.urlencode(urllib.parse.parse_qsl(parts.query))
    return f"{path}?{query}" if query else path


def texts(value: object) -> set[str]:
    """The entries of a value that may be a list, or a text with commas."""
    if value is None:
        return set()
    entries = value if isinstance(value, list) else str(value).split(",")
    return {str(entry).strip().lstrip("#") for entry in entries}


def seen(form: Form, requests: list[Request]) -> dict[str, list[str]]:
    """All that is compared. One request to three receivers is the same as one to each."""
    requests = requests[-1:] if form.last else requests
    out = {
        "request": {f"{r.method} {place(r)}" for r in requests},
        "authorization": {r.headers.get("authorization", "none") for r in requests},
    }
    for name in form.headers:
        out[name] = {r.headers.get(name, "none") for r in requests}
    for name in form.body:
        out[name] = set().union(*(texts(r.body.get(name)) for r in requests))
    return {name: sorted(values) for name, values in out.items()}


def by_apprise(url: str) -> str:
    """Sends with Apprise; an error in words."""
    sender = apprise.Apprise()
    if not sender.add(url):
        return "Apprise does not read it"
    return "" if sender.notify(title="Low tide", body="At noon.") else "Apprise could not send"


def by_feedbridge(binary: Path, url: str) -> str:
    """Sends with feedbridge; an error in words."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "feeds.toml"
        config.write_text(
            "[store]\n"
            f"url = {json.dumps(f'sqlite:{folder}/feedbridge.db')}\n\n"
            "[[feed]]\n"
            'id = "harbour"\nurl = "http://127.0.0.1:9/"\nkind = "html"\n\n'
            "[feed.select]\n"
            'item = "article"\ntitle = "h2"\nlink = "a"\n\n'
            "[[notify]]\n"
            f'name = "t"\nwhen = ["trouble"]\nfeeds = ["*"]\nurl = {json.dumps(url)}\n'
            'allow_addresses = ["127.0.0.0/8"]\n',
            encoding="utf-8",
        )
        command = [str(binary), "notify", "--test", "t", "-c", str(config)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, cwd=folder)
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip() or f"exit {done.returncode}"


def differences(form: Form, binary: Path, at: str) -> list[str]:
    """What Apprise and feedbridge did differently with one form."""
    url = form.url.format(at=at)
    Stub.got.clear()
    wrong = [text for text in [by_apprise(url)] if text]
    theirs = seen(form, list(Stub.got))
    Stub.got.clear()
    wrong += [text for text in [by_feedbridge(binary, url)] if text]
    ours = seen(form, list(Stub.got))
    # Two empty records would agree, and so would two that lack what the form is about.
    lacking = [name for name in ("request", *form.headers, *form.body) if theirs[name] in ([], ["none"])]
    wrong += [f"{name}: Apprise sent none" for name in lacking]
    return wrong + [f"{k}: Apprise {theirs[k]}, feedbridge {ours[k]}" for k in theirs if theirs[k] != ours[k]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    binary = parser.parse_args().binary.resolve()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"127.0.0.1:{server.server_address[1]}"
    failed = 0
    for form in FORMS:
        wrong = differences(form, binary, at)
        failed += bool(wrong)
        print(f"{'differs' if wrong else 'same':8} {form.url}")
        for line in wrong:
            print(f"         {line}")
    server.shutdown()
    print(f"{len(FORMS) - failed} of {len(FORMS)} forms are read as Apprise {apprise.__version__} reads them")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
