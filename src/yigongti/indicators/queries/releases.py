"""Releases: what is in force, how they show in lists and on their case, what has moved since they were taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from yigongti.indicators import catalogue
from yigongti.indicators.models import Appeal, FrozenCell, Release, Value
from yigongti.indicators.queries.cells import SEE, plain
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.rooms import CaseRow, Panel
from yigongti.organisations.queries import on_ground


SAID = ("value", "numerator", "denominator", "status", "version")
"""What makes a figure another one."""
MOST = 400
"""So many figures stand on the case's page; all of them are in the ranking."""


def in_force(*, for_: Actor, what: str, level: str, period: str) -> Release | None:
    """The published release that no other has corrected."""
    for_.require(SEE)
    return (
        Release.objects.select_related("case")
        .filter(what=what, level=level, period=period, published_at__isnull=False, superseded_at=None)
        .first()
    )


def open_cells(*, for_: Actor) -> QuerySet[FrozenCell]:
    """The cells on the reader's ground of releases in their window of appeals."""
    for_.require(SEE)
    return FrozenCell.objects.filter(on_ground("place__", for_=for_), release__case__state="reviewed")


def doubtable(*, for_: Actor) -> list[Release]:
    """Releases in their window of appeals that tell of a place on which the reader acts, the first to close first."""
    for_.require(SEE)
    mine = FrozenCell.objects.filter(for_.reach("place__"), release__case__state="reviewed").values("release_id")
    found = Release.objects.select_related("case").filter(pk__in=mine, appeals_until__gte=clock.today())
    return list(found.order_by("appeals_until", "pk"))


def unanswered(*, for_: Actor) -> list[Appeal]:
    """Appeals on the reader's ground that wait for their answer, oldest first."""
    for_.require(SEE)
    found = Appeal.objects.filter(on_ground("place__", for_=for_), answered_at=None)
    return list(found.select_related("place", "release__case").order_by("at"))


def published(*, for_: Actor, most: int = 50) -> list[Release]:
    """What is published, newest first."""
    for_.require(SEE)
    found = Release.objects.select_related("case").filter(published_at__isnull=False)
    return list(found.order_by("-published_at")[:most])


def under_way(*, for_: Actor, most: int = 50) -> list[Release]:
    """What is open for appeals, or still on its way for those who release."""
    for_.require(SEE)
    states = ("computed", "reviewed", "frozen") if for_.may("indicators.release.follow") else ("reviewed",)
    found = Release.objects.select_related("case").filter(case__state__in=states)
    return list(found.order_by("-case__opened_at")[:most])


def moved(*, for_: Actor, release: Release) -> list[FrozenCell]:
    """The figures of a release that the data would give differently now."""
    for_.require(SEE)
    now = {
        (one.indicator, one.place_id): tuple(getattr(one, name) for name in SAID)
        for one in Value.objects.filter(
            indicator__in=[one.code for one in catalogue.of_what(release.what)], level=release.level,
            period=release.period,
        )
    }  # fmt: skip
    cells = FrozenCell.objects.filter(release=release).select_related("place")
    return [one for one in cells if now.get((one.indicator, one.place_id)) != tuple(getattr(one, n) for n in SAID)]


def appeals(*, for_: Actor, release: Release) -> list[Appeal]:
    """The appeals that the reader may see: all for who publishes, else those of the own ground."""
    for_.require(SEE)
    found = Appeal.objects.filter(release=release).select_related("place", "by__account", "answered_by__account")
    return list(found.filter(on_ground("place__", for_=for_)).order_by("at"))


def cells_of(*, for_: Actor, release: Release) -> list[FrozenCell]:
    """The figures of a release on the reader's ground."""
    for_.require(SEE)
    found = FrozenCell.objects.filter(on_ground("place__", for_=for_), release=release).select_related("place")
    return list(found.order_by("indicator", F("value").desc(nulls_last=True), "place__path"))


# --- on its case


def rows(case_ids: list[int]) -> Mapping[int, CaseRow]:
    """What is to be released, in lists of cases."""
    found = Release.objects.filter(pk__in=case_ids).values_list("pk", "title", "level", "version")
    return {
        pk: CaseRow(name=title, what=" · ".join([say(code_lists["indicators.level"].label(level)),
                                                 say("第 {n} 版", n=version)]))
        for pk, title, level, version in found
    }  # fmt: skip


def _cells(*, for_: Actor, case: Case, facts: Release) -> Mapping[str, Any]:
    found = cells_of(for_=for_, release=facts)
    named = {one.code: say(one.title) for one in catalogue.of_what(facts.what)}
    return {
        "release": facts, "count": len(found), "number": case.number, "moved": len(moved(for_=for_, release=facts)),
        "cells": [
            (named.get(one.indicator, one.indicator), one.place.name, plain(one.value), one.status)
            for one in found[:MOST]
        ],
        "appeals": appeals(for_=for_, release=facts),
    }  # fmt: skip


PANELS = {"cells": Panel(template="indicators/panels/cells.html", context=_cells)}
