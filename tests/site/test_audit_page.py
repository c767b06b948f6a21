"""The trail on screen: bases by title, subjects in words, a link only where its reader may follow."""

from dataclasses import replace

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.factories import at, resident, submitted
from yigongti.kernel import clock
from yigongti.kernel.audit import trail
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.workflow.models import Case
from yigongti.site.audit_words import shown


@pytest.fixture
def county(db):
    with clock.stands_at(at("2026-11-18 09:00")):
        yield factories.county()


def test_basis_and_subject_are_said_in_words(county):
    doctor, keeper = factories.actor("village_doctor", county.village), factories.actor("administrator", county.root)
    person = resident(county.village)
    number = submitted(doctor, person, county.cardiology)
    case = Case.objects.get(number=number)
    trail.saw(by=doctor, page="record.read", sentence="查阅健康档案", persons=[person.pk], basis="managed",
              subject=f"residents.Resident:{person.pk}")  # fmt: skip
    trail.saw(by=doctor, page="cases.see", sentence="查看上转", persons=[person.pk], basis="case",
              subject=f"workflow.Case:{case.pk}")  # fmt: skip
    last, first = Entry.objects.order_by("-id")[:2]
    said = shown([first, last], for_=keeper)
    assert [(one.basis, one.subject, one.href) for one in said] == [
        ("管辖居民", f"居民档案 {person.record_no}", ""), ("办理单", f"上转 {number}", "")
    ]  # fmt: skip
    assert shown([last], for_=doctor)[0].href == f"/cases/{number}"
    body = signed_in(keeper).get("/audit").content.decode()
    assert f"居民档案 {person.record_no}" in body and f"上转 {number}" in body
    assert "residents.Resident:" not in body and "workflow.Case:" not in body


def test_a_row_of_a_register_leads_to_its_page_and_an_unknown_subject_stays_as_written(county):
    keeper = factories.actor("administrator", county.root)
    institution = f"organisations.Institution:{county.village.pk}"
    entries = [Entry(subject=text, basis="") for text in (institution, "nothing.Known:7", "record.Entry:9", "")]
    said = shown(entries, for_=keeper)
    assert [one.subject for one in said] == [f"机构 {county.village.pk}", "nothing.Known:7", "档案记录 9", ""]
    assert said[0].href.endswith(f"/institutions/{county.village.pk}")
    nobody = replace(keeper, role=replace(keeper.role, may=frozenset()))
    assert shown(entries[:1], for_=nobody)[0].href == ""
