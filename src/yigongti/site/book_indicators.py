"""The catalogue in the book: each page that owners sign, with the formulas in words; sets, targets, reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from yigongti.kernel import clock
from yigongti.kernel.measures.arithmetic import kinds_of, place_of, selections
from yigongti.kernel.measures.catalogues import Catalogue, Page, signed
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


PERIODS = {"month": "月", "quarter": "季", "year": "年", "to_date": "年初至今"}
LEVELS = {"institution": "机构", "township": "乡镇", "group": "医共体", "county": "县"}
BETTER = {"higher": "越高越好", "lower": "越低越好", "neither": "不分高低"}
POPULATIONS = {"resident": "常住居民", "insured": "本县参保人", "registered": "本县户籍人口", "none": "不限人群"}


def pages() -> dict[str, str]:
    """The contents and every page of every catalogue by file name."""
    printed = [Printed(catalogue) for catalogue in signed]
    found = {f"indicators.{one.name}.md": each.page(one) for each in printed for one in each.catalogue.pages}
    return {"indicators.md": "\n".join(each.contents() for each in printed)} | found


class Printed:
    """One catalogue, with what stands where in it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.known = {one.code: one for told in catalogue.pages for one in told.indicators}
        self.files = {one.code: f"indicators.{told.name}.md" for told in catalogue.pages for one in told.indicators}
        self.readings: dict[str, list[Indicator]] = defaultdict(list)
        for one in self.known.values():
            self.readings[one.variant_of].append(one)

    def link(self, code: str) -> str:
        """To where it is printed, by its title."""
        return f"[{self.known[code].title}]({self.files[code]}#{code})"

    # --- the contents

    def contents(self) -> str:
        """Every page with its figures; the sets of those above; targets; what is due for review."""
        due = [self.link(one.code) for one in overdue(self.known, clock.today())]
        return page(
            "指标",
            f"共 {len(self.known)} 项。每个数都由记录算出，没有人填数；没有收到的数据不当作零。"
            "常住人口是本平台登记为常住的居民，不是统计部门公布的数。“把握”一栏的记号见[参数](parameters.md)。",
            *(section(_head(told), self._figures(told)) for told in self.catalogue.pages),
            *(section(title, self._set(codes)) for title, codes in self.catalogue.sets.items()),
            section("目标", table(("指标", "谁的目标", "目标值", "自", "至", "来源", "把握"), self._targets())),
            section("已过复核日期", bullets(due)),
        )

    def _figures(self, told: Page) -> str:
        rows = [(self.link(one.code), f"`{one.code}`", one.unit, _how(one), one.confidence) for one in told.indicators]
        return table(("指标", "代码", "单位", "怎么来", "把握"), rows)

    def _set(self, told: Mapping[str, tuple[str, ...]]) -> str:
        rows = [(number, "、".join(map(self.link, codes))) for number, codes in told.items()]
        return table(("编号", "指标"), rows)

    def _targets(self) -> list[tuple[str, ...]]:
        return [
            (self.link(one["indicator"]), one["scope"], one["value"], str(one["from"]), str(one.get("by", "")),
             one["source"], one["confidence"])
            for one in self.catalogue.targets
        ]  # fmt: skip

    # --- a page

    def page(self, told: Page) -> str:
        """What its owner signed, figure by figure."""
        figures = [self._one(one) for one in told.indicators]
        return page(_head(told), told.about.partition("。")[2], "[全部指标](indicators.md)", *figures)

    def _one(self, one: Indicator) -> str:
        needs = [self.catalogue.needs[code].title for code in needs_of(one)]
        said = [
            *self._formula(one),
            f"依据：{one.basis} [{one.confidence}]",
            f"单位：{one.unit} · {BETTER[one.better]} · 人群：{POPULATIONS[one.population]}",
            f"每{_list(PERIODS[kind] for kind in kinds_of(one))}算；到{_list(LEVELS[level] for level in one.levels)}",
            *([f"可分：{_list(_dimension(one, name) for name in one.by)}"] if one.by else []),
            *([f"须先收到：{_list(needs)}"] if needs else []),
            *([f"分母不到 {one.least} 不排名"] if one.least else []),
            *self._kin(one),
            f"签发：{one.owner}；核对：{one.checker}；{one.review_before:%Y-%m-%d} 前复核",
            *(f"{change.on:%Y-%m-%d} 改动：{change.what}" for change in one.changes),
        ]
        return f'<a id="{one.code}"></a>\n\n## {one.title}\n\n`{one.code}`\n\n{one.means}\n\n{bullets(said)}'

    def _kin(self, one: Indicator) -> list[str]:
        said = [f"是{self.link(one.variant_of)}的另一种读法：{one.reading}"] if one.variant_of else []
        others = [f"{self.link(other.code)}（{other.reading}）" for other in self.readings[one.code]]
        return said + ([f"另有读法：{_list(others)}"] if others else [])

    # --- formulas

    def _formula(self, one: Indicator) -> list[str]:
        match one.figure:
            case Growth(of=of):
                return [f"比上年同期增长的百分比：{line}" for line in self._plain(one, of)]
            case Count() | Ratio() as plain:
                return self._plain(one, plain)
            case Premature(deaths=deaths, people=people, frm=frm, to=to):
                return [f"死亡：{self._spelled(one, deaths)}", f"人口：{self._spelled(one, people)}",
                        f"按寿命表连乘：{frm}–{to - 1} 岁，五岁一组"]  # fmt: skip
            case Judged(questions=questions):
                return [f"评定：{question.text}" for question in questions]
            case Awaited(need=need):
                return [f"暂不能算，等待：{need}"]

    def _plain(self, one: Indicator, figure: Count | Ratio) -> list[str]:
        times = [f"乘以 {figure.per}"] if figure.per != 1 else []
        if isinstance(figure, Count):
            return [f"数：{self._spelled(one, figure.of)}", *times]
        return [f"分子：{self._spelled(one, figure.of)}", f"分母：{self._spelled(one, figure.over)}", *times]

    def _spelled(self, one: Indicator, of: Selection) -> str:
        by = of.fact.column(place_of(one, of.fact)).title
        years = f"，连续 {one.window} 年合并" if one.window > 1 else ""
        return f"{self.catalogue.spelled(of)}（按{by}）{years}"


def _head(told: Page) -> str:
    return told.about.partition("。")[0]


def _how(one: Indicator) -> str:
    match one.figure:
        case Judged():
            return "由人评定"
        case Awaited():
            return "等待"
    return "计算"


def _list(told: Iterable[str]) -> str:
    return "、".join(told)


def _dimension(one: Indicator, name: str) -> str:
    return "年龄组" if name == AGE_BAND else selections(one)[0].fact.column(name).title
