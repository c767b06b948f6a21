"""./run load FOLDER: take in what a county sends, folder by folder; what no door takes is named, never skipped."""

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

NO_DOOR = "没有接收这类文件的门 no door for such files"
NO_ROWS = ("nothing", "")
SHOWN = 5
WITH = {".hea": (".dat", ".atr")}
"""What lies beside a file and is taken with it: a WFDB header's samples and annotations."""
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
    keeper: str = ""
    """The unit whose data staff look after the sheets; without one the only group's, or the county's."""
    left: dict[Path, str]
    """Of all files of the folder, those that no door has taken, and why."""

    def each(self, take: Callable[[Path], Said]) -> Said:
        """What every file led to, with progress."""
        progress, said = Progress(), []
        for number, path in enumerate(self.files, start=1):
            said += self.took(path, take(path))
            progress(self.name, number, len(self.files))
        progress.close()
        return said

    def took(self, path: Path, said: Said) -> Said:
        """Note that a file was taken, when anything is said of it, with those of its name that go with it."""
        for other in [one for one in self.left if one.stem == path.stem and one.suffix in WITH.get(path.suffix, ())]:
            self.left.pop(other)
        if said:
            self.left.pop(path, None)
        return said


def main(arguments: list[str]) -> int:
    """Every folder below the one named, told one by one."""
    parser = argparse.ArgumentParser(prog="./run load", description="收进外部系统送来的文件 takes in what others sent")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--fill", action="append", default=[], metavar="列=内容",
        help="表里没有这一列时，每一行都当作这个内容 what stands in a column that a sheet does not have",
    )  # fmt: skip
    parser.add_argument(
        "--keeper", default="", metavar="单位",
        help="表归哪个医共体或县的数据员办；不填的归唯一的医共体，有几个的归县 whose data staff look after the sheets",
    )  # fmt: skip
    chosen = parser.parse_args(arguments)
    if not chosen.folder.is_dir():
        raise Sentence(f"没有这个文件夹：{chosen.folder}", "There is no such folder.")
    with settings_at_hand():
        django.setup()
        for folder in sorted({path.parent for path in chosen.folder.rglob("*") if path.is_file()}):
            name = str(folder.relative_to(chosen.folder)) or "."
            files = sorted(path for path in folder.iterdir() if path.is_file())
            _told(name, *_taken(name, files, chosen.fill, chosen.keeper))
    return 0


def _taken(name: str, files: list[Path], fill: list[str], keeper: str = "") -> tuple[Said, dict[Path, str]]:
    """What the doors made of the files that are theirs; and the files that no door has taken, with the reason."""
    said, left = Said(), dict.fromkeys(files, NO_DOOR)
    constants = dict(one.split("=", 1) for one in fill if "=" in one)
    for suffixes, door in DOORS:
        own = [path for path in files if path.suffix.lower() in suffixes]
        if own:
            said += door(Folder(name=name, files=own, constants=constants, left=left, keeper=keeper))
    return said, left


def _messages(folder: Folder) -> Said:
    from yigongti.exchange.processes import folders

    return folder.each(folders.messages)


def _sheets(folder: Folder) -> Said:
    from yigongti.exchange.processes import folders

    (found, others), progress, said = folders.sheets(folder.files), Progress(), Said()
    folder.left.update(others)
    whose = _whose(folder.keeper) if found else ""
    for number, (kind, path) in enumerate(found, start=1):
        rows = folders.rows(kind, path, source=Path(folder.name).name, constants=folder.constants, keeper=whose)
        said += folder.took(path, rows or [NO_ROWS])
        progress(folder.name, number, len(found))
    progress.close()
    if found:
        say(f"{folder.name} 的表归{whose}的数据员：在“表格导入”里查看、改正、撤销 its data staff look after the sheets")
    return said


def _whose(keeper: str) -> str:
    from yigongti.exchange.processes import folders
    from yigongti.kernel.refusal import Refusal

    try:
        return folders.kept_by(keeper)
    except Refusal as refusal:
        raise Sentence(str(refusal), "Name an existing group or county by --keeper.") from refusal


def _images(folder: Folder) -> Said:
    from yigongti.exchange.processes import folders

    return folder.each(folders.image)


def _recordings(folder: Folder) -> Said:
    from yigongti.exchange.processes import folders

    return folder.each(folders.recording)


def _documents(folder: Folder) -> Said:
    from yigongti.exchange.processes import folders

    return folder.each(folders.document)


def _resources(folder: Folder) -> Said:
    """FHIR: registers first, then whoever refers to them; the folder is the sender."""
    from yigongti.exchange.processes import folders

    files, source = folders.first_people(folder.files), Path(folder.name).name
    progress, total, said, done = Progress(), sum(path.stat().st_size for path in files), Said(), 0

    def moved(more: int) -> None:
        nonlocal done
        done += more
        progress(folder.name, done, total)

    for path in files:
        said += folder.took(path, folders.resources(path, source=source, moved=moved))
    progress.close()
    return said


DOORS: tuple[tuple[frozenset[str], Door], ...] = (
    (frozenset({".hl7"}), _messages),
    (frozenset({".dcm", ".dicom", ".ima", ""}), _images),
    (frozenset({".hea", ".scp", ".xml"}), _recordings),
    (frozenset({".xml"}), _documents),
    (frozenset({".json", ".ndjson"}), _resources),
    (frozenset({".csv", ".xlsx", ".xls", ".ods"}), _sheets),
)


def _told(name: str, said: Said, left: Mapping[Path, str]) -> None:
    if not said:
        say(f"{name}：没有外部系统送来的数据，或还没有接收这类文件的门 nothing that a system sends, or no door yet")
        return _named(left)
    states = Counter(state for state, _ in said)
    say(f"{name}：" + "，".join(f"{WORDS[state]} {states[state]}" for state in WORDS if states[state]))
    reasons = Counter(reason for state, reason in said if state in ("waiting", "refused"))
    if reasons:
        say(table([(f"  {reason}", str(count)) for reason, count in reasons.most_common()]))
    return _named(left)


def _named(left: Mapping[Path, str]) -> None:
    """The files that nothing was done with, by reason; of many the first."""
    for reason in dict.fromkeys(left.values()):
        names = [path.name for path, why in left.items() if why == reason]
        more = f" 等 {len(names)} 个" if len(names) > SHOWN else ""
        say(f"  没有收 left：{'、'.join(names[:SHOWN])}{more}（{reason}）")
