"""./run load FOLDER: take in what a county sends, folder by folder; what has no door yet is named, never skipped."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import django

from yigongti.site.progress import Progress, say, table
from yigongti.site.running import settings_at_hand
from yigongti.site.sentence import Sentence


Said = list[tuple[str, str]]
"""The state of each message or row, and why."""
Door = Callable[["Folder"], Said]

WORDS = {
    "applied": "已收进 applied",
    "waiting": "等待 waiting",
    "superseded": "重复 repeats",
    "refused": "不收 refused",
    "nothing": "没有要记的 nothing to record",
}


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The files of one folder that a door takes, and what holds for all its sheets."""

    name: str
    files: Sequence[Path]
    constants: Mapping[str, str]

    def each(self, take: Callable[[Path], Said]) -> Said:
        """What every file led to, with progress."""
        progress, said = Progress(), []
        for number, path in enumerate(self.files, start=1):
            said += take(path)
            progress(self.name, number, len(self.files))
        progress.close()
        return said


def main(arguments: list[str]) -> int:
    """Every folder below the one named, told one by one."""
    parser = argparse.ArgumentParser(prog="./run load", description="收进外部系统送来的文件 takes in what others sent")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--fill", action="append", default=[], metavar="列=内容",
        help="表里没有这一列时，每一行都当作这个内容 what stands in a column that a sheet does not have",
    )  # fmt: skip
    chosen = parser.parse_args(arguments)
    if not chosen.folder.is_dir():
        raise Sentence(f"没有这个文件夹：{chosen.folder}", "There is no such folder.")
    with settings_at_hand():
        django.setup()
        for folder in sorted({path.parent for path in chosen.folder.rglob("*") if path.is_file()}):
            name = str(folder.relative_to(chosen.folder)) or "."
            _told(name, _taken(name, sorted(path for path in folder.iterdir() if path.is_file()), chosen.fill))
    return 0


def _taken(name: str, files: list[Path], fill: list[str]) -> Said | None:
    """What the doors made of the files that are theirs; None when no door is for any of them."""
    said, any_door = Said(), False
    for suffixes, door in DOORS:
        own = [path for path in files if path.suffix.lower() in suffixes]
        if own:
            found = door(Folder(name=name, files=own, constants=dict(one.split("=", 1) for one in fill if "=" in one)))
            any_door, said = any_door or bool(found), said + found
    return said if any_door else None


def _hl7v2(folder: Folder) -> Said:
    from yigongti.exchange import inbox
    from yigongti.exchange.arriving_hl7v2 import keep

    return folder.each(lambda path: [inbox.settled(kept.arrived) for kept in keep(path.read_bytes(), peer="load")])


def _sheets(folder: Folder) -> Said:
    """The sheets whose columns are those of a kind, people before what is told of them."""
    from yigongti.exchange.batches.loading import assumed, headed, kinds_of_file, load

    found = [(kind, path) for path in folder.files for kind in kinds_of_file(path.read_bytes(), path.name)]
    progress, said = Progress(), Said()
    for number, (kind, path) in enumerate(sorted(found, key=lambda one: one[0].order), start=1):
        given = assumed(kind, Path(folder.name).name) | headed(kind, folder.constants)
        said += load(path, kind, given).elements()
        progress(folder.name, number, len(found))
    progress.close()
    return said


def _images(folder: Folder) -> Said:
    from yigongti.exchange.imaging.loading import image

    return folder.each(image)


def _recordings(folder: Folder) -> Said:
    from yigongti.exchange.imaging.loading import recording

    return folder.each(recording)


DOORS: tuple[tuple[frozenset[str], Door], ...] = (
    (frozenset({".hl7"}), _hl7v2),
    (frozenset({".dcm", ".dicom", ".ima", ""}), _images),
    (frozenset({".hea", ".scp", ".xml"}), _recordings),
    (frozenset({".csv", ".xlsx", ".xls", ".ods"}), _sheets),
)


def _told(name: str, said: Said | None) -> None:
    if said is None:
        say(f"{name}：没有外部系统送来的数据，或还没有接收这类文件的门 nothing that a system sends, or no door yet")
        return
    states = Counter(state for state, _ in said)
    say(f"{name}：" + "，".join(f"{WORDS[state]} {states[state]}" for state in WORDS if states[state]))
    reasons = Counter(reason for state, reason in said if state in ("waiting", "refused"))
    if reasons:
        say(table([(f"  {reason}", str(count)) for reason, count in reasons.most_common()]))
