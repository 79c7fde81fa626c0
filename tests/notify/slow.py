#!/usr/bin/env python3
"""A target that works gets each message within seconds, whatever becomes of the others.

    tests/notify/slow.py --binary target/debug/feedbridge

Meanwhile one target answers after 20 s, one redirects, one asks for patience by Retry-After, one is down, one says
that it is gone, and at one nobody listens.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path

from stage import Feedbridge, Got, Receiver, Site, eventually, free_port, must, run_test

ITEMS = 20
PAUSE_S = 1
# Of these, a second until the page is read, and two until the outbox is looked at.
MOST_S = 5
SLOW_S = 20
PATIENCE_S = 9
TARGETS = ("good", "slow", "redirect", "limit", "down", "gone")


class Services:
    """Answers of each kind."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.receiver = Receiver(self.answer)

    def answer(self, got: Got) -> tuple[int, dict[str, str]]:
        kind = got.path.lstrip("/")
        if kind == "slow":
            self.over.wait(SLOW_S)
        if kind == "limit" and len(self.receiver.at(got.path)) <= 2:
            return 429, {"Retry-After": str(PATIENCE_S)}
        more = {"Location": f"http://{self.receiver.address}/elsewhere"} if kind == "redirect" else {}
        return {"redirect": 307, "down": 503, "gone": 410}.get(kind, 204), more


def rules(address: str) -> str:
    addresses = {name: address for name in TARGETS} | {"closed": f"127.0.0.1:{free_port()}"}
    return "".join(
        f'[[notify]]\nname = "{name}"\nwhen = ["item"]\nallow_addresses = ["{at}"]\n'
        f'webhook = {{ url = "http://{at}/{name}" }}\n\n'
        for name, at in addresses.items()
    )


def add_items(site: Site) -> dict[str, float]:
    """Adds items one by one; the moment of each."""
    added = {}
    for number in range(1, ITEMS + 1):
        title = f"Notice {number}"
        added[title] = time.monotonic()
        site.listings["harbour"].add(str(number), title)
        time.sleep(PAUSE_S)
    return added


def good_is_fast(receiver: Receiver, added: dict[str, float]) -> None:
    eventually(lambda: len(receiver.at("/good")) >= ITEMS, MOST_S, f"{ITEMS} messages for the good target")
    got = receiver.at("/good")
    must([one.json()["title"] for one in got] == list(added), "the good target got another order, or doubles")
    waits = [one.at - added[one.json()["title"]] for one in got]
    must(max(waits) <= MOST_S, f"the good target waited for {max(waits):.1f} s")
    print(f"good: {len(got)} messages, {sum(waits) / len(waits):.1f} s each, at most {max(waits):.1f} s", flush=True)


def others_are_handled(feedbridge: Feedbridge, receiver: Receiver) -> None:
    states = {name: feedbridge.target(name) for name in (*TARGETS, "closed")}
    for name, state in states.items():
        requests = len(receiver.at(f"/{name}"))
        print(f"{name}: {requests} requests, {state['waiting']} wait, {state['dead']} given up, {state['last_error']}")
    must(not receiver.at("/elsewhere"), "a redirect was followed")
    # The pauses are 5, 10 and 20 s: more tries would be a flood.
    for name in ("redirect", "down", "closed"):
        must(states[name]["waiting"] == ITEMS, f"{name}: messages were lost")
        must(2 <= states[name]["failures"] <= 4, f"{name}: {states[name]['failures']} tries")
    must(states["gone"]["dead"] == ITEMS, "gone: a refusal for good is not given up at once")
    must(len(receiver.at("/slow")) <= 4, "slow: more than two requests at a time")
    patient = receiver.at("/limit")
    waits = [then.at - first.at for first, then in zip(patient[:2], patient[1:3])]
    must(len(waits) == 2 and min(waits) >= PATIENCE_S, f"limit: Retry-After was not obeyed: {waits}")
    titles = [one.json()["title"] for one in patient[2:]]
    must(titles == [f"Notice {number}" for number in range(1, ITEMS + 1)], f"limit: got {titles}")


def test(binary: Path, folder: Path) -> None:
    services = Services()
    site = Site(["harbour"])
    feedbridge = Feedbridge(binary, folder, site.feeds() + rules(services.receiver.address))
    try:
        with feedbridge.running(site):
            added = add_items(site)
            good_is_fast(services.receiver, added)
            eventually(lambda: not feedbridge.target("limit")["waiting"], 30, "the rest for the target with limits")
            others_are_handled(feedbridge, services.receiver)
    finally:
        services.over.set()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    return run_test(test, parser.parse_args().binary)


if __name__ == "__main__":
    sys.exit(main())
