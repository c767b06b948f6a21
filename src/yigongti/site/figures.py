"""./run figures: bring the lake and every figure up to date now, with progress; the worker does it by itself."""

import argparse
import time

import django

from yigongti.site.progress import Progress, say, table
from yigongti.site.running import settings_at_hand


def main(arguments: list[str]) -> int:
    """Refresh, and say what changed."""
    parser = argparse.ArgumentParser(prog="./run figures", description="立即更新全部指标 refreshes all figures now")
    parser.parse_args(arguments)
    with settings_at_hand():
        django.setup()
        from yigongti.kernel.measures import refreshing, sources

        began, progress = time.monotonic(), Progress()
        done = refreshing.refresh(progress)
        progress.close()
        if done is None:
            say("没有变化，或正在更新。 Nothing changed, or a refresh is under way.")
            return 0
        titles = {code: source.fact.title for code, source in sources.registered().items()}
        rows = [(titles.get(code, code), f"{len(months):,}") for code, months in sorted(done.changed.items())]
        say(f"已更新到第 {done.snapshot.name} 版，{time.monotonic() - began:.1f} 秒。 Refreshed.")
        say(table([("事实 fact", "月份 months"), *rows]))
    return 0
