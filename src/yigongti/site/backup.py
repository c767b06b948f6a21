"""./run backup and ./run restore: database and files of one county together, proven unchanged by their hashes."""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

import yigongti
from yigongti.kernel import clock, database, server
from yigongti.kernel.files import holding
from yigongti.kernel.measures import carrying
from yigongti.kernel.measures.carrying import Carried
from yigongti.site.folder import DataFolder
from yigongti.site.progress import say
from yigongti.site.running import Ended, database_at_hand, ending_signals
from yigongti.site.sentence import Sentence


DUMP, MANIFEST = "database.dump", "manifest.json"
FORMAT = 1
PLAIN = ("--no-owner", "--no-privileges")  # another county's database has other names for its owners
# Beside the database: what was received and made, reads not yet in the trail, and what the folder remembers.
FILES, CHANGING = "files", ("journal", "county.json")
LAKE = "lake"
FROZEN = "SELECT DISTINCT cut FROM indicators_frozencell"
"""When figures were counted that are under review, frozen or published: appeals and briefs point to them."""


@dataclass(frozen=True, slots=True)
class Written:
    """What went into an archive."""

    files: int
    lake: Carried
    lake_bytes: int


def backup(arguments: list[str]) -> int:
    chosen = _parse("backup", arguments)
    if chosen.archive.exists():
        raise Sentence(f"{chosen.archive} 已存在，不覆盖。", "That file exists already and is not written over.")
    folder = DataFolder(chosen.data)
    if not folder.path.is_dir():
        raise Sentence(f"没有数据夹 {folder.path}。", "There is no such data folder.")
    with _ending(), database_at_hand(folder) as dsn:
        written = _write(chosen.archive, folder, dsn)
    say(f"已备份到 {chosen.archive}（{written.files} 个文件）。 Backed up.")
    _say_lake(written)
    return 0


def _say_lake(written: Written) -> None:
    told = written.lake
    if told.snapshots:
        say(
            f"其中 {len(told.snapshots)} 个快照（{len(told.paths)} 个文件，{written.lake_bytes / 1e6:.1f} MB）"
            "供打开已冻结的指标。 Snapshots behind frozen figures are in it."
        )
    if told.torn:
        say(
            f"注意：快照 {'、'.join(map(str, told.torn))} 缺文件，没有备份，从它冻结的指标恢复后打不开。 "
            "Files of these snapshots are missing: they are not in the archive."
        )


def restore(arguments: list[str]) -> int:
    chosen = _parse("restore", arguments)
    folder = DataFolder(chosen.data)
    if folder.path.exists() and any(folder.path.iterdir()):
        raise Sentence(f"{folder.path} 不是空的，只恢复到空数据夹。", "Restore needs an empty folder.")
    if not chosen.archive.is_file():
        raise Sentence(f"没有备份文件 {chosen.archive}。", "There is no such archive.")
    with _ending(), tempfile.TemporaryDirectory(prefix="yigongti-") as name:
        unpacked = Path(name)
        _unpack(chosen.archive, unpacked)
        try:
            _fill(folder, unpacked)
        except BaseException:  # also an interrupt: a half-restored county would pass for a whole one
            folder.empty()
            raise
    say(f"已恢复到 {folder.path}。 Restored.")
    return 0


def _fill(folder: DataFolder, unpacked: Path) -> None:
    folder.make()
    with database_at_hand(folder) as dsn:
        _load(unpacked / DUMP, dsn)
    for name in (FILES, LAKE, *CHANGING):
        _copy(unpacked / name, folder.path / name)


def _parse(verb: str, arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"./run {verb}")
    parser.add_argument("archive", type=Path, help="备份文件 the archive, FILE.tar")
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("YIGONGTI_DATA", "data")), help="数据夹 folder"
    )
    return parser.parse_args(arguments)


@contextmanager
def _ending() -> Iterator[None]:
    try:
        with ending_signals():
            yield
    except Ended:
        raise Sentence("被中断，没有做完。", "Interrupted: not finished.") from None


# --- writing -------------------------------------------------------------------------------------------------------


def _write(archive: Path, folder: DataFolder, dsn: str) -> Written:
    """Of a county at work: reads not yet in the trail are taken before the dump, else they could be in neither; files
    after it, because a file is stored before the row that names it. Meanwhile no sweep moves a file."""
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".backup-", dir=archive.absolute().parent)))
        for name in CHANGING:
            _copy(folder.path / name, work / name)
        _pg("pg_dump", "--format=custom", *PLAIN, "--no-comments", f"--file={work / DUMP}", f"--dbname={dsn}")
        stack.enter_context(holding.unmoved(folder.path / FILES))
        lake = stack.enter_context(_snapshots(folder.lake, dsn, work / LAKE))
        members = {name: path for top in (work, folder.path / FILES) for name, path in _files_in(top)}
        members |= {f"{LAKE}/{name}": folder.lake / name for name in sorted(lake.paths)}
        manifest = _manifest(members)
        (work / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        making = work / "archive"
        with tarfile.open(making, "w") as tar:
            for name, path in {MANIFEST: work / MANIFEST, **members}.items():
                tar.add(path, arcname=name)
        making.chmod(0o600)  # everybody's records lie in it
        making.rename(archive)
        return Written(len(members), lake, sum((folder.lake / name).stat().st_size for name in lake.paths))


@contextmanager
def _snapshots(lake: Path, dsn: str, beside: Path) -> Iterator[Carried]:
    """Those behind frozen figures, none of them dropped meanwhile; what the lake must know when it is filled again is
    written into a folder beside. Asked after the dump: what it freezes is kept by then."""
    if not (lake / "manifests").is_dir():
        yield Carried()
        return
    with carrying.unmoved(lake):
        name, text = carrying.past_of(lake)
        beside.mkdir()
        (beside / name).write_text(text, encoding="utf-8")
        yield carrying.referred(_frozen(dsn), lake)


def _frozen(dsn: str) -> list[datetime]:
    with psycopg.connect(dsn) as connection:
        known = connection.execute("SELECT 1 FROM pg_tables WHERE tablename = 'indicators_frozencell'").fetchone()
        return [cut for (cut,) in connection.execute(FROZEN)] if known else []  # an older release froze nothing


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        shutil.copy(source, target)


def _files_in(top: Path) -> Iterator[tuple[str, Path]]:
    """Named as they shall lie in the archive; the files keep their folder's name. What lies in that folder itself is
    still being written and may be gone in a moment: no row names it."""
    stored = top.name == FILES
    root = top.parent if stored else top
    found = (path for path in sorted(top.rglob("*")) if not (stored and path.parent == top) and path.is_file())
    return ((str(path.relative_to(root)), path) for path in found)


def _manifest(members: dict[str, Path]) -> dict[str, dict[str, str]]:
    about = {"format": str(FORMAT), "version": yigongti.__version__, "made_at": clock.now().isoformat()}
    return {"about": about, "sha256": {name: _digest(path) for name, path in members.items()}}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- reading -------------------------------------------------------------------------------------------------------


def _unpack(archive: Path, into: Path) -> None:
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                _extract(tar, member, into)
        manifest = json.loads((into / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, FileNotFoundError, ValueError) as error:
        raise Sentence(f"{archive} 不是完整的备份文件。", "That is not a whole archive of ours.") from error
    if int(manifest["about"]["format"]) > FORMAT or _release(manifest["about"]["version"]) > OURS:
        raise Sentence("备份来自更新的版本，请先升级程序。", "The archive is from a newer version: upgrade first.")
    spoilt = [name for name, digest in manifest["sha256"].items() if _changed(into / name, digest)]
    if spoilt:
        raise Sentence(f"备份已损坏：{'、'.join(spoilt[:5])}。", f"The archive is damaged ({len(spoilt)} files).")


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    """Plain files below the folder and nothing else; Debian's Python 3.11.2 lacks the filter that would see to it."""
    target = (into / member.name).resolve()
    source = tar.extractfile(member) if member.isreg() and target.is_relative_to(into.resolve()) else None
    if source is None:
        raise tarfile.TarError(member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def _release(version: str) -> tuple[int, ...]:
    """As numbers that can be compared: an older release is migrated at the next start, a newer one is not ours."""
    return tuple(int(part) for part in version.split("+", 1)[0].split("."))


OURS = _release(yigongti.__version__)


def _changed(path: Path, digest: str) -> bool:
    return not path.is_file() or _digest(path) != digest


def _load(dump: Path, dsn: str) -> None:
    database.prepare(dsn=dsn)
    with psycopg.connect(dsn) as connection:
        if connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone():
            raise Sentence("数据库里已有数据，只恢复到空数据库。", "Restore needs an empty database.")
    _pg("pg_restore", *PLAIN, "--exit-on-error", "--single-transaction", f"--dbname={dsn}", dump)


def _pg(program: str, *arguments: str | Path) -> None:
    result = subprocess.run(
        [server.programs() / program, *arguments], capture_output=True, text=True, check=False, env=_environment()
    )
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["?"])[-1]
        raise Sentence(f"{program} 没有成功：{reason}。", "It failed, as said above.")


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C"}
