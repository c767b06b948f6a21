"""The data folder: what lies where, who holds it, and what it remembers between runs."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yigongti.site.sentence import Sentence


# Everything a run may make there; --fresh removes these and touches nothing else.
ROOMS = ("postgres", "files", "journal", "static", "run", "log", "lake")


class DataFolder:
    """One county's data on this machine."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser().absolute()
        rooms = (self.path / room for room in ROOMS)
        self.postgres, self.files, self.journal, self.static, self.run, self.log, self.lake = rooms
        self._note = self.path / "county.json"

    def make(self) -> None:
        # Others may pass through, because as root the database runs under another account; they may read nothing.
        self.path.mkdir(mode=0o711, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self.path.chmod(0o711)
        for room in (self.files, self.journal, self.static, self.run, self.log):
            room.mkdir(mode=0o700, exist_ok=True)
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise Sentence(f"数据夹 {self.path} 没有写入权限。", "The data folder is not writable.")

    def require_space(self, needed: int) -> None:
        free = shutil.disk_usage(self.path).free
        if free < needed:
            raise Sentence(
                f"磁盘空间不够：{self.path} 需要 {_gigabytes(needed)}，只剩 {_gigabytes(free)}。",
                f"The disk is too full: {_gigabytes(needed)} needed, {_gigabytes(free)} free.",
            )

    @contextmanager
    def held(self, address: str) -> Iterator[None]:
        """One run at a time; the system lets go of it when the run dies, however it dies."""
        with (self.run / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Sentence(
                    f"数据夹 {self.path} 正被另一个运行使用（{lock.read().strip()}）。",
                    "The data folder is in use by another run.",
                ) from None
            lock.truncate(0)
            lock.write(f"pid {os.getpid()}，{address}")
            lock.flush()
            yield

    def is_held(self) -> bool:
        """Whether a run holds it now, as the system knows it."""
        if not (self.run / "lock").exists():
            return False
        with (self.run / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def empty(self) -> None:
        """Removes what runs have made, the linked place of a database included."""
        for room in (self.path / name for name in ROOMS if name != "run"):  # the lock lies in run
            if room.is_symlink():
                shutil.rmtree(room.resolve(), ignore_errors=True)
                room.unlink()
            elif room.exists():
                shutil.rmtree(room)
        self._note.unlink(missing_ok=True)

    @property
    def holds_data(self) -> bool:
        return (self.postgres / "PG_VERSION").exists()

    @property
    def holds_others_files(self) -> bool:
        """Whether something lies in the rooms of a folder that remembers nothing: then somebody else put it there."""
        rooms = [self.path / name for name in ROOMS if name != "run"]  # the lock lies in run
        return not self.note() and any(room.is_symlink() or (room.is_dir() and any(room.iterdir())) for room in rooms)

    # --- what is remembered

    def note(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._note.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}

    def remember(self, **facts: Any) -> None:
        """Whole or not at all, and on the disk before the next step; it holds demo passwords, so it is ours alone."""
        handle, name = tempfile.mkstemp(dir=self.path, prefix=".county-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({**self.note(), **facts}, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self._note)

    def secret(self) -> str:
        """The demo's own key, so that a second run keeps everyone signed in."""
        path = self.run / "secret"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(60))
        return path.read_text()


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
