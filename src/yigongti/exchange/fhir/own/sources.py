"""How a row of ours says what the index would hold of its resource: sub-queries that yield the values of `{r}`."""

from __future__ import annotations

from collections.abc import Mapping

from yigongti.exchange.policy import fhir_own as words
from yigongti.exchange.policy.known_codes import ALL, DIASTOLIC, PRESSURE_PANELS, SYSTOLIC


Source = tuple[str, str]
"""Which table of the index the values would stand in, and the sub-query."""

LOINC, UNITS = "http://loinc.org", "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem/"
ACT_CODE, CONDITION_STATUS = f"{HL7}v3-ActCode", f"{HL7}condition-clinical"
CONDITION_CATEGORY, OBSERVATION_CATEGORY = f"{HL7}condition-category", f"{HL7}observation-category"
ALLERGY_STATUS = f"{HL7}allergyintolerance-clinical"
LOINC_OF = {"blood_pressure": PRESSURE_PANELS[0], **{one.series: one.loinc[0] for one in ALL}}
"""Series → the code that it is told by."""
COUNTY = "'Asia/Shanghai'"


def said(text: str) -> str:
    """A text of ours within a statement that has parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def cased(column: str, told: Mapping[str, str], otherwise: str = "") -> str:
    """One word for another; what is not listed stays, or becomes `otherwise`."""
    lines = " ".join(f"WHEN {said(code)} THEN {said(word)}" for code, word in told.items())
    return f"CASE {column} {lines} ELSE {otherwise or column} END"


SYSTEM = cased("nullif({r}.system, '')", words.KNOWN_SYSTEMS, said(words.OTHER_SYSTEM) + " || nullif({r}.system, '')")
"""The system of an entry's code, written out."""


def coded(code: str, system: str = "NULL", where: str = "true", rows: str = "") -> Source:
    """A code with its system."""
    among = f" FROM {rows}" if rows else ""
    return "token", f"SELECT {code} AS code, {system}::text AS system{among} WHERE {where}"


def always(code: str, system: str = "") -> Source:
    """The same of every row."""
    return coded(f"{said(code)}::text", said(system) if system else "NULL")


def series_codes(series: str, system: str) -> Source:
    """A series by its LOINC code and ours; else the entry's own code."""
    return "token", (
        f"SELECT {cased(series, LOINC_OF)} AS code, {said(LOINC)} AS system WHERE {series} IS NOT NULL"
        f" UNION ALL SELECT {series}, {said(words.SERIES_SYSTEM)} WHERE {series} IS NOT NULL"
        f" UNION ALL SELECT {{r}}.code, {system} WHERE {series} IS NULL AND {{r}}.code <> ''"
    )


_PRESSURES = f"unnest(ARRAY[{said(SYSTOLIC)}, {said(DIASTOLIC)}])"
PRESSURE_CODES = coded(_PRESSURES, said(LOINC), "{r}.second_value IS NOT NULL")


def both(one: Source, other: Source) -> Source:
    """Either."""
    return one[0], f"{one[1]} UNION ALL {other[1]}"


def second(column: str, precision: str = "second") -> Source:
    """A moment, written so exactly."""
    began = f"date_trunc('{precision}', {{r}}.{column})"
    return "span", f"SELECT {began} AS low, {began} + interval '1 {precision}' AS high WHERE {{r}}.{column} IS NOT NULL"


def day(column: str) -> Source:
    """A day of the county."""
    return "span", (
        f"SELECT {{r}}.{column}::timestamp AT TIME ZONE {COUNTY} AS low, "
        f"({{r}}.{column} + 1)::timestamp AT TIME ZONE {COUNTY} AS high WHERE {{r}}.{column} IS NOT NULL"
    )


def period(begins: str, ends: str, where: str = "true") -> Source:
    """From one moment to another; without an end it is open."""
    return "span", (
        f"SELECT date_trunc('second', {{r}}.{begins}) AS low, coalesce(date_trunc('second', {{r}}.{ends}) "
        f"+ interval '1 second', 'infinity') AS high WHERE {where}"
    )


def ended_period(begins: str, ends: str) -> Source:
    """One that is told only when it is over."""
    return period(begins, ends, f"{{r}}.{ends} IS NOT NULL")


def period_or_second(begins: str, ends: str) -> Source:
    """A period where there is an end, else the moment."""
    return both(ended_period(begins, ends), ("span", f"{second(begins)[1]} AND {{r}}.{ends} IS NULL"))


def link(target: str) -> Source:
    """Another resource, where there is one."""
    return "link", f"SELECT {target} AS target WHERE {target} IS NOT NULL"


def text(*values: str) -> Source:
    """Texts, compared without case."""
    listed = ", ".join(f"({one})" for one in values)
    return "text", f"SELECT lower(t.said) AS value, t.said FROM (VALUES {listed}) t(said) WHERE t.said <> ''"


def amounts(value: str, series: str, where: str) -> Source:
    """Numbers of a series with the unit as UCUM writes it: as exact as they are kept."""
    unit = cased(series, words.UCUM)
    return "amount", (
        f"SELECT n.value, n.value AS low, n.value AS high, {said(UNITS)} AS system, {unit} AS code, {{r}}.unit AS unit"
        f" FROM (SELECT {value} AS value) n WHERE {series} IS NOT NULL AND {where}"
    )
