"""Releases: four eyes, a window for the measured, frozen by the database, corrected by a new version."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.access.conftest import signed_in
from tests.indicators.counted import GOOD, by_hand, computed, rows_at
from yigongti.indicators import catalogue, queries
from yigongti.indicators.actions import answer_appeal, appeal
from yigongti.indicators.models import FrozenCell, Release, Value
from yigongti.indicators.queries import behind
from yigongti.kernel import clock
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.parameters.codes import CodeList, Entry, code_lists
from yigongti.kernel.refusal import NotAllowed, NotFound, Refusal
from yigongti.kernel.workflow import engine
from yigongti.kernel.workflow.refusals import SameHand


OCTOBER = Period.read("2026-10")
GIVEN = {"what": GOOD.code, "level": "institution", "period": "2026-10"}


@pytest.fixture
def county(db, monkeypatch):
    listed = code_lists["indicators.what"]
    more = (*listed.entries, Entry(code=GOOD.code, label=GOOD.title))
    monkeypatch.setitem(code_lists, "indicators.what",
                        CodeList(code=listed.code, title=listed.title, source=listed.source, entries=more))  # fmt: skip
    with clock.stands_at(factories.at("2026-11-20 09:00")):
        made = factories.county()
        catalogue.enter(GOOD)
        made.engine = by_hand(made, rows_at(made.village, good=30, bad=10), rows_at(made.hospital, good=70, bad=30))
        computed(made.engine, GOOD)
        made.quality = factories.actor("quality_officer", made.group)
        made.bureau = factories.actor("bureau", made.root)
        made.head = factories.actor("township_head", made.township)
        yield made
        catalogue.leave(GOOD)


def composed(county, by=None, **more):
    return engine.begin(
        by=by or county.quality, workflow="indicators.release", step="compose", given={**GIVEN, **more}
    ).number


def take(by, number, step, **given):
    engine.take(by=by, number=number, step=step, given=given)


def later(days):
    return clock.stands_at(clock.now() + timedelta(days=days))


def through(county, **more):
    """Composed, reviewed, its window over, frozen and published."""
    number = composed(county, **more)
    take(county.bureau, number, "review", verdict="已核对")
    with later(6):
        take(county.bureau, number, "freeze")
        take(county.bureau, number, "publish")
    return number


def seen(who, place):
    places = queries.places(for_=who)
    return queries.cell(for_=who, indicator=GOOD.code, level="institution", place=places.by_id[place.pk],
                        period=OCTOBER)  # fmt: skip


def test_what_is_published_opens_in_the_data_from_which_it_was_counted(county, monkeypatch):
    place = queries.places(for_=county.quality).by_id[county.village.pk]
    sought = queries.Sought(indicator=GOOD, level="institution", place=place, period=OCTOBER, side="of")
    asked = []
    monkeypatch.setattr(behind, "engine", lambda *, as_of=None: asked.append(as_of) or county.engine)
    queries.rows_behind(for_=county.quality, sought=sought)
    through(county)
    queries.rows_behind(for_=county.quality, sought=sought)
    assert asked == [None, FrozenCell.objects.values_list("cut", flat=True).first()]


def recomputed(county, good):
    county.engine = by_hand(
        county, rows_at(county.village, good=good, bad=10), rows_at(county.hospital, good=70, bad=30)
    )
    computed(county.engine, GOOD)


@pytest.mark.requirement("R22", "R153")
def test_published_figures_stay_as_they_were_frozen_and_say_what_has_moved_since(county):
    number = through(county)
    found = Release.objects.get(case__number=number)
    assert found.fingerprint
    assert seen(county.quality, county.village).release == number
    recomputed(county, 60)
    now = seen(county.quality, county.village)
    assert now.value == 75
    assert str(now.moved).startswith("85.71")
    assert "数据后来有变化" in signed_in(county.quality).get(
        f"/figures/{GOOD.code}?place={county.village.pk}&period=2026-10"
    ).content.decode()  # fmt: skip


def test_the_database_itself_refuses_to_change_what_is_frozen(county):
    through(county)
    add = (
        "INSERT INTO indicators_frozencell (indicator, version, level, period, starts, status, small, why, gaps, "
        "snapshot, cut, fingerprint, place_id, release_id) SELECT 'x', version, level, period, starts, status, small, "
        "why, gaps, snapshot, cut, fingerprint, place_id, release_id FROM indicators_frozencell LIMIT 1"
    )
    statements = (
        "UPDATE indicators_frozencell SET value = 99", "DELETE FROM indicators_frozencell", add,
        "UPDATE indicators_release SET frozen_at = NULL, published_at = NULL",
        "UPDATE indicators_release SET fingerprint = ''",
    )  # fmt: skip
    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.never(
    "quality_officer.publish", "quality_officer.figures", "president.figures", "township_head.ranking",
    "township_head.indicators",
)  # fmt: skip
def test_neither_the_president_nor_who_is_measured_can_touch_a_release(county):
    number = composed(county)
    president = factories.actor("president", county.group)
    for who in (president, county.head, county.quality):
        for step in ("review", "freeze", "publish", "withdraw"):
            with pytest.raises((NotAllowed, NotFound)):
                take(who, number, step, verdict="好", why="不好")
    for who in (president, county.head, county.quality):
        if who is not county.quality:
            with pytest.raises(NotAllowed):
                composed(county, by=who)
        before = list(Value.objects.order_by("pk").values_list("pk", "value"))
        for address in (f"/figures/{GOOD.code}", f"/figures/{GOOD.code}/target", f"/figures/{GOOD.code}/ranking",
                        "/indicators", f"/indicators/releases/{number}", "/indicators/appeals/1"):  # fmt: skip
            typed = {"key": str(uuid.uuid4()), "value": "99", "level": "county", "begins": "2026-01-01", "source": "我"}
            assert signed_in(who).post(address, typed).status_code in (200, 403, 404)
        assert list(Value.objects.order_by("pk").values_list("pk", "value")) == before
    assert Release.objects.get().case.state == "computed"


def test_who_proposes_does_not_review_and_the_window_must_be_over(county):
    own = composed(county, by=county.bureau)
    with pytest.raises(SameHand):
        take(county.bureau, own, "review", verdict="好")
    take(county.bureau, own, "withdraw", why="换人提")
    number = composed(county)
    take(county.bureau, number, "review", verdict="已核对")
    with pytest.raises(Refusal, match="异议期到 2026-11-25"):
        take(county.bureau, number, "freeze")


@pytest.mark.requirement("R153")
def test_an_appeal_is_answered_before_anything_is_frozen(county):
    number = composed(county)
    take(county.bureau, number, "review", verdict="已核对")
    mine = FrozenCell.objects.get(place_id=county.village.pk)
    other = FrozenCell.objects.get(place_id=county.hospital.pk)
    with pytest.raises(NotFound):
        appeal(by=county.head, cell=other.pk, said="不是我的")
    with pytest.raises(NotAllowed):
        appeal(by=factories.actor("president", county.group), cell=mine.pk, said="改高")
    said = appeal(by=county.head, cell=mine.pk, said="我们有 35 次规范的")
    page = signed_in(county.head).get(f"/indicators/releases/{number}").content.decode()
    assert "我们有 35 次规范的" in page
    assert "县人民医院" not in page.split("<h2>异议</h2>")[1]
    foreign = factories.actor("township_head", county.foreign_township)
    assert "我们有 35" not in signed_in(foreign).get(f"/indicators/releases/{number}").content.decode()
    with later(6):
        with pytest.raises(Refusal, match="还有 1 条异议"):
            take(county.bureau, number, "freeze")
        pk = int(said.number.removeprefix("YY"))
        key = str(uuid.uuid4())
        typed = {"key": key, "answer": "核对了原始记录，不改", "upheld": "no"}
        assert signed_in(county.bureau).post(f"/indicators/appeals/{pk}", typed).status_code == 303
        with pytest.raises(NotFound):
            answer_appeal(by=county.bureau, appeal=pk, answer="再答", upheld=True)
        take(county.bureau, number, "freeze")
        with pytest.raises(NotFound):
            appeal(by=county.head, cell=mine.pk, said="晚了")


def test_what_moved_after_the_review_is_taken_and_reviewed_again(county):
    number = composed(county)
    take(county.bureau, number, "review", verdict="已核对")
    recomputed(county, 20)
    with later(6):
        with pytest.raises(Refusal, match="1 个数字不同"):
            take(county.bureau, number, "freeze")
        take(county.quality, number, "renew")
        assert Release.objects.get().case.state == "computed"
        assert FrozenCell.objects.get(place_id=county.village.pk).numerator == 20


@pytest.mark.requirement("R155")
def test_a_correction_is_a_new_version_with_its_reason_and_the_old_one_is_kept(county):
    first = through(county)
    recomputed(county, 20)
    with later(7):
        with pytest.raises(Refusal, match="更正的理由"):
            composed(county)
        second = composed(county, doubt="南街卫生室重复上报 10 次")
        take(county.bureau, second, "review", verdict="已核对")
        with later(6):
            take(county.bureau, second, "freeze")
            take(county.bureau, second, "publish")
    old, new = (Release.objects.get(case__number=number) for number in (first, second))
    assert (old.case.state, new.version, new.earlier) == ("superseded", 2, old)
    assert old.superseded_at
    assert old.cells.get(place_id=county.village.pk).numerator == 30
    now = seen(county.quality, county.village)
    assert (now.numerator, now.release, now.release_version) == (20, second, 2)
    assert "更正理由" in signed_in(county.head).get(f"/indicators/releases/{second}").content.decode()


@pytest.mark.parametrize("period", ["2026-11", "2026-13", "甲", "2027"])
def test_only_periods_that_are_over_and_have_figures_are_released(county, period):
    with pytest.raises(Refusal):
        composed(county, period=period)
    with pytest.raises(Refusal, match="没有算出"):
        composed(county, level="group", period="2025-01")


def test_the_lists_and_the_case_s_own_page_open_for_who_releases(county):
    number = composed(county)
    for who in (county.quality, county.bureau):
        client = signed_in(who)
        assert GOOD.title in client.get("/indicators/releases").content.decode()
        page = client.get(f"/cases/{number}").content.decode()
        assert "看整页、异议和排名" in page
        assert client.get(f"/new/indicators.release?what={GOOD.code}&level=township").status_code == 200
    assert (
        number in signed_in(county.bureau).get("/").content.decode()
        or GOOD.title in signed_in(county.bureau).get("/").content.decode()
    )
    assert signed_in(county.head).get(f"/indicators/releases/{number}").status_code == 404


@pytest.mark.requirement("R22")
def test_what_is_judged_is_answered_with_evidence_by_the_bureau_and_shown_with_who_said_it(county):
    client, key = signed_in(county.bureau), str(uuid.uuid4())
    address = f"/figures/unified_resources/judge?place={county.group.pk}&period=2025"
    typed = {"key": key, "question": "staff", "answer": "partly", "evidence": ""}
    assert client.post(address, typed).status_code == 422
    typed |= {"key": str(uuid.uuid4()), "evidence": "介人社发 3 号"}
    assert client.post(address, typed).status_code == 303
    for who in (county.bureau, county.quality):
        page = signed_in(who).get(f"/figures/unified_resources?place={county.group.pk}&period=2025").content.decode()
        assert "部分做到" in page
        assert "介人社发 3 号" in page
        assert "还没有评定" in page
    assert signed_in(factories.actor("president", county.group)).post(address, typed).status_code == 403


def test_the_county_s_own_target_stands_before_what_ships_and_says_by_whose_word(county):
    typed = {
        "key": str(uuid.uuid4()),
        "level": "institution",
        "value": "90",
        "begins": "2026-01-01",
        "source": "县考核办法",
    }
    assert signed_in(county.bureau).post(f"/figures/{GOOD.code}/target", typed).status_code == 303
    page = signed_in(county.quality).get(f"/figures/{GOOD.code}?place={county.village.pk}&period=2026-10")
    assert "≥ 90.00%" in page.content.decode()
    told = signed_in(county.quality).get(f"/figures/{GOOD.code}/json?place={county.village.pk}&period=2026-10").json()
    assert told["figures"][-1]["target_source"] == "县考核办法"
    assert told["figures"][-1]["value"] == "75"
    assert told["figures"][-1]["standing"] == "missed"
