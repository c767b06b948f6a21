"""Writing: everything at once or nothing, nothing in place, and who may write what."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from tests.record.factories import County, actor, encounter, entry, pressure, resident
from yigongti.kernel import clock
from yigongti.kernel.access.bases import NoBasis
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import AlreadyDone, BadValue, Missing, NotAllowed, NotFound, Refusals
from yigongti.organisations import queries as organisations
from yigongti.record import actions, queries
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.refusals import NothingChanged, NotInAnInstitution, NotYours


def only(person):
    return Entry.objects.get(resident=person, replaced_by=None)


@pytest.mark.requirement("R133")
def test_a_measurement_is_written_with_source_author_and_both_times(county, person):
    doctor = county.village_doctor()
    when = f"{clock.now() - timedelta(hours=2):%Y-%m-%d %H:%M}"
    receipt = actions.observe(by=doctor, resident_id=person.pk, series="blood_pressure", value="140／90", at=when)
    made = only(person)
    assert (made.author, made.source, made.institution, made.detail) == (
        "李秀英",
        "entered",
        county.village,
        {"typed": "140／90"},
    )
    assert made.entered_at - made.at > timedelta(hours=1)
    assert (made.observation_part.value, made.observation_part.second_value) == (140, 90)
    assert receipt.next == "血压 140/90 mmHg，已进入健康档案时间线"


def test_the_trail_knows_the_kind_and_the_basis_but_not_what_was_found(county, person):
    actions.add_entry(by=county.village_doctor(), resident_id=person.pk, kind="condition", title="糖尿病", code="E11.9")
    row = Trail.objects.filter(kind="write").latest("id")
    assert (row.persons, row.basis) == ([person.pk], "managed")
    assert "糖尿病" not in f"{row.sentence}{row.facts}"


def test_all_errors_of_a_form_are_told_together(county, person):
    with pytest.raises(Refusals) as refused:
        actions.add_encounter(
            by=county.village_doctor(), resident_id=person.pk, encounter_class="spa", title="", at="2999-01-01",
            code="高血压", sensitivity="love",
        )  # fmt: skip
    assert set(refused.value.by_field()) == {"encounter_class", "title", "at", "code", "sensitivity"}
    assert not Entry.objects.exists()


@pytest.mark.parametrize("name", ["𠮷" * 200, "<script>alert(1)</script>", "😀", "阿卜杜·热合曼"])
def test_rare_characters_emoji_and_scripts_are_kept_as_typed(county, person, name):
    actions.add_entry(by=county.village_doctor(), resident_id=person.pk, kind="condition", title=name)
    assert only(person).title == name


def test_five_thousand_characters_name_the_field_and_the_rule(county, person):
    with pytest.raises(BadValue, match=r"诊断名称.*不能超过 200 个字，现有 5000 个"):
        actions.add_entry(by=county.village_doctor(), resident_id=person.pk, kind="condition", title="长" * 5000)


def test_an_end_before_the_beginning_is_refused(county, person):
    with pytest.raises(BadValue, match="早于开始时间"):
        actions.add_encounter(
            by=county.village_doctor(), resident_id=person.pk, encounter_class="inpatient", title="肺炎",
            at="2026-01-05", until="2026-01-04",
        )  # fmt: skip


def test_nothing_happens_after_death(county):
    dead = resident(county.village, died_on=clock.today() - timedelta(days=30))
    with pytest.raises(BadValue, match="晚于死亡日期"):
        actions.observe(by=county.village_doctor(), resident_id=dead.pk, series="heart_rate", value="70")


def test_without_a_basis_nobody_writes(county, person):
    with pytest.raises(NoBasis):
        actions.observe(by=county.county_doctor(), resident_id=person.pk, series="heart_rate", value="70")


def test_a_post_above_institutions_writes_no_record(county, person):
    at_group = actor("county_doctor", county.group, bases=("managed",))
    with pytest.raises(NotInAnInstitution):
        actions.observe(by=at_group, resident_id=person.pk, series="heart_rate", value="70")


def test_a_role_without_the_permission_is_refused_before_anything_is_read(county, person):
    with pytest.raises(NotAllowed):
        actions.observe(by=actor("hr_officer", county.group), resident_id=person.pk, series="heart_rate", value="70")


def test_a_retried_request_writes_once_and_gets_the_same_receipt(county, person):
    doctor, key = county.village_doctor(), uuid.uuid4()
    asked = {"by": doctor, "key": key, "resident_id": person.pk, "series": "heart_rate", "value": "70"}
    first, second = actions.observe(**asked), actions.observe(**asked)
    assert first.number == second.number
    assert Observation.objects.count() == 1


def test_what_is_written_through_an_alias_belongs_to_the_human(county, person):
    alias = resident(county.village, master=person)
    actions.observe(by=county.village_doctor(), resident_id=alias.pk, series="heart_rate", value="70")
    assert Entry.objects.get().resident_id == person.pk


# --- special classes


def test_a_code_gives_its_class_and_the_author_cannot_take_it_away(county, person):
    actions.add_entry(
        by=county.village_doctor(),
        resident_id=person.pk,
        kind="condition",
        title="双相障碍",
        code="F31.9",
        sensitivity="",
    )
    assert only(person).sensitivity == "psychiatric"


def test_what_belongs_to_a_secret_visit_is_as_secret(county, person):
    visit = encounter(person, county.village, sensitivity="psychiatric", code="F20.0")
    actions.add_entry(
        by=county.village_doctor(), resident_id=person.pk, kind="medication", title="利培酮 1mg",
        detail={"dose": "每晚 1 片"}, encounter_id=visit.pk,
    )  # fmt: skip
    assert Entry.objects.get(kind="medication").sensitivity == "psychiatric"


def test_a_class_found_late_covers_earlier_versions_and_the_visit(county, person):
    doctor, visit = county.village_doctor(), encounter(person, county.village, title="乏力")
    drug = entry(person, county.village, kind="medication", title="利培酮", encounter=visit)
    actions.correct(by=doctor, entry_id=visit.pk, reason="确诊", changes={"title": "精神分裂症", "code": "F20.0"})
    assert set(Entry.objects.values_list("sensitivity", flat=True)) == {"psychiatric"}
    assert Entry.objects.get(pk=drug.pk).replaced_by is None


def test_an_encounter_of_another_person_takes_no_entries(county, person):
    stranger = encounter(resident(county.village, name="王有福"), county.village)
    with pytest.raises(NotFound):
        actions.observe(
            by=county.village_doctor(), resident_id=person.pk, series="heart_rate", value="70", encounter_id=stranger.pk
        )


# --- new versions


@pytest.mark.requirement("R133")
def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(county, person):
    doctor, old = county.village_doctor(), pressure(person, county.village, systolic=238)
    actions.correct(by=doctor, entry_id=old.pk, reason="手误", changes={"value": "138/86"})
    opened = queries.open_record(for_=doctor, resident_id=person.pk)
    assert [row.value for row in queries.timeline(for_=doctor, opened=opened)] == [138]
    found = queries.versions(for_=doctor, opened=opened, entry_id=old.pk)
    assert [(row.version, row.value, row.correction_reason) for row in found] == [(2, 138, "手误"), (1, 238, "")]
    assert Entry.objects.get(pk=old.pk).title == "血压"
    assert only(person).at == old.at


def test_the_reason_and_the_values_are_refused_together(county, person):
    old = pressure(person, county.village)
    with pytest.raises(Refusals) as refused:
        actions.correct(by=county.village_doctor(), entry_id=old.pk, reason=" ", changes={"value": "999/1", "at": "x"})
    assert set(refused.value.by_field()) == {"reason", "value", "at"}


def test_a_correction_that_changes_nothing_is_refused(county, person):
    old = pressure(person, county.village)
    with pytest.raises(NothingChanged):
        actions.correct(by=county.village_doctor(), entry_id=old.pk, reason="手误", changes={"value": "138／86"})


def test_only_the_institution_that_wrote_it_corrects(county, person):
    old = pressure(person, county.centre)
    with pytest.raises(NotYours, match="城关卫生院"):
        actions.correct(by=county.village_doctor(), entry_id=old.pk, reason="手误", changes={"value": "139/86"})


def test_what_the_source_said_beyond_the_columns_survives_a_correction(county, person):
    old = entry(
        person,
        county.village,
        kind="report",
        title="胸片",
        text="未见异常",
        detail={"his": {"no": "X9"}},
        system="lis",
        code="77",
    )
    actions.correct(by=county.village_doctor(), entry_id=old.pk, reason="补充", changes={"text": "双肺纹理增多"})
    new = only(person)
    assert (new.detail, new.system, new.code, new.text) == ({"his": {"no": "X9"}}, "lis", "77", "双肺纹理增多")


def test_a_corrected_encounter_keeps_its_entries_and_the_relation(county, person):
    doctor, visit = county.village_doctor(), encounter(person, county.village)
    pressure(person, county.village, encounter=visit)
    actions.correct(by=doctor, entry_id=visit.pk, reason="类别", changes={"encounter_class": "home"})
    opened, new = queries.open_record(for_=doctor, resident_id=person.pk), Encounter.objects.latest("entry_id")
    assert new.encounter_class == "home"
    assert len(queries.of_encounter(for_=doctor, opened=opened, entry_id=new.entry_id)) == 1


def test_the_second_correction_of_a_version_is_told_of_the_first(county, person):
    doctor, old = county.village_doctor(), pressure(person, county.village)
    actions.correct(by=doctor, entry_id=old.pk, reason="手误", changes={"value": "139/86"})
    with pytest.raises(AlreadyDone, match="李秀英"):
        actions.correct(by=doctor, entry_id=old.pk, reason="手误", changes={"value": "140/86"})


def test_what_was_entered_in_error_is_gone_for_all_but_its_writer(county, person):
    doctor, old = county.village_doctor(), pressure(person, county.village)
    actions.correct(by=doctor, entry_id=old.pk, reason="手误", changes={"value": "139/86"})
    actions.withdraw(by=doctor, entry_id=only(person).pk, reason="记到了别人名下")
    opened = queries.open_record(for_=doctor, resident_id=person.pk)
    assert queries.timeline(for_=doctor, opened=opened) == []
    assert queries.last_measured(for_=doctor, opened=opened) == []
    assert len(queries.versions(for_=doctor, opened=opened, entry_id=old.pk)) == 3
    other = county.township_doctor()
    with pytest.raises(NotFound):
        queries.entry(for_=other, entry_id=old.pk)


def test_withdrawing_needs_a_reason(county, person):
    with pytest.raises(Missing, match="撤销原因"):
        actions.withdraw(by=county.village_doctor(), entry_id=pressure(person, county.village).pk, reason="")


def test_a_strange_digest_attaches_nothing(county, person):
    with pytest.raises(Missing, match="文件"):
        actions.attach(
            by=county.village_doctor(), resident_id=person.pk, title="出院小结", digest="0" * 64, name="a.pdf"
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_wins_and_the_other_is_told():
    organisations.forget()
    county = County()
    person = resident(county.village)
    old = pressure(person, county.village)
    doctors = [county.village_doctor(name=name) for name in ("甲", "乙")]
    together, told = threading.Barrier(2), []

    def run(doctor, value):
        together.wait()
        try:
            actions.correct(by=doctor, entry_id=old.pk, reason="手误", changes={"value": value})
            told.append("won")
        except AlreadyDone as refusal:
            told.append(refusal.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(doctors, ("150/90", "151/91"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    organisations.forget()
    assert "won" in told
    assert [said for said in told if said != "won" and "更正这一条" in said]
    assert Entry.objects.filter(version=2).count() == 1
