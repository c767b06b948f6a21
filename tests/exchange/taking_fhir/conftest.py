"""A county, and the collected lives, where they lie beside the project."""

import pytest

from tests.exchange.fhir_r4.conftest import collected as collected
from tests.factories import county as make_county


@pytest.fixture
def county():
    return make_county()
