"""./run audit: verify the whole chain from the command line, and print its head for keeping outside the house."""

import argparse
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django

from yigongti.kernel import clock
from yigongti.site.progress import Progress, say
from yigongti.site.running import settings_at_hand
from yigongti.site.sentence import Sentence


PATIENCE = 2.0
"""Seconds after which whoever waits is shown how far it is."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run audit", description="核验审计链 the audit chain")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verify = verbs.add_parser("verify", help="核验整条链 recompute the whole chain")
    verify.add_argument("--head", type=Path, metavar="FILE", help="留存的链头 a head that was kept outside")
    verbs.add_parser("head", help="打印链头，抄存到系统之外 print the head, to be kept outside")
    chosen = parser.parse_args(arguments)
    kept = _kept(chosen.head) if chosen.verb == "verify" and chosen.head else ""
    with settings_at_hand():
        django.setup()
        return _verify(kept) if chosen.verb == "verify" else _head()


def _kept(file: Path) -> str:
    """The hash in a file that `./run audit head` filled; of several lines the last."""
    try:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return str(json.loads(lines[-1])["hash"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Sentence(
            f"{file} 里没有链头（应是 ./run audit head 打印的一行）。",
            "That file holds no head as ./run audit head prints it.",
        ) from error


def _head() -> int:
    from yigongti.kernel.audit import seals

    hash_, sealed_at = seals.head()
    covered = seals.extent()
    waiting, _since = seals.lag()
    told: dict[str, Any] = {
        "hash": hash_, "sealed_at": _said(sealed_at), "seals": covered.seals, "entries": covered.entries,
        "last": covered.last, "waiting": waiting, "told_at": _said(clock.now()),
    }  # fmt: skip
    say(json.dumps(told))
    return 0


def _said(moment: datetime | None) -> str:
    return moment.astimezone(clock.COUNTY_ZONE).isoformat(timespec="seconds") if moment else ""


def _verify(kept: str) -> int:
    from yigongti.kernel.audit import seals

    progress = Progress()
    found = [str(fault) for fault in seals.faults(kept=kept, passed=_patient(progress))]
    progress.close()
    covered, waiting = seals.extent(), seals.lag()[0]
    say(f"已封存 {covered.entries:,} 条，{covered.seals:,} 个封条；另有 {waiting:,} 条待封存。"
        f" {covered.entries:,} entries under {covered.seals:,} seals; {waiting:,} wait.")  # fmt: skip
    if covered.entries:
        say(f"第一条 first {covered.first}（{_said(covered.first_at)}）")
        say(f"最后一条 last {covered.last}（{_said(covered.last_at)}）")
    if found:
        say("审计链有问题，第一处： The chain is broken, first of all here:")
        say("\n".join(f"  {fault}" for fault in found))
        return 1
    say("整条链完好，每一列都与封存时一致。 The chain is whole; every column is as it was when sealed.")
    if kept:
        say(f"留存的链头 {kept[:12]}… 在链中。 It holds the head that was kept.")
    return 0


def _patient(progress: Progress) -> Callable[[int, int], None]:
    """Silent for as long as nobody would wonder."""
    began = time.monotonic()

    def passed(gone: int, total: int) -> None:
        if time.monotonic() - began > PATIENCE:
            progress("核验审计链", gone, total)

    return passed
