"""The lists of packages: pinned, without a host, the same for a newcomer and a developer, and with wheels for macOS."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
RUN, DEVELOP = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)(?: ; ([^\\\n]+))?", re.MULTILINE)


def pins(path):
    """Versions by name and by the Pythons that they are for: the newest numpy has none for 3.11."""
    return {(name, when.strip()): version for name, version, when in PINNED.findall(path.read_text(encoding="utf-8"))}


def names(path):
    return sorted({name for name, _ in pins(path)})


@pytest.mark.parametrize("path", [RUN, DEVELOP], ids=lambda path: path.name)
def test_every_package_is_pinned_with_its_hashes_and_no_host_is_named(path):
    text = path.read_text(encoding="utf-8")
    entries = [part for part in re.split(r"\n(?=[a-z])", text) if part[:1].isalpha()]
    assert len(entries) == len(pins(path)) > 20
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_developers_run_what_newcomers_run():
    assert pins(RUN).items() <= pins(DEVELOP).items()


def test_every_dependency_says_why_it_is_there():
    lists = re.findall(
        r'^    "[^"]+",(.*)$', (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[tool.")[0], re.M
    )
    assert len(lists) > 20
    assert all(re.search(r"  # \w+", reason) for reason in lists)


def test_what_the_project_names_is_what_is_pinned():
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in named} <= set(names(RUN))


@pytest.fixture(scope="module")
def macos_files(tmp_path_factory):
    """What pip would fetch on a Mac; it was never run on one."""
    report = tmp_path_factory.mktemp("pip") / "report.json"
    platforms = [f"--platform=macosx_{major}_0_arm64" for major in (14, 13, 12, 11)]
    command = [sys._base_executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    target = [f"--target={report.parent}", "--only-binary=:all:", "--python-version=3.12", *platforms]
    subprocess.run(
        [*command, *target, "--require-hashes", f"--report={report}", "-r", str(RUN)], check=True, capture_output=True
    )
    found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {
        item["metadata"]["name"].lower().replace("_", "-"): item["download_info"]["url"].rsplit("/", 1)[1]
        for item in found
    }


@pytest.mark.long
@pytest.mark.parametrize("name", names(RUN))
def test_a_mac_gets_a_wheel_of(name, macos_files):
    assert macos_files[name].endswith(("-any.whl", "_arm64.whl", "_universal2.whl"))
