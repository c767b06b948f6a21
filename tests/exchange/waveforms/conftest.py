"""The collected recordings, where they lie beside the project."""

from __future__ import annotations

import pytest

from tests.architecture.source import ROOT


COLLECTED = ROOT.parent / "shared" / "data"


@pytest.fixture
def collected():
    """Name → bytes of the collected files; who has none is told, the tests on our own files run all the same."""
    if not (COLLECTED / "ecg").is_dir():
        pytest.skip("needs ../shared/data/ecg, which is not beside the project")

    def files(*names):
        return {name: (COLLECTED / name).read_bytes() for name in names}

    return files
