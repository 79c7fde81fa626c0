#!/usr/bin/env python3
"""Kills a daemon that delivers, again and again: nothing may be lost, and nothing comes out of order.

    tests/notify/kill.py --binary target/debug/feedbridge [--kills 20] [--messages 1000] [--seed 12]

Ten feeds get new items all the time; each is a message to a webhook, whose receiver answers after a moment. It checks
the signatures by the library of the Standard Webhooks project. What comes twice must have the same webhook-id, and
must follow its first coming before anything else of its feed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

from stage import Daemon, Feedbridge, Got, Receiver, Site, must, run_test

FEEDS = [f"pier{number}" for number in range(1, 11)]
SECRET = "whsec_aGFyYm91ci1oYXJib3VyLWhhcmJvdXItaGFyYm91cg=="
LONGEST_PAUSE_S = 0.3
LONGEST_ANSWER_S = 0.1
# A life ends at a random moment after its first delivery, or without one after the longest wait.
LONGEST_WAIT_S, LONGEST_REST_S = 8, 1.0
# What a killed process was sending may rest for a minute (the lease of a message), and one comes after the other.
STANDSTILL_S = 90
# Fewer mean that the kills hit a daemon that did not deliver, and have shown nothing.
LEAST_BUSY = 0.9


class Inbox:
    """Verifies and records what comes."""

    def __init__(self, seed: int):
        self._webhook = Webhook(SECRET)
        self._random = random.Random(seed)
        self.wrong: list[str] = []
        self.receiver = Receiver(self._answer)

    def _answer(self, got: Got) -> tuple[int, dict[str, str]]:
        try:
            message = self._webhook.verify(got.body, got.headers)
            if message["id"] != got.headers["webhook-id"]:
                self.wrong.append(f"webhook-id {got.headers['webhook-id']} of message {message['id']}")
        except WebhookVerificationError as error:
            self.wrong.append(f"the library refuses the signature: {error}")
        time.sleep(self._random.uniform(0, LONGEST_ANSWER_S))
        return 204, {}

    def comings(self) -> dict[str, list[tuple[int, str]]]:
        """Number and id of what has come, by feed, in the order in which it came."""
        found = defaultdict(list)
        for got in list(self.receiver.got):
            message = got.json()
            number = int(message["title"].removeprefix("Notice "))
            found[message["feed"]["id"]].append((number, got.headers["webhook-id"]))
        return found

    def different(self) -> int:
        return len({got.headers["webhook-id"] for got in list(self.receiver.got)})


class Writer:
    """Adds items to the pages: the same share in each life of the daemon."""

    def __init__(self, site: Site, each: int, lives: int, moments: random.Random):
        self._site, self._each, self._lives, self._random = site, each, lives, moments
        self._life = self._added = 0

    def write(self) -> None:
        self._life += 1
        until = self._each * self._life // self._lives
        for number in range(self._added + 1, until + 1):
            for listing in self._site.listings.values():
                listing.add(str(number), f"Notice {number}")
            time.sleep(self._random.uniform(0, LONGEST_PAUSE_S))
        self._added = until


def faults(comings: dict[str, list[tuple[int, str]]], each: int) -> tuple[list[str], int]:
    """What is wrong, and how many came twice."""
    wrong, twice = [], 0
    for feed in FEEDS:
        last, ids = (0, ""), {}
        for number, name in comings[feed]:
            if (number, name) == last:
                twice += 1
            elif number == last[0]:
                wrong.append(f"{feed}: notice {number} came twice, with different ids")
            elif number != last[0] + 1:
                wrong.append(f"{feed}: notice {number} came after {last[0]}")
            ids.setdefault(number, name)
            last = (number, name)
        lost = [number for number in range(1, each + 1) if number not in ids]
        if lost:
            wrong.append(f"{feed}: {len(lost)} notices are lost: {lost[:10]}")
        shared = [name for name, count in Counter(ids.values()).items() if count > 1]
        if shared:
            wrong.append(f"{feed}: several notices have the id {shared[0]}")
    return wrong, twice


def until_all(inbox: Inbox, messages: int, daemon: Daemon) -> float:
    """Waits for the rest. The longest standstill, in seconds."""
    began, moved, longest = inbox.different(), time.monotonic(), 0.0
    while inbox.different() < messages:
        time.sleep(0.1)
        now, count = time.monotonic(), inbox.different()
        if count != began:
            began, moved = count, now
        longest = max(longest, now - moved)
        must(longest < STANDSTILL_S, f"{count} of {messages} after {longest:.0f} s of rest:\n{daemon.output()[-2000:]}")
    return longest


def kill_many_times(feedbridge: Feedbridge, inbox: Inbox, kills: int, writer: Writer, moments: random.Random) -> int:
    """The number of kills in whose lives something was delivered."""
    busy = 0
    for _ in range(kills):
        before, began = len(inbox.receiver.got), time.monotonic()
        daemon = feedbridge.start()
        writer.write()
        while len(inbox.receiver.got) == before and time.monotonic() < began + LONGEST_WAIT_S:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, LONGEST_REST_S))
        daemon.kill()
        busy += len(inbox.receiver.got) > before
    return busy


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=12)
    arguments = parser.parse_args()

    def test(binary: Path, folder: Path) -> None:
        inbox, site = Inbox(arguments.seed), Site(FEEDS)
        address = inbox.receiver.address
        feedbridge = Feedbridge(binary, folder, site.feeds() + (
            '[[notify]]\nname = "hook"\nwhen = ["item"]\nsummary_from = 1000\n'
            f'allow_addresses = ["{address}"]\n'
            f'webhook = {{ url = "http://{address}/hook", secret = "{SECRET}" }}\n'
        ))  # fmt: skip
        with feedbridge.running(site):
            pass  # The first run of each feed tells nothing.
        moments, each = random.Random(arguments.seed), arguments.messages // len(FEEDS)
        writer = Writer(site, each, arguments.kills + 1, moments)
        busy = kill_many_times(feedbridge, inbox, arguments.kills, writer, moments)
        before = inbox.different()
        with feedbridge.running(site) as daemon:
            writer.write()
            rest_s = until_all(inbox, each * len(FEEDS), daemon)
            time.sleep(3)  # More than all would be wrong, too.
        wrong, twice = faults(inbox.comings(), each)
        wrong += inbox.wrong
        print(f"{arguments.kills} kills, {busy} of them in lives with deliveries; {before} messages by then")
        print(f"{inbox.different()} messages, {twice} came twice, longest standstill {rest_s:.1f} s")
        must(busy >= arguments.kills * LEAST_BUSY, "the daemon did not deliver when it was killed")
        must(not wrong, f"{len(wrong)} faults:\n" + "\n".join(wrong[:20]))

    return run_test(test, arguments.binary)


if __name__ == "__main__":
    sys.exit(main())
