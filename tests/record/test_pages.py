"""The screens of the record: what they show, how many queries they ask, and that every look is noted."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import ResolverMatch
from django_htmx.middleware import HtmxDetails

from tests.record.factories import encounter, entry, pressure, resident
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.files import store
from yigongti.kernel.pages.registry import pages
from yigongti.record import actions
from yigongti.record.models import Entry


# What the frame asks for itself (county, posts) is counted where the frame is tested.
OWN = re.compile(r"\b(record_|residents_|audit_entry)")


def ask(page, by, *, method="get", data=None, htmx=False, **where):
    headers = {"HX-Request": "true"} if htmx else {}
    request = getattr(RequestFactory(headers=headers), method)("/", data or {})
    request.actor, request.session, request.htmx = by, SessionStore(), HtmxDetails(request)
    request.resolver_match = ResolverMatch(pages[page].view, (), where, url_name=page)
    return pages[page].view(request, **where)


def post(page, by, data, **where):
    return ask(page, by, method="post", data={"key": str(uuid.uuid4()), **data}, **where)


def text_of(response):
    return response.content.decode()


@pytest.fixture
def lived(county, person):
    """Two years of a hypertensive life."""
    now = clock.now()
    for month in range(24):
        visit = encounter(person, county.village, at=now - timedelta(days=30 * month + 2), encounter_class="village")
        pressure(person, county.village, systolic=130 + month, at=visit.at, encounter=visit)
    entry(person, county.village, title="青霉素", kind="allergy", detail={"reaction": "皮疹"})
    entry(person, county.centre, title="氨氯地平 5mg", kind="medication", detail={"dose": "每日 1 片"})
    entry(person, county.hospital, title="胸片", kind="report", text="未见异常")
    return person


@pytest.mark.requirement("R133")
def test_the_page_says_who_on_what_basis_and_what_must_not_be_overlooked(county, lived):
    shown = text_of(ask("record.read", county.village_doctor(), resident_id=lived.pk))
    for said in (
        "张桂兰",
        "您以“管辖居民”查阅",
        "过敏：青霉素（皮疹）",
        "氨氯地平 5mg",
        "血压 130/86 mmHg",
        "胸片",
        "村卫生室诊疗",
    ):
        assert said in shown, said


def test_every_look_is_noted_with_person_and_basis(county, lived):
    before = Trail.objects.count()
    doctor = county.village_doctor()
    for code, where in (
        ("record.read", {"resident_id": lived.pk}),
        ("record.timeline", {"resident_id": lived.pk}),
        ("record.summary", {"resident_id": lived.pk}),
        ("record.series", {"resident_id": lived.pk, "code": "blood_pressure"}),
        ("record.entry", {"entry_id": Entry.objects.latest("id").pk}),
        ("record.observe", {"resident_id": lived.pk}),
    ):
        assert ask(code, doctor, **where).status_code == 200
        row = Trail.objects.latest("id")
        assert (row.kind, row.persons, row.basis) == ("read", [lived.pk], "managed"), code
    assert Trail.objects.count() == before + 6


def test_the_page_asks_the_same_few_queries_for_a_short_life_and_a_long_one(county, lived):
    doctor = county.village_doctor()
    newborn = resident(county.village, name="新生儿")
    ask("record.read", doctor, resident_id=newborn.pk)  # fills the caches of units and parameters
    counts = []
    for person in (newborn, lived):
        with CaptureQueriesContext(connection) as asked:
            ask("record.read", doctor, resident_id=person.pk)
        counts.append(sum(bool(OWN.search(query["sql"])) for query in asked))
    assert counts == [8, 8]


def test_the_page_is_light(county, lived):
    assert len(ask("record.read", county.village_doctor(), resident_id=lived.pk).content) < 60_000


def test_more_of_the_timeline_follows_where_the_page_ended(county, lived):
    doctor = county.village_doctor()
    first = text_of(ask("record.read", doctor, resident_id=lived.pk))
    address = re.search(r'hx-get="[^"]*before=([^"&]*)"', first)[1]
    before = address.replace("%3A", ":").replace("%2B", "+").replace("%7E", "~")
    second = text_of(ask("record.timeline", doctor, data={"before": before}, htmx=True, resident_id=lived.pk))
    ids = [re.findall(r"/record/entries/(\d+)\" data-open", page) for page in (first, second)]
    assert len(ids[0]) == 25
    assert len(ids[1]) == 25
    assert not set(ids[0]) & set(ids[1])
    assert "<html" not in second


def test_an_address_that_no_page_wrote_is_not_found(county, lived):
    for before in ("x", "2026-01-01~1", "2026-01-01T00:00:00+08:00~x"):
        response = ask("record.timeline", county.village_doctor(), data={"before": before}, resident_id=lived.pk)
        assert response.status_code == 404


def test_a_stranger_gets_the_refusal_and_no_name(county, lived):
    response = ask("record.read", county.village_doctor(county.other_village), resident_id=lived.pk)
    assert response.status_code == 403
    assert "张桂兰" not in text_of(response)


def test_a_measurement_is_written_from_two_boxes(county, person):
    data = {"series": "blood_pressure", "value": "152", "second": "94", "at": ""}
    response = post("record.observe", county.village_doctor(), data, resident_id=person.pk)
    assert (response.status_code, response["Location"]) == (303, f"/residents/{person.pk}/record")
    assert Entry.objects.get().observation_part.second_value == 94


def test_a_refused_form_keeps_what_was_typed_beside_every_error(county, person):
    data = {"title": "", "at": "2026-13-01", "until": "", "code": "高血压", "text": "三天前起<b>", "kind": "condition"}
    response = post("record.add", county.village_doctor(), data, resident_id=person.pk)
    shown = text_of(response)
    assert response.status_code == 422
    for said in (
        "请填写诊断名称。",
        "确诊时间“2026-13-01”不合规定",
        "诊断编码“高血压”不合规定",
        "三天前起&lt;b&gt;",
        "有 3 处要改",
    ):
        assert said in shown, said


@pytest.mark.parametrize("kind", ["condition", "medication", "allergy", "report", "procedure", "immunisation"])
def test_every_kind_has_its_form(county, person, kind):
    doctor = county.village_doctor()
    assert ask("record.add", doctor, data={"kind": kind}, resident_id=person.pk).status_code == 200
    data = {"kind": kind, "title": "甲", "text": "乙", "dose": "丙", "reaction": "丁"}
    assert post("record.add", doctor, data, resident_id=person.pk).status_code == 303
    assert Entry.objects.get().kind == kind


def test_an_encounter_is_written_and_takes_entries(county, person):
    doctor = county.village_doctor()
    data = {"encounter_class": "village", "title": "感冒", "code": "J06.9"}
    post("record.encounter", doctor, data, resident_id=person.pk)
    visit = Entry.objects.get()
    post(
        "record.observe",
        doctor,
        {"series": "temperature", "value": "38.2", "encounter": visit.pk},
        resident_id=person.pk,
    )
    assert "体温 38.2 ℃" in text_of(ask("record.entry", doctor, entry_id=visit.pk))


def test_a_correction_from_the_form_changes_what_was_changed(county, person):
    doctor, old = county.village_doctor(), pressure(person, county.village)
    form = text_of(ask("record.correct", doctor, entry_id=old.pk))
    assert 'value="138"' in form
    typed = {"value": "128", "second": "86", "at": f"{old.at.astimezone(clock.COUNTY_ZONE):%Y-%m-%dT%H:%M}", "note": ""}
    assert post("record.correct", doctor, {**typed, "reason": "手误"}, entry_id=old.pk).status_code == 303
    new = Entry.objects.get(version=2)
    assert (new.observation_part.value, new.at, new.correction_reason) == (128, old.at, "手误")
    shown = text_of(ask("record.entry", doctor, entry_id=new.pk))
    assert "第 1 版" in shown
    assert "手误" in shown
    assert "这是旧版本" in text_of(ask("record.entry", doctor, entry_id=old.pk))


def test_correct_and_withdraw_are_offered_only_where_it_was_written(county, person):
    old = pressure(person, county.centre)
    assert "/correct" not in text_of(ask("record.entry", county.village_doctor(), entry_id=old.pk))
    assert "/correct" in text_of(ask("record.entry", county.township_doctor(), entry_id=old.pk))


def test_withdrawing_from_the_form_needs_its_reason(county, person):
    doctor, old = county.village_doctor(), pressure(person, county.village)
    assert post("record.withdraw", doctor, {"reason": ""}, entry_id=old.pk).status_code == 422
    assert post("record.withdraw", doctor, {"reason": "记错人"}, entry_id=old.pk).status_code == 303
    assert "没有这样的记录" in text_of(ask("record.read", doctor, resident_id=person.pk))


def test_a_document_comes_back_as_it_was_and_never_runs_here(county, person, settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    doctor = county.village_doctor()
    kept = store.keep(by=doctor, name="小结.xml", media_type="text/xml", chunks=[b"<x/>"])
    actions.attach(by=doctor, resident_id=person.pk, title="出院小结", digest=kept.digest, name="小结.xml")
    response = ask("record.file", doctor, entry_id=Entry.objects.get().pk)
    assert response.content == b"<x/>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_form_without_file_says_so(county, person):
    response = post("record.attach", county.village_doctor(), {"title": "出院小结"}, resident_id=person.pk)
    assert response.status_code == 422
    assert "请填写文件" in text_of(response)


def test_being_managed_for_a_secret_condition_is_behind_its_gate_too(county):
    person = resident(county.village, chronic=["hypertension", "mental"])
    shown = text_of(ask("record.read", county.village_doctor(gates=()), resident_id=person.pk))
    assert "高血压" in shown
    assert "严重精神障碍" not in shown
    shown = text_of(ask("record.read", county.village_doctor(gates=("psychiatric",)), resident_id=person.pk))
    assert "严重精神障碍" in shown
