#!/usr/bin/env python3
"""Publishes to a real mosquitto that knows one user; mosquitto_sub must get all of it.

    tests/notify/mqtt.py --binary target/debug/feedbridge
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from stage import Feedbridge, Site, can_connect, eventually, free_port, must, program, run_test

USER, PASSWORD, TOPIC = "bridge", "low & tide", "feeds/harbour"
HOSTILE = 'Ferry "7" <late> & *gone* — ½'
WAIT_S = 30


def broker(folder: Path, port: int) -> list[str]:
    """The command of a broker that takes nobody else."""
    passwords = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, USER, PASSWORD], check=True, capture_output=True)
    (folder / "mosquitto.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser {getpass.getuser()}\n"
    )
    # Debian keeps it where only root looks.
    found = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
    must(found, "mosquitto is not installed")
    return [found, "-c", str(folder / "mosquitto.conf")]


def rule(name: str, port: int, password: str) -> str:
    return (
        f'[[notify]]\nname = "{name}"\nwhen = ["item", "trouble", "recovered"]\n'
        f'allow_addresses = ["127.0.0.1:{port}"]\n'
        f'mqtt = {{ server = "mqtt://127.0.0.1:{port}", topic = "{TOPIC}", user = "{USER}", '
        f'password = "{password}" }}\n\n'
    )


class Subscriber:
    """What mosquitto_sub has printed: a topic and a message on each line."""

    def __init__(self, file: Path):
        self.file = file

    def messages(self) -> list[dict]:
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line.removeprefix(f"{TOPIC} ")) for line in lines if line.startswith(f"{TOPIC} ")]

    def wait(self, number: int, event: str) -> dict:
        eventually(lambda: len(self.messages()) >= number, WAIT_S, f"message {number}, {event}")
        message = self.messages()[number - 1]
        must(message["event"] == event, f"message {number} is {message['event']}, not {event}")
        return message


def told(feedbridge: Feedbridge, site: Site, subscriber: Subscriber) -> None:
    site.listings["harbour"].add("1", HOSTILE)
    item = subscriber.wait(2, "item")
    must(item["title"] == HOSTILE and item["items"][0]["title"] == HOSTILE, f"the title is {item['title']!r}")
    feedbridge.breaks(site, "harbour")
    trouble = subscriber.wait(3, "trouble")
    must(trouble["trouble"]["name"] == "container_missing", f"the trouble is {trouble['trouble']}")
    feedbridge.mends(site, "harbour")
    subscriber.wait(4, "recovered")
    must(len({message["id"] for message in subscriber.messages()}) == 4, "a message came twice")
    eventually(lambda: feedbridge.target("stranger")["failures"], WAIT_S, "the refused login")
    state = feedbridge.target("stranger")
    must(state["waiting"] == 3 and state["dead"] == 0, f"refused messages do not wait: {state}")
    print(f"wrong password: {state['last_error']}")


def test(binary: Path, folder: Path) -> None:
    port = free_port()
    with program(broker(folder, port), folder / "broker.log"):
        eventually(lambda: can_connect(port), WAIT_S, "mosquitto")
        # Line by line: into a file, it would keep what it has to print.
        listening = ["stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-u", USER,
                     "-P", PASSWORD, "-q", "1", "-v", "-d", "-t", "feeds/#"]  # fmt: skip
        with program(listening, folder / "got.txt"):
            eventually(lambda: "Subscribed" in (folder / "got.txt").read_text(), WAIT_S, "mosquitto_sub")
            site = Site(["harbour"])
            rules = rule("broker", port, PASSWORD) + rule("stranger", port, "wrong")
            feedbridge = Feedbridge(binary, folder, site.feeds() + rules)
            done = feedbridge.call("notify", "--test", "broker")
            must(done.returncode == 0, f"--test: {done.stderr}")
            subscriber = Subscriber(folder / "got.txt")
            subscriber.wait(1, "test")
            with feedbridge.running(site):
                told(feedbridge, site, subscriber)
    print(f"{len(subscriber.messages())} messages, in order")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    return run_test(test, parser.parse_args().binary)


if __name__ == "__main__":
    sys.exit(main())
