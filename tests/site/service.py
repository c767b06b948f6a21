"""A service started as a person starts it: `python -m yigongti.site serve`, in a process of its own."""

import contextlib
import fcntl
import functools
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil


class Service:
    def __init__(self, folder, *, verb="serve", more=(), prepared=False, **environment):
        self.port = free_port()
        self.output = folder / "output.txt"
        self.data = folder / "data"
        if prepared:  # by the account that owns each file, as the database wants it
            subprocess.run(["cp", "-a", str(a_data_folder()), str(self.data)], check=True)
        place = ("--port", str(self.port), "--data", str(self.data))
        self.process = start(verb, *place, *more, to=self.output, **environment)

    def wait_until_up(self, patience=60):
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.health()[0] == 200:
                return self
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)
        raise AssertionError(f"not up: {self.health()} {self.said()}")

    def health(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except OSError:
            return 0, {}
        finally:
            connection.close()

    def said(self):
        return self.output.read_text(encoding="utf-8")

    def descendants(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


@functools.cache
def a_data_folder():
    """What a first start makes, made once for the whole run and swept away with it: migrations take longest."""
    run = Path(os.environ["YIGONGTI_DATA"]).parent
    with (run / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other half of the run may be at it
        made = run / "prepared" / "data"
        if not made.exists():
            folder = run / "making"
            folder.mkdir(mode=0o711)
            first = Service(folder)
            try:
                first.wait_until_up(180)
            finally:
                first.end()
            folder.rename(run / "prepared")
    return made


def start(*arguments, to, **environment):
    settings = {
        **os.environ,
        "YIGONGTI_SECRET_KEY": secrets.token_urlsafe(60),
        "YIGONGTI_ALLOWED_HOSTS": "127.0.0.1",
        "YIGONGTI_HTTPS": "0",
        "YIGONGTI_STATIC_STORAGE": "",
        "YIGONGTI_DATABASE_URL": "",
        "YIGONGTI_FIGURES": "0",  # counted in tests of their own: it would keep a core busy beside every service here
        **environment,
    }
    with to.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "yigongti.site", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={name: value for name, value in settings.items() if value},
        )


def refused(*arguments, folder, **environment):
    """What a command says that will not start."""
    output = folder / "refused.txt"
    process = start(*arguments, to=output, **environment)
    assert process.wait(60) == 1
    return output.read_text(encoding="utf-8")


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gone(processes, patience):
    """Those still there after so many seconds."""
    _, alive = psutil.wait_procs(processes, timeout=patience)
    return [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
