"""./run listen: the doors for HL7 v2 over MLLP and for DICOM, beside the web service."""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django

from yigongti.site.progress import say
from yigongti.site.running import Ended, ending_signals, settings_at_hand
from yigongti.site.sentence import Sentence


if TYPE_CHECKING:
    from yigongti.exchange.processes.listening import Listener

LEFT_AFTER = 24 * 60 * 60
"""Seconds after which a half-received object belongs to a listener that is gone."""


def main(arguments: list[str]) -> int:
    """Listen until told to stop."""
    chosen = _parse(arguments)
    with settings_at_hand():
        django.setup()
        with ExitStack() as stack:
            listener = stack.enter_context(_mllp(chosen)) if chosen.port else None
            stack.enter_context(_dicom(chosen))
            stack.enter_context(ending_signals())
            try:
                listener.serve_forever() if listener else threading.Event().wait()
            except Ended as end:
                return 128 + end.signal
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    told = os.environ
    parser = argparse.ArgumentParser(prog="./run listen", description="接收 HL7 v2 和 DICOM takes HL7 v2 and DICOM")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2575, help="MLLP，0 为不开 0 for none")
    parser.add_argument(
        "--dicom-port", type=int, default=told.get("YIGONGTI_DICOM_PORT", "11112"), help="DICOM，0 为不开 0 for none"
    )
    parser.add_argument("--dicom-title", default=told.get("YIGONGTI_DICOM_TITLE", "YIGONGTI"), help="AE title")
    chosen = parser.parse_args(arguments)
    if not chosen.port and not chosen.dicom_port:
        raise Sentence("至少开一个端口。", "Name at least one port.")
    if not 1 <= len(chosen.dicom_title.strip()) <= 16 or not chosen.dicom_title.isascii():
        raise Sentence("DICOM 的 AE 名称应为 1 到 16 个英文字符。", "A DICOM AE title has 1 to 16 ASCII characters.")
    return chosen


def _mllp(chosen: argparse.Namespace) -> "Listener":
    from yigongti.exchange.processes.listening import listen_mllp

    try:
        listener = listen_mllp(host=chosen.host, port=chosen.port)
    except (OSError, OverflowError) as taken:
        raise _unusable(chosen.port, taken) from taken
    say(f"MLLP {chosen.host}:{chosen.port}")
    return listener


@contextmanager
def _dicom(chosen: argparse.Namespace) -> Iterator[None]:
    if not chosen.dicom_port:
        yield
        return
    from yigongti.exchange.processes.listening import listen_dicom, stop_dicom

    with ExitStack() as stack:
        stack.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = str(_incoming())
        try:
            server = listen_dicom(host=chosen.host, port=chosen.dicom_port, title=chosen.dicom_title.strip())
        except (OSError, OverflowError) as taken:
            raise _unusable(chosen.dicom_port, taken) from taken
        stack.callback(stop_dicom, server)
        say(f"DICOM {chosen.host}:{chosen.dicom_port} {chosen.dicom_title}")
        yield


def _incoming() -> Path:
    """Where objects lie while they come: on the disk of the data folder, which is made for their size."""
    from django.conf import settings

    folder = Path(settings.DATA_FOLDER) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > LEFT_AFTER:
            left.unlink(missing_ok=True)
    return folder


def _unusable(port: int, why: Exception) -> Sentence:
    return Sentence(f"端口 {port} 用不了（{why}）。", "That port cannot be used; name another.")
