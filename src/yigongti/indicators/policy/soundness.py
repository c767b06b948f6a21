"""What must hold of the whole catalogue before anyone reads a figure: said at boot, all at once."""

from __future__ import annotations

import tomllib
from importlib import resources

from yigongti.indicators.policy.cockpits import COCKPITS
from yigongti.indicators.policy.families import ALL
from yigongti.indicators.policy.needs import NEEDS
from yigongti.indicators.policy.sets import SETS
from yigongti.kernel.measures.checks import by_code
from yigongti.kernel.measures.checks import faults as faults_of
from yigongti.kernel.measures.words import Indicator


def catalogue() -> dict[str, Indicator]:
    """Every indicator by its code; raises ValueError when two have one."""
    return by_code(ALL)


def faults() -> list[str]:
    """Everything wrong with the pages, the sets, the cockpits and the targets; empty when the house may open."""
    known = catalogue()
    named = [(f"the set {title} {number}", code) for title, one in SETS.items() for number, codes in one.items()
             for code in codes]  # fmt: skip
    named += [(f"the cockpit of {role}", code) for role, codes in COCKPITS.items() for code in codes]
    named += [("a target", target["indicator"]) for target in targets()]
    return faults_of(known, needs=NEEDS) + [
        f"{where} names the indicator {code}, which there is not" for where, code in named if code not in known
    ]


def targets() -> list[dict[str, str]]:
    """The targets that ship, in the order of their page."""
    page = resources.files("yigongti.indicators").joinpath("policy", "targets.toml")
    found: list[dict[str, str]] = tomllib.loads(page.read_text(encoding="utf-8"))["target"]
    return found
