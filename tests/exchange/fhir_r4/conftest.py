"""The collected FHIR files, where they lie beside the project."""

from __future__ import annotations

import subprocess
import tarfile
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


@pytest.fixture(scope="session")
def fetched(tmp_path_factory):
    """Brings a package of HL7's, as npm carries it, and gives its folder."""

    def fetch(name: str) -> Path:
        folder = tmp_path_factory.mktemp("hl7")
        command = ["npm", "pack", "--silent", f"{name}@4.0.1"]
        if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
            pytest.skip(f"needs {name}, which npm could not bring")
        with tarfile.open(next(folder.glob("*.tgz"))) as packed:
            packed.extractall(folder, filter="data")
        return folder / "package"

    return fetch
