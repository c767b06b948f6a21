"""./run demo: a demonstration county in the browser, from nothing."""

import argparse
import os
import sys
import time
import webbrowser
from contextlib import ExitStack
from pathlib import Path

from psycopg.conninfo import make_conninfo

from yigongti.kernel import server
from yigongti.site import doors, supervisor
from yigongti.site.folder import DataFolder
from yigongti.site.progress import say, table
from yigongti.site.running import Ended, ending_signals, environment
from yigongti.site.sentence import Sentence


HOST = "127.0.0.1"
FULL = 432_095  # Jiexiu at the census of 2020
USUAL = 20_000
# Measured generously, so that the disk is found full before an hour's work and not after it.
BYTES_AT_LEAST, BYTES_PER_RESIDENT = 400_000_000, 20_000


def main(arguments: list[str]) -> int:
    chosen = _parse(arguments)
    try:
        with ending_signals(), ExitStack() as stack:
            _run(chosen, stack)
    except Ended:
        say("\n已停止，数据保留。 Stopped; the data are kept.")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run demo", description="在浏览器里看一个演示县 a demonstration county")
    parser.add_argument("--residents", type=int, help=f"居民数 how many residents (usually {USUAL:,})")
    parser.add_argument("--full", action="store_true", help=f"整县 the whole county ({FULL:,})")
    parser.add_argument("--port", type=int, default=8000, help="端口 port")
    parser.add_argument("--data", type=Path, default=Path("data"), help="数据夹 data folder")
    parser.add_argument("--fresh", action="store_true", help="丢掉旧的演示县，重新生成 throw the old county away")
    parser.add_argument("--hl7-port", type=int, default=doors.HL7, help="接收 HL7 v2 的端口，0 为不开 0 for none")
    parser.add_argument("--dicom-port", type=int, default=doors.DICOM, help="接收影像的端口，0 为不开 0 for none")
    parser.add_argument("--no-browser", action="store_true", help="不打开浏览器 do not open a browser")
    chosen = parser.parse_args(arguments)
    if not all(0 <= port <= 65535 for port in (chosen.hl7_port, chosen.dicom_port)):
        parser.error("端口应在 0 至 65535 之间 a port lies between 0 and 65535")
    if chosen.residents is not None and chosen.residents < 100:
        parser.error("--residents：至少 100 人 at least 100")
    chosen.wanted = FULL if chosen.full else chosen.residents
    return chosen


def _run(chosen: argparse.Namespace, stack: ExitStack) -> None:
    started = time.monotonic()
    folder = DataFolder(chosen.data)
    address = f"http://{HOST}:{chosen.port}"
    folder.make()
    stack.enter_context(folder.held(address))
    supervisor.require_port(HOST, chosen.port)
    supervisor.shorten_logs(folder)
    opened = doors.of_a_demo(hl7=chosen.hl7_port, dicom=chosen.dicom_port)
    wanted = _residents_to_make(folder, chosen)
    dsn, postgres = stack.enter_context(supervisor.database_for(folder))
    settings = environment(folder, dsn=dsn, secret=folder.secret(), hosts="127.0.0.1,localhost,[::1]")
    settings["YIGONGTI_LISTENS_AT"] = opened.place
    _prepare(wanted, settings)
    parts = stack.enter_context(
        supervisor.web_and_worker(
            folder, postgres, environment=settings, host=HOST, port=chosen.port, listens=opened.arguments
        )
    )
    supervisor.await_health(parts, host=HOST, port=chosen.port, name=HOST)
    _welcome(folder, address, time.monotonic() - started, opened)
    if not chosen.no_browser:
        _open_browser(address)
    supervisor.watch(parts)


def _residents_to_make(folder: DataFolder, chosen: argparse.Namespace) -> int:
    """0 when a county stands already; a half-made one is thrown away."""
    if os.environ.get("YIGONGTI_DATABASE_URL"):
        raise Sentence(
            "演示县只用自带的数据库：请先取消 YIGONGTI_DATABASE_URL。",
            "The demo uses its own database only: unset YIGONGTI_DATABASE_URL.",
        )
    note = folder.note()
    if not note.get("demo") and (note or folder.holds_data or folder.holds_others_files):
        raise Sentence(
            f"数据夹 {folder.path} 里不是演示县，不动它；请用 --data 另指一个。",
            "The data folder holds something else than a demonstration: choose another by --data.",
        )
    if note.get("county") == "built" and not chosen.fresh:
        if chosen.wanted and chosen.wanted != note["residents"]:
            say(f"沿用已有的演示县（{note['residents']:,} 人）；要重新生成请加 --fresh。 The county is kept as it is.")
        return 0
    wanted = chosen.wanted or (note.get("residents") if not chosen.fresh else None) or USUAL
    server.end_leftovers(cluster=folder.postgres)
    folder.empty()
    folder.make()
    folder.require_space(BYTES_AT_LEAST + wanted * BYTES_PER_RESIDENT)
    folder.remember(demo=True)
    return int(wanted)


def _prepare(wanted: int, settings: dict[str, str]) -> None:
    if not wanted:
        supervisor.prepare([], environment=settings)
        return
    # A county that is killed half-made is made anew, so its commits need not wait for the disk one by one.
    hasty = make_conninfo(settings["YIGONGTI_DATABASE_URL"], options="-c synchronous_commit=off")
    supervisor.prepare(["--county", str(wanted)], environment={**settings, "YIGONGTI_DATABASE_URL": hasty})


def _welcome(folder: DataFolder, address: str, seconds: float, opened: doors.Doors) -> None:
    head = ["岗位 role", "姓名 name", "账号 login", "密码 password", "备注 note"]
    say(f"\n医共体演示县已就绪（{seconds:.0f} 秒）： {address}\n")
    say(table([head, *folder.note().get("accounts", [])]))
    if opened.said():
        say(f"\n其他系统可送到 other systems may send to： {opened.said()}")
    say("\n按 Ctrl-C 停止，数据保留。 Ctrl-C stops it; the data are kept.")


def _open_browser(address: str) -> None:
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)
