"""What we send says, read again, what was given: by our reader and by the hl7 library."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from yigongti.exchange import hl7v2_words
from yigongti.exchange.hl7v2 import facts
from yigongti.exchange.hl7v2.charset import decode
from yigongti.exchange.hl7v2.datatypes import Coded
from yigongti.exchange.hl7v2.header import read_header
from yigongti.exchange.hl7v2.message import parse
from yigongti.exchange.hl7v2.reading import read
from yigongti.exchange.hl7v2.writing import (
    Asked,
    Envelope,
    Numbered,
    Reported,
    Subject,
    order_message,
    result_message,
    taken_back,
)
from yigongti.kernel.clock import COUNTY_ZONE


AT = datetime(2026, 3, 11, 10, 15, tzinfo=COUNTY_ZONE)
NEXT_DAY = datetime(2026, 3, 12, 9, 0, tzinfo=COUNTY_ZONE)
GLUCOSE = {"code": "GLU", "text": "空腹血糖", "system": "L"}
NUMBERS = [Numbered(value="P100", authority="HIS", type="PI"), Numbered(value="1401", authority="CN", type="NI")]
WHO = Subject(numbers=NUMBERS, name="赵老四", sex="1", born=date(1972, 11, 5))
ASKED = Asked(control="NW", placer={"value": "A1", "system": "HIS"}, service=GLUCOSE, ordered=AT, by="张医师",
              institution="城关卫生院", priority="S", reason="头晕|三天")  # fmt: skip


def cover(charset="utf-8", number="YGO7"):
    return Envelope(
        control_id=number, at=AT, us=("YIGONGTI", "介休市"), them=("LIS", "县医学检验中心"), charset=charset
    )


def again(body):
    found = decode(body)
    return parse(found.text, charset=found.charset)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_an_order_comes_back_as_it_was_asked(charset):
    message = again(order_message(cover(charset), WHO, ASKED, notes=["空腹", "两管"]))
    header = read_header(message)
    assert (header.kind, header.control_id, header.receiving_facility.name) == ("OML^O21", "YGO7", "县医学检验中心")
    person, order = read(message)
    assert (person.name.text, person.sex, person.born) == ("赵老四", "1", date(1972, 11, 5))
    assert [(one.value, one.system, one.type) for one in person.identifiers] == [
        ("P100", "HIS", "PI"),
        ("1401", "CN", "NI"),
    ]
    asked = order.asked
    assert (asked.control, asked.placer.value, asked.placer.system, asked.service.text) == (
        "NW",
        "A1",
        "HIS",
        "空腹血糖",
    )
    assert (asked.by.name, asked.from_institution, asked.ordered.at, asked.priority) == (
        "张医师",
        "城关卫生院",
        AT,
        "S",
    )
    assert (asked.reason.text, order.notes) == ("头晕|三天", ("空腹", "两管"))


words = some.text(
    some.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf"]), min_size=1, max_size=12
)
numbers = some.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-9999, max_value=9999)
VALUES = {
    "NM": some.builds(facts.Number, numbers),
    "SN": some.builds(facts.Structured, some.sampled_from(["<", ">", "<=", ">="]), numbers, some.just(""), some.none()),
    "ST": some.builds(facts.Words, words),
    "CWE": some.builds(Coded, code=words, text=words, system=words),
}
results = some.sampled_from(sorted(VALUES)).flatmap(
    lambda kind: some.builds(
        facts.Result, person=some.none(), code=some.builds(Coded, code=words, text=words), sub=some.just(""),
        type=some.just(kind), values=some.tuples(VALUES[kind]), unit=some.builds(Coded, code=words), range=words,
        flags=some.sampled_from([(), ("H",), ("L", "A")]), status=some.sampled_from("FPC"), time=some.none(),
        analysed=some.none(), performer=some.just(""), by=some.none(), notes=some.sampled_from([(), ("溶血",)]),
    )
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(some.lists(results, min_size=1, max_size=4), some.sampled_from(["utf-8", "gb18030"]))
def test_results_come_back_equal_digits_kept(told, charset):
    kept = [hl7v2_words.plain(_as_kept(one)) for one in told]
    report = Reported(
        observed=AT, reported=NEXT_DAY, status="F", reader="李医师", producer="县医学检验中心", results=kept
    )
    _person, found = read(again(result_message(cover(charset), WHO, Asked(control="RE", service=GLUCOSE), report)))
    assert (found.status, found.read_by.name, found.observed.at, found.reported.at) == ("F", "李医师", AT, NEXT_DAY)
    for before, after in zip(told, found.results, strict=True):
        for name in ("code", "values", "unit", "range", "flags", "status", "notes"):
            assert getattr(after, name) == getattr(before, name), name


def _as_kept(result):
    from dataclasses import asdict

    return {name: part for name, part in asdict(result).items() if name != "person"}


def test_a_report_without_single_results_is_sent_as_its_text():
    report = Reported(observed=AT, reported=AT, status="F", text="两肺未见异常。\n建议随访\\复查")
    _person, found = read(again(result_message(cover(), WHO, Asked(control="RE", service=GLUCOSE), report)))
    assert found.results[0].values == (facts.Words("两肺未见异常。\n建议随访\\复查"),)


def test_what_was_wrong_is_taken_back_without_its_values():
    kept = [{"type": "NM", "code": GLUCOSE, "values": [{"number": "6.10"}], "unit": {"code": "mmol/L"}, "flags": ["H"]}]
    report = Reported(observed=AT, reported=AT, status="F", results=kept)
    first = result_message(cover(), WHO, Asked(control="RE", service=GLUCOSE), report)
    assert Decimal("6.10") == read(again(first))[-1].results[0].value.number
    back = taken_back(first, cover(number="YGO8"))
    found = read(again(back))[-1]
    assert (found.status, found.results[0].status, found.results[0].values) == ("X", "W", ())
    assert b"6.10" not in back
    assert read_header(again(back)).control_id == "YGO8"


def test_the_library_reads_it_too_and_nothing_can_break_out_of_its_field():
    hl7 = pytest.importorskip("hl7")
    nasty = Subject(numbers=[], name="赵\rOBX|1\x1c\x0b~^&", sex="9", born=date(1972, 11, 5))
    body = order_message(cover(), nasty, ASKED)
    assert (body.count(b"\r"), b"\x1c" in body, b"\x0b" in body) == (5, False, False)
    parsed = hl7.parse(body.decode())
    assert [str(segment[0]) for segment in parsed] == ["MSH", "PID", "ORC", "TQ1", "OBR"]
    assert read(again(body))[0].name.family == "赵\nOBX|1~^&"
