"""A county that lives: organisation, people, three years of visits, cases in every state, with the truth about itself.

Owns no table. It writes the tables of the chapters below by COPY, in one transaction per stage, and cases through the
real actions. Accounts are made suspended and freed by the last stage: nobody signs in to a half-made county, and
`is_complete` asks just that. Everything comes from the seed and the day. No real person: see data/SOURCES.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Callable

    from yigongti.simulator.summaries import Summary


def build(
    *, residents: int = 20_000, seed: int = 1, density: float = 1.0, progress: Callable[[str, int, int], None]
) -> Summary:
    """Make the county in an empty database; `density` multiplies the visits. `progress(title, done, total)`."""
    from yigongti.simulator import building  # models need a ready Django, this package must not

    return building.build(residents=residents, seed=seed, density=density, progress=progress)


def is_empty() -> bool:
    """Whether the database holds no organisation yet."""
    from yigongti.simulator import building

    return building.is_empty()


def is_complete() -> bool:
    """Whether a county stands whole; False for an empty one and for one whose making was killed."""
    from yigongti.simulator import building

    return building.is_complete()


def decide() -> bool:
    """Once the figures of a demonstration stand: let its people publish, doubt, judge and write; whether they did."""
    from yigongti.simulator import deciding

    return deciding.decide()
