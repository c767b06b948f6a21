"""What the demonstration's people make of its figures: by their own hands, once, and never where a county has begun."""

from __future__ import annotations

from datetime import date

import pytest

from tests import factories
from yigongti.indicators.brief.models import AnnualReport, Brief
from yigongti.indicators.models import Appeal, Judgement, Release, Run, Value
from yigongti.kernel import clock
from yigongti.kernel.measures.periods import Period, after
from yigongti.kernel.workflow.models import Act
from yigongti.simulator import decide


RANKED = ("hypertension_standard", "grassroots_visit_share_of_residents", "hypertension_control")


def figures(level, places, codes, periods):
    """Figures as if they had been computed."""
    cut = factories.at("2026-11-20 03:00")
    Value.objects.bulk_create(
        Value(indicator=code, version="v", level=level, place_id=place.pk, period=one.code, starts=one.starts,
              status="final", numerator=60 + n, denominator=100, value=60 + n, n=100, snapshot="手", cut=cut)
        for code in codes for one in periods for n, place in enumerate(places)
    )  # fmt: skip


@pytest.fixture
def county(db, settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    with clock.stands_at(factories.at("2026-11-20 09:00")):
        made = factories.county()
        made.head = factories.actor("township_head", made.township, name="院长甲")
        for role, place in (("quality_officer", made.group), ("bureau", made.root), ("president", made.group)):
            setattr(made, role, factories.actor(role, place))
        yield made


def computed(made):
    Run.objects.create(began_at=clock.now(), ended_at=clock.now(), cut=clock.now(), snapshot="手")
    year = Period.read("2025")
    months = [Period(after(date(2026, 10, 1), -n), 1) for n in range(24)]
    figures("township", [made.township, made.township2, made.foreign_township, made.hospital], RANKED, [year])
    figures("county", [made.root], ("in_county_visit_share", "discharges_growth", "referral_timely"), months)
    figures("group", [made.group], ("grassroots_visit_share", "hypertension_control"), [year])


def test_nothing_is_decided_before_figures_stand(county):
    assert decide() is False


def test_everything_is_there_once_by_four_eyes_and_said_to_be_a_demonstration(county):
    computed(county)
    assert decide() is True
    assert decide() is False
    townships = Release.objects.filter(level="township")
    assert sorted(townships.values_list("case__state", flat=True)) == ["computed", "published", "reviewed"]
    assert Appeal.objects.get().answered_at is None
    assert Release.objects.filter(level="county", case__state="frozen").count() == 1
    assert all("演示数据" in note for note in Release.objects.values_list("note", flat=True))
    hands = {(act.case_id, act.step): act.post_id for act in Act.objects.filter(case__workflow="indicators.release")}
    assert all(post == county.quality_officer.post_id for (_, step), post in hands.items() if step == "compose")
    assert all(post == county.bureau.post_id for (_, step), post in hands.items() if step != "compose")
    brief = Brief.objects.get(kind="daily")
    assert brief.issued_at
    assert "演示数据" in brief.text
    assert brief.edits.count() == 1
    assert Brief.objects.get(kind="reform").issued_at is None
    assert Judgement.objects.exclude(confirmed_at=None).count() == 1
    assert AnnualReport.objects.get(place=county.group).case.state == "signing"
