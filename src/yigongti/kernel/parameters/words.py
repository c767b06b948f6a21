"""How a policy page names a parameter, and the shipped defaults behind the name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name on a policy page for a dated value."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One value and the day from which it holds."""

    begins: date
    value: int | str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """What ships: title, unit, source, confidence (S V V2 M+ M M-, see the domain reference) and dated values."""

    code: str
    title: str
    unit: str
    source: str
    confidence: str
    values: tuple[Dated, ...]


def parameter(code: str) -> Parameter:
    """Name a parameter on a policy page; an unknown name stops the boot."""
    return Parameter(code)


@cache
def defaults() -> dict[str, Default]:
    """Every shipped parameter by code, read once from the chapters' pages."""
    found: dict[str, Default] = {}
    for page in _pages():
        for code, row in tomllib.loads(page).items():
            if code in found:
                raise ValueError(f"two pages ship the parameter {code}")
            found[code] = Default(
                code=code,
                title=row["title"],
                unit=row["unit"],
                source=row["source"],
                confidence=row["confidence"],
                values=tuple(Dated(begins=v["from"], value=frozen(v["value"])) for v in row["values"]),
            )
    return found


def frozen(value: int | str | bool | list[str]) -> int | str | bool | tuple[str, ...]:
    """A value that nobody can change in passing: a list becomes a tuple."""
    return tuple(value) if isinstance(value, list) else value


def _pages() -> list[str]:
    root = resources.files("yigongti")
    places = [*root.iterdir(), *root.joinpath("kernel").iterdir()]
    pages = [p.joinpath("policy", "parameters.toml") for p in places if p.is_dir()]
    return [p.read_text(encoding="utf-8") for p in sorted(pages, key=str) if p.is_file()]
