"""The web process: granian with one worker whose threads each keep their database connection."""

import argparse

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


THREADS = 6
# Kept-alive connections of browsers count too, so this is far above what the threads work on at once.
CONNECTIONS = 512


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args(arguments)
    Granian(
        "yigongti.site.wsgi:application",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,  # a thread that ends takes its connection with it
        backpressure=CONNECTIONS,
        workers_kill_timeout=5,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()
