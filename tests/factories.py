"""A tiny county for tests of any chapter: `county()` makes it, `actor(role, unit)` lets somebody act in it.

    介休市 (county)
      介休市医疗集团 (group)
        县人民医院 (hospital)   departments 心内科 (1 ward, 2 beds; 1 session, 3 numbers) and 骨科 (1 ward, 1 bed)
        城关卫生院 (township)   village rooms 南街 (village) and 北街
        张兰卫生院 (township2)  village room  张村 (village2)
      平遥集团 (foreign_group)
        平遥县医院 (foreign_hospital)  department 外科;  古城卫生院 (foreign_township)

Everything is made now: beds are free, numbers are tomorrow's. Nothing is cached between two counties.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password

from yigongti.capacity.models import Bed, Session, Slot, Ward
from yigongti.kernel import clock
from yigongti.kernel.access.models import Account, Post, Unit
from yigongti.kernel.access.sign_in import actor_of
from yigongti.kernel.access.units import make_unit
from yigongti.kernel.parameters import values
from yigongti.kernel.workflow import engine
from yigongti.organisations import queries as organisations
from yigongti.organisations.models import County, Department, Group, Institution, Membership
from yigongti.residents.actions import ahead
from yigongti.residents.models import Resident


PASSWORD = "Correct-Horse-9"
LONG_AGO = date(2020, 1, 1)

_numbers = count(1)
_hashed: list[str] = []


def at(text: str) -> datetime:
    """A moment in the county's zone: at("2026-11-20 16:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.COUNTY_ZONE)


# --- who


def account(*, name: str = "李秀英", login: str = "", **more: object) -> Account:
    """An account whose password is PASSWORD; hashing is slow, so it is done once."""
    _hashed[:] = _hashed or [make_password(PASSWORD)]
    given = {"password": _hashed[0], "must_change_password": False, "made_at": clock.now(), **more}
    return Account.objects.create(login=login or f"a{next(_numbers)}", person_name=name, **given)


def post(role: str, unit: Unit, *, account_: Account | None = None, **more: object) -> Post:
    """A post held since long ago; `unit` may be anything that has a unit."""
    given = {"begins": LONG_AGO, **more}
    return Post.objects.create(account=account_ or account(), unit=unit_of(unit), role=role, **given)


def actor(role: str, unit: Unit, *, name: str = "李秀英", **changes: object):
    """Somebody in this role at this unit; `changes` replace words of the role page (may=, bases=, gates=…)."""
    made = actor_of(post(role, unit, account_=account(name=name)))
    return replace(made, role=replace(made.role, **changes)) if changes else made


def unit_of(thing) -> Unit:
    """The unit of an institution or a department, or the unit itself."""
    return thing if isinstance(thing, Unit) else thing.unit


# --- where


def institution(parent, name: str, *, kind: str, level: str) -> Institution:
    """An institution below a group or, for a village room, below its centre."""
    unit = make_unit(parent=unit_of(parent), kind=kind, name=name)
    return Institution.objects.create(unit=unit, name=name, short_name=name, kind=kind, level=level)


def department(where: Institution, name: str, *, beds: int = 0, slots: int = 0) -> Department:
    """A department that receives referrals, with a ward of so many beds and so many numbers of tomorrow."""
    unit = make_unit(parent=where.unit, kind="department", name=name)
    made = Department.objects.create(unit=unit, institution=where, name=name, receives_referrals=True)
    if beds:
        ward = Ward.objects.create(department=made, name=f"{name}病区")
        Bed.objects.bulk_create(Bed(ward=ward, label=f"{n:02d}") for n in range(1, beds + 1))
    if slots:
        begins = clock.now() + timedelta(days=1)
        session = Session.objects.create(department=made, title=name, begins=begins, ends=begins + timedelta(hours=4))
        Slot.objects.bulk_create(
            Slot(session=session, number=n, at=begins + timedelta(minutes=10 * n), grassroots=True)
            for n in range(1, slots + 1)
        )
    return made


def group(root: Unit, name: str, lead_name: str) -> SimpleNamespace:
    """A group with its lead hospital, which stands below it."""
    unit = make_unit(parent=root, kind="group", name=name)
    made = Group.objects.create(unit=unit, county_id=root.pk, name=name, legal_model="multi_legal_person")
    hospital = institution(unit, lead_name, kind="county_hospital", level="county")
    Membership.objects.create(institution=hospital, group=made, leads=True, begins=LONG_AGO)
    return SimpleNamespace(unit=unit, group=made, hospital=hospital)


def township(of: SimpleNamespace, name: str) -> Institution:
    """A township centre that is a member of the group."""
    made = institution(of.unit, name, kind="township_centre", level="township")
    Membership.objects.create(institution=made, group=of.group, begins=LONG_AGO)
    return made


def village_room(centre: Institution, name: str) -> Institution:
    """A village room below its centre."""
    return institution(centre, name, kind="village_room", level="village")


def county(*, beds: int = 2, slots: int = 3) -> SimpleNamespace:
    """The county drawn above; `beds` and `slots` are those of 心内科 (cardiology)."""
    organisations.forget()
    values.forget()
    ahead.forget()
    root = make_unit(parent=None, kind="county", name="介休市")
    described = County.objects.create(unit=root, name="介休市", division="140781")
    own, foreign = group(root, "介休市医疗集团", "县人民医院"), group(root, "平遥集团", "平遥县医院")
    first, second = township(own, "城关卫生院"), township(own, "张兰卫生院")
    return SimpleNamespace(
        root=root, county=described, group=own.unit, hospital=own.hospital,
        cardiology=department(own.hospital, "心内科", beds=beds, slots=slots),
        orthopaedics=department(own.hospital, "骨科", beds=1),
        township=first, village=village_room(first, "南街村卫生室"), other_village=village_room(first, "北街村卫生室"),
        township2=second, village2=village_room(second, "张村卫生室"),
        foreign_group=foreign.unit, foreign_hospital=foreign.hospital,
        foreign_surgery=department(foreign.hospital, "外科", beds=1, slots=1),
        foreign_township=township(foreign, "古城卫生院"),
    )  # fmt: skip


# --- whom


def resident(managing: Institution, *, name: str = "张桂兰", sex: str = "2", born: date = date(1958, 3, 4), **more):
    """A resident whose record `managing` keeps."""
    number = next(_numbers)
    made = Resident(
        id=1_000_000 + number, master_id=1_000_000 + number, record_no=f"{number:017d}", name=name, sex=sex,
        birth_date=born, managing=managing, registered_at=clock.now(), **more,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


# --- a referral, as a form would send it


def upward_given(person: Resident, to: Department, **changes: object) -> dict[str, object]:
    """Everything that submitting a referral upward must record."""
    return {
        "resident": person, "to_department": str(to.pk), "urgency": "routine", "admission": "ward",
        "reason": "beyond_capability", "diagnosis": "急性冠脉综合征待排", "consent": "on", **changes,
    }  # fmt: skip


def submitted(by, person: Resident, to: Department, **changes: object) -> str:
    """The number of a referral upward that was just submitted."""
    given = upward_given(person, to, **changes)
    return engine.begin(by=by, workflow="referral.upward", step="submit", given=given).number
