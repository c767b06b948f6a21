"""./run load FOLDER: take in what a county sends, folder by folder; what has no door yet is named, never skipped."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import django

from yigongti.site.progress import Progress, say, table
from yigongti.site.running import settings_at_hand
from yigongti.site.sentence import Sentence


Door = Callable[[Path], list[tuple[str, str]]]
"""Takes a file's messages in; the state of each and why."""
Told = tuple[Counter[str], Counter[str]]

WORDS = {
    "applied": "已收进 applied",
    "waiting": "等待 waiting",
    "superseded": "重复 repeats",
    "refused": "不收 refused",
}


def main(arguments: list[str]) -> int:
    """Every folder below the one named, told one by one."""
    parser = argparse.ArgumentParser(prog="./run load", description="收进外部系统送来的文件 takes in what others sent")
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args(arguments)
    if not chosen.folder.is_dir():
        raise Sentence(f"没有这个文件夹：{chosen.folder}", "There is no such folder.")
    with settings_at_hand():
        django.setup()
        doors = {".hl7": _hl7v2}
        for folder in sorted({path.parent for path in chosen.folder.rglob("*") if path.is_file()}):
            files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in doors)
            name = str(folder.relative_to(chosen.folder)) or "."
            if files:
                _told(name, _taken(name, files, doors))
            else:
                say(f"{name}：还没有接收这类文件的门 no door for these files yet")
    return 0


def _taken(name: str, files: list[Path], doors: Mapping[str, Door]) -> Told:
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    progress = Progress()
    for number, path in enumerate(files, start=1):
        for state, reason in doors[path.suffix.lower()](path):
            states[state] += 1
            if state in ("waiting", "refused"):
                reasons[reason] += 1
        progress(name, number, len(files))
    progress.close()
    return states, reasons


def _hl7v2(path: Path) -> list[tuple[str, str]]:
    from yigongti.exchange import inbox
    from yigongti.exchange.arriving_hl7v2 import keep

    return [inbox.settled(kept.arrived) for kept in keep(path.read_bytes(), peer="load")]


def _told(name: str, found: Told) -> None:
    states, reasons = found
    say(f"{name}：" + "，".join(f"{WORDS[state]} {states[state]}" for state in WORDS if states[state]))
    if reasons:
        say(table([(f"  {reason}", str(count)) for reason, count in reasons.most_common()]))
