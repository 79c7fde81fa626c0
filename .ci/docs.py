"""Checks what documents promise: links inside the repository lead somewhere, and no dependency wants a newer Rust than
Cargo.toml names. Run from anywhere: python3 .ci/docs.py"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.S | re.M)


def documents() -> list[Path]:
    """Every Markdown file that git tracks."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.splitlines()]


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings: small letters, hyphens for spaces, other marks left out."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", document.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(document: Path) -> list[str]:
    """Links of a document that lead nowhere in the repository; addresses of the web are not fetched."""
    wrong = []
    for target in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            wrong.append(f"{document.relative_to(ROOT)}: {target} leads nowhere")
    return wrong


def too_new() -> list[str]:
    """Dependencies that want a newer Rust than Cargo.toml names."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--offline"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)["packages"]
    number = lambda version: [int(part) for part in [*version.split("."), "0", "0"][:3]]
    own = next(package for package in packages if package["name"] == "feedbridge")["rust_version"]
    newer = [p for p in packages if p["rust_version"] and number(p["rust_version"]) > number(own)]
    return [f"{p['name']} {p['version']} wants Rust {p['rust_version']}, Cargo.toml says {own}" for p in newer]


def main() -> int:
    wrong = [line for document in documents() for line in broken_links(document)] + too_new()
    print("\n".join(wrong) or "documents: links lead somewhere, the least Rust version holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
