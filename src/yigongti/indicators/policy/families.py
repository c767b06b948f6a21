"""全部指标，按页的先后；一页一类，加一页就在这里写一行。"""

from collections.abc import Iterator
from types import ModuleType

from yigongti.indicators.policy import (
    beds_and_cost,
    cost_structure,
    data_itself,
    diabetes,
    growth,
    hypertension,
    monitoring_2020_ability,
    monitoring_2020_fund,
    monitoring_2020_order,
    monitoring_2020_use,
    monitoring_2024_flow,
    monitoring_2024_health,
    monitoring_2024_shared,
    monitoring_2024_union,
    monitoring_2024_value,
    mortality,
    mothers_children_deaths,
    outflow,
    public_health,
    public_health_awaited,
    referral_clocks,
    shared_centres,
)
from yigongti.kernel.measures.words import Indicator


PAGES: tuple[ModuleType, ...] = (
    monitoring_2024_union,
    monitoring_2024_shared,
    monitoring_2024_flow,
    monitoring_2024_value,
    monitoring_2024_health,
    monitoring_2020_order,
    monitoring_2020_ability,
    monitoring_2020_use,
    monitoring_2020_fund,
    growth,
    mortality,
    mothers_children_deaths,
    hypertension,
    diabetes,
    public_health,
    public_health_awaited,
    beds_and_cost,
    cost_structure,
    outflow,
    referral_clocks,
    shared_centres,
    data_itself,
)


def _signed() -> Iterator[Indicator]:
    """Every indicator that stands on a page, in its order."""
    for page in PAGES:
        yield from (one for one in vars(page).values() if isinstance(one, Indicator))


ALL: tuple[Indicator, ...] = tuple(_signed())
