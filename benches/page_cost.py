#!/usr/bin/env python3
"""CPU from fetch to stored of one 96 kB page with 20 items: user and system time of the daemon.

A daemon that reads 220 pages, less one that reads 20, divided by 200, so that start and idling do
not count. Interleaved rounds; the minimum is the closest to a quiet machine.
"""

import shutil
import statistics

from listing import ITEMS, PAGE_BYTES, Daemon, binary_argument, feeds_toml, folder_with, start_site

FEW, MANY, ROUNDS = 20, 220, 3


def cost_ms(binary: str, site: int, feeds: int) -> float:
    folder = folder_with(feeds_toml(site, feeds))
    daemon = Daemon(binary, folder)
    daemon.wait_for_runs(feeds)
    spent = daemon.cpu_ms()
    daemon.stop()
    shutil.rmtree(folder)
    return spent


def main() -> None:
    binary = binary_argument(__doc__)
    site = start_site()
    pages = []
    for _ in range(ROUNDS):
        few, many = cost_ms(binary, site, FEW), cost_ms(binary, site, MANY)
        pages.append((many - few) / (MANY - FEW))
    print(f"page of {PAGE_BYTES} bytes, {ITEMS} items, fetch to stored: "
          f"min {min(pages):.1f} ms CPU, median {statistics.median(pages):.1f} ({ROUNDS} rounds)")


if __name__ == "__main__":
    main()
