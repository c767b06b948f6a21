"""Residents with a life in the platform's own record: every kind of entry, a correction, a special class, a merge."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests import factories
from yigongti.kernel import clock
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.residents.models import Identifier, Resident


CARD = "140781195803045422"


def entry(person, where, kind, title, **more):
    made = {"at": factories.at("2026-03-01 08:30"), "entered_at": clock.now(), "author": "李秀英", "source": "entered"}
    made |= more
    return Entry.objects.create(resident=person, institution=where, kind=kind, title=title, **made)


def visit(person, where, **more):
    made = entry(person, where, "encounter", "头晕三天", **more)
    Encounter.objects.create(entry=made, resident=person, institution=where, encounter_class="outpatient", at=made.at,
                             diagnosis_code="I10")  # fmt: skip
    return made


def number(person, where, series, value, second=None, **more):
    made = entry(person, where, "observation", series, **more)
    ends = (None, None) if second else (Decimal("3.9"), Decimal("6.1"))
    Observation.objects.create(entry=made, resident=person, series=series, value=Decimal(value), at=made.at,
                               second_value=Decimal(second) if second else None, unit="mmol/L",
                               low=ends[0], high=ends[1])  # fmt: skip
    return made


def lived(county):
    """张桂兰, managed by the township: one entry of each kind, most of them of one visit."""
    person = factories.resident(county.township, id_card=CARD, pinyin="zhangguilan", initials="zgl",
                                phone="13800000001", lives_address="南街 1 号")  # fmt: skip
    Identifier.objects.create(resident=person, system="health_card", value="HC1")
    Identifier.objects.create(resident=person, system="insurance_no", value="YB1")
    here = county.township
    with_visit = {"encounter": visit(person, here)}
    number(person, here, "blood_pressure", "148", "92", **with_visit)
    number(person, here, "fasting_glucose", "7.20", text="空腹", **with_visit)
    entry(person, here, "observation", "足背动脉", text="搏动减弱", system="snomed", code="76068007")
    entry(person, here, "condition", "原发性高血压", system="icd10", code="I10.x00", **with_visit)
    entry(person, here, "condition", "肺炎", until=factories.at("2026-03-20 09:00"))
    ordered = entry(person, here, "order", "胸部正位片", text="咳嗽三周", system="loinc", code="36643-5", **with_visit)
    answer = entry(person, here, "report", "胸部正位片", text="未见异常", detail={"order": ordered.pk}, **with_visit)
    Entry.objects.filter(pk=ordered.pk).update(detail={
        "placer": "YG1", "filler": "F7", "filler_of": county.hospital.pk, "performer": county.hospital.pk,
        "performer_name": "县人民医院", "priority": "急", "state": "resulted", "report": answer.pk})  # fmt: skip
    entry(person, here, "order", "尿常规", detail={"placer": "YG2", "state": "cancelled", "unable": "标本溶血"})
    entry(person, here, "medication", "氨氯地平 5 mg", detail={"dose": "每日一次"}, **with_visit)
    entry(person, here, "procedure", "清创缝合", system="icd9", code="86.59", until=factories.at("2026-03-01 09:30"))
    entry(person, here, "procedure", "换药")
    entry(person, here, "immunisation", "流感疫苗", detail={"batch": "B7", "dose_number": "1"})
    entry(person, here, "allergy", "青霉素", detail={"reaction": "皮疹"})
    entry(person, here, "document", "出院小结", text="好转出院", **with_visit)
    entry(person, here, "imaging", "心电图", detail={"accession": "A9", "device": "X"})
    return person


def corrected(old, **changes):
    """A new version of an entry, as the record writes it."""
    columns = {f.attname: getattr(old, f.attname) for f in Entry._meta.concrete_fields if f.attname != "id"}
    new = Entry.objects.create(**columns | {"version": old.version + 1, "entered_at": clock.now()} | changes)
    Entry.objects.filter(pk=old.pk).update(replaced_by=new)
    return new


def merged(county, into):
    """Another registration of the same person."""
    other = factories.resident(county.township, name="张桂蘭", born=date(1958, 3, 4))
    Resident.objects.filter(pk=other.pk).update(master=into)
    entry(other, county.township, "condition", "骨质疏松", at=factories.at("2026-01-05 10:00") + timedelta(days=1))
    return other
