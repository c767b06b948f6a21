"""The trail on screen: bases by title, subjects in words, a link only where its reader may follow."""

import ast
import inspect
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.architecture.chinese import is_chinese
from tests.architecture.source import modules, tree
from tests.factories import at, resident, submitted
from yigongti.kernel import clock
from yigongti.kernel.audit import trail
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.language import english, spoken
from yigongti.kernel.workflow.models import Case
from yigongti.residents.refusals import Guessing
from yigongti.site.audit_sentences import sentence_of
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
    assert [one.subject for one in said] == ["机构 南街村卫生室", "nothing.Known:7", "档案记录 9", ""]
    assert said[0].href.endswith(f"/institutions/{county.village.pk}")
    nobody = replace(keeper, role=replace(keeper.role, may=frozenset()))
    assert (shown(entries[:1], for_=nobody)[0].subject, shown(entries[:1], for_=nobody)[0].href) == (
        f"机构 {county.village.pk}", ""
    )  # fmt: skip


def test_accounts_and_rows_are_named_as_far_as_the_reader_s_scope_goes_by_one_question_a_kind(county):
    keeper = factories.actor("administrator", county.group)
    own, foreign = (
        factories.actor("village_doctor", unit).account_id for unit in (county.village, county.foreign_group)
    )
    places = [county.village, county.village2, county.other_village]
    entries = [Entry(subject=f"organisations.Institution:{one.pk}", basis="") for one in places]
    entries += [Entry(subject=f"access.Account:{pk}", basis="") for pk in (own, foreign)]
    with CaptureQueriesContext(connection) as asked:
        said = shown(entries, for_=keeper)
    assert [one.subject for one in said] == [
        *(f"机构 {one.name}" for one in places), "账号 李秀英", f"账号 {foreign}"
    ]  # fmt: skip
    assert [bool(one.href) for one in said] == [True, True, True, True, False]
    assert len(asked) <= 3


def test_sentences_of_the_house_are_read_in_english_and_what_people_wrote_stays(county):
    doctor, keeper = factories.actor("village_doctor", county.village), factories.actor("administrator", county.root)
    number = submitted(doctor, resident(county.village), county.cardiology)
    step = Entry.objects.get(action="referral.upward.submit")
    assert step.sentence == f"上转·提交转诊：上转 {number}：提交转诊"
    refused = Entry(action="residents.find", sentence=Guessing(count=20, until="13:20").args[0])
    read = Entry(action="api.worklist", sentence="查看今日工作")
    opened = Entry(action="record.read", sentence="查阅健康档案（管辖居民）")
    set_ = Entry(action="parameters.set", sentence="设定本县参数：某事")
    typed = Entry(action="x", sentence="王医生说的一句话")
    with spoken("en"):
        said = [sentence_of(one) for one in (step, refused, read, opened, typed, set_)]
    assert said[0] == f"Referral up·Send the referral: Referral up {number}: Send the referral"
    assert said[1] == english()[inspect.getdoc(Guessing)].format(count=20, until="13:20")
    assert said[2:] == [
        "Looked at today's work",
        "Read Health record (Managed here)",
        "王医生说的一句话",
        "Set a value of the county: 某事",
    ]
    assert sentence_of(step) == step.sentence
    client = signed_in(keeper)
    client.cookies["language"] = "en"
    page = client.get("/audit").content.decode()
    assert f"Referral up {number}: Send the referral" in page and f'title="{step.sentence}"' in page


def test_what_the_trail_says_of_reads_and_sessions_has_its_english():
    constants = {
        part.value.value
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        for part in node.keywords
        if part.arg == "sentence" and isinstance(part.value, ast.Constant)
    }
    assert len(constants) > 25
    assert {text for text in constants if is_chinese(text)} - set(english()) == set()
