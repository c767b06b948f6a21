"""The few words in which the manual's examples are written: one case, the people around it, and a clock that moves."""

from __future__ import annotations

from contextlib import ExitStack

from tests import factories
from tests.record.factories import entry
from yigongti.capacity.holding import free_beds, free_slots
from yigongti.kernel import clock
from yigongti.kernel.workflow import clocks, engine, rooms, sight
from yigongti.kernel.workflow.models import Act, Case, Clock, Notice
from yigongti.kernel.workflow.words import CLOCK


PEOPLE = {
    "村医": ("village_doctor", "village"),
    "卫生院医生": ("township_doctor", "township"),
    "卫生院院长": ("township_head", "township"),
    "邻乡医生": ("township_doctor", "township2"),
    "县医院医生": ("county_doctor", "cardiology"),
    "卫生院接收台": ("referral_desk", "township"),
    "接收台": ("referral_desk", "hospital"),
    "转诊中心主任": ("referral_lead", "hospital"),
    "外县集团接收台": ("referral_desk", "foreign_hospital"),
}
DIAGNOSIS = "高血压"


class Example:
    """A tiny county (tests/factories.py) with one resident of 南街村; the clock stands until it is moved."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._actors = {}
        self.at("2026-11-20 09:00")
        self.county = factories.county(beds=1)
        self.resident = factories.resident(self.county.village)
        self.number = ""

    def at(self, text: str) -> Example:
        """The clock stands at this moment; nothing fires on the way."""
        self._stand(factories.at(text))
        return self

    def clock(self, text: str) -> Example:
        """Time passes until this moment, and every clock on the way fires when it is due."""
        end = factories.at(text)
        while running := Clock.objects.filter(fires_at__lte=end, fired_at=None, stopped_at=None).order_by("fires_at"):
            self._stand(max(running[0].fires_at, clock.now()))
            clocks.fire_due(most=1)
        self._stand(end)
        return self

    def who(self, title: str):
        """The person of this title, signed in."""
        role, place = PEOPLE[title]
        if title not in self._actors:
            self._actors[title] = factories.actor(role, getattr(self.county, place), name=title)
        return self._actors[title]

    def refer_up(self, by: str = "村医", resident=None, **changes) -> Example:
        """A referral upward to 心内科 is submitted."""
        person = resident or self.resident
        given = factories.upward_given(person, self.county.cardiology, diagnosis=DIAGNOSIS, **changes)
        return self._begin(by, "referral.upward", given)

    def has_entry(self, title: str, resident=None) -> str:
        """An entry in the resident's record, made at the village room; its number."""
        return str(entry(resident or self.resident, self.county.village, title=title).pk)

    def refer_down(self, by: str = "接收台", **changes) -> Example:
        """A referral downward to the resident's village room is submitted."""
        given = {
            "resident": self.resident, "to_institution": str(self.county.village.pk), "reason": "stable",
            "diagnosis": DIAGNOSIS, "discharge_summary": "血压平稳", "care_plan": "按时服药",
            "follow_up_on": "2026-11-27", "consent": "on", **changes,
        }  # fmt: skip
        return self._begin(by, "referral.downward", given)

    def refer_out(self, by: str = "卫生院医生") -> Example:
        """A referral out of the county is submitted."""
        given = {
            "resident": self.resident, "to_outside": "省人民医院", "reason": "beyond_county", "urgency": "urgent",
            "diagnosis": DIAGNOSIS, "summary": "需行手术", "consent": "on",
        }  # fmt: skip
        return self._begin(by, "referral.outward", given)

    def take(self, step: str, by: str, **given) -> Example:
        """A step of the case is taken."""
        engine.take(by=self.who(by), number=self.number, step=step, given=given)
        return self

    def hand_back(self, follow_up_on: str = "2026-11-27", **more) -> Example:
        """The hospital returns the patient with summary, plan and the day of the first follow-up."""
        given = {"discharge_summary": "血压平稳", "care_plan": "按时服药", "follow_up_on": follow_up_on, **more}
        return self.take("return", by="县医院医生", **given)

    def of_follow_up(self) -> Example:
        """The follow-up that this case raised, as a case of its own."""
        return self._other(Case.objects.get(parent__number=self.number).number)

    def expect(self, *, state: str, turn: str | None = None) -> Example:
        """Where the case stands, in the words of its page, and whose turn it is."""
        case = self._case()
        page = rooms.of(case).page
        assert page.state(case.state).title == state
        if turn is not None:
            assert _title(page, case.turn_part) == turn
        return self

    def told(self) -> list[str]:
        """Who has been reminded, or told because another did not answer, in order."""
        case = self._case()
        page = rooms.of(case).page
        return [page.part(notice.part).title for notice in Notice.objects.filter(case=case).order_by("pk")]

    def done(self) -> list[str]:
        """The steps taken, in order, by the page's own names."""
        case = self._case()
        page = rooms.of(case).page
        return [page.step(act.step).title for act in Act.objects.filter(case=case).order_by("sequence")]

    def sees(self, who: str) -> bool:
        """Whether this person sees the case at all."""
        return sight.visible(for_=self.who(who)).filter(number=self.number).exists()

    def panels(self, who: str) -> list[str]:
        """The parts of the case that this person sees now."""
        return sight.panels_for(for_=self.who(who), case=self._case())

    def free_beds(self) -> int:
        """Beds of 心内科 that the next patient could have."""
        return free_beds(self.county.cardiology.pk).count()

    def free_slots(self) -> int:
        """Numbers of 心内科 that the grassroots could book."""
        return free_slots(self.county.cardiology.pk, after=clock.now()).count()

    def _begin(self, by: str, workflow: str, given) -> Example:
        self.number = engine.begin(by=self.who(by), workflow=workflow, step="submit", given=given).number
        return self

    def _case(self) -> Case:
        return Case.objects.get(number=self.number)

    def _other(self, number: str) -> Example:
        other = object.__new__(Example)
        other.__dict__.update(self.__dict__, number=number)
        return other

    def _stand(self, moment) -> None:
        self._stack.enter_context(clock.stands_at(moment))


def _title(page, part: str) -> str:
    return {"": "", CLOCK: "系统"}.get(part) or (page.part(part).title if part else "")
