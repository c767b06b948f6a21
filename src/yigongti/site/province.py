"""./run province: several counties' lakes collected into one, and their figures by the same definitions.

    ./run province --out /data/province --period 2025 140781=/data/jiexiu/lake 141033=/data/puxian/lake
    ./run province … --spark spark://10.0.0.5:7077        on a cluster (extra `spark`), held against this machine's

A county's lake is its data folder's `lake`, brought by whatever copies files. Nothing is written into it.
"""

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from yigongti.site.progress import Progress, say, table
from yigongti.site.running import settings_at_hand
from yigongti.site.sentence import Sentence


if TYPE_CHECKING:
    from yigongti.kernel.measures.arithmetic import Outcome
    from yigongti.kernel.measures.periods import Period
    from yigongti.kernel.measures.province import Collected
    from yigongti.kernel.measures.reference import Asked, Key
    from yigongti.kernel.measures.words import Indicator, Selection

    Figures = dict[str, dict[int, Outcome]]


def main(arguments: list[str]) -> int:
    """Collect, count, tell."""
    parser = argparse.ArgumentParser(prog="./run province", description="多县数据湖归集与计算 several counties as one")
    parser.add_argument("counties", nargs="+", metavar="CODE=LAKE", help="区划代码=该县的 lake 文件夹 a county's lake")
    parser.add_argument("--out", type=Path, required=True, help="归集到哪里 where they are collected")
    parser.add_argument("--period", default="", help="2025、2025-Q1、2025-03；不写是去年 last year unless told")
    parser.add_argument("--only", nargs="*", default=[], metavar="INDICATOR", help="只算这些指标 only these")
    parser.add_argument("--spark", default="", metavar="MASTER", help="再用 Spark 算一遍并比较 count on Spark too")
    chosen = parser.parse_args(arguments)
    lakes = _lakes(chosen.counties)
    with settings_at_hand():
        django.setup()
        return _run(lakes, chosen)


def _lakes(told: Sequence[str]) -> dict[int, Path]:
    found: dict[int, Path] = {}
    for one in told:
        code, _, folder = one.partition("=")
        if not (code.isdecimal() and len(code) == 6 and folder):
            raise Sentence(f"“{one}”看不懂，应是 区划代码=文件夹。", f"Not understood: {one}. Say CODE=FOLDER.")
        if not (Path(folder) / "manifests").is_dir():
            raise Sentence(f"{folder} 里没有数据湖的快照。", f"No snapshot of a lake in {folder}.")
        found[int(code)] = Path(folder).resolve()
    return found


def _run(lakes: Mapping[int, Path], chosen: argparse.Namespace) -> int:
    from yigongti.kernel.measures import province

    began, progress = time.monotonic(), Progress()
    collected = province.collect(lakes, chosen.out.resolve(), progress=progress)
    progress.close()
    say(f"归集 {len(lakes)} 县，新收 {collected.files:,} 个文件 {collected.rows:,} 行，"
        f"{time.monotonic() - began:.1f} 秒。 Collected.")  # fmt: skip
    period, indicators = _asked(chosen, collected)
    began = time.monotonic()
    here = _counted(province.ProvinceEngine(collected, province.shipped), indicators, period)
    say(f"{len(indicators)} 个指标，{period.code}，本机 {time.monotonic() - began:.1f} 秒。 Counted here.")
    _tell(here, indicators, lakes)
    return _held_against(here, indicators, period, collected, chosen.spark) if chosen.spark else 0


def _asked(chosen: argparse.Namespace, collected: "Collected") -> "tuple[Period, list[Indicator]]":
    from yigongti.kernel.measures.arithmetic import kinds_of, terms
    from yigongti.kernel.measures.catalogues import indicators
    from yigongti.kernel.measures.periods import Period

    period = Period.read(chosen.period or str(_year_before(collected.snapshot.cut)))
    known = {one.code: one for one in indicators().values()
             if "county" in one.levels and period.kind in kinds_of(one) and terms(one, period)}  # fmt: skip
    unknown = set(chosen.only) - set(known)
    if unknown:
        raise Sentence(f"没有指标 {'、'.join(sorted(unknown))}，或不按这一期、不到县一级。", "No such indicator.")
    return period, [known[code] for code in chosen.only or known]


def _year_before(cut: datetime) -> int:
    return cut.year - 1


def _counted(engine: Any, indicators: "Sequence[Indicator]", period: "Period") -> "Figures":
    """Each indicator's figure of every county."""
    from yigongti.kernel.measures.arithmetic import outcomes, terms
    from yigongti.kernel.measures.province import of_county

    asks: list[tuple[Selection, Asked]] = []
    names: list[tuple[str, str]] = []
    for one in indicators:
        for name, term in terms(one, period).items():
            asks.append((term.selection, term.asked("county")))
            names.append((one.code, name))
    measured: dict[str, dict[str, Mapping[Key, Any]]] = {}
    for (code, name), numbers in zip(names, engine.measure_all(asks), strict=True):
        measured.setdefault(code, {})[name] = numbers
    return {
        one.code: {
            of_county(key.place)[0]: outcome
            for key, outcome in outcomes(one, period, measured.get(one.code, {})).items()
            if key.place is not None
        }
        for one in indicators
    }


def _tell(figures: "Figures", indicators: "Sequence[Indicator]", lakes: Mapping[int, Path]) -> None:
    rows = [("指标", "单位", *map(str, lakes))]
    for one in indicators:
        found = figures[one.code]
        said = [str(found[code].value) if code in found and found[code].value is not None else "—" for code in lakes]
        rows.append((one.title, one.unit, *said))
    say(table(rows))


def _held_against(
    here: "Figures", indicators: "Sequence[Indicator]", period: "Period", collected: "Collected", master: str
) -> int:
    """Count on the cluster and say where it differs; a difference is a failure."""
    from yigongti.kernel.measures import province, spark

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        session = spark.session(master)
    except ModuleNotFoundError as missing:
        raise Sentence(
            "没有装 Spark：pip install 'yigongti[spark]'。", "Spark is not installed: extra `spark`."
        ) from missing
    try:
        engine = spark.SparkEngine(session, collected.folder, collected.snapshot, province.shipped)
        began = time.monotonic()
        there = _counted(engine, indicators, period)
        say(f"Spark {time.monotonic() - began:.1f} 秒。 Counted on Spark.")
    finally:
        session.stop()
    odd = [one.title for one in indicators if here[one.code] != there[one.code]]
    say(f"与本机不同的指标：{'、'.join(odd) or '没有'}。 {len(odd)} indicators differ.")
    return 1 if odd else 0
