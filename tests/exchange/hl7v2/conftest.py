"""The collected messages, where they lie beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source import ROOT


COLLECTED = ROOT.parent / "shared" / "data" / "hl7v2"


@pytest.fixture
def collected() -> Path:
    """The folder of collected messages; who has none is told, the tests on our own messages run all the same."""
    if not COLLECTED.is_dir():
        pytest.skip("needs ../shared/data/hl7v2, which is not beside the project")
    return COLLECTED
