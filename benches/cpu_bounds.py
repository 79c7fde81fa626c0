#!/usr/bin/env python3
"""CPU of the worst inputs that are known: pages, feeds, JSON, rules, patterns and dates, at the limits of size.

Each case runs one command of the binary and must take less than the limit of CPU, with items or with a
named trouble. A case over the limit is tried twice more, and the least counts. A case that takes a minute is stopped. With --serve, the same inputs are served to a daemon
that also reads good feeds, and what matters is that these stay on time.
"""

from __future__ import annotations

import argparse
import fnmatch
import functools
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hostile_data
import hostile_html
import hostile_rules
from hostile import BASE, Case, wire_bytes

TIMEOUT_S = 60
SWEEP_STEPS = 5
RETRIES = 2
SHOWN_CHARS = 90


@dataclass(frozen=True)
class Result:
    cpu_s: float
    outcome: str
    is_answer: bool


def all_cases() -> Iterator[Case]:
    yield from hostile_html.cases()
    yield from hostile_data.cases()
    yield from hostile_rules.cases()


def chosen_cases(patterns: list[str]) -> list[Case]:
    """Those whose name holds one of the texts, or fits it as a pattern with `*`."""
    def is_chosen(name: str) -> bool:
        return not patterns or any(p in name or fnmatch.fnmatchcase(name, p) for p in patterns)

    return [case for case in all_cases() if is_chosen(case.name)]


def command(binary: str, case: Case) -> list[str]:
    if case.command == "preview":
        return [binary, "preview", "page", "--feed", "t", "--format", "json"]
    wanted = ["--json"] if case.command in ("detect", "article") else []
    return [binary, case.command, "page", "--base", BASE, *wanted]


def feeds_toml(case: Case) -> str:
    address = "" if "\nurl = " in f"\n{case.rules}" else f'url = "{BASE}"\n'
    return f'[[feed]]\nid = "t"\n{address}{case.rules}'


def run(words: list[str], folder: Path) -> Result:
    """Runs a command, and counts the CPU of its process and of those that it has started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
        try:
            status = process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            stop_group(process)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Result(cpu_s, *outcome(status, folder))


def stop_group(process: subprocess.Popen) -> None:
    """Ends a process that is still there, and those that it has started and left."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def outcome(status: int | None, folder: Path) -> tuple[str, bool]:
    """The end of a command in words, and whether it is an answer: no crash, and no end by the timeout."""
    if status is None:
        return f"STOPPED after {TIMEOUT_S} s", False
    if status < 0:
        return f"CRASH: {signal.Signals(-status).name}", False
    last = (folder / "err").read_text(errors="replace").strip().rsplit("\n", 1)[-1]
    try:
        return in_words(json.loads((folder / "out").read_bytes()), last)
    except ValueError:
        pass
    if status == 2:
        return f"refused by the check: {first_problem(folder)}", True
    return last or f"exit code {status}, without words", bool(last) and "panicked" not in last


def first_problem(folder: Path) -> str:
    text = (folder / "err").read_text(errors="replace")
    return next((line for line in text.splitlines() if line.strip()), "")


def in_words(answer: dict, last: str) -> tuple[str, bool]:
    trouble = answer.get("trouble") or answer.get("reason")
    if trouble:
        return f"{trouble['kind']}: {trouble['message']}", trouble["kind"] != "bug"
    if "text" in answer:
        return (f"article of {len(answer['text'])} characters" if answer["text"] else last), True
    problems = [p["message"] for p in answer.get("problems", [])]
    more = f"; {len(problems)} problems: {problems[0]}" if problems else ""
    return f"{len(answer.get('items', []))} items{more}", True


def base_cost(binary: str, folder: Path) -> float:
    """CPU of the same command for a page of one item: the start of the process."""
    (folder / "page").write_text("<article><h2><a href=/a>One</a></h2></article>")
    case = Case("base", lambda _: b"")
    (folder / "feeds.toml").write_text(feeds_toml(case))
    return min(run(command(binary, case), folder).cpu_s for _ in range(5))


@functools.lru_cache(maxsize=8)
def page_and_wire_bytes(page: Callable[[int], bytes], size: int) -> tuple[bytes, int]:
    """Many cases read the same page."""
    body = page(size)
    return body, wire_bytes(body)


def measured(binary: str, folder: Path, case: Case, scale: float, limit: float) -> tuple[int, int, Result]:
    body, packed = page_and_wire_bytes(case.page, max(int(case.size * scale), 1000))
    (folder / "page").write_bytes(body)
    (folder / "feeds.toml").write_text(feeds_toml(case))
    result = run(command(binary, case), folder)
    # Other work on the machine only adds to the CPU that a command takes. So the least of a few tries is nearest to it.
    for _ in range(RETRIES):
        if result.is_answer and result.cpu_s > limit:
            result = min(result, run(command(binary, case), folder), key=lambda tried: (not tried.is_answer, tried.cpu_s))
    return len(body), packed, result


def worst(binary: str, folder: Path, case: Case, options: argparse.Namespace) -> tuple[int, int, Result]:
    """The costliest size of a case: a bound that stops the whole page may let a smaller one through."""
    scales = [options.scale / 4**step for step in range(SWEEP_STEPS)] if options.sweep else [options.scale]
    all_sizes = [measured(binary, folder, case, scale, options.limit) for scale in scales]
    return max(all_sizes, key=lambda size: (not size[2].is_answer, size[2].cpu_s))


def table(binary: str, cases: list[Case], options: argparse.Namespace) -> int:
    """Prints a line for each case; returns the number of bad ones."""
    folder = Path(tempfile.mkdtemp(prefix="feedbridge-bounds-"))
    try:
        base = base_cost(binary, folder)
        print(f"start of the process: {base:.3f} s of CPU, which each figure includes; {len(cases)} cases\n")
        print(f"{'case':<64}{'bytes':>10}{'gzip':>10}{'CPU s':>8}   outcome", flush=True)
        over, broken = 0, 0
        for case in cases:
            size, packed, result = worst(binary, folder, case, options)
            is_over = result.cpu_s > options.limit
            over += is_over
            broken += not result.is_answer
            mark = "!" if is_over or not result.is_answer else " "
            if mark == "!" or not options.bad:
                shown = "".join(c if c.isprintable() else " " for c in result.outcome)[:SHOWN_CHARS]
                print(f"{case.name[:63]:<64}{size:>10}{packed:>10}{result.cpu_s:>8.3f} {mark} {shown}", flush=True)
        print(f"\n{over} of {len(cases)} cases over {options.limit:g} s of CPU, {broken} without an answer")
        return over + broken
    finally:
        shutil.rmtree(folder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default="target/release/feedbridge")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN",
                        help="cases whose name holds this text or fits this pattern with `*`; repeatable")
    parser.add_argument("--scale", type=float, default=1.0, help="factor of the sizes")
    parser.add_argument("--sweep", action="store_true",
                        help="try each case also at 1/4, 1/16, 1/64 and 1/256 of its size, and show the costliest")
    parser.add_argument("--limit", type=float, default=1.0, metavar="SECONDS", help="CPU that a case may take")
    parser.add_argument("--bad", action="store_true", help="show only the cases that are over the limit or give no answer")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    parser.add_argument("--serve", action="store_true", help="measure a daemon that reads hostile pages beside good feeds")
    parser.add_argument("--seconds", type=float, default=60, help="how long --serve measures")
    parser.add_argument("--hostile", type=int, default=60, metavar="N", help="how many of the chosen cases --serve reads")
    return parser.parse_args()


def main() -> int:
    # The folder and the running command are cleared away in this case, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    options = arguments()
    cases = chosen_cases(options.only)
    if not cases:
        print("no case has such a name", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(case.name for case in cases))
        return 0
    binary = os.path.abspath(options.binary)
    if not os.access(binary, os.X_OK):
        print(f"{binary} is not a program", file=sys.stderr)
        return 2
    if options.serve:
        import hostile_serve

        return hostile_serve.measure(binary, cases, options)
    return 1 if table(binary, cases, options) else 0


if __name__ == "__main__":
    sys.exit(main())
