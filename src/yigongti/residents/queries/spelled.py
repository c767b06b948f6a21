"""How a person is told of to others: the parts of a Chinese name, and the words of the register's codes."""

from __future__ import annotations

from yigongti.residents.labels import ETHNICITY as ETHNICITIES
from yigongti.residents.labels import PHONE_OWNER as PHONE_OWNERS
from yigongti.residents.labels import SEX as SEXES
from yigongti.residents.pinyin import COMPOUND


__all__ = ["COMPOUNDS", "ETHNICITIES", "PHONE_OWNERS", "SEXES"]

COMPOUNDS = tuple(COMPOUND)
"""Surnames of two characters."""
