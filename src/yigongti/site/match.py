"""./run match: compare everybody registered with everybody, and put likely doubles before data staff."""

import argparse
import time
from typing import TYPE_CHECKING

import django

from yigongti.site.progress import say, table
from yigongti.site.running import settings_at_hand
from yigongti.site.sentence import Sentence


if TYPE_CHECKING:
    from yigongti.residents.models import MatchRun


def main(arguments: list[str]) -> int:
    """Learn if asked to, then run."""
    parser = argparse.ArgumentParser(prog="./run match", description="全县登记比对 compares the whole index")
    parser.add_argument("--learn", action="store_true", help="先用 Splink 在本库学习权重 first learn the weights here")
    parser.add_argument("--source", default="本县登记", help="权重的来源怎么写 how the source of the weights is called")
    chosen = parser.parse_args(arguments)
    with settings_at_hand():
        django.setup()
        if chosen.learn:
            _learn(chosen.source)
        _run()
    return 0


def _learn(source: str) -> None:
    from yigongti.residents.processes import matching

    if not matching.can_learn():
        raise Sentence("学习权重要用 Splink，这里没有安装；比对本身不需要它。", "Learning needs Splink: not installed.")
    if not matching.enough_to_learn():
        raise Sentence(
            f"登记不到 {matching.FEWEST:,} 份，学不出可靠的权重；请用随程序发布的。",
            "Too few registrations to learn from: use the shipped weights.",
        )
    began = time.monotonic()
    learned = matching.learn(source=source)
    say(f"已学习权重：{learned.version}，{time.monotonic() - began:.0f} 秒。 Weights learned.")


def _run() -> None:
    from yigongti.residents.processes import matching

    began = time.monotonic()
    done = matching.run()
    say(f"比对 {done.rows:,} 份登记，{time.monotonic() - began:.0f} 秒。 The whole index was compared.")
    rows = [("权重 weights", done.weights), ("疑似 likely", f"{done.likely:,}"),
            ("新提出 new", f"{done.raised:,}"), ("重新提出 again", f"{done.reopened:,}")]  # fmt: skip
    say(table([*rows, *_measured(done)]))


def _measured(done: "MatchRun") -> list[tuple[str, str]]:
    """In a demonstration only."""
    seen = done.measured
    if not seen or not seen["likely"] or not seen["true"]:
        return []
    return [
        ("查准 precision", f"{seen['both'] / seen['likely']:.3f}（{seen['both']:,} / {seen['likely']:,}）"),
        ("查全 recall", f"{seen['both'] / seen['true']:.3f}（{seen['both']:,} / {seen['true']:,}）"),
    ]
