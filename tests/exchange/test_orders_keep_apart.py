"""Equal numbers of different institutions never meet: orders, what moves and what closes them, appointments."""

import pytest

from tests.exchange.test_orders import CARD, LAB, ordered, reported, siu, standing
from tests.exchange.test_taking_hl7v2 import message, result, sent
from tests.factories import county as make_county
from yigongti.exchange.policy.orders import closers, movers
from yigongti.exchange.senders import sender_of


pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R159")]

ASKER, OTHER = "蒲县人民医院", "平遥县医院"
"""ASKER orders of LAB; OTHER is nobody's performer."""


@pytest.fixture
def county():
    made = make_county()
    sender_of(channel="hl7v2", code=f"HIS|{LAB}", title=f"{LAB}（HIS）")
    return made


def said(found):
    return " ".join(found.done)


REPORTS = {
    "the performer, by the order's number": ({"facility": LAB, "filler": ""}, "resulted", True),
    "the performer, by both numbers": ({"facility": LAB}, "resulted", True),
    "a foreign laboratory, by the order's number": ({"facility": OTHER, "filler": ""}, "placed", False),
    "a foreign laboratory, by both numbers": ({"facility": OTHER}, "placed", False),
    "a foreign laboratory, by the performer's number": ({"facility": OTHER, "number": ""}, "placed", False),
    "who ordered, though another is to do it": ({"facility": ASKER}, "placed", True),
}  # fmt: skip


@pytest.mark.parametrize("first", ["order", "report"])
def test_a_report_answers_the_order_of_its_own_sides_alone(county, first):
    for n, (case, (given, state, leads)) in enumerate(REPORTS.items()):
        named = {"number": f"P{n}", "filler": f"F{n}"}
        told = named | {name: "" for name, part in given.items() if not part} | {"facility": given["facility"]}
        ways = {"order": lambda n=n, named=named: ordered(control=f"o{n}", **named),
                "report": lambda n=n, told=told: reported(control=f"r{n}", **told)}  # fmt: skip
        found = {one: ways[one]() for one in sorted(ways, reverse=first == "report")}
        assert [one.state for one in found.values()] == ["applied", "applied"], case  # a report is never lost
        order = next(one for one in standing() if one.detail["placer"] == f"P{n}")
        report = standing("report")[-1]
        assert report.institution.name == f"{given['facility']}（HIS）"
        if first == "order":
            assert (order.detail["state"], "order" in report.detail) == (state, leads), case
            assert ("没有" in said(found["report"])) == (state == "placed"), case
        else:
            assert (order.detail["state"], "report" in order.detail) == (state, state == "resulted"), case


MOVES = {
    "the performer receives it": (LAB, "SC", "IP", "applied", "in_progress"),
    "the performer cannot do it": (LAB, "UA", "", "applied", "cancelled"),
    "who ordered cancels": (ASKER, "CA", "", "applied", "cancelled"),
    "a foreign laboratory receives it": (OTHER, "SC", "IP", "waiting", "placed"),
    "a foreign laboratory cannot do it": (OTHER, "UA", "", "waiting", "placed"),
    "a foreign hospital cancels": (OTHER, "CA", "", "waiting", "placed"),
}  # fmt: skip


@pytest.mark.parametrize("item", [pytest.param("", marks=pytest.mark.long), "GLU^空腹血糖"])
def test_only_its_two_sides_move_an_order(county, item):
    for n, (case, (facility, code, status, outcome, state)) in enumerate(MOVES.items()):
        ordered(control=f"o{n}", number=f"P{n}")
        found = ordered(control=f"m{n}", number=f"P{n}", code=code, status=status, item=item, facility=facility)
        orders = [one for one in standing() if one.detail["placer"] == f"P{n}"]
        assert next(one for one in orders if one.institution.name == f"{ASKER}（HIS）").detail["state"] == state, case
        if code == "CA" and item and outcome == "waiting":  # it told of an order of its own that it takes back
            assert [one.institution.name for one in orders][1:] == [f"{OTHER}（HIS）"], case
        else:
            assert (found.state, len(orders)) == (outcome, 1), case


def test_two_laboratories_give_one_number_each_to_an_order_of_its_own(county):
    """Both laboratories call it F7; each report finds its own laboratory's order."""
    second = "市医学检验中心"
    ordered(number="P1")
    ordered(control="2", number="P2", to=second)
    reported(control="8", number="P1", filler="F7")
    reported(control="9", number="P2", filler="F7", facility=second)
    reported(control="10", number="", filler="F7", facility=second, status="C", value="6.2")
    found = {one.detail["placer"]: one for one in standing()}
    reports = {one.institution.name: one for one in standing("report")}
    for number, where in (("P1", LAB), ("P2", second)):
        told = found[number].detail
        assert (told["filler"], told["state"]) == ("F7", "resulted")
        assert told["filler_of"] == reports[f"{where}（HIS）"].institution_id
        assert standing("report")[0].resident_id == found[number].resident_id
    assert found["P1"].detail["report"] != found["P2"].detail["report"]
    assert found["P1"].version == 2  # the corrected report of the other laboratory did not touch it


def test_a_number_that_two_hospitals_gave_closes_neither_unless_the_numbering_is_named(county):
    for control, facility, system in (("1", ASKER, "A"), ("2", OTHER, "B")):
        ordered(control=control, number=f"P1^{system}", facility=facility)
    vague = reported(number="P1", filler="")
    assert vague.state == "applied"
    assert "分不清是哪一家" in said(vague)
    assert [one.detail["state"] for one in standing()] == ["placed", "placed"]
    reported(control="10", number="P1^B", filler="", item="GLU2^空腹血糖")
    assert {one.institution.name: one.detail["state"] for one in standing()} == {
        f"{ASKER}（HIS）": "placed", f"{OTHER}（HIS）": "resulted"}  # fmt: skip


def test_a_report_that_came_first_answers_one_order(county):
    reported(filler="")
    ordered()
    ordered(control="2", facility=OTHER)
    assert [one.detail["state"] for one in standing()] == ["resulted", "placed"]


def test_an_order_without_a_named_performer_is_its_own_institution_s_to_close(county):
    ordered(to="")
    reported()
    assert standing()[0].detail["state"] == "placed"
    reported(control="10", facility=ASKER)
    assert standing()[0].detail["state"] == "resulted"


def test_the_performer_s_word_never_changes_the_number_under_which_it_was_ordered(county):
    ordered()
    ordered(control="2", code="SC", status="IP", item="", filler="F7", facility=LAB)
    odd = ordered(control="3", code="SC", status="CM", number="P9", item="", filler="F7", facility=LAB)
    (order,) = standing()
    assert (odd.state, odd.rule) == ("waiting", "NotMeant")  # its number is another order's: nothing is moved by F7
    assert (order.detail["placer"], order.detail["filler"], order.detail["state"]) == ("P1", "F7", "in_progress")


def test_what_waits_for_its_order_is_taken_in_when_it_has_come(county):
    from yigongti.exchange import inbox

    early = ordered(code="SC", status="IP", facility=LAB)
    assert (early.state, early.rule) == ("waiting", "NotMeant")
    assert not standing()
    ordered(control="2")
    type(early).objects.filter(pk=early.pk).update(state="received")
    assert inbox.take_in(early.pk) == "applied"
    assert standing()[0].detail["state"] == "in_progress"


def test_an_appointment_is_moved_by_who_told_of_it_alone(county):
    siu("S12", "1")
    body = message("SIU^S15", "SCH|A1|B1|||||R^复查", "RGS|1", control="2", card=CARD, facility=OTHER)
    assert sent(body).state == "waiting"  # it names no time, and no appointment of its own
    (one,) = standing("appointment")
    assert (one.detail["state"], one.institution.name) == ("booked", f"{ASKER}（HIS）")


@pytest.mark.parametrize(("performs", "may_move", "may_close"), [((), {1}, {1}), ((2,), {1, 2}, {2}), ((1,), {1}, {1})])
def test_the_rule(performs, may_move, may_close):
    assert (movers(1, performs), closers(1, performs)) == (may_move, may_close)


def test_a_result_of_an_unknown_order_stands_by_itself(county):
    found = sent(message("ORU^R01", *result(), card=CARD, facility=LAB))
    assert (found.state, "没有对到" in said(found)) == ("applied", False)
