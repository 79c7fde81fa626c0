#!/usr/bin/env python3
"""Sends to strict stubs of all services: a test message, items, a trouble, and a recovery.

    tests/notify/services.py --binary target/debug/feedbridge

tests/support/notify_stub.py judges each request by the documentation of its service; none may be wrong. Titles hold
what services take for mentions and markup. Mail, MQTT and the command have tests of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from stage import Feedbridge, Site, eventually, must, program, run_test

STUB = Path(__file__).resolve().parent.parent / "support" / "notify_stub.py"
SECRET = "whsec_aGFyYm91ci1oYXJib3VyLWhhcmJvdXItaGFyYm91cg=="
HOSTILE = "<!everyone> & *bold* @everyone @here <b>x</b> [a](https://evil.example/) <@1> `code` _x_"
LONG_LIST = 120
WAIT_S = 60

# The settings of each service; AT is the address of the stub.
SERVICES = {
    "ntfy": '{ server = "AT/ntfy", topic = "harbour", token = "tk_1234" }',
    "gotify": '{ server = "AT/gotify", token = "AbCdEf123" }',
    "slack": '{ url = "AT/slack/services/T1/B1/x1" }',
    "discord": '{ url = "AT/discord/api/webhooks/1/abc", username = "Harbour" }',
    "teams": '{ url = "AT/teams/workflows/a1/triggers/manual/paths/invoke?sig=s1" }',
    "mattermost": '{ url = "AT/mattermost/hooks/abc123", channel = "town-square" }',
    "matrix": '{ server = "AT/matrix", room = "!abc:127.0.0.1", token = "syt_1" }',
    "telegram": '{ server = "AT/telegram", token = "123456:abc-DEF", chat = "-1001234567890" }',
    "pushover": '{ server = "AT/pushover", token = "aaaaaaaaaabbbbbbbbbbcccccccccc", '
    'user = "uuuuuuuuuubbbbbbbbbbcccccccccc" }',
    "signal": '{ server = "AT/signal", number = "+4930123456", to = ["+4930654321"] }',
    "pagerduty": '{ server = "AT/pagerduty", routing_key = "0123456789abcdef0123456789abcdef" }',
    "alertmanager": '{ server = "AT/alertmanager", labels = { team = "feeds" } }',
    "home_assistant": '{ server = "AT/home_assistant", webhook_id = "harbour-1" }',
    "apprise": '{ server = "AT/apprise", key = "feeds", tags = ["phone"] }',
    "webhook": f'{{ url = "AT/webhook/in?secret={SECRET}", secret = "{SECRET}" }}',
}


def rules(port: int) -> str:
    at = f"http://127.0.0.1:{port}"
    return "".join(
        f'[[notify]]\nname = "{name}"\nwhen = ["item", "trouble", "recovered", "silent"]\n'
        f'allow_addresses = ["127.0.0.1:{port}"]\n{name} = {settings.replace("AT", at)}\n\n'
        for name, settings in SERVICES.items()
    )


class Log:
    """What the stub has judged."""

    def __init__(self, file: Path):
        self.file = file

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def counts(self) -> Counter[str]:
        return Counter(line["service"] for line in self.lines())

    def wait(self, requests: int, what: str) -> None:
        """Each service has got so many requests."""
        try:
            eventually(lambda: all(self.counts()[name] >= requests for name in SERVICES), WAIT_S, what)
        except AssertionError:
            late = {name: self.counts()[name] for name in SERVICES if self.counts()[name] < requests}
            raise AssertionError(f"{what}: {requests} requests are expected, these have fewer: {late}") from None
        print(f"{what}: taken by all {len(SERVICES)} services", flush=True)

    def wrong(self) -> list[str]:
        refused = [line for line in self.lines() if not line["ok"]]
        return [f"{line['service']}: {line['error']}\n  {line['body'][:600]}" for line in refused]


def nobody_is_mentioned(log: Log) -> list[str]:
    """Mentions that services would make of titles, in forms that are right."""
    wrong = []
    for line in log.lines():
        body = line["body"]
        if line["service"] == "discord" and json.loads(body).get("allowed_mentions", {}).get("parse") != []:
            wrong.append("discord: mentions are allowed")
        if line["service"] == "slack" and "<!" in json.loads(body)["text"]:
            wrong.append("slack: the text has a mention")
        if line["service"] == "mattermost" and " @everyone" in json.loads(body).get("text", ""):
            wrong.append("mattermost: the text has a mention")
    return wrong


def test(binary: Path, folder: Path) -> None:
    log = Log(folder / "requests.jsonl")
    with program([sys.executable, str(STUB), "--log", str(log.file)], folder / "stub.log"):
        said = eventually(lambda: (folder / "stub.log").read_text().split(), WAIT_S, "the port of the stub")
        site = Site(["harbour"])
        feedbridge = Feedbridge(binary, folder, site.feeds('tags = ["sea"]\n') + rules(int(said[1])))
        for name in SERVICES:
            done = feedbridge.call("notify", "--test", name)
            must(done.returncode == 0, f"--test {name}: {done.stderr}; {log.wrong()}")
        log.wait(1, "test message")
        with feedbridge.running(site):
            harbour = site.listings["harbour"]
            harbour.add("1?a=1&b=2", HOSTILE)
            log.wait(2, "hostile item")
            feedbridge.breaks(site, "harbour")
            log.wait(3, "trouble")
            feedbridge.mends(site, "harbour")
            log.wait(4, "recovery")
            long = " ".join([HOSTILE] * 5)
            harbour.items = [(str(n), f"{n} {long}") for n in range(LONG_LIST, 1, -1)] + harbour.items
            log.wait(5, f"{LONG_LIST - 1} items at once")
            harbour.add("long", "word &<" * 2000)
            log.wait(6, "very long title")
    wrong = log.wrong() + nobody_is_mentioned(log)
    must(not wrong, f"{len(wrong)} of {len(log.lines())} requests are wrong:\n" + "\n".join(wrong))
    print(f"{len(log.lines())} requests, none wrong")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    return run_test(test, parser.parse_args().binary)


if __name__ == "__main__":
    sys.exit(main())
