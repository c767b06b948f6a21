"""Times as HL7 and DICOM write them: as much of YYYYMMDDHHMMSS.ffffff as is known, and perhaps a zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from yigongti.exchange.waveforms.refusing import Unreadable


STAMP = re.compile(r"(\d{8})(?:(\d{2})(\d{2})?(\d{2})?(?:\.(\d{1,9}))?)?([+-]\d{4})?", re.ASCII)


def moment(text: str, *, rule: str) -> datetime | None:
    """A time, with its zone where one is stated; None for an empty text. Raises `Unreadable` for anything else."""
    if not text.strip():
        return None
    found = STAMP.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError("form")
        whole = datetime.strptime(found[1] + "".join(part or "00" for part in found.groups()[1:4]), "%Y%m%d%H%M%S")  # noqa: DTZ007
        whole += timedelta(microseconds=int(((found[5] or "") + "000000")[:6]))
        return whole.replace(tzinfo=_zone(found[6])) if found[6] else whole
    except (ValueError, OverflowError) as wrong:
        raise Unreadable(what="时间", value=text, problem="不是时间", rule=rule) from wrong


def day(text: str, *, rule: str) -> date | None:
    """A date; None where nothing, or less than a day, is stated ("1953" says no birthday)."""
    if len(text.strip()) < 8:
        return None
    found = moment(text, rule=rule)
    return found.date() if found else None


def _zone(text: str) -> timezone:
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
