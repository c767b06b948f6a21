"""The catalogue in the book: each page that owners sign, with the formulas in words; sets, targets, reviews."""

from __future__ import annotations

from collections import defaultdict
from types import ModuleType

from yigongti.indicators.policy import soundness
from yigongti.indicators.policy.families import PAGES
from yigongti.indicators.policy.needs import NEEDS
from yigongti.indicators.policy.sets import SETS
from yigongti.indicators.spelled import spelled
from yigongti.kernel import clock
from yigongti.kernel.measures.arithmetic import place_of, selections
from yigongti.kernel.measures.checks import overdue
from yigongti.kernel.measures.completeness import needs_of
from yigongti.kernel.measures.words import (
    AGE_BAND,
    Awaited,
    Count,
    Growth,
    Indicator,
    Judged,
    Premature,
    Ratio,
    Selection,
)
from yigongti.site.book_markup import bullets, page, section, table


PERIODS = {"month": "月", "quarter": "季", "year": "年"}
LEVELS = {"institution": "机构", "township": "乡镇", "group": "医共体", "county": "县"}
BETTER = {"higher": "越高越好", "lower": "越低越好", "neither": "不分高低"}
POPULATIONS = {"resident": "常住居民", "insured": "本县参保人", "registered": "本县户籍人口", "none": "不限人群"}


def pages() -> dict[str, str]:
    """The contents and every family's page by file name."""
    return {"indicators.md": _contents()} | {f"indicators.{_name(one)}.md": _page(one) for one in PAGES}


def _name(one: ModuleType) -> str:
    return one.__name__.rpartition(".")[2]


def _signed(one: ModuleType) -> list[Indicator]:
    return [thing for thing in vars(one).values() if isinstance(thing, Indicator)]


# --- the contents


def _contents() -> str:
    known = soundness.catalogue()
    where = {indicator.code: _link(module, indicator) for module in PAGES for indicator in _signed(module)}
    return page(
        "指标",
        f"共 {len(known)} 项。每个数都由记录算出，没有人填数；没有收到的数据不当作零。"
        "常住人口是本平台登记为常住的居民，不是统计部门公布的数。“把握”一栏的记号见[参数](parameters.md)。",
        *(f"## {_head(one)}\n\n{table(('指标', '代码', '单位', '怎么来', '把握'), _rows(one))}" for one in PAGES),
        *(section(title, table(("编号", "指标"), ((number, "、".join(where[code] for code in codes))
                                                for number, codes in one.items()))) for title, one in SETS.items()),
        section("目标", table(("指标", "谁的目标", "目标值", "自", "至", "来源", "把握"), _targets(where))),
        section("已过复核日期", bullets(where[one.code] for one in overdue(known, clock.today()))),
    )  # fmt: skip


def _head(one: ModuleType) -> str:
    return _doc(one).partition("。")[0]


def _doc(one: ModuleType) -> str:
    return "".join((one.__doc__ or "").split("\n"))


def _link(module: ModuleType, one: Indicator) -> str:
    return f"[{one.title}](indicators.{_name(module)}.md#{one.code})"


def _rows(module: ModuleType) -> list[tuple[str, ...]]:
    return [(_link(module, one), f"`{one.code}`", one.unit, _how(one), one.confidence) for one in _signed(module)]


def _how(one: Indicator) -> str:
    match one.figure:
        case Judged():
            return "由人评定"
        case Awaited():
            return "等待"
    return "计算"


def _targets(where: dict[str, str]) -> list[tuple[str, ...]]:
    return [
        (where[one["indicator"]], one["scope"], one["value"], str(one["from"]), str(one.get("by", "")), one["source"],
         one["confidence"])
        for one in soundness.targets()
    ]  # fmt: skip


# --- a page


def _page(module: ModuleType) -> str:
    known = soundness.catalogue()
    readings: dict[str, list[Indicator]] = defaultdict(list)
    for one in known.values():
        readings[one.variant_of].append(one)
    return page(
        _head(module), _doc(module).partition("。")[2], "[全部指标](indicators.md)",
        *(_one(one, known, readings[one.code]) for one in _signed(module)),
    )  # fmt: skip


def _one(one: Indicator, known: dict[str, Indicator], readings: list[Indicator]) -> str:
    said = [
        *_formula(one),
        f"依据：{one.basis} [{one.confidence}]",
        f"单位：{one.unit} · {BETTER[one.better]} · 人群：{POPULATIONS[one.population]}",
        f"每{'、'.join(PERIODS[kind] for kind in one.periods)}算；到{'、'.join(LEVELS[level] for level in one.levels)}",
        *([f"可分：{'、'.join(_dimension(one, name) for name in one.by)}"] if one.by else []),
        *([f"须先收到：{'、'.join(NEEDS[code].title for code in needs_of(one))}"] if needs_of(one) else []),
        *([f"分母不到 {one.least} 不排名"] if one.least else []),
        *([f"是[{known[one.variant_of].title}]({_file(one.variant_of)})的另一种读法：{one.reading}"]
          if one.variant_of else []),
        *([f"另有读法：{'、'.join(f'{other.title}（{other.reading}）' for other in readings)}"] if readings else []),
        f"签发：{one.owner}；核对：{one.checker}；{one.review_before:%Y-%m-%d} 前复核",
        *(f"{change.on:%Y-%m-%d} 改动：{change.what}" for change in one.changes),
    ]  # fmt: skip
    return f'<a id="{one.code}"></a>\n\n## {one.title}\n\n`{one.code}`\n\n{one.means}\n\n{bullets(said)}'


def _file(code: str) -> str:
    module = next(one for one in PAGES if any(indicator.code == code for indicator in _signed(one)))
    return f"indicators.{_name(module)}.md#{code}"


def _dimension(one: Indicator, name: str) -> str:
    return "年龄组" if name == AGE_BAND else selections(one)[0].fact.column(name).title


def _formula(one: Indicator) -> list[str]:
    match one.figure:
        case Growth(of=of):
            return [f"比上年同期增长的百分比：{line}" for line in _plain(one, of)]
        case Count() | Ratio() as plain:
            return _plain(one, plain)
        case Premature() as chained:
            bands = f"{chained.frm}–{chained.to - 1} 岁，五岁一组"
            return [f"死亡：{spelled(chained.deaths)}", f"人口：{spelled(chained.people)}", f"按寿命表连乘：{bands}"]
        case Judged(questions=questions):
            return [f"评定：{question.text}" for question in questions]
        case Awaited(need=need):
            return [f"暂不能算，等待：{need}"]
    raise LookupError(one.code)


def _plain(one: Indicator, figure: Count | Ratio) -> list[str]:
    years = f"，连续 {one.window} 年合并" if one.window > 1 else ""
    if isinstance(figure, Count):
        return [f"数：{spelled(figure.of)}{_by(one, figure.of)}{years}"]
    return [
        f"分子：{spelled(figure.of)}{_by(one, figure.of)}{years}",
        f"分母：{spelled(figure.over)}{_by(one, figure.over)}{years}",
        *([f"乘以 {figure.per}"] if figure.per != 1 else []),
    ]


def _by(one: Indicator, of: Selection) -> str:
    return f"（按{of.fact.column(place_of(one, of.fact)).title}）"
