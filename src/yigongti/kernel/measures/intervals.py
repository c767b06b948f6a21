"""How sure a figure is: 95 % intervals of shares, rates, means and of the probability of dying, in exact decimals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


Interval = tuple[Decimal | None, Decimal | None]

Z = Decimal("1.959963984540054")
nothing: Interval = (None, None)


def wilson(of: Decimal, over: Decimal) -> Interval:
    """A share of independent rows or people (Wilson 1927); stays within nothing and all."""
    share, spread = of / over, Z * Z / over
    centre = (share + spread / 2) / (1 + spread)
    half = Z * (share * (1 - share) / over + spread / (4 * over)).sqrt() / (1 + spread)
    return max(centre - half, Decimal(0)), min(centre + half, Decimal(1))


def byar(of: Decimal, over: Decimal) -> Interval:
    """A rate of events per people or time: Byar's approximation to the Poisson limits of the count."""
    more = of + 1
    low = of * (1 - 1 / (9 * of) - Z / (3 * of.sqrt())) ** 3 if of else Decimal(0)
    high = more * (1 - 1 / (9 * more) + Z / (3 * more.sqrt())) ** 3
    return max(low, Decimal(0)) / over, high / over


def mean(total: Decimal, n: Decimal, squares: Decimal | None) -> Interval:
    """A mean by the standard error of its own rows; of one row there is none."""
    if squares is None or n < 2:
        return nothing
    centre = total / n
    variance = max(squares - total * total / n, Decimal(0)) / (n - 1)
    half = Z * (variance / n).sqrt()
    return centre - half, centre + half


def chained(died: Sequence[Decimal], lived: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """The probability of dying in one of the five-year bands, with its interval (Chiang): 40q30 of reference 2.10."""
    survives, variance = Decimal(1), Decimal(0)
    for deaths, years in zip(died, lived, strict=True):
        rate = deaths / years
        dies = min(5 * rate / (1 + Decimal("2.5") * rate), Decimal(1))
        survives *= 1 - dies
        variance += dies * dies / (deaths * (1 - dies)) if deaths and dies < 1 else Decimal(0)
    value, half = 1 - survives, Z * survives * variance.sqrt()
    return value, max(value - half, Decimal(0)), min(value + half, Decimal(1))
