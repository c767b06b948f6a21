"""Every fault of a page is found by name; the shipped pages have none; the engine carries no word it does not know."""

from dataclasses import replace

import pytest

from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow import checks, pages, rooms
from yigongti.kernel.workflow.words import (
    BIRTH,
    Escalate,
    Joins,
    Ladder,
    Opens,
    Remind,
    Sees,
    Take,
    Timer,
    Workflow,
    fact,
    part,
    side,
    state,
    step,
)
from yigongti.referral.models import Referral


WITHIN = parameter("referral.accept_within")

sound = Workflow(
    code="test.page", title="试", basis="《试》", prefix="T",
    sides=(side("here", "本方"),), parts=(part("clerk", "经办", side="here", roles=("village_doctor",)),),
    states=(state("open", "在办", turn="clerk"), state("shut", "办结")), ends=("shut",),
    fields=(fact("why", "缘由"),),
    steps=(step("begin", "开始", by="clerk", frm=BIRTH, to="open", must_record=("why",)),
           step("end", "办结", by="clerk", frm="open", to="shut")),
    sees=(Sees(side="here", states=("open", "shut"), panels=("all",)),),
)  # fmt: skip


def with_step(**changes):
    """The sound page, its last step changed."""
    return replace(sound, steps=(sound.steps[0], replace(sound.steps[1], **changes)))


def with_timer(**changes):
    timer = {"state": "open", "after": WITHIN, "counts": "minutes", "then": Remind(part="clerk"), **changes}
    return replace(sound, timers=(Timer(**timer),))


BROKEN = {
    "steps has end twice": replace(sound, steps=(*sound.steps, sound.steps[1])),
    "states has open twice": replace(sound, states=(*sound.states, sound.states[0])),
    "sides has here twice": replace(sound, sides=sound.sides * 2),
    "parts has clerk twice": replace(sound, parts=sound.parts * 2),
    "fields has why twice": replace(sound, fields=sound.fields * 2),
    "step end names the state nowhere": with_step(to="nowhere"),
    "step end names the part ghost": with_step(by=("ghost",)),
    "step end names the field colour": with_step(must_record=("colour",)),
    "step end names the field shape": with_step(may_record=("shape",)),
    "step end names the step undone": with_step(not_by=("undone",)),
    "step end names the field whom": with_step(opens=(Opens(workflow="test.page", per_field="whom"),)),
    "state open names the part nobody": replace(sound, states=(state("open", "在办", turn="nobody"), sound.states[1])),
    "part clerk names the side there": replace(sound, parts=(part("clerk", "经办", side="there", roles=("x",)),)),
    "ladder up names the part chief": replace(sound, ladders=(Ladder(code="up", rungs=("chief",)),)),
    "a timer names the state lost": with_timer(state="lost"),
    "a timer names the field day": with_timer(since="day"),
    "a timer names the part sleeper": with_timer(then=Remind(part="sleeper")),
    "a timer names the ladder rope": with_timer(then=Escalate(ladder="rope")),
    "a timer names the step leap": with_timer(then=Take(step="leap")),
    "sees names the side spy": replace(sound, sees=(*sound.sees, Sees(side="spy", states=("open",), panels=()))),
    "sees names the state dream": replace(sound, sees=(*sound.sees, Sees(side="here", states=("dream",), panels=()))),
    "ends names the state grave": replace(sound, ends=("shut", "grave")),
    "moves names the state new": replace(sound, moves={"old": "new"}),
    "one_open_per names the field person": replace(sound, one_open_per=("person",)),
    "the parameter test.never_shipped ships nowhere": with_timer(after=parameter("test.never_shipped")),
    "no path leads to island": replace(sound, states=(*sound.states, state("island", "孤岛")), ends=("shut", "island")),
    "nothing leads out of shut": replace(sound, ends=()),
    "shut waits for nobody": replace(sound, ends=(), steps=(*sound.steps, step(
        "again", "再办", by="clerk", frm="shut", to="open"))),
    "clerk may take end in open, but its side does not see the case there": replace(
        sound, sees=(Sees(side="here", states=("shut",), panels=()),)),
}  # fmt: skip


def test_the_page_that_the_others_are_broken_from_is_sound():
    assert checks.faults(sound) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_of_a_page_is_found_and_named(fault):
    assert any(fault in found for found in checks.faults(BROKEN[fault])), checks.faults(BROKEN[fault])


@pytest.mark.requirement("R47")
def test_the_shipped_pages_have_no_fault():
    assert {"referral.upward", "referral.downward", "referral.outward", "chronic.follow_up"} <= set(rooms.kept)
    assert [fault for page in rooms.known.values() for fault in checks.faults(page)] == []


def test_the_three_hardest_pages_are_loaded_and_pass():
    hardest = ("referral.upward", "diagnosis.ecg_reading", "consultation.multidisciplinary")
    assert [checks.faults(rooms.known[code]) for code in hardest] == [[], [], []]


def test_the_house_boots():
    assert pages.boot_faults() == []


@pytest.fixture
def kept(monkeypatch):
    """Lets the engine keep a page for one test."""
    monkeypatch.setattr(rooms, "kept", dict(rooms.kept))
    monkeypatch.setattr(rooms, "known", dict(rooms.known))

    def keep(page):
        rooms.known[page.code] = page
        rooms.kept[page.code] = rooms.Kept(page=page, facts=Referral, sides=lambda facts, by: {}, rows=lambda ids: {})

    return keep


UNCARRIED = {
    "not_by": with_step(not_by=("begin",)),
    "claims": with_step(claims=WITHIN),
    "revises": with_step(revises="begin"),
    "opens": with_step(opens=(Opens(workflow="test.page", per_field="why"),)),
    "joins": with_step(joins=Joins(workflow="test.page", wait_for="all")),
    "moves": replace(sound, moves={"old": "open"}),
}


@pytest.mark.parametrize("word", sorted(set(UNCARRIED) - rooms.CARRIED))
def test_a_page_with_a_word_that_the_engine_does_not_carry_stops_the_boot_by_name(kept, word):
    kept(UNCARRIED[word])
    assert f"test.page uses the word “{word}”, which the engine does not carry" in pages.boot_faults()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"guards": ("test.nobody_guards",)}, "names the guard test.nobody_guards"),
        ({"does": ("test.nobody_does",)}, "names the effect test.nobody_does"),
        ({"hand_over": "test.elsewhere"}, "hands over to test.elsewhere"),
    ],
)
def test_a_name_that_nothing_answers_to_stops_the_boot(kept, change, fault):
    kept(with_step(**change))
    assert any(fault in found for found in pages.boot_faults())


def test_a_field_without_a_column_a_picker_or_a_list_stops_the_boot(kept):
    fields = (*sound.fields, fact("nowhere", "无处", "text"), fact("picked", "选", "picked", picker="test.none"),
              fact("listed", "列", "choice", options="test.none"))  # fmt: skip
    kept(replace(sound, fields=fields))
    found = " ".join(pages.boot_faults())
    assert "records nowhere, which its table does not keep" in found
    assert "picks picked by test.none, which nobody brings" in found
    assert "chooses listed from test.none, a list nobody brings" in found
