"""President and bureau see nobody; a stated duty opens one record for a while, and somebody else looks afterwards."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.record.factories import entry
from tests.residents.people import person
from yigongti.kernel import clock
from yigongti.kernel.access.bases import escalate_overdue_reviews
from yigongti.kernel.access.models import Opening


CARD = "140725195603120044"


@pytest.fixture
def here(db):
    with clock.stands_at(factories.at("2026-11-18 09:00")):
        county = factories.county()
        county.president = factories.actor("president", county.group, name="段院长")
        county.bureau = factories.actor("bureau", county.root, name="卫局长")
        county.steward = factories.actor("data_steward", county.group, name="侯宏明")
        county.person = person(county.village, name="任桂英", id_card=CARD, born=date(1956, 3, 12))
        entry(county.person, county.village, kind="condition", title="高血压", code="I10")
        entry(
            county.person, county.village, kind="condition", title="精神分裂症", code="F20", sensitivity="psychiatric"
        )
        yield county


def found(actor):
    """The page after a search by full number, and the proof it holds."""
    text = signed_in(actor).get("/residents", {"q": CARD}).content.decode()
    proof = re.search(r'name="proof" value="([^"]+)"', text)
    return text, proof.group(1) if proof else ""


def open_(actor, person, **given):
    typed = {"key": str(uuid.uuid4()), "reason": "12345 热线投诉第 8 号", **given}
    return signed_in(actor).post(f"/residents/{person.pk}/open", typed)


WATCHERS = ["president", "bureau"]


@pytest.mark.parametrize("who", WATCHERS)
@pytest.mark.never("president.browse", "bureau.named")
def test_they_find_nobody_by_name_and_open_nothing_by_address(here, who):
    actor = getattr(here, who)
    client = signed_in(actor)
    for address in (
        "/",
        "/residents",
        "/residents?q=任桂英",
        "/find?q=任桂英",
        "/pick/resident?q=任桂英",
        "/cases?show=all",
    ):
        assert "任桂英" not in client.get(address).content.decode().replace('value="任桂英"', "").replace(
            "“任桂英”", ""
        )
    answer = client.get(f"/residents/{here.person.pk}/record")
    assert answer.status_code == 403
    assert "说明依据" in answer.content.decode()
    assert not Opening.objects.exists()


@pytest.mark.parametrize("who", WATCHERS)
@pytest.mark.requirement("R133")
def test_a_stated_duty_opens_one_record_without_special_classes_and_ends(here, who):
    actor = getattr(here, who)
    text, proof = found(actor)
    assert "任*" in text
    assert "任桂英" not in text
    assert open_(actor, here.person, basis="duty.complaint", proof=proof).status_code == 303
    assert Opening.objects.get().reason.startswith("投诉处理：12345")
    shown = signed_in(actor).get(f"/residents/{here.person.pk}/record").content.decode()
    assert "高血压" in shown
    assert "精神分裂症" not in shown
    with clock.stands_at(clock.now() + timedelta(hours=25)):
        assert signed_in(actor).get(f"/residents/{here.person.pk}/record").status_code == 403


@pytest.mark.parametrize("who", WATCHERS)
@pytest.mark.requirement("R133")
@pytest.mark.never("president.minors", "bureau.minors")
def test_a_duty_opens_no_child_s_record_and_the_doctor_who_looks_after_it_reads_it(here, who):
    child = person(here.village, name="任小宝", born=date(2016, 3, 12))
    entry(child, here.village, kind="condition", title="哮喘", code="J45.900")
    actor = getattr(here, who)
    found = signed_in(actor).get("/residents", {"q": "任小宝 20160312"}).content.decode()
    proof = re.search(r'name="proof" value="([^"]+)"', found)
    assert proof
    assert open_(actor, child, basis="duty.complaint", proof=proof.group(1)).status_code in (403, 422)
    assert not Opening.objects.exists()
    # Even an opening made otherwise, or while the age was set lower, shows nothing.
    day = timedelta(days=1)
    Opening.objects.create(
        post_id=actor.post_id, unit_id=actor.unit_id, person_id=child.pk, basis="duty", reason="投诉",
        opened_at=clock.now(), closes_at=clock.now() + day,
    )  # fmt: skip
    for address in ("record", "record/timeline", "record/summary", "record/series/blood_pressure"):
        answer = signed_in(actor).get(f"/residents/{child.pk}/{address}")
        assert answer.status_code == 403
        assert "哮喘" not in answer.content.decode()
    doctor = factories.actor("village_doctor", here.village, name="任守义")
    assert "哮喘" in signed_in(doctor).get(f"/residents/{child.pk}/record").content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"basis": "duty.complaint", "proof": ""},
        {"basis": "duty"},
        {"basis": "duty.curiosity"},
        {"basis": "duty.complaint", "reason": " "},
        {"basis": "emergency"},
        {"basis": "present"},
    ],
)
def test_no_duty_without_its_kind_its_reason_and_the_person_s_number(here, given):
    _text, proof = found(here.president)
    answer = open_(here.president, here.person, **{"proof": proof, **given})
    assert answer.status_code in (403, 422)
    assert not Opening.objects.exists()


@pytest.mark.parametrize("who", WATCHERS)
def test_the_steward_reviews_it_and_the_opener_cannot(here, who):
    actor = getattr(here, who)
    open_(actor, here.person, basis="duty.complaint", proof=found(actor)[1])
    opening = Opening.objects.get()
    assert signed_in(actor).get("/reviews").status_code == 403
    assert "投诉处理" in signed_in(here.steward).get("/reviews").content.decode()
    foreign = factories.actor("data_steward", here.foreign_group)
    assert "投诉处理" not in signed_in(foreign).get("/reviews").content.decode()
    head = factories.actor("township_head", here.township)
    assert "投诉处理" not in signed_in(head).get("/reviews").content.decode(), "a head does not review those above"
    verdict = {"key": str(uuid.uuid4()), "verdict": "unjustified", "note": "没有此投诉"}
    assert signed_in(head).post(f"/reviews/{opening.pk}", verdict).status_code == 404
    assert signed_in(here.steward).post(f"/reviews/{opening.pk}", verdict).status_code == 303
    assert signed_in(actor).get(f"/residents/{here.person.pk}/record").status_code == 403


def test_what_nobody_reviewed_the_next_working_day_goes_up_without_the_person(here):
    doctor = factories.actor("village_doctor", here.village2, name="任建国")
    open_(doctor, here.person, basis="emergency", reason="昏迷")
    assert Opening.objects.get().review_by == factories.at("2026-11-19 09:30")
    assert escalate_overdue_reviews() == 0
    assert "任建国" not in signed_in(here.president).get("/reviews/overdue").content.decode()
    with clock.stands_at(factories.at("2026-11-19 09:31")):
        assert escalate_overdue_reviews() == 1
        assert escalate_overdue_reviews() == 0
        page = signed_in(here.president).get("/reviews/overdue").content.decode()
        assert "任建国" in page
        assert "数据员" in page
        assert "任桂英" not in page
        assert "任*" not in page
        assert "逾期复核" in signed_in(here.president).get("/").content.decode()
        assert "任建国" not in signed_in(here.bureau).get("/reviews/overdue").content.decode()
        verdict = {"key": str(uuid.uuid4()), "verdict": "justified", "note": "有急诊记录"}
        signed_in(here.steward).post(f"/reviews/{Opening.objects.get().pk}", verdict)
        assert "任建国" not in signed_in(here.president).get("/reviews/overdue").content.decode()


def test_the_president_s_own_overdue_review_is_told_to_the_bureau_and_not_to_the_president(here):
    open_(here.president, here.person, basis="duty.death", proof=found(here.president)[1])
    with clock.stands_at(clock.now() + timedelta(days=3)):
        escalate_overdue_reviews()
        assert "段院长 <span" in signed_in(here.bureau).get("/reviews/overdue").content.decode()
        assert "段院长 <span" not in signed_in(here.president).get("/reviews/overdue").content.decode()
