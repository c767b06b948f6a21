"""Data staff: what each agreement is worth as evidence of one human, since when, and how right the last run was."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Column, Row
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.parameters import values
from yigongti.residents.matching.weights import Weights
from yigongti.residents.models import MatchRun
from yigongti.residents.policy.matching import COMPARISONS, FIRST, REVIEW, Comparison, Level
from yigongti.residents.queries import persons


def ran(latest: MatchRun | None) -> list[str]:
    """When the whole index was compared last, and in a demonstration how right that was."""
    if latest is None:
        return []
    words = "全县比对（{ended}）：{rows} 份登记，疑似 {likely} 对，新提出 {raised} 对，登记有变重新提出 {reopened} 对。"
    said = say(
        words, ended=exact_date(latest.ended_at), rows=f"{latest.rows:,}", likely=f"{latest.likely:,}",
        raised=f"{latest.raised:,}", reopened=latest.reopened,
    )  # fmt: skip
    return [said, *_measured(latest.measured)]


def _measured(seen: dict[str, int]) -> list[str]:
    if not seen or not seen["likely"] or not seen["true"]:
        return []
    words = (
        "与演示县的真相比：{likely} 对疑似里 {both} 对是同一人（查准 {precision}%）；{true} 对重复登记找到 {recall}%。"
    )
    share = {"precision": 100 * seen["both"] / seen["likely"], "recall": 100 * seen["both"] / seen["true"]}
    counts = {name: f"{seen[name]:,}" for name in ("likely", "both", "true")}
    return [say(words, **counts, **{name: f"{part:.1f}" for name, part in share.items()})]


@page("residents.matching", "identity/matching", title="比对权重", permission="residents.duplicates")
def matching(request: Request) -> HttpResponse:
    """The weights in force, a line a level."""
    weights = persons.weights_in_force(for_=request.actor)
    context = {
        "title": say("比对权重"),
        "lines": [*ran(persons.latest_match(for_=request.actor)), *(_about(weights) if weights else ())],
        "columns": [Column(label=say("比对什么")), Column(label=say("结果"))]
        + [Column(label=say(label), numeric=True) for label in ("同一人中占 %", "不同人中占 %", "分量（位）")],
        "rows": [_row(weights, one, level) for one in COMPARISONS for level in one.levels] if weights else [],
        "more_url": "",
    }
    return render(request, "residents/duplicates.html", context)


def _about(weights: Weights) -> list[str]:
    """Where they come from, and what is done with the sum."""
    thresholds = {"review": values.number(REVIEW), "first": values.number(FIRST)}
    return [
        say("权重：{version}。", version=weights.version),
        say(
            "各项相加得出把握：{review}% 起交数据员核对，{first}% 起排在最前；程序不自行合并，只有证件能直接认定。",
            **thresholds,
        ),
        say("每多一位，是同一人的可能与不是的可能之比加一倍。姓名和电话的相同，按县里有多少人共用另算。"),
    ]


def _row(weights: Weights, one: Comparison, level: Level) -> Row:
    same, chance = 100 * weights.same(one, level.code), 100 * weights.chance(one, level.code)
    return Row(cells=[say(one.title), say(level.says), f"{same:.2f}", f"{chance:.5f}",
                      f"{weights.bits(one, level.code):+.1f}"])  # fmt: skip
