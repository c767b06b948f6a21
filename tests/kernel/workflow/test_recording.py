# ruff: noqa: RUF001 - full-width input is what is tested
"""What is typed at a step: each kind with bad input, all errors at once, what is good kept as it is."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import actor, at, resident, upward_given
from yigongti.chronic.models import FollowUp
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import Refusal, Refusals
from yigongti.kernel.workflow import engine, recording, rooms
from yigongti.kernel.workflow.words import fact
from yigongti.referral.models import Referral


FIELDS = {
    "text": fact("f", "字", "text", most=20),
    "long_text": fact("f", "字", "long_text", most=2000),
    "choice": fact("f", "选", "choice", options="referral.urgency"),
    "choices": fact("f", "选", "choices"),
    "listed": fact("f", "选", "choices", options="referral.urgency"),
    "yes": fact("f", "是", "yes"),
    "number": fact("f", "数", "number"),
    "date": fact("f", "日", "date"),
    "moment": fact("f", "时", "moment"),
}


def read(kind, raw, *, must=True):
    return recording._one(FIELDS[kind], {"f": raw}, by=None, must=must)


GOOD = [
    ("text", "  胸痛 ", "胸痛"),
    ("text", "𠮷野👩‍⚕️", "𠮷野👩‍⚕️"),
    ("text", "<b>\"1\"</b>", "<b>\"1\"</b>"),
    ("long_text", "第一行\n\t第二行", "第一行\n\t第二行"),
    ("long_text", "长" * 2000, "长" * 2000),
    ("choice", "urgent", "urgent"),
    ("choices", ["1", " 2 ", ""], [1, 2]),
    ("choices", "7", [7]),
    ("listed", ["urgent"], ["urgent"]),
    ("yes", "on", True),
    ("yes", True, True),
    ("yes", "是", True),
    ("number", "１４０", Decimal(140)),
    ("number", "−2.5", Decimal("-2.5")),
    ("number", 36.7, Decimal("36.7")),
    ("number", "5．6", Decimal("5.6")),
    ("date", "２０２６－１１－２２", date(2026, 11, 22)),
    ("date", "2028-02-29", date(2028, 2, 29)),
    ("moment", "2026-11-22 14:30", at("2026-11-22 14:30")),
    ("moment", "2026-11-22T14:30", at("2026-11-22 14:30")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raw", "value"), GOOD)
def test_what_is_good_is_kept_as_it_is(kind, raw, value):
    assert read(kind, raw) == value


BAD = {
    "text": ["长" * 21, ["甲", "乙"],  "零\x00", "响\x07", "\ud800"],
    "long_text": ["长" * 5000, "零\x00字"],
    "choice": ["URGENT", "urgent2", "<b>", "１"],
    "choices": [["x"], ["9" * 41], ["\x00"], ["²"], ["-1"]],
    "listed": [["urgent", "soon"]],
    "number": ["十二", "NaN", "Infinity", "1e9", "1_000", "12..5", "0x1F", "١٢",
               ["1", "2"], {"a": 1}, "9" * 13, "1.0000001", "--1", ","],
    "date": ["2026-02-30", "2026-13-01", "22/11/2026", "20261122", "2026-W47-7", "明天", "0001-01-01", "9999-12-31",
             "2026-11-22 10:00"],
    "moment": ["2026-11-22 25:00", "now", "9999-12-31 23:59", "0001-01-01T00:00Z"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "raw"), [(kind, raw) for kind, several in BAD.items() for raw in several])
def test_what_is_bad_is_refused_in_a_sentence_that_can_be_shown(kind, raw):
    with pytest.raises(Refusal) as refused:
        read(kind, raw)
    assert (refused.value.field, refused.value.status) == ("f", 422)
    assert len(refused.value.sentence) < 160
    refused.value.sentence.encode()
    assert "\x00" not in refused.value.sentence


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("raw", [None, "", "   ", []])
def test_what_must_be_recorded_is_missing_when_it_is_empty(kind, raw):
    with pytest.raises(Refusal) as refused:
        read(kind, raw)
    assert refused.value.code == "Missing"


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(FIELDS)), raw=st.text(max_size=40) | st.lists(st.text(max_size=5), max_size=3)
       | st.floats() | st.integers() | st.booleans() | st.none())  # fmt: skip
def test_whatever_comes_it_is_read_or_refused_and_never_breaks(kind, raw):
    try:
        read(kind, raw, must=False)
    except Refusal as refusal:
        assert refusal.status == 422
        refusal.sentence.encode()


# --- through the engine, down to the columns


@pytest.fixture
def doctor(county):
    return actor("village_doctor", county.village)


def refused_fields(doctor, county, **changes):
    with pytest.raises(Refusal) as refused:
        engine.begin(by=doctor, workflow="referral.upward", step="submit",
                     given=upward_given(resident(county.village), county.cardiology, **changes))  # fmt: skip
    told = refused.value
    return set(told.by_field()) if isinstance(told, Refusals) else {told.field}


def test_all_errors_are_told_at_once(doctor, county):
    bad = {"urgency": "now", "diagnosis": "\x00", "summary": "长" * 5000, "to_department": "²", "consent": ""}
    assert refused_fields(doctor, county, **bad) == set(bad)


@pytest.mark.parametrize("package", [["abc"], ["1; DROP TABLE"], ["9" * 30], ["1.5"]])
def test_what_does_not_fit_its_column_is_refused_and_never_an_error_of_the_house(doctor, county, package):
    assert refused_fields(doctor, county, package=package) == {"package"}


def test_scripts_emoji_and_rare_characters_are_kept_as_text(doctor, county):
    text = "<script>alert('𠮷')</script> 👩‍⚕️ \"引号\" & 'x'"
    number = engine.begin(by=doctor, workflow="referral.upward", step="submit",
                          given=upward_given(resident(county.village), county.cardiology, summary=text),
                          ).number  # fmt: skip
    assert Referral.objects.get(case__number=number).summary == text


def test_digits_that_a_column_would_drop_are_refused(county):
    page = rooms.kept["chronic.follow_up"].page
    with pytest.raises(Refusals) as refused:
        recording.require_fit(
            page, {"systolic": Decimal("140.5"), "glucose": Decimal("5.55"), "diastolic": Decimal(80)}, facts=FollowUp
        )
    assert set(refused.value.by_field()) == {"systolic", "glucose"}


def test_an_ended_code_can_be_read_and_no_longer_be_chosen(monkeypatch):
    from dataclasses import replace

    whole = code_lists["referral.urgency"]
    old = tuple(replace(e, ends=date(2020, 1, 1)) if e.code == "urgent" else e for e in whole.entries)
    monkeypatch.setitem(code_lists, "referral.urgency", replace(whole, entries=old))
    assert code_lists["referral.urgency"].label("urgent") == "加急"
    with pytest.raises(Refusal):
        read("choice", "urgent")
