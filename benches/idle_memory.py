#!/usr/bin/env python3
"""Memory of an idle daemon: after its feeds were read once and every document was served once."""

import shutil
import time

from listing import Daemon, binary_argument, feeds_toml, folder_with, start_site

QUIET_S = 10


def measured(binary: str, site: int, feeds: int) -> None:
    folder = folder_with(feeds_toml(site, feeds))
    daemon = Daemon(binary, folder)
    daemon.wait_for_runs(feeds)
    for i in range(feeds):
        for extension in ("rss", "atom", "json"):
            daemon.get(f"/feeds/f{i}.{extension}")
    time.sleep(QUIET_S)
    memory = daemon.memory_mib()
    daemon.stop()
    shutil.rmtree(folder)
    parts = ", ".join(f"{name} {mib:.1f}" for name, mib in memory.items())
    print(f"idle with {feeds} feeds, MiB: {parts}")


def main() -> None:
    binary = binary_argument(__doc__)
    site = start_site()
    for feeds in (1, 20):
        measured(binary, site, feeds)


if __name__ == "__main__":
    main()
