"""The county that the browser visits: somebody of every role, people with records, and cases in every state."""

from __future__ import annotations

from functools import cached_property

from tests import factories
from tests.access.conftest import placements, signed_in
from tests.record import factories as entries
from tests.residents.people import person
from yigongti.capacity.models import Session, Slot
from yigongti.kernel import clock
from yigongti.kernel.workflow import engine
from yigongti.organisations.models import Institution


FAMILY_NAMES = "赵钱孙李周吴郑王冯陈"
GIVEN_NAMES = ("桂英", "建国", "秀兰", "志强", "玉珍", "海燕")


class Town:
    """`at(role)` is who holds the role; `session(who)` their cookie; `url` where the server answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.county = factories.county(beds=40, slots=130)
        # Numbers that registration gives must not meet those that the factories count up.
        Institution.objects.filter(pk=self.county.village.pk).update(division="140781101201")
        self.doctor = factories.account(name="曹娥", login="cunyi")
        self.desk = factories.account(name="闫花", login="xiantai")
        self.ward_doctor = factories.account(name="赵明", login="xianyi")
        factories.post("village_doctor", self.county.village, account_=self.doctor)
        factories.post("county_doctor", self.county.cardiology, account_=self.ward_doctor)
        factories.post("referral_desk", self.county.hospital, account_=self.desk)
        self.everyone = {
            key: factories.actor(key[0], getattr(self.county, key[1]))
            for key in placements(self.county)
            if not key[1].startswith("foreign")
        }
        self.patient = self.with_record(person(self.county.village, "任桂兰"))
        self.other_patient = self.with_record(person(self.county.village, "任桂莲"))

    def at(self, role: str, place: str = ""):
        """Who holds the role, at the place or anywhere."""
        return next(actor for (r, p), actor in self.everyone.items() if r == role and place in ("", p))

    def session(self, who) -> str:
        """The cookie of somebody who has signed in."""
        return signed_in(who).cookies["session"].value

    def with_record(self, resident):
        """A diagnosis and a few measurements of the village."""
        entries.entry(resident, self.county.village, title="高血压", code="I10.x00x002", system="icd10_nhsa")
        for systolic in (152, 138, 144):
            entries.pressure(resident, self.county.village, systolic=systolic)
        return resident

    def new_person(self, name: str):
        """Somebody nobody else works on, with a record."""
        return self.with_record(person(self.county.village, name))

    def submitted(self, resident, **changes) -> str:
        """The number of a referral upward that waits for the county's desk."""
        by = self.at("village_doctor", "village")
        return factories.submitted(by, resident, self.county.cardiology, **changes)

    @cached_property
    def crowd(self) -> list[str]:
        """Sixty referrals that wait, more than a list shows at once; in the other group, out of everybody's way."""
        surgery, home = self.county.foreign_surgery, self.county.foreign_township
        session = Session.objects.filter(department=surgery).first()
        Slot.objects.bulk_create(
            Slot(session=session, number=n, at=session.begins, grassroots=True) for n in range(100, 165)
        )
        doctor = factories.actor("township_doctor", home)
        names = (family + given for family in FAMILY_NAMES for given in GIVEN_NAMES)
        return [factories.submitted(doctor, person(home, name), surgery, admission="clinic") for name in names]

    @cached_property
    def crowded_desk(self):
        """Who receives them."""
        return factories.actor("referral_desk", self.county.foreign_hospital)

    def take(self, number: str, step: str, *, role: str = "referral_desk", place: str = "hospital", **given) -> None:
        """Let somebody take a step outside the browser."""
        engine.take(by=self.at(role, place), number=number, step=step, given=given)

    def follow_up(self, resident) -> str:
        """The number of a follow-up that is due today."""
        given = {"resident": resident, "due_on": str(clock.today()), "why": "高血压随访"}
        by = self.at("village_doctor", "village")
        return engine.begin(by=by, workflow="chronic.follow_up", step="plan", given=given).number
