"""The preview is to scale, names its leads, loses no spike and stays small."""

from __future__ import annotations

import math
import re
from array import array
from random import Random
from xml.parsers import expat

import pytest

from yigongti.exchange.waveforms.drawing import FARTHEST, MARGIN, preview
from yigongti.exchange.waveforms.form import Lead, Recording
from yigongti.exchange.waveforms.leads import TWELVE


NUMBER = re.compile(r"-?\d+")


def recording(*, rate=500.0, seconds=10.0, names=TWELVE, wave=lambda second: 0.0, **lead):
    samples = array("i", (round(wave(place / rate)) for place in range(round(rate * seconds))))
    return Recording("own", rate, tuple(Lead(name, samples, 1.0, **lead) for name in names))


def subpaths(svg):
    """Absolute points of every curve, one list for each lead drawn and each stretch between gaps."""
    curves = re.findall(r'<path d="([^"]*)" fill="none"', svg)[0]
    found = []
    for begins, moves in re.findall(r"M(\d+ -?\d+)l((?:-?\d+ ?)*)", curves):
        x, y = map(int, begins.split())
        points, numbers = [(x, y)], [int(one) for one in NUMBER.findall(moves)]
        for right, down in zip(numbers[0::2], numbers[1::2], strict=True):
            x, y = x + right, y + down
            points.append((x, y))
        found.append(points)
    return found


def test_twelve_leads_and_the_rhythm_strip_are_named_in_the_order_of_paper():
    svg = preview(recording())
    assert re.findall(r">([^<>]+)</text>", svg) == [*TWELVE, "II", "25 mm/s  10 mm/mV"]


def test_a_millivolt_is_ten_millimetres_and_a_second_twenty_five():
    """A step of 1 mV at 1.0 s of the first column: drawn 100 units up, 250 units from the beginning."""
    svg = preview(recording(wave=lambda second: 1000.0 if 1.0 <= second < 1.2 else 0.0))
    points = subpaths(svg)[0]
    foot = points[0][1]
    raised = [x for x, y in points if y == foot - 100]
    assert raised and abs(raised[0] - MARGIN - 250) <= 4 and abs(raised[-1] - MARGIN - 300) <= 4
    assert max(x for x, _y in points) - MARGIN == pytest.approx(625, abs=4)


@pytest.mark.parametrize("rate", [100.0, 128.0, 250.0, 257.3, 500.0, 1000.0, 8000.0])
def test_a_spike_of_one_sample_is_never_thinned_away(rate):
    spike = round(rate * 1.37) / rate
    svg = preview(recording(rate=rate, wave=lambda second: -800.0 if second == spike else 0.0))
    points = subpaths(svg)[0]
    deepest = max(points, key=lambda point: point[1])
    assert deepest[1] - points[0][1] == 80
    assert deepest[0] - MARGIN == pytest.approx(spike * 250, abs=4)


def test_a_gap_interrupts_the_curve():
    svg = preview(recording(names=["X"], wave=lambda second: 7777 if 2 < second < 3 else 0, gap=7777))
    assert len(subpaths(svg)) == 2


def test_limb_leads_are_worked_out_from_the_first_two():
    eight = recording(names=("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"), wave=lambda second: 500.0 * (second > 2))
    assert re.findall(r">(III|aVR|aVL|aVF)</text>", preview(eight)) == ["III", "aVR", "aVL", "aVF"]


def test_other_leads_are_strips_and_what_is_not_drawn_is_named():
    svg = preview(recording(names=[f"L{number}" for number in range(8)]))
    assert "+ L6 L7" in svg and ">L5</text>" in svg


@pytest.mark.parametrize("rate", [50.0, 125.0, 250.0, 1000.0])
def test_noise_at_any_rate_stays_below_forty_kilobytes_and_within_bounds(rate):
    chance = Random(7)
    svg = preview(recording(rate=rate, wave=lambda second: chance.randint(-20_000, 20_000)))
    assert len(svg.encode()) < 40_000
    assert all(150 - FARTHEST <= y <= 1050 + FARTHEST for points in subpaths(svg) for _x, y in points)


def test_the_drawing_is_xml_without_script_or_style_and_escapes_what_it_is_given():
    svg = preview(recording(names=["<b>&"]), title='张桂兰 "<心电图>"')
    expat.ParserCreate().Parse(svg, True)
    assert "<b>" not in svg and "style=" not in svg and "<script" not in svg


def test_pressure_is_not_drawn_as_voltage_but_named():
    mixed = Recording("own", 250.0, (
        Lead("I", array("i", [1] * 500), 1.0), Lead("BP", array("i", [120] * 500), 1.0, unit="mmHg")))  # fmt: skip
    svg = preview(mixed)
    assert "+ BP" in svg and not any(math.isnan(y) for points in subpaths(svg) for _x, y in points)
