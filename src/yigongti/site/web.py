"""The web process: granian with a worker for each core, whose threads each keep their database connection."""

import argparse
import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


CORES = os.cpu_count() or 1
# What waits for the database leaves its core to another; beyond two a core and one more they only wait for each other.
THREADS = min(2 * CORES + 1, 6)
# One Python uses one core. More than four is for a county that says so.
PROCESSES = min(CORES, 4)
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
        workers=int(os.environ.get("YIGONGTI_WEB_PROCESSES") or PROCESSES),
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,  # a thread that ends takes its connection with it
        backpressure=CONNECTIONS,
        workers_kill_timeout=5,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()
