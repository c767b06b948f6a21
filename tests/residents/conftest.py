"""A county with its people, and somebody to act."""

from __future__ import annotations

import pytest

from tests import factories


@pytest.fixture
def county(db):
    return factories.county()


@pytest.fixture
def village_doctor(county):
    return factories.actor("village_doctor", county.village)


@pytest.fixture
def township_doctor(county):
    return factories.actor("township_doctor", county.township)


@pytest.fixture
def steward(county):
    return factories.actor("data_steward", county.group, name="侯宏明")
