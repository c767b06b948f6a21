"""The pen of the simulated record: ready lines for entries and their typed parts.

A line is joined from fragments made once: what (kind, code, title, text), where (institution, author, source), when.
This is the inner loop of the whole county; it stays flat on purpose.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from yigongti.simulator.copying import NULL, Table, escaped
from yigongti.simulator.organising import County, Site


ENTRY_COLUMNS = (
    "id resident_id kind system code title text at until entered_at institution_id department_id author author_post_id"
    " source sensitivity encounter_id version replaced_by_id correction_reason detail"
)
SOURCES = {"village": "entered", "township": "his", "county": "his", "outside": "inbox"}


def what(kind: str, system: str, code: str, title: str, text: str = "") -> str:
    """The fragment that says what an entry is."""
    return f"{kind}\t{system}\t{code}\t{escaped(title)}\t{escaped(text)}"


def detail(**facts: str) -> str:
    """The fragment with what the typed columns do not hold."""
    return escaped(json.dumps(facts, ensure_ascii=False))


class Scribe:
    """Writes entries into three tables; days are counted backwards from today."""

    def __init__(self, county: County, *, today: date) -> None:
        self.entries = Table("record_entry", ENTRY_COLUMNS)
        self.encounters = Table(
            "record_encounter",
            "entry_id resident_id institution_id encounter_class at until diagnosis_code out_of_county",
        )
        self.observations = Table(
            "record_observation", "entry_id resident_id series value second_value unit low high at"
        )
        self._last = 0
        self._today = today
        self._days = [(today - timedelta(days=ago)).isoformat() for ago in range(6000)]
        self._minutes = [f"T{m // 60:02d}:{m % 60:02d}:00+08" for m in range(24 * 60)]
        self.wheres = {site.unit: _wheres(site) for site in county.sites}
        self.departments = {
            (site.unit, one.name): [
                f"{site.unit}\t{one.unit}\t{author}\t{NULL if post is None else post}\this"
                for author, post in one.authors
            ]
            for site in county.sites
            for one in site.departments
            if one.authors
        }

    def when(self, ago: int, minute: int) -> str:
        """A moment so many days ago."""
        return self._days[ago] + self._minutes[minute]

    def entry(
        self, resident: int, what: str, where: str, ago: int, minute: int, *, secret: str = "",
        part_of: int | str = NULL, more: str = "{}", until: str = NULL,
    ) -> int:  # fmt: skip
        """One entry; it is entered a few minutes after it happens."""
        self._last = number = self._last + 1
        day, minutes = self._days[ago], self._minutes
        self.entries.lines.append(
            f"{number}\t{resident}\t{what}\t{day}{minutes[minute]}\t{until}\t{day}{minutes[minute + 6]}\t{where}"
            f"\t{secret}\t{part_of}\t1\t{NULL}\t\t{more}"
        )
        return number

    def visit(
        self, resident: int, what: str, where: str, site: Site, ago: int, minute: int, *, kind: str, code: str = "",
        secret: str = "", until: str = NULL, more: str = "{}",
    ) -> int:  # fmt: skip
        """An encounter with its typed part."""
        number = self.entry(resident, what, where, ago, minute, secret=secret, until=until, more=more)
        at, outside = self.when(ago, minute), "t" if site.level == "outside" else "f"
        self.encounters.lines.append(f"{number}\t{resident}\t{site.unit}\t{kind}\t{at}\t{until}\t{code}\t{outside}")
        return number

    def measure(
        self, resident: int, series: str, what: str, where: str, ago: int, minute: int, value: str, unit: str, *,
        second: str = NULL, part_of: int | str = NULL,
    ) -> None:  # fmt: skip
        """An observation with its typed part."""
        typed = value if second == NULL else f"{value}/{second}"
        number = self.entry(resident, what, where, ago, minute, part_of=part_of, more=f'{{"typed": "{typed}"}}')
        at = self.when(ago, minute)
        self.observations.lines.append(
            f"{number}\t{resident}\t{series}\t{value}\t{second}\t{unit}\t{NULL}\t{NULL}\t{at}"
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """In the order in which they must be written."""
        return (self.entries, self.encounters, self.observations)


def _wheres(site: Site) -> list[str]:
    source = SOURCES[site.level]
    return [
        f"{site.unit}\t{NULL}\t{author}\t{NULL if post is None else post}\t{source}" for author, post in site.authors
    ]
