"""What people of the demonstration have made of its figures: rankings, an appeal, a brief, judgements, a report.

Figures are computed in the background after the county stands, so this runs then, once. Like the cases, each act is
the real action of a real post at its own time, with four eyes; every text says that it is a demonstration.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Count

from yigongti.indicators import catalogue
from yigongti.indicators.actions import appeal
from yigongti.indicators.brief import actions as briefs
from yigongti.indicators.models import Brief, FrozenCell, Release, Run, Value
from yigongti.indicators.policy.briefs import OUTLINES
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post, Unit
from yigongti.kernel.access.sign_in import actor_of
from yigongti.kernel.measures.periods import Period, after
from yigongti.kernel.refusal import Refusal
from yigongti.kernel.workflow import engine
from yigongti.simulator.proving import prove, report


log = structlog.get_logger()

LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('simulator.deciding'))"
SAID = "演示数据。"
RANKINGS = (
    "hypertension_standard", "grassroots_visit_share_of_residents", "in_county_visit_share", "hypertension_control",
    "diabetes_standard", "elderly_check", "health_record_rate", "managed_hospitalised",
)  # fmt: skip
"""What township centres may be ranked by; those come first that have figures for most of them."""
FEWEST = 4
"""Of fewer centres that may be shown there is no ranking to look at."""
BACK = 8
"""So many months back a month is looked for of which everything has arrived."""


def decide() -> bool:
    """All of it, if figures stand and nobody has put up any of them yet; whether it was done."""
    if Release.objects.exists() or not Run.objects.filter(ended_at__isnull=False).exists():
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        return bool(cursor.fetchone()[0]) and not Release.objects.exists() and Deciding().run()


class Deciding:
    """The people who do it, and what they find."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.quality, self.bureau, self.president = _first("quality_officer"), _first("bureau"), _first("president")
        self.head = _shown("yuanzhang") or _first("township_head")
        self.county = Unit.objects.get(kind="county", parent=None)

    def run(self) -> bool:
        """Each part for itself: a small county lacks figures for some."""
        month = self._whole_month()
        if month is None:
            return False
        year = Period.of("year", self.now.date() - timedelta(days=379))  # the last that is over for two weeks
        for part in (
            self._rankings, partial(self._month, month), partial(self._brief, month), partial(self._year, year),
            partial(prove, self.quality, self.bureau), partial(report, self.quality, year),
        ):  # fmt: skip
            self._try(part)
        return Release.objects.exists()

    def _try(self, part: Callable[[], object]) -> bool:
        """Whether it could be done."""
        try:
            with transaction.atomic():
                part()
        except Refusal as refusal:
            log.info("demonstration.refused", why=str(refusal))
            return False
        return True

    # --- rankings of township centres

    def _rankings(self) -> None:
        found = sorted((one for code in RANKINGS if (one := self._rankable(code))), key=lambda one: -one[2])
        stages = (self._published, self._doubted, self._put_up)
        for (code, period, _), stage in zip(found, stages, strict=False):
            stage(code, "township", period)

    def _rankable(self, code: str) -> tuple[str, Period, int] | None:
        """An indicator with the last of its periods, over for two weeks, in which enough centres have figures that may
        be shown, and how many have."""
        known = catalogue.named(code)
        if known is None or "township" not in known.levels:
            return None
        rows = Value.objects.filter(indicator=code, level="township", small=False).exclude(value=None)
        counted = rows.values("period", "starts").annotate(n=Count("pk")).filter(n__gte=FEWEST)
        for row in counted.order_by("-starts", "-period")[:BACK]:
            period = Period.read(row["period"])
            if self._over(period):
                return code, period, row["n"]
        return None

    def _over(self, period: Period) -> bool:
        return period.ends <= self.now.date() - timedelta(days=14)

    def _compose(self, what: str, level: str, period: Period, *, days: int, note: str = "") -> str:
        given = {"what": what, "level": level, "period": period.code, "note": f"{SAID}{note}"}
        with self._ago(days, 10):
            return engine.begin(by=self.quality, workflow="indicators.release", step="compose", given=given).number

    def _review(self, number: str, *, days: int) -> None:
        with self._ago(days, 9):
            verdict = f"{SAID}分子、分母与源头数据抽查相符，同意进入异议期。"
            engine.take(by=self.bureau, number=number, step="review", given={"verdict": verdict})

    def _frozen(self, what: str, level: str, period: Period, note: str = "") -> str:
        number = self._compose(what, level, period, days=12, note=note)
        self._review(number, days=11)
        engine.take(by=self.bureau, number=number, step="freeze", given={})
        return number

    def _published(self, what: str, level: str, period: Period, note: str = "") -> None:
        number = self._frozen(what, level, period, note)
        engine.take(by=self.bureau, number=number, step="publish", given={})

    def _doubted(self, what: str, level: str, period: Period) -> None:
        """In its window of appeals, with one that nobody has answered."""
        number = self._compose(what, level, period, days=3)
        self._review(number, days=2)
        cells = FrozenCell.objects.filter(release__case__number=number, place_id=self.head.unit_id)
        with self._ago(1, 16):
            for cell in cells[:1]:
                said = f"{SAID}分母里有两位居民去年已迁出本乡，档案还挂在我们名下，请核对后再定。"
                appeal(by=self.head, cell=cell.pk, said=said)

    def _put_up(self, what: str, level: str, period: Period) -> None:
        self._compose(what, level, period, days=1)

    # --- the figures of a month, and what is written from them

    def _whole_month(self) -> Period | None:
        """The last month of which the county's claims are complete; else the last that is over."""
        last = Period.of("month", self.now.date() - timedelta(days=14))
        back = [Period(after(last.starts, -n), 1) for n in range(1, BACK + 1)]
        rows = Value.objects.filter(level="county", indicator="in_county_visit_share").exclude(value=None)
        told = dict(rows.filter(period__in=[one.code for one in back]).values_list("period", "status"))
        final = [one for one in back if told.get(one.code) == "final"]
        return next(iter([*final, *(one for one in back if one.code in told)]), None)

    def _families(self, kind: str) -> list[str]:
        codes = [code for section in OUTLINES[kind].sections for code in section.codes]
        return list(dict.fromkeys(one.family for code in codes if (one := catalogue.named(code))))

    def _month(self, month: Period) -> None:
        """What the brief speaks of, with the year before; one family more is frozen and waits to be published."""
        told = self._families("daily")
        for family in told:
            self._try(partial(self._published, family, "county", month.year_before, "上年同期，供比较。"))
            self._try(partial(self._published, family, "county", month))
        rest = [one for one in catalogue.families() if one not in told]
        any(self._try(partial(self._frozen, family, "county", month)) for family in rest)

    def _brief(self, month: Period) -> None:
        """The bureau's daily brief: drafted from what is published, its words edited, issued."""
        made = briefs.begin_brief(by=self.bureau, kind="daily", level="county", place=self.county.pk, period=month)
        row = Brief.objects.get(pk=made.data["id"])
        text = f"{row.text}\n\n下一步，各成员单位对照差距逐项整改。\n\n（{SAID}）"
        briefs.edit_brief(by=self.bureau, brief=row.pk, version=row.version, title=row.title, text=text,
                          reason="补写下一步打算")  # fmt: skip
        briefs.issue_brief(by=self.bureau, brief=row.pk, version=row.version + 1)

    def _year(self, year: Period) -> None:
        """The group's own figures of a year, which its report will be written from; and a draft of the president's."""
        for family in self._families("annual"):
            self._try(partial(self._published, family, "group", year))
        briefs.begin_brief(by=self.president, kind="reform", level="group", place=self.president.unit_id, period=year)

    def _ago(self, days: int, hour: int) -> Any:
        day = self.now.date() - timedelta(days=days)
        return clock.stands_at(datetime.combine(day, time(hour, 12), tzinfo=clock.COUNTY_ZONE))


def _first(role: str) -> Actor:
    return actor_of(_posts().filter(role=role).earliest("pk"))


def _shown(login: str) -> Actor | None:
    """Whoever signs in by this name."""
    account = Account.objects.filter(login=login).first()
    post = _posts().filter(account=account).first() if account else None
    return actor_of(post) if post else None


def _posts() -> Any:
    return Post.objects.select_related("account", "unit", "covering__account")
