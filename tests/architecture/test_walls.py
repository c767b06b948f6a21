"""The contract of our own catches what it should, and the list of exceptions only shrinks."""

import sys
import tomllib

import pytest
from grimp import ImportGraph

from tests.architecture.source import ROOT


EXCEPTIONS = 15


@pytest.fixture
def doors(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    import contracts

    yield contracts.Doors
    sys.modules.pop("contracts", None)


def _check(doors, imports, *, excused=()):
    graph = ImportGraph()
    for importer, imported in imports:
        for module in (importer, imported):
            if module not in graph.modules:
                graph.add_module(module)
        graph.add_import(importer=importer, imported=imported)
    options = {"open_to": ["kernel"], "walks_in": ["simulator"],
               "ignore_imports": [f"{a} -> {b}" for a, b in excused]}  # fmt: skip
    return doors("doors", {}, options).check(graph, verbose=False)


ACTIONS, MODELS = "yigongti.referral.actions", "yigongti.record.models"


@pytest.mark.parametrize("door", ["actions", "queries", "queries.timelines", "facts"])
def test_a_chapter_is_entered_by_its_doors(doors, door):
    assert _check(doors, [(ACTIONS, f"yigongti.record.{door}")]).kept


@pytest.mark.parametrize("wall", ["models", "pages", "policy.kinds", "refusals"])
def test_and_by_nothing_else(doors, wall):
    found = _check(doors, [(ACTIONS, f"yigongti.record.{wall}")])
    assert found.metadata["through walls"] == [(ACTIONS, f"yigongti.record.{wall}")]


def test_what_processes_run_is_for_the_site_alone(doors):
    room = "yigongti.exchange.processes.beats"
    assert _check(doors, [("yigongti.site.beats", room)]).kept
    assert not _check(doors, [("yigongti.site.beats", "yigongti.exchange.inbox")]).kept
    assert not _check(doors, [("yigongti.simulated.actions", room)]).kept


def test_inside_a_chapter_and_into_the_kernel_there_are_no_walls(doors):
    assert _check(doors, [(ACTIONS, "yigongti.referral.models"), (ACTIONS, "yigongti.kernel.clock")]).kept


def test_the_builder_of_the_county_walks_in(doors):
    assert _check(doors, [("yigongti.simulator.people", MODELS)]).kept


def test_an_exception_is_excused_until_nobody_needs_it(doors):
    assert _check(doors, [(ACTIONS, MODELS)], excused=[(ACTIONS, MODELS)]).kept
    left_over = _check(doors, [(ACTIONS, "yigongti.record.queries")], excused=[(ACTIONS, MODELS)])
    assert left_over.metadata["no longer needed"] == [(ACTIONS, MODELS)]


def test_the_exceptions_only_become_fewer():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    excused = [line for c in contracts for line in c.get("ignore_imports", ())]
    assert len(excused) <= EXCEPTIONS
