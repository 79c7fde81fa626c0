"""What the hostile cases share: the form of a case, and texts of a wanted size."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass

MIB = 1 << 20
# Defaults of `limits.decoded_bytes`, `wire_bytes`, `content_bytes` and `compression_ratio`.
PAGE_BYTES = 10 * MIB
WIRE_BYTES = 5 * MIB
CONTENT_BYTES = 512 * 1024
RATIO = 200

ITEMS = 500
BASE = "https://example.org/news/"
LISTING = """kind = "html"
[feed.select]
item = "article"
title = "h2"
link = "h2 a"
date = "time"
summary = ".body"
content = ".body"
author = ".body a"
tags = ".body b"
image = ".body"
"""


@dataclass(frozen=True)
class Case:
    """One input: `page` makes it for a size in bytes; `rules` are the lines of its `[[feed]]`."""

    name: str
    page: Callable[[int], bytes]
    rules: str = LISTING
    command: str = "preview"
    size: int = PAGE_BYTES


def fill(unit: str, size: int) -> str:
    """As many of a text as fit into a size in bytes, at least one."""
    return unit * max(size // len(unit.encode()), 1)


def count(form: str, size: int, most: int = 2_000_000) -> str:
    """A text with numbers in the place of `%d`, as often as fits into a size in bytes."""
    parts: list[str] = []
    length = 0
    places = form.count("%d")
    while length < size and len(parts) < most:
        part = form % ((len(parts),) * places)
        parts.append(part)
        length += len(part)
    return "".join(parts)


def nested(opening: str, closing: str, depth: int, size: int, inner: str = "x") -> str:
    """Elements inside each other to a depth, repeated to a size."""
    return fill(opening * depth + inner + closing * depth, size)


def noise(size: int, letters: str = "abcdefghij ") -> str:
    """A text that hardly packs, always the same one."""
    return "".join(random.Random(1).choices(letters, k=size))


def select(kind: str, lines: str) -> str:
    """The lines of a feed with rules; `lines` may go on with other tables."""
    return f'kind = "{kind}"\n[feed.select]\n{lines}\n'


def literal(text: str) -> str:
    """A text in TOML. The escapes of JSON are those of TOML."""
    return json.dumps(text)


def wire_bytes(body: bytes) -> int:
    """The size of a page when its site packs it quickly."""
    return len(gzip.compress(body, 1))


def packed_prefix(body: bytes) -> bytes:
    """The beginning of a gzip stream that holds `body` and may go on.

    The first part is stored as it is, so that the ratio of the whole is one that is read.
    """
    stored = min(len(body) // 100, WIRE_BYTES // 4)
    first = zlib.compressobj(0, zlib.DEFLATED, -15)
    rest = zlib.compressobj(6, zlib.DEFLATED, -15)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    begin = first.compress(body[:stored]) + first.flush(zlib.Z_SYNC_FLUSH)
    return head + begin + rest.compress(body[stored:]) + rest.flush(zlib.Z_SYNC_FLUSH)


def packed_end(body_crc: int, body_length: int, tail: bytes) -> bytes:
    """The end of such a stream, with `tail` as the last bytes of the page."""
    last = zlib.compressobj(1, zlib.DEFLATED, -15)
    end = last.compress(tail) + last.flush(zlib.Z_FINISH)
    crc = zlib.crc32(tail, body_crc)
    return end + crc.to_bytes(4, "little") + ((body_length + len(tail)) & 0xFFFFFFFF).to_bytes(4, "little")
