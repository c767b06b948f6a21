"""./run figures says what it did in whole lines: which months of what were read, and which figures came of them."""

from datetime import date

import pytest

from tests.factories import county
from yigongti.indicators.models import Value
from yigongti.indicators.processes import computed_from
from yigongti.kernel import clock
from yigongti.site.figures import KINDS, computed_lines, read_lines


def test_what_was_read_stands_in_a_line_a_fact():
    changed = {"visits": {date(2026, 9, 1), date(2026, 11, 1), date(2025, 12, 1)}, "beds": set()}
    assert read_lines(changed, {"visits": "就诊"})[1:] == [("就诊", "3", "2025-12", "2026-11")]


@pytest.mark.django_db
def test_what_was_computed_stands_in_a_line_a_kind_of_period():
    made = county()
    place, other = made.group.pk, made.root.pk
    for period, starts, snapshot, where in (
        ("2026-09", date(2026, 9, 1), "7", place), ("2026-09", date(2026, 9, 1), "7", other),
        ("2026-10", date(2026, 10, 1), "7", place), ("2026-Q3", date(2026, 7, 1), "7", place),
        ("2025", date(2025, 1, 1), "6", place),
    ):  # fmt: skip
        Value.objects.create(indicator="x", version="1", level="group", place_id=where, period=period, starts=starts,
                             status="final", snapshot=snapshot, cut=clock.now())  # fmt: skip
    found = computed_lines(computed_from(snapshot="7"))
    assert found[1:] == [
        (KINDS["month"], "2", "2026-09", "2026-10", "3"), (KINDS["quarter"], "1", "2026-Q3", "2026-Q3", "1"),
    ]  # fmt: skip
