"""What all tests share: the long ones wait for --long, and a missing outside program is named, never silent."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest


CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
missing_programs = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="also the tests marked long (./run test --all)")


def pytest_configure(config):
    config.stash[missing_programs] = {}
    if sys.version_info < (3, 11, 5) and config.option.tbstyle == "auto":
        # Debian's 3.11.2 fails to parse source at the depth of a template's traceback, and pytest falls with it.
        config.option.tbstyle = "native"


def pytest_collection_modifyitems(config, items):
    if config.getoption("--long"):
        return
    chosen = [item for item in items if not item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
    items[:] = chosen


def pytest_runtest_setup(item):
    for mark in item.iter_markers("needs"):
        lacking = [program for program in mark.args if find_program(program) is None]
        if lacking:
            pytest.skip(f"needs {', '.join(lacking)}")


def find_program(name):
    named = os.environ.get(f"YIGONGTI_{name.upper()}")
    candidates = [named] if named else CHROMIUM if name == "chromium" else [name]
    return next((path for candidate in candidates if (path := shutil.which(candidate))), None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """In CI an outside program that is missing is a failure of the installation, not of the weather."""
    if hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    for report in reporter.stats.get("skipped", []) if reporter else []:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if "needs " in reason:
            session.config.stash[missing_programs][report.nodeid] = reason.split("needs ", 1)[1]
    if os.environ.get("CI") == "true" and session.config.stash[missing_programs] and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    missing = config.stash[missing_programs]
    if missing:
        terminalreporter.section("没有跑：缺少外部程序 not run, an outside program is missing")
        for test, programs in sorted(missing.items()):
            terminalreporter.write_line(f"{test}: {programs}")


@pytest.fixture(scope="session")
def chromium_path():
    return find_program("chromium")


@pytest.fixture(scope="session")
def project_root():
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def open_folder():
    """A folder that the server's own account may pass into, as the data folder is when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="yigongti-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
