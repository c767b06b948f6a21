"""./run check, fix and book: the tools that read the code, side by side, each with a line of its own."""

import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from yigongti.site.progress import fit, say
from yigongti.site.sentence import Sentence


ROOT = Path(__file__).resolve().parents[3]
TOOLS = Path(sys.executable).parent
BOOK = ("docs/policy", "docs/coverage.md")

# What Django and mypy's plugin want before they load the settings; no command here touches a database.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "yigongti.site.settings",
    "YIGONGTI_DATA": os.devnull,
    "YIGONGTI_DATABASE_URL": "dbname=nobody_connects_to_this",
    "YIGONGTI_SECRET_KEY": "only-to-read-the-settings",
}
NO_DATABASE = "ignore:Got an error checking a consistent migration history:RuntimeWarning"


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    seconds: float
    output: str


def check(arguments: list[str]) -> int:
    # The slowest first, so that the quick ones fill the other core beside it.
    commands = {
        "类型 mypy": [tool("mypy")],
        "迁移 migrations": [
            sys.executable,
            "-W",
            NO_DATABASE,
            "-m",
            "django",
            "makemigrations",
            "--check",
            "--dry-run",
        ],
        "系统 django check": [sys.executable, "-m", "django", "check"],
        "边界 lint-imports": [tool("lint-imports")],
        "手册 book": [sys.executable, "-P", "-m", "yigongti.site", "book", "--check"],
        "格式 ruff format": [tool("ruff"), "format", "--check", "."],
        "代码 ruff check": [tool("ruff"), "check", "."],
    }
    if not _has_contracts():
        raise Sentence("pyproject.toml 里没有 import-linter 的边界。", "There are no import contracts to check.")
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        outcomes = [report(outcome) for outcome in pool.map(lambda item: run(*item), commands.items())]
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    say("全部通过。 All passed." if not failed else f"没有通过 failed: {'、'.join(failed)}")
    return 1 if failed else 0


def _has_contracts() -> bool:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return "importlinter" in project["tool"] or (ROOT / ".importlinter").exists()


def run(name: str, command: list[str]) -> Outcome:
    started = time.monotonic()
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **SETTINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(name, result.returncode == 0, time.monotonic() - started, result.stdout.strip())


def report(outcome: Outcome) -> Outcome:
    say(f"{'✓' if outcome.passed else '✗'} {fit(outcome.name, 20)} {outcome.seconds:5.1f} s")
    if not outcome.passed:
        say(outcome.output)
    return outcome


def tool(name: str) -> str:
    return str(TOOLS / name)


def fix(arguments: list[str]) -> int:
    for command in (["check", "--fix", "--show-fixes", *arguments], ["format", *arguments]):
        outcome = run(command[0], [tool("ruff"), *command])
        say(outcome.output)
    return 0 if outcome.passed else 1


def book(arguments: list[str]) -> int:
    """Prints the book; with --check it says instead whether the committed one is what would be printed."""
    os.environ.update(SETTINGS)
    import django

    django.setup()
    from yigongti.site.book import print_book

    before = _printed()
    print_book()
    after = _printed()
    stale = sorted(str(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    if "--check" not in arguments or not stale:
        return 0
    _put_back(before, after)
    raise Sentence(
        f"手册已过期，请运行 ./run book 并提交：{'、'.join(stale)}。", "The book is stale: ./run book prints it."
    )


def _printed() -> dict[Path, bytes]:
    files = [path for name in BOOK for path in ((ROOT / name).rglob("*") if (ROOT / name).is_dir() else [ROOT / name])]
    return {path.relative_to(ROOT): path.read_bytes() for path in files if path.is_file()}


def _put_back(before: dict[Path, bytes], after: dict[Path, bytes]) -> None:
    """A check changes nothing."""
    for path in after.keys() - before.keys():
        (ROOT / path).unlink()
    for path, content in before.items():
        (ROOT / path).write_bytes(content)
