"""The figures of made counties against their maker's own counting: right, or with faults honestly provisional."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import override_settings

from tests.simulator.conftest import one, quiet, rows
from tests.simulator.counting import BY_CODE, Counted
from yigongti import simulator
from yigongti.kernel import clock
from yigongti.simulator.building import Building


pytestmark = pytest.mark.django_db
MERGED = "UPDATE residents_resident SET master_id = %s WHERE id = %s"


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def merge(truth):
    """What data staff will have done once every second registration is found."""
    for row in truth["duplicates"]:
        run(MERGED, row["resident"], row["again"])


@pytest.fixture(scope="module", params=[3, *(pytest.param(seed, marks=pytest.mark.long) for seed in (8, 21))])
def made(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """A county that nobody has lived cases in: only what is drawn from the seed."""
    folder = tmp_path_factory.mktemp("truth")
    patched = pytest.MonkeyPatch()
    patched.setattr(Building, "_cases", lambda self, county: None)
    patched.setattr(Building, "_capacity", lambda self, county: None)
    with django_db_blocker.unblock(), override_settings(DATA_FOLDER=folder), transaction.atomic():
        truth = simulator.build(residents=700, seed=request.param, density=1.4, progress=quiet).truth
        before = one("SELECT count(*) FROM residents_resident WHERE id = master_id AND died_on IS NULL")
        merge(truth)
        county = one("SELECT unit_id FROM organisations_county")
        yield SimpleNamespace(truth=truth, county=county, counted=Counted(folder), folder=folder, before=before)
        transaction.set_rollback(True)
    patched.undo()


def told(made, place):
    """The truth of a place, by figure and period."""
    return {
        (code, period): [Fraction(part) for part in places[place]]
        for code, periods in made.truth["figures"].items()
        for period, places in periods.items()
        if place in places and _computed(code, period)
    }


def _computed(code, period):
    kind = "year" if len(period) == 4 else "month"
    return kind in BY_CODE[code].periods


def parts(found):
    """Numerator and denominator as the ledger has them; of a count its number."""
    return [Fraction(part or 0) for part in (found.numerator, found.denominator)]


def differing(made, level, places):
    """Figures that the engine has otherwise than the truth, at these places of a level: their names in both."""
    true = {place: told(made, name) for name, place in places.items()}
    asked = {key for one in true.values() for key in one if level in BY_CODE[key[0]].levels}
    found = made.counted.figures(sorted(asked), level=level)
    wrong = []
    for place, figures in true.items():
        for code, period in asked & set(figures):
            right, outcome = figures[code, period], found.get((code, period, place))
            has = parts(outcome)[: len(right)] if outcome else [Fraction(0)] * len(right)
            if has != right:
                wrong.append((place, code, period, [float(part) for part in has], [float(part) for part in right]))
    return wrong


@pytest.mark.requirement("R45")
def test_every_figure_is_true_of_the_county_and_of_its_townships(made):
    assert len(told(made, "county")) > 190
    own = townships(made)
    assert min(len(told(made, str(one))) for one in own) > 150
    wrong = differing(made, "county", {"county": made.county})
    wrong += differing(made, "township", {str(one): one for one in own})
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.requirement("R127")
def test_the_probability_of_dying_early_is_true_of_each_year_and_of_three_together(made):
    told = {tuple(name.split()): Fraction(chance) for name, chance in made.truth["premature"].items()}
    assert len(told) == 3
    found = made.counted.figures(sorted(told), level="county")
    for key, chance in told.items():
        value = found[*key, made.county].value
        assert value == round(Decimal(float(chance * 100)), 2), key


def townships(made):
    places = made.truth["figures"]["visits_count"][str(clock.today().year - 1)]
    return sorted(int(place) for place in places if place != "county")[:2]


@pytest.mark.requirement("R133")
def test_people_registered_twice_are_one_once_they_are_merged(made):
    after = one("SELECT count(*) FROM residents_resident WHERE id = master_id AND died_on IS NULL")
    assert made.before - after == len(made.truth["duplicates"]) > 5


@pytest.mark.parametrize("made", [3], indirect=True)
def test_of_a_month_that_is_not_all_there_nobody_says_it_is_final(made):
    with transaction.atomic():
        run(LATE.format(year=clock.today().year - 1))
        run(SILENT.format(year=clock.today().year - 1))
        room, before, after = _move_a_village()
        counted = Counted(made.folder, only=("visits", "claims", "arrivals"))
        transaction.set_rollback(True)
    _claims_are_provisional(made, counted)
    _visits_are_provisional(made, counted)
    _a_village_counts_where_it_belonged(made, counted, room, before, after)


LATE = """
DELETE FROM fund_claim
WHERE COALESCE(discharged_on, settled_on) BETWEEN '{year}-10-01' AND '{year}-10-31' AND id %% 9 > 0
"""
SILENT = """
UPDATE record_entry SET withdrawn = true WHERE kind = 'encounter' AND at >= '{year}-10-01 00:00+08'
    AND at < '{year}-11-01 00:00+08' AND institution_id IN (
        SELECT unit_id FROM organisations_institution WHERE kind = 'county_hospital')
"""


def figure(made, counted, code, period):
    found = counted.figures([(code, period)], level="county")[code, period, made.county]
    return found, counted.standing(code, period, found)


def _claims_are_provisional(made, counted):
    year = clock.today().year - 1
    found, standing = figure(made, counted, "in_county_visit_share", f"{year}-10")
    assert parts(found) != told(made, "county")["in_county_visit_share", f"{year}-10"]
    assert (standing.code, standing.gaps[0].reason, standing.gaps[0].need) == ("provisional", "sender_missing", "claim")
    assert figure(made, counted, "in_county_visit_share", str(year))[1].code == "provisional"
    found, standing = figure(made, counted, "in_county_visit_share", f"{year}-03")
    assert parts(found) == told(made, "county")["in_county_visit_share", f"{year}-03"]
    assert standing.code == "final"


def _visits_are_provisional(made, counted):
    year = clock.today().year - 1
    found, standing = figure(made, counted, "visits_count", f"{year}-10")
    assert parts(found)[0] < told(made, "county")["visits_count", f"{year}-10"][0]
    assert [(gap.reason, gap.sender, gap.received) for gap in standing.gaps] == [
        ("sender_missing", "介休市人民医院", 0)
    ]
    assert standing.code == "provisional"
    found, standing = figure(made, counted, "visits_count", f"{year}-03")
    assert (parts(found)[:1], standing.code) == (told(made, "county")["visits_count", f"{year}-03"], "final")


def _move_a_village():
    """From July on a busy room stands under another centre: the room, its centre until then, and since."""
    year = clock.today().year - 1
    room, before = rows(BUSY)[0]
    after = rows("SELECT unit_id FROM organisations_institution WHERE kind = 'township_centre' AND unit_id <> %s"
                 " ORDER BY unit_id LIMIT 1", before)[0][0]  # fmt: skip
    for centre, begins, ends in ((before, "2017-10-01", f"{year}-06-30"), (after, f"{year}-07-01", None)):
        run("INSERT INTO organisations_roomhost (room_id, centre_id, begins, ends) VALUES (%s, %s, %s, %s)",
            room, centre, begins, ends)  # fmt: skip
    return room, before, after


BUSY = """
SELECT e.institution_id, u.parent_id FROM record_encounter e JOIN access_unit u ON u.id = e.institution_id
JOIN organisations_institution i ON i.unit_id = u.id AND i.kind = 'village_room'
WHERE e.encounter_class = 'village' AND extract(year FROM e.at) = extract(year FROM now()) - 1
GROUP BY 1, 2 ORDER BY count(*) DESC, 1 LIMIT 1
"""


def _a_village_counts_where_it_belonged(made, counted, room, before, after):
    year = clock.today().year - 1
    for period, goes in ((f"{year}-03", False), (f"{year}-10", True)):
        whole = counted.figures([("visits_count", period)], level="township")
        was = made.counted.figures([("visits_count", period)], level="township")
        own = counted.figures([("visits_count", period)], level="institution").get(("visits_count", period, room))
        moved = number(own) if goes else 0
        for centre, change in ((before, -moved), (after, moved)):
            place = ("visits_count", period, centre)
            assert number(whole.get(place)) == number(was.get(place)) + change


def number(found):
    return found.numerator if found and found.numerator else 0
