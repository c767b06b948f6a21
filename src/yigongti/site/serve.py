"""./run serve: a county's own service, with its own database and its own secrets."""

import argparse
import os
from contextlib import ExitStack
from pathlib import Path

from yigongti.site import doors, supervisor
from yigongti.site.folder import DataFolder
from yigongti.site.progress import say
from yigongti.site.running import Ended, ending_signals, environment
from yigongti.site.sentence import Sentence


SHORTEST_SECRET = 50


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run serve", description="正式运行 a county's own service")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="端口 port")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("YIGONGTI_DATA", "data")))
    chosen = parser.parse_args(arguments)
    try:
        with ending_signals(), ExitStack() as stack:
            _run(chosen, stack)
    except Ended:
        say("已停止。 Stopped.")
    return 0


def _run(chosen: argparse.Namespace, stack: ExitStack) -> None:
    secret, hosts = secret_key(), allowed_hosts()
    folder = DataFolder(chosen.data)
    folder.make()
    stack.enter_context(folder.held(f"{chosen.host}:{chosen.port}"))
    if folder.note().get("demo"):
        raise Sentence(f"数据夹 {folder.path} 里是演示县，不能正式运行。", "That folder holds a demonstration county.")
    supervisor.require_port(chosen.host, chosen.port)
    supervisor.shorten_logs(folder)
    folder.remember(demo=False)
    dsn, postgres = stack.enter_context(supervisor.database_for(folder))
    settings = environment(folder, dsn=dsn, secret=secret, hosts=hosts)
    settings["YIGONGTI_HTTPS"] = os.environ.get("YIGONGTI_HTTPS", "1")
    supervisor.prepare(["--first-day"], environment=settings)
    opened = doors.of_a_service()
    settings["YIGONGTI_LISTENS_AT"] = opened.place
    parts = stack.enter_context(
        supervisor.web_and_worker(
            folder, postgres, environment=settings, host=chosen.host, port=chosen.port, listens=opened.arguments
        )
    )
    supervisor.await_health(parts, host=_probe_host(chosen.host), port=chosen.port, name=_probe_name(hosts))
    say(f"已就绪：{chosen.host}:{chosen.port} Ready.")
    if opened.said():
        say(f"其他系统可送到：{opened.said()} Other systems may send there.")
    if settings["YIGONGTI_HTTPS"] != "1":
        say("注意：没有启用 HTTPS，登录凭据可被窃听。 Warning: without HTTPS sign-ins can be overheard.")
    supervisor.watch(parts)


def secret_key() -> str:
    """A key that somebody made for this county: long, and of many different letters."""
    secret = os.environ.get("YIGONGTI_SECRET_KEY", "")
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 10:
        raise Sentence(
            f"请设置 YIGONGTI_SECRET_KEY：至少 {SHORTEST_SECRET} 个随机字符。",
            f"Set YIGONGTI_SECRET_KEY to at least {SHORTEST_SECRET} random characters.",
        )
    return secret


def allowed_hosts() -> str:
    hosts = os.environ.get("YIGONGTI_ALLOWED_HOSTS", "")
    if not hosts.strip(", ") or "*" in hosts.split(","):
        raise Sentence(
            "请设置 YIGONGTI_ALLOWED_HOSTS：本县访问所用的域名，逗号分隔。",
            "Set YIGONGTI_ALLOWED_HOSTS to the names under which the county reaches this service.",
        )
    return hosts


def _probe_host(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on


def _probe_name(hosts: str) -> str:
    return hosts.split(",")[0].strip().lstrip(".")
