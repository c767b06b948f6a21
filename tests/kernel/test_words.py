"""Refusals, language, events and dated parameters: what is said is said whole, and nothing unknown passes."""

import re
from datetime import date

import pytest

from tests.factories import actor
from yigongti.kernel import clock, event, language, refusal
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.models import ParameterValue
from yigongti.kernel.parameters.words import Dated, Default, defaults, parameter


# --- refusals


class TooLate(refusal.Refusal):
    """{who}已于{when}办理。"""


def test_a_refusal_s_sentence_is_its_docstring_filled():
    told = TooLate(who="王医生", when="09:00", field="step")
    assert (told.sentence, str(told), told.code, told.field) == ("王医生已于09:00办理。",) * 2 + ("TooLate", "step")


def test_what_a_user_typed_is_not_read_as_a_template():
    told = refusal.BadValue(label="姓名", value="{who.__class__}{0}{", problem="{x}")
    assert told.sentence == "姓名“{who.__class__}{0}{”不合规定：{x}"


def test_a_fact_that_was_not_given_leaves_its_place_empty():
    assert TooLate(who="王医生").sentence == "王医生已于办理。"


def test_one_refusal_is_raised_as_itself_several_together_none_not_at_all():
    one, other = (
        refusal.Missing(field="a", label="甲"),
        refusal.BadValue(field="b", label="乙", value="2", problem="太小"),
    )
    refusal.raise_all([])
    with pytest.raises(refusal.Missing):
        refusal.raise_all([one])
    with pytest.raises(refusal.Refusals) as told:
        refusal.raise_all(r for r in (one, other, one))
    assert told.value.sentence == "有 3 处需要改正。"
    assert told.value.by_field() == {"a": ["请填写甲。"] * 2, "b": ["乙“2”不合规定：太小"]}
    assert told.value.status == 422


def every(kind):
    for each in kind.__subclasses__():
        yield each
        yield from every(each)


def test_every_refusal_of_the_house_is_a_sentence_with_a_status():
    ours = [r for r in every(refusal.Refusal) if r.__module__.startswith("yigongti.")]
    assert len(ours) > 30
    for each in ours:
        assert re.search(r"[。；：]", each.__doc__ or ""), each
        assert 400 <= each.status < 500 or each.status == 503, each  # 503: a part of the house is starting


# --- language


NAMES = re.compile(r"{(\w*)")


def test_the_english_of_a_text_has_the_same_places_to_fill():
    words = language.english()
    assert len(words) > 100
    assert {zh: en for zh, en in words.items() if sorted(NAMES.findall(zh)) != sorted(NAMES.findall(en))} == {}


def test_what_has_no_english_is_said_in_chinese(settings):
    with language.spoken("en"):
        assert language.say("从未翻译过的一句话") == "从未翻译过的一句话"
        known = next(zh for zh in language.english() if "{" not in zh)
        assert language.say(known) == language.english()[known]
    with language.spoken("zh-hans"):
        assert language.say(known) == known
        assert language.say("空床 {beds}", beds=3) == "空床 3"


# --- events


@pytest.fixture
def events(monkeypatch):
    monkeypatch.setattr(event, "_declared", {"test.happened": "发生了"})
    monkeypatch.setattr(event, "_subscribers", event.defaultdict(list))


def test_subscribers_are_told_in_order_with_actor_and_facts(events, county):
    heard, by = [], actor("village_doctor", county.village)
    event.on("test.happened")(lambda *, by, facts: heard.append(("first", by, facts)))
    event.on("test.happened")(lambda *, by, facts: heard.append(("second", by, facts)))
    event.announce("test.happened", by=by, facts={"n": 1})
    assert heard == [("first", by, {"n": 1}), ("second", by, {"n": 1})]


def test_an_undeclared_event_is_not_announced_and_waiting_for_it_is_a_fault(events):
    event.on("test.never")(lambda **told: None)
    assert event.faults() == ["somebody waits for test.never, which nobody announces"]
    with pytest.raises(event.UnknownEvent):
        event.announce("test.never", by=None, facts={})


def test_the_house_waits_for_nothing_that_nobody_announces():
    assert event.faults() == []
    assert {"referral.returned", "chronic.followed_up"} <= set(event.declared())


# --- parameters


@pytest.fixture
def shipped(monkeypatch, db):
    """One parameter, 10 from 2020 on and 20 from 2030 on."""
    made = Default(
        code="test.rate", title="率", unit="分", source="《试》", confidence="S",
        values=(Dated(begins=date(2020, 1, 1), value=10), Dated(begins=date(2030, 1, 1), value=20)),
    )  # fmt: skip
    known = {**defaults(), "test.rate": made}
    monkeypatch.setattr(values, "defaults", lambda: known)
    values.forget()
    yield
    values.forget()


def county_says(begins, value):
    ParameterValue.objects.create(
        code="test.rate", begins=begins, value=value, source="县卫健局 2026 年 1 号文", entered_at=clock.now()
    )
    values.forget()


def test_a_value_holds_from_its_day_on(shipped):
    assert [values.number("test.rate", on=date(*d)) for d in ((2020, 1, 1), (2029, 12, 31), (2030, 1, 1))] == [
        10,
        10,
        20,
    ]
    assert values.number(parameter("test.rate"), on=date(2031, 1, 1)) == 20
    with clock.stands_at(clock.now().replace(year=2030, month=6, day=1)):
        assert values.number("test.rate") == 20


def test_the_county_s_own_value_wins_from_its_day_on_and_the_last_entry_of_a_day(shipped):
    county_says(date(2026, 5, 1), 12)
    county_says(date(2027, 5, 1), 13)
    county_says(date(2026, 5, 1), 11)
    days = ((2026, 4, 30), (2026, 5, 1), (2027, 4, 30), (2027, 5, 1), (2031, 1, 1))
    assert [values.number("test.rate", on=date(*d)) for d in days] == [10, 11, 11, 13, 13]


def test_another_process_s_value_is_seen_within_seconds(shipped, monkeypatch):
    assert values.number("test.rate") == 10
    ParameterValue.objects.create(
        code="test.rate", begins=date(2020, 1, 1), value=99, source="x", entered_at=clock.now()
    )
    assert values.number("test.rate") == 10
    later = values.time.monotonic() + values.FRESH_SECONDS + 1
    monkeypatch.setattr(values.time, "monotonic", lambda: later)
    assert values.number("test.rate") == 99


def test_a_list_of_the_county_reads_like_a_shipped_one(shipped):
    county_says(date(2026, 5, 1), ["a", "b"])
    assert values.value("test.rate", on=date(2026, 5, 1)) == ("a", "b")


def test_an_unknown_name_and_a_day_before_all_are_said_by_name(shipped):
    with pytest.raises(values.UnknownParameter, match=r"test\.nowhere"):
        values.value("test.nowhere")
    with pytest.raises(values.UnknownParameter, match=r"test\.rate before 2019-12-31"):
        values.value("test.rate", on=date(2019, 12, 31))


def test_every_shipped_parameter_says_where_it_is_from_and_begins_in_order():
    assert len(defaults()) > 20
    for each in defaults().values():
        assert all((each.title, each.unit, each.source, each.confidence, each.values)), each.code
        assert each.confidence in ("S", "V", "V2", "M+", "M", "M-"), each.code
        begins = [d.begins for d in each.values]
        assert begins == sorted(set(begins)), each.code
        assert begins[0] <= date(2020, 1, 1), each.code
