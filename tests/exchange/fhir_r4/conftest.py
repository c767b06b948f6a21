"""The collected FHIR files, where they lie beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.source import ROOT


COLLECTED = ROOT.parent / "shared" / "data" / "fhir"


@pytest.fixture
def collected() -> Path:
    """The folder of collected files; who has none is told, the tests on our own samples run all the same."""
    if not COLLECTED.is_dir():
        pytest.skip("needs ../shared/data/fhir, which is not beside the project")
    return COLLECTED
