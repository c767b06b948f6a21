"""What a parameter of a page holds on a day, for whoever counts with what this county has set."""

from __future__ import annotations

from datetime import date
from typing import Any

from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.words import Parameter


def settle(of: Parameter, day: date) -> Any:
    """A `Settle` by the shipped values and those of the county."""
    return values.value(of, on=day)
