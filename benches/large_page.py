#!/usr/bin/env python3
"""Peak memory of reading a page of 3 MB, and of finding its listing: `preview` and `detect` of a file,
and of a page of 8 kB beside it."""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path

from listing import binary_argument, card, words

BYTES = 3_000_000
CONFIG = """
[[feed]]
id = "t"
url = "https://example.org/news"
[feed.select]
item = "article"
title = "h2 a"
date = "time"
summary = ".entry-summary"
tags = ".tags a"
image = "img"
"""


def page(size: int) -> str:
    source = random.Random(1)
    parts, length = [], 0
    while length < size:
        number = len(parts)
        part = card(source, number, number % 28) if number % 4 == 0 else f"<p class='n{number}'>{words(source, 30)}</p>\n"
        parts.append(part)
        length += len(part)
    return f"<!doctype html><html><body><main>{''.join(parts)}</main></body></html>"


def peak_kib(binary: str, folder: Path, name: str, command: tuple[str, ...]) -> int:
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.execv(binary, [binary, *command, name])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} of {name} failed: {status}")
    return usage.ru_maxrss


def main() -> None:
    binary = binary_argument(__doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feeds.toml").write_text(CONFIG)
        (folder / "small.html").write_text(page(8_000))
        (folder / "large.html").write_text(page(BYTES))
        for command in (("preview", "--feed", "t", "--format", "json"), ("detect", "--json")):
            small = min(peak_kib(binary, folder, "small.html", command) for _ in range(3))
            large = min(peak_kib(binary, folder, "large.html", command) for _ in range(3))
            sizes = f"{small / 1024:.1f} MiB for 8 kB, {large / 1024:.1f} MiB for {BYTES / 1e6:.0f} MB"
            print(f"peak resident memory of {command[0]}: {sizes}")


if __name__ == "__main__":
    main()
