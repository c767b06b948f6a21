"""What every long-running command shares: how it is told to end, and the environment that its processes get."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from yigongti.kernel import server
from yigongti.site.folder import DataFolder


class Ended(BaseException):
    """Someone asked the command to end; unwinding the stack stops everything it started."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_signals() -> Iterator[None]:
    """Ctrl-C, a service manager's stop and a closed terminal all end the block from inside, and only once."""

    def end(number: int, _frame: FrameType | None) -> None:
        for each in _ENDING:
            signal.signal(each, signal.SIG_IGN)
        raise Ended(number)

    before = {number: signal.signal(number, end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def environment(folder: DataFolder, *, dsn: str, secret: str, hosts: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "yigongti.site.settings",
        "PYTHONUNBUFFERED": "1",
        "YIGONGTI_ALLOWED_HOSTS": hosts,
        "YIGONGTI_DATA": str(folder.path),
        "YIGONGTI_DATABASE_URL": dsn,
        "YIGONGTI_SECRET_KEY": secret,
    }


@contextmanager
def database_at_hand(folder: DataFolder) -> Iterator[str]:
    """The database of a folder: the one named by the environment, the one running, or one started for the while."""
    named = os.environ.get("YIGONGTI_DATABASE_URL") or running_dsn(folder)
    if named:
        yield named
        return
    folder.make()
    with folder.held("./run manage"):
        started = server.start(folder=folder.postgres, log=folder.log / "postgres.log")
        try:
            yield started.dsn()
        finally:
            started.stop()


def running_dsn(folder: DataFolder) -> str:
    """Of the server that a demo or a service has running on this folder; empty when none is."""
    noted = folder.run / "database"
    return noted.read_text() if noted.exists() and folder.is_held() else ""


@contextmanager
def settings_at_hand() -> Iterator[None]:
    """Fills in what Django's settings need and the environment does not name."""
    folder = DataFolder(os.environ.get("YIGONGTI_DATA") or Path.cwd() / "data")
    with database_at_hand(folder) as dsn:
        secret = os.environ.get("YIGONGTI_SECRET_KEY") or folder.secret()
        os.environ.update(environment(folder, dsn=dsn, secret=secret, hosts="127.0.0.1"))
        yield
