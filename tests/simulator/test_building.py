"""Making a county: the same from the same seed, whole or recognised as not whole."""

import pytest
from django.db import transaction

from tests.simulator.conftest import quiet, rows
from yigongti import simulator
from yigongti.simulator.building import Building, CountyExists


# What came with the freshest cases is told by the minute of the making.
SETTLED = "source IN ('his', 'entered', 'inbox') AND entered_at < now() - interval '6 hours'"
# table: its key, and which of its rows bear no number of a case (those go on counting after a rollback)
TABLES = {
    "access_unit": ("id", "TRUE"), "organisations_institution": ("unit_id", "TRUE"),
    "organisations_staff": ("id", "TRUE"), "residents_resident": ("id", "TRUE"),
    "record_entry": ("id", SETTLED),
    "record_observation": ("entry_id", f"entry_id IN (SELECT id FROM record_entry WHERE {SETTLED})"),
    "capacity_stay": ("id", "case_number = ''"), "capacity_appointment": ("id", "case_number = ''"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path


@pytest.fixture
def without_cases(monkeypatch):
    """Living through the cases takes longer than all the rest of a tiny county."""
    monkeypatch.setattr(Building, "_cases", lambda self, county: None)


def printed(seed):
    """What a county of this seed holds, as one print per table."""
    with transaction.atomic():
        simulator.build(residents=300, seed=seed, progress=quiet)
        found = {
            table: rows(f"SELECT md5(string_agg(t::text, '|' ORDER BY {key})) FROM {table} t WHERE {which}")[0][0]
            for table, (key, which) in TABLES.items()
        }
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_county_and_another_makes_another():
    first, second, other = printed(3), printed(3), printed(4)
    assert first == second
    assert [table for table in TABLES if first[table] == other[table]] == []


@pytest.mark.django_db
def test_a_county_whose_making_was_cut_short_is_not_complete_and_nobody_can_sign_in(monkeypatch):
    def killed(self, county):
        raise KeyboardInterrupt

    assert simulator.is_empty()
    monkeypatch.setattr(Building, "_capacity", killed)
    with pytest.raises(KeyboardInterrupt):
        simulator.build(residents=300, progress=quiet)
    assert not simulator.is_empty()
    assert not simulator.is_complete()
    assert rows("SELECT DISTINCT status FROM access_account") == [("suspended",)]


@pytest.mark.django_db
@pytest.mark.usefixtures("without_cases")
def test_a_county_is_only_built_in_an_empty_database():
    simulator.build(residents=300, progress=quiet)
    with pytest.raises(CountyExists):
        simulator.build(residents=300, progress=quiet)


@pytest.mark.django_db
@pytest.mark.usefixtures("without_cases")
def test_progress_goes_forward_and_ends_at_the_whole():
    told = []
    simulator.build(residents=3_000, progress=lambda *step: told.append(step))
    people = [(done, total) for title, done, total in told if title == "居民和就诊记录"]
    assert people == sorted(people)
    assert people[-1] == (3_000, 3_000)


@pytest.mark.django_db
@pytest.mark.usefixtures("without_cases")
def test_more_density_means_more_visits():
    def entries(density):
        with transaction.atomic():
            simulator.build(residents=600, density=density, progress=quiet)
            found = rows("SELECT count(*) FROM record_entry e WHERE resident_id <> 1")[0][0]
            transaction.set_rollback(True)
        return found

    assert entries(2.0) > 1.3 * entries(1.0)
