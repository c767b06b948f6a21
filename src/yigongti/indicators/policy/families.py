"""全部指标，按页的先后；一页一类，加一页就在这里写一行。"""

from collections.abc import Iterator
from types import ModuleType

from yigongti.indicators.policy import (
    monitoring_2024_flow,
    monitoring_2024_health,
    monitoring_2024_shared,
    monitoring_2024_union,
    monitoring_2024_value,
)
from yigongti.kernel.measures.words import Indicator


PAGES: tuple[ModuleType, ...] = (
    monitoring_2024_union,
    monitoring_2024_shared,
    monitoring_2024_flow,
    monitoring_2024_value,
    monitoring_2024_health,
)


def _signed() -> Iterator[Indicator]:
    """Every indicator that stands on a page, in its order."""
    for page in PAGES:
        yield from (one for one in vars(page).values() if isinstance(one, Indicator))


ALL: tuple[Indicator, ...] = tuple(_signed())
