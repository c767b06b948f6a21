"""Many waiting messages tried again in the background: chosen ones, a rule's, a day's; with progress, once each."""

import uuid

import pytest

from tests.access.conftest import signed_in
from tests.exchange.test_taking_hl7v2 import message, result, sent
from tests.factories import actor
from tests.factories import county as make_county
from yigongti.exchange import taking_hl7v2
from yigongti.exchange.models import Message, Replay
from yigongti.exchange.replays import actions, working
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import Missing, NotAllowed
from yigongti.record.models import Entry


pytestmark = pytest.mark.django_db


class Purposes:
    """The county's parameter, as if it had been changed."""

    def __init__(self, *taken):
        self.taken = taken

    def value(self, _code):
        return self.taken


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


@pytest.fixture
def door(monkeypatch):
    """Whether test messages are taken in: shut at first, as the county's parameter says; opened by calling it."""
    return lambda: monkeypatch.setattr(taking_hl7v2, "values", Purposes("P", "T"))


def training(count, *, first=0):
    """Messages that wait because they are marked as training."""
    made = []
    for n in range(first, first + count):
        body = message("ORU^R01", *result(number=f"L{n}"), control=f"T{n}", card="").replace(b"|P|2.4", b"|T|2.4")
        made.append(sent(body))
    assert {one.rule for one in made} == {"NotProduction"}
    return made


def worked():
    while working.work():
        pass


def states(found):
    return list(Message.objects.filter(pk__in=[one.pk for one in found]).order_by("pk").values_list("state", flat=True))


def test_a_rule_is_tried_again_in_the_background_and_told_once_with_its_numbers(county, steward, door, monkeypatch):
    monkeypatch.setattr(working, "STEP", 3)
    found = training(8)
    door()
    receipt = actions.replay_rule(by=steward, key=uuid.uuid4(), rule="NotProduction")
    assert states(found) == ["waiting"] * 8
    working.work()
    halfway = Replay.objects.get(pk=receipt.data["replay"])
    assert (halfway.tried, halfway.applied, halfway.state) == (3, 3, "running")
    worked()
    ended = Replay.objects.get(pk=halfway.pk)
    assert (ended.tried, ended.applied, ended.total, ended.state) == (8, 8, 8, "done")
    assert states(found) == ["applied"] * 8
    (told,) = Trail.objects.filter(action="exchange.end_replay")
    assert (told.facts["tried"], told.facts["applied"]) == (8, 8)


def test_only_what_was_chosen_is_tried(county, steward, door):
    found = training(4)
    door()
    actions.replay_selection(by=steward, key=uuid.uuid4(), messages=[found[1].pk, found[3].pk, 999_999])
    worked()
    assert states(found) == ["waiting", "applied", "waiting", "applied"]


def test_a_day_is_tried_without_the_messages_whose_number_came_twice(county, steward, door):
    found = training(2)
    sent(message("ORU^R01", *result("5.0", number="L9"), control="9", card=""))
    twice = sent(message("ORU^R01", *result("9.9", number="L9"), control="9", card=""))
    assert twice.rule == "OtherBytes"
    door()
    actions.replay_day(by=steward, key=uuid.uuid4(), day=clock.today())
    worked()
    assert states([*found, twice]) == ["applied", "applied", "waiting"]


def test_what_comes_after_the_asking_is_not_in_it_and_what_still_fails_waits(county, steward, door):
    found = training(2)
    other = message("ORU^R01", *result(), born="", card="", control="B").replace(b"P100", b"P200")
    broken = sent(other.replace(b"|P|2.4", b"|T|2.4"))
    door()
    actions.replay_rule(by=steward, key=uuid.uuid4(), rule="NotProduction")
    with pytest.MonkeyPatch.context() as shut:
        shut.setattr(taking_hl7v2, "values", Purposes("P"))
        later = training(1, first=7)
    worked()
    assert states([*found, broken, *later]) == ["applied", "applied", "waiting", "waiting"]
    broken.refresh_from_db()
    assert broken.rule == "Missing"
    ended = Replay.objects.get()
    assert (ended.tried, ended.applied) == (3, 2)


def test_a_replay_that_is_stopped_leaves_the_rest_waiting(county, steward, door, monkeypatch):
    monkeypatch.setattr(working, "STEP", 2)
    found = training(5)
    door()
    receipt = actions.replay_rule(by=steward, key=uuid.uuid4(), rule="NotProduction")
    working.work()
    actions.cancel_replay(by=steward, key=uuid.uuid4(), replay_id=receipt.data["replay"])
    worked()
    assert states(found) == ["applied"] * 2 + ["waiting"] * 3


def test_a_message_in_two_replays_is_applied_once(county, steward, door):
    found = training(3)
    door()
    actions.replay_rule(by=steward, key=uuid.uuid4(), rule="NotProduction")
    actions.replay_selection(by=steward, key=uuid.uuid4(), messages=[one.pk for one in found])
    worked()
    assert Entry.objects.filter(kind="report").count() == 3
    assert sorted(Replay.objects.values_list("applied", flat=True)) == [0, 3]


def test_nothing_waiting_nothing_chosen_and_nobody_else(county, steward):
    with pytest.raises(actions.NothingWaits):
        actions.replay_rule(by=steward, key=uuid.uuid4(), rule="BadValue")
    with pytest.raises(Missing):
        actions.replay_selection(by=steward, key=uuid.uuid4(), messages=[])
    with pytest.raises(NotAllowed):
        actions.replay_rule(by=actor("county_doctor", county.cardiology), key=uuid.uuid4(), rule="BadValue")


def test_by_hand_in_the_browser_from_the_checkbox_to_the_progress(county, steward, door):
    found = training(2)
    browser = signed_in(steward)
    shown = browser.get("/inbox?rule=NotProduction").content.decode()
    assert f'value="{found[0].pk}" form="replay-chosen"' in shown and "这一类全部重新处理" in shown
    door()
    answer = browser.post("/inbox/replay", {"key": str(uuid.uuid4()), "messages": [str(found[0].pk)]})
    where = answer["Location"]
    assert where.startswith("/inbox/replays/")
    assert "0 / 1 条" in browser.get(where).content.decode()
    worked()
    assert browser.get(f"{where}?progress=1", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "处理完了" in browser.get(where).content.decode() and "R" in browser.get("/inbox/replays").content.decode()
    day = browser.post("/inbox/replay", {"key": str(uuid.uuid4()), "day": clock.today().isoformat()})
    assert day.status_code == 303
    assert browser.post("/inbox/replay", {"key": str(uuid.uuid4()), "day": "2026-02-31"}).status_code == 422
    worked()
    assert states(found) == ["applied", "applied"]
