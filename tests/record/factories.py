"""A small county for the record's tests: hospital, township centre, two village rooms, staff, people, entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Opening, Post, Unit
from yigongti.kernel.access.words import Reach, Role, registry
from yigongti.organisations.models import Institution
from yigongti.organisations.policy import roles
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.residents.models import Resident


assert roles.__name__  # imported for the role pages it registers

_numbers = count(1)


def unit(kind, name, parent=None):
    made = Unit.objects.create(
        code=f"u{next(_numbers)}", name=name, kind=kind, parent=parent, path=f"/new{next(_numbers)}/"
    )
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save(update_fields=["path"])
    return made


def institution(kind, level, name, parent):
    made = unit(kind, name, parent)
    return Institution.objects.create(unit=made, name=name, short_name=name, kind=kind, level=level)


class County:
    """One group, one hospital, one township centre, two village rooms, and a hospital of another city."""

    def __init__(self):
        self.root = unit("county", "介休市")
        self.group = unit("group", "介休市医疗集团", self.root)
        self.hospital = institution("county_hospital", "county", "县医院", self.group)
        self.cardiology = unit("department", "心内科", self.hospital.unit)
        self.centre = institution("township_centre", "township", "城关卫生院", self.group)
        self.village = institution("village_room", "village", "南街村卫生室", self.centre.unit)
        self.other_village = institution("village_room", "village", "北街村卫生室", self.centre.unit)
        self.outside = institution("other_hospital", "outside", "省人民医院", self.root)

    def village_doctor(self, where=None, **more):
        return actor("village_doctor", (where or self.village).unit, **more)

    def township_doctor(self, **more):
        return actor("township_doctor", self.centre.unit, **more)

    def county_doctor(self, **more):
        return actor("county_doctor", self.hospital.unit, **more)


TEST_ROLE = {"title": "试", "does": "试。", "works_at": ("township_centre",)}


def actor(role, where, *, gates=None, bases=None, may=None, name="李秀英"):
    page = registry.roles.get(role) or Role(code=role, reach=Reach.UNIT, **TEST_ROLE)
    changed = {"gates": gates, "bases": bases, "may": may}
    page = replace(page, **{k: v for k, v in changed.items() if v is not None})
    account = Account.objects.create(login=f"a{next(_numbers)}", person_name=name, made_at=clock.now())
    post = Post.objects.create(account=account, unit=where, role=role, begins=date(2020, 1, 1))
    return Actor(
        account_id=account.pk, person_name=name, post_id=post.pk, role=page, unit_id=where.pk, unit_name=where.name,
        unit_path=where.path, unit_kind=where.kind,
    )  # fmt: skip


def resident(managing, *, name="张桂兰", born=date(1958, 3, 4), master=None, **more):
    number = next(_numbers)
    key = 10_000 + number
    made = Resident(
        id=key, master_id=master.pk if master else key, record_no=f"{number:017d}", name=name, sex="2",
        birth_date=born, managing=managing, registered_at=clock.now(), **more,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def entry(person, where, *, kind="condition", title="高血压", at=None, **more):
    at = at or clock.now() - timedelta(days=10)
    values = {"author": "王医生", "source": "entered", "entered_at": at, **more}
    return Entry.objects.create(resident=person, institution=where, kind=kind, title=title, at=at, **values)


def encounter(person, where, *, at=None, encounter_class="outpatient", title="复诊", **more):
    made = entry(person, where, kind="encounter", title=title, at=at, **more)
    Encounter.objects.create(
        entry=made, resident=person, institution=where, encounter_class=encounter_class, at=made.at, until=made.until,
        diagnosis_code=made.code,
    )  # fmt: skip
    return made


def pressure(person, where, *, systolic=138, diastolic=86, at=None, **more):
    made = entry(person, where, kind="observation", title="血压", at=at, system="series", code="blood_pressure", **more)
    Observation.objects.create(
        entry=made, resident=person, series="blood_pressure", value=Decimal(systolic), second_value=Decimal(diastolic),
        unit="mmHg", at=made.at,
    )  # fmt: skip
    return made


def opening(by, person, basis="present", *, hours=24):
    now = clock.now()
    return Opening.objects.create(
        post_id=by.post_id, unit_id=by.unit_id, person_id=person.pk, basis=basis, reason="来诊", opened_at=now,
        closes_at=now + timedelta(hours=hours),
    )  # fmt: skip


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.COUNTY_ZONE)
