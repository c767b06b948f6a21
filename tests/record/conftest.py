"""What the record's tests share."""

import pytest

from tests.record.factories import County, resident
from yigongti.organisations import queries as organisations


@pytest.fixture
def county(db):
    organisations.forget()
    yield County()
    organisations.forget()


@pytest.fixture
def person(county):
    """张桂兰, 67 or so, managed by the village room of 南街."""
    return resident(county.village)
