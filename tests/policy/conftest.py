"""The `case` of the manual's examples."""

from contextlib import ExitStack

import pytest

from tests.policy.cases import Example


@pytest.fixture
def case(db):
    with ExitStack() as stack:
        yield Example(stack)
