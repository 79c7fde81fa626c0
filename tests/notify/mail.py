#!/usr/bin/env python3
"""Sends mail to a real SMTP server (aiosmtpd) that demands STARTTLS and a login.

    tests/notify/mail.py --binary target/debug/feedbridge

The certificate is of an authority of the test's own. feedbridge trusts those of the system; SSL_CERT_FILE names
others, and without it nothing may be sent.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import logging
import os
import ssl
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from stage import Feedbridge, Site, eventually, free_port, must, run_test

USER, PASSWORD = "bridge@example.org", "höher & \"weiter\""
HOSTILE = "Low tide <b>& *storm*</b>\u2028 Bcc: all@example.org — ½ ferry"
WAIT_S = 30


class Box:
    """Takes mail, and counts logins that were refused."""

    def __init__(self) -> None:
        self.mails: list[tuple[Envelope, EmailMessage]] = []
        self.refused = 0

    async def handle_DATA(self, _server: object, session: object, envelope: Envelope) -> str:
        must(session.ssl is not None and session.authenticated, "the server took mail without TLS or login")
        self.mails.append((envelope, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"

    def login(self, _server: object, _session: object, _envelope: object, mechanism: str, data: object) -> AuthResult:
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        is_right = mechanism in ("PLAIN", "LOGIN") and data == known
        self.refused += not is_right
        return AuthResult(success=is_right, handled=False)


def certificate(folder: Path) -> ssl.SSLContext:
    """Makes an authority, and a certificate of `localhost` by it."""
    names = folder / "names"
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    for command in (
        ["req", "-x509", *key, "-subj", "/CN=Test", "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", "-new", *key[:-2], "-subj", "/CN=localhost", "-keyout", "own.key", "-out", "own.csr"],
        ["x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-extfile", "names", "-out", "own.pem"],
    ):  # fmt: skip
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "own.pem", folder / "own.key")
    return context


def rule(port: int, more: str = "") -> str:
    return (
        '[[notify]]\nname = "mail"\nwhen = ["item", "trouble", "recovered"]\nallow_addresses = ["127.0.0.1", "::1"]\n'
        f'[notify.mail]\nserver = "localhost:{port}"\nfrom = "Bridge, North <bridge@example.org>"\n'
        'to = ["Ada <ada@example.net>", "you@example.net"]\n'
        f'user = "{USER}"\npassword = {{ file = "password" }}\n{more}\n'
    )


def is_whole(taken: tuple[Envelope, EmailMessage], title: str) -> None:
    """The mail has all that it should have, as text and as HTML."""
    envelope, mail = taken
    must(envelope.mail_from == "bridge@example.org", f"sender {envelope.mail_from}")
    must(envelope.rcpt_tos == ["ada@example.net", "you@example.net"], f"receivers {envelope.rcpt_tos}")
    must(title in mail["Subject"], f"the subject is {mail['Subject']!r}, not {title!r}")
    must(mail["Auto-Submitted"] == "auto-generated" and mail["Date"], "a header is missing")
    must("@example.org>" in mail["Message-ID"] and mail["Bcc"] is None, f"Message-ID {mail['Message-ID']}")
    kinds = [part.get_content_type() for part in mail.walk()]
    must(kinds == ["multipart/alternative", "text/plain", "text/html"], f"the parts are {kinds}")
    longest = max(map(len, envelope.original_content.split(b"\r\n")))
    must(longest <= 998, f"a line has {longest} bytes (RFC 5322 section 2.1.1)")


def text(mail: EmailMessage, kind: str) -> str:
    return mail.get_body(preferencelist=(kind,)).get_content()


def waits_for_the_password(feedbridge: Feedbridge, box: Box) -> None:
    """With a wrong password the message is tried again, and `feedbridge notify` says why."""
    eventually(lambda: feedbridge.target("mail")["failures"], WAIT_S, "a failure that is shown")
    state = feedbridge.target("mail")
    must(box.refused and not box.mails, f"{box.refused} logins were refused, {len(box.mails)} mails taken")
    must(state["waiting"] == 1 and state["dead"] == 0 and state["next_try"], f"the message does not wait: {state}")
    must("login" in state["last_error"] and PASSWORD not in str(state), f"the error is {state['last_error']!r}")
    shown = feedbridge.call("notify").stdout
    must("failure" in shown and "login" in shown, f"`feedbridge notify` does not show it:\n{shown}")
    print(f"wrong password: {state['last_error']}", flush=True)


def told(feedbridge: Feedbridge, box: Box, site: Site) -> None:
    site.listings["harbour"].add("1", HOSTILE)
    waits_for_the_password(feedbridge, box)
    (feedbridge.folder / "password").write_text(PASSWORD, encoding="utf-8")
    with (feedbridge.folder / "feeds.toml").open("a") as config:
        config.write("# mended\n")
    eventually(lambda: box.mails, WAIT_S, "the item, after the password was mended")
    is_whole(box.mails[0], "Low tide <b>& *storm*</b> Bcc: all@example.org — ½ ferry")
    page = text(box.mails[0][1], "html")
    must("&lt;b&gt;&amp; *storm*" in page and "<b>&" not in page, f"the HTML is not escaped:\n{page}")
    must("/notice/1" in text(box.mails[0][1], "plain"), "the text has no link")
    feedbridge.breaks(site, "harbour")
    eventually(lambda: len(box.mails) > 1, WAIT_S, "the trouble")
    feedbridge.mends(site, "harbour")
    eventually(lambda: len(box.mails) > 2, WAIT_S, "the recovery")
    for taken in box.mails[1:]:
        is_whole(taken, "Notices of harbour")
    site.listings["harbour"].add("2", "word " * 3000)
    eventually(lambda: len(box.mails) > 3, WAIT_S, "a very long title")
    is_whole(box.mails[3], "word word")
    print("taken: " + "; ".join(mail["Subject"][:50] for _, mail in box.mails), flush=True)


def test(binary: Path, folder: Path) -> None:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # The refused handshake is meant.
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=free_port(), tls_context=certificate(folder),
                        require_starttls=True, auth_required=True, authenticator=box.login)  # fmt: skip
    server.start()
    try:
        site = Site(["harbour"])
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        feedbridge = Feedbridge(binary, folder, site.feeds() + rule(server.port))
        refused = feedbridge.call("notify", "--test", "mail")
        must(refused.returncode != 0 and not box.mails, "mail was sent to a server with an unknown certificate")
        must("certificate" in refused.stderr, f"the reason does not name the certificate: {refused.stderr}")
        os.environ["SSL_CERT_FILE"] = str(folder / "ca.pem")
        sent = feedbridge.call("notify", "--test", "mail")
        must(sent.returncode == 0, f"--test: {sent.stderr}")
        is_whole(box.mails.pop(), "A test message")
        (folder / "password").write_text("wrong", encoding="utf-8")
        with feedbridge.running(site):
            told(feedbridge, box, site)
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    return run_test(test, parser.parse_args().binary)


if __name__ == "__main__":
    sys.exit(main())
