"""Brings the catalogue of this chapter to the boot, the book and the province: its pages, needs, sets and targets."""

from __future__ import annotations

from types import ModuleType

from yigongti.indicators.policy import soundness
from yigongti.indicators.policy.families import PAGES
from yigongti.indicators.policy.needs import NEEDS
from yigongti.indicators.policy.sets import SETS
from yigongti.indicators.spelled import spelled
from yigongti.kernel.measures.catalogues import Catalogue, Page, sign
from yigongti.kernel.measures.words import Indicator


def _page(module: ModuleType) -> Page:
    return Page(
        name=module.__name__.rpartition(".")[2],
        about="".join((module.__doc__ or "").splitlines()),
        indicators=tuple(one for one in vars(module).values() if isinstance(one, Indicator)),
    )


sign(
    Catalogue(
        pages=tuple(_page(module) for module in PAGES),
        needs=NEEDS,
        sets=SETS,
        targets=tuple(soundness.targets()),
        faults=soundness.faults,
        spelled=spelled,
    )
)
