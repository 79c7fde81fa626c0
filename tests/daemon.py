"""Starts, watches and stops a feedbridge process. Shared by the Python tests."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path


class Daemon:
    """One process of the binary under test; its output goes to a file that can be searched."""

    def __init__(self, binary: Path, arguments: list[str], folder: Path, log: Path):
        self.log = log
        self._start_of_output = log.stat().st_size if log.exists() else 0
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                [str(binary), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )

    def output(self) -> str:
        """What this process has printed so far."""
        with self.log.open("rb") as source:
            source.seek(self._start_of_output)
            return source.read().decode("utf-8", "replace")

    def wait_for(self, pattern: str, seconds: float) -> re.Match[str]:
        """The first match of the pattern in the output; fails when the time is over."""
        deadline = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.output())
            if found:
                return found
            self._must_run()
            if time.monotonic() > deadline:
                raise AssertionError(f"no {pattern!r} after {seconds} s in:\n{self.output()[-3000:]}")
            time.sleep(0.02)

    def _must_run(self) -> None:
        code = self._process.poll()
        if code is not None:
            raise AssertionError(f"feedbridge ended with {code}:\n{self.output()[-3000:]}")

    def kill(self) -> None:
        """SIGKILL: nothing in the process gets a say."""
        self._process.kill()
        self._process.wait()

    def terminate(self, seconds: float) -> int:
        """SIGTERM; the exit code, if the process ends in time."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running {seconds} s after SIGTERM") from None


def get(url: str, seconds: float = 10) -> bytes:
    """The body of a 200."""
    with urllib.request.urlopen(url, timeout=seconds) as answer:
        return answer.read()


def get_json(url: str) -> dict:
    """The body of a 200, read as JSON."""
    return json.loads(get(url))


def eventually(probe, seconds: float, what: str):
    """The first true value of `probe()`; refused connections and errors count as not yet."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = probe()
            if last:
                return last
        except (OSError, ValueError, http.client.HTTPException) as error:
            last = error
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what} (last: {last!r})")
