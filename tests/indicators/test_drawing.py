"""Pictures of figures: where things stand, what is said of them, and that no picture contradicts an interval."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yigongti.indicators.drawing import courses, flows, funnel, points, scales
from yigongti.kernel.measures.intervals import byar, wilson
from yigongti.kernel.pages import drawing as kernel_drawing
from yigongti.kernel.pages import style_examples


def at(percent):
    assert percent.endswith("%")
    return float(percent[:-1])


# --- axes


def test_an_axis_of_like_sizes_begins_at_nothing_and_one_of_unlike_sizes_is_logarithmic():
    alike, unlike = scales.sizes([40, 90]), scales.sizes([20, 60_000])
    assert alike.low == 0
    assert alike.at(0) == 0
    assert unlike.at(20) < unlike.at(200) < unlike.at(60_000) <= 100
    assert unlike.at(200) - unlike.at(20) == pytest.approx(unlike.at(2000) - unlike.at(200))
    assert 3 <= len(unlike.across()) <= 7


def test_an_axis_never_shows_what_cannot_be():
    told = scales.around([97.5, 99.9], least=0, most=100)
    assert told.high == 100
    assert [tick.label for tick in told.upright()][-1] == "100"
    assert at(told.upright()[-1].place) == 0


# --- funnel


def place(name, of, over, **more):
    return funnel.Point(label=name, of=of, over=over, words=f"{of}/{over}", **more)


@given(
    of=st.integers(1, 400), more=st.integers(0, 4000), rest=st.integers(50, 4000), rest_more=st.integers(1, 4000),
    kind=st.sampled_from(["share", "rate"]),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_a_place_is_beyond_the_inner_limit_exactly_when_its_interval_leaves_the_mean_out(
    of, more, rest, rest_more, kind
):
    over, whole = of + more, of + more + rest + rest_more
    mean = (of + rest) / whole
    low, high = (wilson if kind == "share" else byar)(Decimal(of), Decimal(over))
    said = funnel.zone(kind, mean, place("张兰", of, over))
    if abs(float(low) - mean) < 1e-7 or abs(float(high) - mean) < 1e-7:
        return  # on the line: rounding may put it on either side
    assert (said in ("above", "far-above")) is (float(low) > mean)
    assert (said in ("below", "far-below")) is (float(high) < mean)


@pytest.mark.requirement("R156")
def test_a_small_village_far_from_the_mean_is_not_beyond_what_chance_does():
    rooms = [place(f"村{n}", 50, 100) for n in range(20)]
    drawn = funnel.funnel([*rooms, place("小村", 1, 5), place("大镇", 200, 1000)], kind="share", per=100)
    by_name = {one.point.label: one for one in drawn.points}
    assert by_name["小村"].zone == "inside"
    assert by_name["大镇"].zone == "far-below"
    assert by_name["大镇"].side
    assert by_name["大镇"].said == "低于 99.8% 控制限"
    assert drawn.beyond == sum(one.zone != "inside" for one in drawn.points)


def test_a_place_under_the_least_number_is_drawn_but_neither_named_nor_counted():
    drawn = funnel.funnel(
        [place("甲", 500, 1000), place("乙", 500, 1000), place("丙", 0, 40, small=True)], kind="share", per=100
    )
    (small,) = [one for one in drawn.points if one.point.small]
    assert small.zone == "far-below"
    assert small.side == ""
    assert drawn.beyond == 0


def test_the_limits_close_around_the_mean_and_the_points_lie_in_the_box():
    drawn = funnel.funnel([place(str(n), n, 10 * n) for n in (2, 30, 400, 5000)], kind="rate", per=1000)
    assert drawn.centre == pytest.approx(100)
    for upper, lower in (drawn.inner, drawn.outer):
        heights = [[float(point.split()[1]) for point in path[1:].split("L")] for path in (upper, lower)]
        gaps = [low - high for high, low in zip(*heights, strict=True)]
        assert gaps[0] > gaps[-1] > 0
        assert upper.count("L") == lower.count("L") >= funnel.SAMPLES - 1
    for one in drawn.points:
        assert 0 <= at(one.x) <= 100
        assert at(one.y) == pytest.approx(at(drawn.centre_y))


def test_two_places_are_no_funnel_and_a_place_with_nothing_below_the_line_is_left_out():
    assert funnel.funnel([place("甲", 1, 9), place("乙", 1, 9)], kind="share", per=100) is None
    drawn = funnel.funnel([place(str(n), n, n * 2 if n else 0) for n in range(4)], kind="share", per=100)
    assert len(drawn.points) == 3


@pytest.mark.parametrize("kind", ["share", "rate"])
def test_nothing_and_everything_are_drawn_too(kind):
    for of in (0, 8):
        drawn = funnel.funnel([place(str(n), of, 8) for n in range(3)], kind=kind, per=100)
        assert {one.zone for one in drawn.points} == {"inside"}


# --- course and bars


def month(label, value, standing="final", **more):
    return courses.Moment(label=label, value=value, words=str(value), standing=standing, **more)


def test_closed_months_are_solid_a_provisional_one_is_hollow_and_a_gap_stays_a_gap():
    drawn = courses.course([month("01", 60), month("02", 62), month("03", None, "not_computable"), month("04", 61),
                            month("05", 70, "provisional", low=66, high=74)])  # fmt: skip
    assert [stop.kind for stop in drawn.stops] == ["solid", "solid", "solid", "hollow"]
    assert drawn.solid.count("M") == 1
    assert drawn.broken.count("M") == 1
    high, low = (at(one) for one in drawn.stops[-1].bar)
    assert high < at(drawn.stops[-1].y) < low
    assert [tick.label for tick in drawn.x_ticks] == ["01", "02", "03", "05"]
    assert len(drawn.moments) == 5, "the table beside tells of the gap"


def test_a_target_is_a_step_for_each_period_it_held_for():
    drawn = courses.course([month("1", 60), month("2", 62, target=65), month("3", 66, target=70)])
    assert drawn.target.count("M") == 2
    first, second = (float(part.split()[1].split("H")[0]) for part in drawn.target.split("M")[1:])
    assert first > second, "the higher target stands higher"


def test_one_month_alone_stands_in_the_middle_and_none_is_no_picture():
    drawn = courses.course([month("2026-10", 5)])
    assert drawn.stops[0].x == "50.00%"
    assert courses.course([month("2026-10", None, "suppressed")]) is None


def test_bars_begin_at_nothing_and_say_where_the_target_is():
    drawn = courses.bars(
        [courses.Beside(label="甲", value=80, words="80%", low=70, high=90),
         courses.Beside(label="乙", value=None, words="不能算", standing="not_computable")], target=100,
    )  # fmt: skip
    assert [bar.width for bar in drawn.bars] == ["80.00%", "0.00%"]
    assert drawn.bars[0].band == ("70.00%", "20.00%")
    assert drawn.target == "100.00%"
    assert courses.bars([courses.Beside(label="乙", value=None, words="不能算")]) is None


# --- map


def spot(name, value, weight=10.0, dx=0.0, level="township"):
    return points.Spot(label=name, longitude=111.9 + dx, latitude=37.0, level=level, words=str(value), value=value,
                       weight=weight)  # fmt: skip


def mapped(spots, **more):
    return points.value_map([style_examples.OUTLINE], spots, said=lambda value: f"{value:g}%", **more)


def test_points_are_as_large_as_what_stands_below_and_coloured_in_five_steps():
    drawn = mapped([spot(str(n), n, weight=n * 100, dx=n / 500) for n in range(1, 11)])
    by_name = {dot.spot.label: dot for dot in drawn.dots}
    assert [by_name[str(n)].step for n in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert float(by_name["10"].radius) == points.LARGEST
    assert float(by_name["1"].radius) < float(by_name["5"].radius)
    assert (drawn.steps[0].words, drawn.steps[0].count) == ("1% – 2%", 2)
    assert drawn.dots[0].spot.label == "10", "small ones are drawn over large ones"


def test_a_place_without_a_value_has_no_colour_and_is_counted():
    drawn = mapped([spot("甲", None), spot("乙", 5)])
    assert {dot.spot.label: dot.step for dot in drawn.dots} == {"甲": 0, "乙": 3}
    assert drawn.without == 1
    assert mapped([spot("甲", None)]).steps == []


def test_equal_values_have_one_colour():
    assert {dot.step for dot in mapped([spot(str(n), 50) for n in range(7)]).dots} == {3}
    assert {dot.step for dot in mapped([spot(str(n), n % 2) for n in range(6)]).dots} == {1, 5}


def test_a_circle_is_as_wide_in_kilometres_as_it_is_high():
    drawn = mapped([spot("甲", 5)], around=[(111.9, 37.0)], km=5)
    wide, high = at(drawn.circles[0].wide), at(drawn.circles[0].high)
    assert (drawn.circles[0].x, drawn.circles[0].y) == (drawn.dots[0].x, drawn.dots[0].y)
    assert high / wide == pytest.approx(4 / 3, rel=0.01), "of a box four wide and three high"
    box = kernel_drawing.ground([style_examples.OUTLINE], [(111.9, 37.0)])
    assert box.y(37.0) - box.y(37.0 + 5 / kernel_drawing.KM_OF_DEGREE) == pytest.approx(high, abs=0.01)


def area(name, value, dx=0.0, size=0.1, **more):
    west, south = 111.9 + dx, 37.0
    ring = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    return points.Area(label=name, rings=[ring], words=str(value), value=value, **more)


def test_areas_have_the_colours_of_points_and_a_place_drawn_as_both_is_counted_once():
    areas = [area("甲镇", 5, pointed=True), area("丙镇", 7, dx=0.3, size=0.2), area("丁镇", None, dx=0.6)]
    drawn = mapped([spot("甲", 5), spot("乙", 9, dx=0.1)], areas=areas)
    steps = {field.area.label: field.step for field in drawn.fields}
    assert steps == {"甲镇": 1, "丙镇": 3, "丁镇": 0}
    assert next(dot.step for dot in drawn.dots if dot.spot.label == "甲") == steps["甲镇"]
    assert [(step.number, step.count) for step in drawn.steps] == [(1, 1), (3, 1), (5, 1)]
    assert drawn.without == 1
    assert drawn.fields[0].area.label == "丙镇", "an enclave is drawn over what surrounds it"
    assert all(0 <= at(field.x) <= 100 and 0 <= at(field.y) <= 100 for field in drawn.fields), "the map holds them all"


# --- flow


def stream(source, target, count):
    return flows.Stream(source=source, target=target, count=count, words=f"{source} → {target} {count}")


def test_streams_are_as_wide_as_their_counts_and_fill_their_nodes():
    drawn = flows.flow([["城关", "张兰"], ["村", "乡", "县", "县外"]], [
        stream("城关", "村", 60), stream("城关", "县", 30), stream("张兰", "村", 10), stream("张兰", "县外", 5),
        stream("张兰", "乡", 0),
    ])  # fmt: skip
    nodes = {node.label: node for node in drawn.nodes}
    assert drawn.total == 105
    assert set(nodes) == {"城关", "张兰", "村", "县", "县外"}, "where nobody goes is not drawn"
    assert nodes["村"].count == 70
    assert at(nodes["城关"].height) / at(nodes["张兰"].height) == pytest.approx(6, rel=0.01)
    assert len(drawn.bands) == 4
    for node in drawn.nodes:
        assert at(node.y) >= 0
        assert at(node.y) + at(node.height) <= 100.01


def test_no_two_streams_of_a_node_overlap():
    drawn = flows.flow([["甲", "乙"], ["村", "县"]], [
        stream("甲", "村", 3), stream("甲", "县", 5), stream("乙", "村", 7), stream("乙", "县", 11)])  # fmt: skip
    begins = {}
    for band in drawn.bands:
        head, tail = band.path.removeprefix("M").split("C")[0].split(), band.path.rstrip("Z").split()
        begins.setdefault(band.stream.source, []).append((float(head[1]), float(tail[-1])))
    for spans in begins.values():
        (_, first_end), (second, _) = sorted(spans)
        assert first_end == pytest.approx(second, abs=0.02)


def test_nothing_that_flows_is_no_picture():
    assert flows.flow([["甲"], ["乙"]], [stream("甲", "乙", 0)]) is None
