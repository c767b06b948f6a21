"""./run figures: bring the lake and every figure up to date now, with progress; the worker does it by itself."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import django

from yigongti.site.progress import Progress, say, table
from yigongti.site.running import settings_at_hand


if TYPE_CHECKING:
    from yigongti.indicators.processes import Computed


KINDS = {"month": "月 months", "quarter": "季度 quarters", "year": "年 years", "to_date": "年初至今 years to date"}


def main(arguments: list[str]) -> int:
    """Refresh, and say what changed."""
    parser = argparse.ArgumentParser(prog="./run figures", description="立即更新全部指标 refreshes all figures now")
    parser.parse_args(arguments)
    with settings_at_hand():
        django.setup()
        from yigongti.indicators.processes import computed_from
        from yigongti.kernel.measures import refreshing, sources

        began, progress = time.monotonic(), Progress()
        done = refreshing.refresh(progress)
        progress.close()
        if done is None:
            say("没有变化，或正在更新。 Nothing changed, or a refresh is under way.")
            return 0
        titles = {code: source.fact.title for code, source in sources.registered().items()}
        say(f"已更新到第 {done.snapshot.name} 版，{time.monotonic() - began:.1f} 秒。 Refreshed.")
        say(table(read_lines(done.changed, titles)))
        say(table(computed_lines(computed_from(snapshot=done.snapshot.name))))
    return 0


def read_lines(changed: Mapping[str, set[date]], titles: Mapping[str, str]) -> list[tuple[str, ...]]:
    """What was read anew: each fact with its months."""
    return [
        ("事实 fact", "月份 months", "从 from", "到 to"),
        *((titles.get(code, code), f"{len(months):,}", f"{min(months):%Y-%m}", f"{max(months):%Y-%m}")
          for code, months in sorted(changed.items()) if months),
    ]  # fmt: skip


def computed_lines(computed: Sequence[Computed]) -> list[tuple[str, ...]]:
    """What was computed of it: each kind of period with its figures."""
    return [
        ("时期 periods", "几个 how many", "从 from", "到 to", "指标值 figures"),
        *((KINDS[one.kind], f"{one.periods:,}", one.first, one.last, f"{one.figures:,}") for one in computed),
    ]  # fmt: skip
