"""What the tests of the organisation share."""

import pytest

from tests.organisations.factories import Place
from yigongti.organisations import calendar, queries


@pytest.fixture
def place(db):
    queries.forget()
    calendar.forget()
    yield Place()
    queries.forget()
    calendar.forget()
