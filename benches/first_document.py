#!/usr/bin/env python3
"""Time from the start of the process to the first whole answer of a document, from a filled store."""

import shutil
import statistics
import time
import urllib.error

from listing import Daemon, binary_argument, feeds_toml, folder_with, start_site

FEEDS, STARTS = 20, 25


def start_ms(binary: str, folder) -> float:
    began = time.perf_counter()
    daemon = Daemon(binary, folder)
    while True:
        try:
            body = daemon.get("/feeds/f1.rss")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.0005)
    took = (time.perf_counter() - began) * 1000
    if body.count(b"<item>") != 20:
        raise SystemExit("the document does not have its 20 items")
    daemon.stop()
    return took


def main() -> None:
    binary = binary_argument(__doc__)
    folder = folder_with(feeds_toml(start_site(), FEEDS))
    daemon = Daemon(binary, folder)
    daemon.wait_for_runs(FEEDS)
    daemon.stop()
    starts = [start_ms(binary, folder) for _ in range(STARTS)]
    shutil.rmtree(folder)
    print(f"start to first document, {FEEDS} feeds stored: "
          f"min {min(starts):.0f} ms, median {statistics.median(starts):.0f} ms ({STARTS} starts)")


if __name__ == "__main__":
    main()
