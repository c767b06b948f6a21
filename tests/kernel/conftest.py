"""What the kernel's tests share: a tiny county, and another working day's morning where time matters."""

import pytest

from tests.factories import county as make_county
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations


@pytest.fixture
def county(db):
    yield make_county()
    organisations.forget()
    values.forget()


@pytest.fixture(autouse=True)
def journal_folder(settings, tmp_path):
    """Journal and stored files of a test lie in a folder of its own."""
    settings.DATA_FOLDER = tmp_path
