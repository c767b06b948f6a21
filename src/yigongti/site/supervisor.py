"""The supervisor: database, web, worker, listener and reader as its children, restarted when they fall, ended
together."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yigongti.kernel import database, server
from yigongti.kernel.tether import tie_child
from yigongti.site.doorway import Doorway, doorway
from yigongti.site.folder import DataFolder
from yigongti.site.progress import say
from yigongti.site.sentence import Sentence


LONGEST_LOG = 10_000_000
MOST_RESTARTS, WITHIN = 5, 60.0


@dataclass(kw_only=True)
class Child:
    """A process of the house that is started again when it falls, though not for ever."""

    name: str
    launch: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes]" = field(init=False)
    falls: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.process = self.launch()

    def mend(self) -> None:
        if self.process.poll() is None:
            return
        say(f"{self.name} 进程意外退出，正重新启动。 The {self.name} process fell and is started again.")
        self.falls.append(time.monotonic())
        if self.falls_often():
            raise Sentence(
                f"{self.name} 进程反复退出，详见数据夹里的 log/{self.name}.log。", "It keeps falling, see that log."
            )
        self.start()

    def falls_often(self) -> bool:
        """Whether it fell again and again within a minute."""
        self.falls = [fall for fall in self.falls if time.monotonic() - fall < WITHIN]
        return len(self.falls) > MOST_RESTARTS

    def stop(self, patience: float = 8.0) -> None:
        """Asks, waits, then insists, on the whole group: what a child has started goes with it."""
        for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
            if self.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(wait)


@dataclass(kw_only=True)
class Sleeper:
    """A child that is started when somebody knocks and ends by itself when nobody has for a while. One that falls again
    and again is left alone for a minute; the house stands without it."""

    child: Child
    door: Doorway
    awake: bool = False

    def start(self) -> None:
        """Nobody has knocked yet."""

    def mend(self) -> None:
        if self.awake and self.child.process.poll() is None:
            return
        if self.awake and self.child.process.returncode:
            name = self.child.name
            say(f"{name} 进程意外退出，有人要用时再启动。 The {name} process fell; it is started when asked for.")
            self.child.falls.append(time.monotonic())
        self.awake = False
        if self.door.knocked() and not self.child.falls_often():
            self.child.start()
            self.awake = True

    def stop(self) -> None:
        if self.awake:
            self.child.stop()


@contextlib.contextmanager
def running(child: Child | Sleeper) -> Iterator[Child | Sleeper]:
    child.start()
    try:
        yield child
    finally:
        child.stop()


def spawn(
    verb: list[str], *, log: Path | None, environment: dict[str, str], inherited: tuple[int, ...] = ()
) -> "subprocess.Popen[bytes]":
    """One of our own verbs as a process in a session of its own: a Ctrl-C reaches only the supervisor."""
    command = [sys.executable, "-P", "-m", "yigongti.site", *verb]
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else None
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
            pass_fds=inherited,
            preexec_fn=tie_child(signal.SIGKILL),
        )


# --- the database --------------------------------------------------------------------------------------------------


class Postgres:
    """The embedded server, which must answer again before anything else is mended."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.server = self._start()

    def _start(self) -> server.Server:
        return server.start(folder=self.folder.postgres, log=self.folder.log / "postgres.log")

    def mend(self) -> None:
        if self.server.process.poll() is not None:
            say("数据库意外退出，正重新启动。 The database fell and is started again.")
            self.server.stop()
            self.server = self._start()


Parts = tuple[Postgres | Child | Sleeper, ...]


@contextlib.contextmanager
def database_for(folder: DataFolder) -> Iterator[tuple[str, Postgres | None]]:
    """The county's own database where one is named, else the embedded one."""
    named = os.environ.get("YIGONGTI_DATABASE_URL")
    if named:
        database.prepare(dsn=named)
        yield named, None
        return
    noted = folder.run / "database"
    noted.unlink(missing_ok=True)
    postgres = Postgres(folder)
    try:
        dsn = postgres.server.dsn()
        database.prepare(dsn=dsn)
        noted.write_text(dsn)
        yield dsn, postgres
    finally:
        postgres.server.stop()


# --- from start to end ---------------------------------------------------------------------------------------------


def prepare(arguments: list[str], *, environment: dict[str, str]) -> None:
    """Runs the preparing process to its end; it has already said why when it fails."""
    child = Child(name="prepare", launch=lambda: spawn(["prepare", *arguments], log=None, environment=environment))
    with running(child):
        if child.process.wait():
            raise SystemExit(1)


@contextlib.contextmanager
def web_and_worker(
    folder: DataFolder, postgres: Postgres | None, *, environment: dict[str, str], host: str, port: int,
    listens: Sequence[str] = (),
) -> Iterator[Parts]:  # fmt: skip
    """All parts at work, in the order in which they must be mended: without a database the others only fall again.
    `listens` are the arguments of the listener for other systems; without any there is none."""

    def child(purpose: str, *arguments: str, inherited: tuple[int, ...] = (), **more: str) -> Child:
        own = {**environment, "YIGONGTI_PURPOSE": purpose, "YIGONGTI_TETHER": "1", **more}
        log = folder.log / f"{purpose}.log"
        verb = [purpose, *arguments]
        return Child(name=purpose, launch=lambda: spawn(verb, log=log, environment=own, inherited=inherited))

    with contextlib.ExitStack() as stack:
        door = stack.enter_context(doorway(folder.run, "reader"))
        number = door.socket.fileno()
        children: list[Child | Sleeper] = [
            child("web", "--host", host, "--port", str(port), YIGONGTI_READER=door.address),
            child("worker"),
            *([child("listen", *listens)] if listens else []),
            Sleeper(child=child("reader", "--door", str(number), inherited=(number,)), door=door),
        ]
        for one in reversed(children):
            stack.enter_context(running(one))
        yield tuple(children) if postgres is None else (postgres, *children)


def await_health(parts: Parts, *, host: str, port: int, name: str, patience: float = 90.0) -> None:
    """Until everything is well; a part that falls while starting is started again."""
    deadline = time.monotonic() + patience
    answer = "no answer"
    while time.monotonic() < deadline:
        mend(parts)
        status, answer = ask_health(host, port, name)
        if status == 200:
            return
        time.sleep(0.15)
    raise Sentence(f"没有起来：{answer}", "It did not come up, as said above.")


def ask_health(host: str, port: int, name: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")[:300]
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def watch(parts: Parts) -> None:
    """Until a signal ends it from inside."""
    while True:
        time.sleep(0.5)
        mend(parts)


def mend(parts: Parts) -> None:
    for part in parts:
        part.mend()


def require_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise Sentence(f"端口应在 1 至 65535 之间，不能是 {port}。", "A port lies between 1 and 65535.") from None
        except PermissionError:
            raise Sentence(
                f"端口 {port} 需要系统权限，请换一个：--port 8000。", "That port needs privileges."
            ) from None
        except OSError:
            raise Sentence(
                f"端口 {port} 已被占用，请换一个：--port {port + 1}。",
                f"Port {port} is taken: choose another by --port {port + 1}.",
            ) from None


def shorten_logs(folder: DataFolder) -> None:
    """One former generation is kept of a log that has grown long."""
    for log in folder.log.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
