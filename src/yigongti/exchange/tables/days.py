"""Days and moments as people and systems write them; what could mean two days is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

from yigongti.exchange.tables.cells import narrow
from yigongti.exchange.tables.unfit import Unfit
from yigongti.kernel.clock import COUNTY_ZONE


Limit = date | Callable[[], date] | None

LONGEST = 60
FORM, MOMENT_FORM = "应为年月日，例如 2026-02-03", "应为年月日和时间，例如 2026-02-03 14:05"
NO_SUCH_DAY = "{day} 在日历上不存在"
SHORT_YEAR = "年份只写了两位，看不出是哪一年，请写成四位年份"
WHICH_IS_MONTH = "看不出哪个是月、哪个是日，请写成年-月-日，例如 2026-02-03"
NO_DAY = "只有年和月，还缺日"
SERIAL = "这是表格软件里日期的序号，请把这一列设为日期格式后重新保存"
NOT_AFTER, NOT_BEFORE = "{day} 晚于 {limit}", "{day} 早于 {limit}"
NO_SUCH_TIME = "{time} 不是一天中的时间"

_SEPARATED = r"(\d{4})\s*[-./年_]\s*(\d{1,2})\s*[-./月_]\s*(\d{1,2})\s*[日号]?"
_TIME = r"(?:T|\s)*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*(?:[:分]\s*(?:(\d{1,2})(?:\.\d+)?\s*秒?)?)?"
_ZONE = r"\s*(Z|[+-]\d{2}:?\d{2})?"
_DAY = re.compile(rf"(?:{_SEPARATED}|(\d{{4}})(\d{{2}})(\d{{2}}))(?:{_TIME}{_ZONE})?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\s*T?(\d{2})(\d{2})(\d{2})?(?:\.\d+)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})", re.ASCII)
_ODD = (
    (re.compile(r"\d{1,2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{4}(?:\s.*)?", re.ASCII), WHICH_IS_MONTH),
    (re.compile(r"\d{2}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?(?:\s.*)?", re.ASCII), SHORT_YEAR),
    (re.compile(r"\d{1,2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{2}(?:\s.*)?", re.ASCII), SHORT_YEAR),
    (re.compile(r"\d{6}", re.ASCII), SHORT_YEAR),
    (re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*月?", re.ASCII), NO_DAY),
    (re.compile(r"\d{5}(?:\.\d+)?", re.ASCII), SERIAL),
)
_FIGURE = r"[\u3007○零一二三四五六七八九]"
_COUNT = r"([\u3007○零一二三四五六七八九十廿卅]{1,3})"
_CHINESE = re.compile(rf"((?:{_FIGURE}{{2}}){{1,2}})年{_COUNT}月{_COUNT}[日号]?")
_FIGURES = {figure: number for number, figure in enumerate("零一二三四五六七八九")} | {"\u3007": 0, "○": 0}


def day(*, not_after: Limit = None, not_before: Limit = None) -> Callable[[str], date]:
    """A reader of days: 2026-2-3, 2026.2.3, 2026/02/03, 20260203, 2026年2月3日, 二〇二六年二月三日."""

    def read(text: str) -> date:
        found = day_of(text)
        _within(found, not_after, not_before)
        return found

    return read


def month() -> Callable[[str], date]:
    """A reader of months, as the first of them: 2026-10, 2026/10, 202610, 2026年10月; of a day, its month."""

    def read(text: str) -> date:
        found = _MONTH.fullmatch(_short(text))
        if found:
            return calendar_day(found[1] or found[3], found[2] or found[4], 1)
        return day_of(text).replace(day=1)

    return read


def moment(*, not_after: Limit = None, day_alone: bool = False) -> Callable[[str], datetime]:
    """A reader of moments, in the county's zone unless another is written; a day alone counts from its midnight."""

    def read(text: str) -> datetime:
        found = _moment_of(text, day_alone)
        _within(found.date(), not_after, None)
        return found

    return read


def day_of(text: str) -> date:
    """The day that a text says; a time of day behind it is left aside."""
    if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # 2026-02-31 gets its name below
    plain = _short(text)
    found = _DAY.fullmatch(plain)
    if not found:
        return _day_in_words(plain)
    groups = found.groups()
    if groups[6] is not None:
        _clock_time(groups[6], groups[7], groups[8])
    return calendar_day(groups[0] or groups[3], groups[1] or groups[4], groups[2] or groups[5])


def _short(text: str) -> str:
    """In ordinary digits; what is longer than any day is none."""
    if len(text) > LONGEST:
        raise Unfit(FORM)
    return narrow(text)


def calendar_day(year: str | int, month: str | int, number: str | int) -> date:
    """The day of three numbers; raises `Unfit` with their name when the calendar has none."""
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise Unfit(NO_SUCH_DAY, day=f"{year}-{month}-{number}") from None


def _day_in_words(plain: str) -> date:
    found = _CHINESE.fullmatch(re.sub(r"\s+", "", plain))
    if found:
        if len(found[1]) == 2:
            raise Unfit(SHORT_YEAR)
        year = int("".join(str(_FIGURES[figure]) for figure in found[1]))
        return calendar_day(year, _counted(found[2]), _counted(found[3]))
    for form, rule in _ODD:
        if form.fullmatch(plain):
            raise Unfit(rule)
    moment_found = _COMPACT.fullmatch(plain)
    if moment_found:
        return calendar_day(*moment_found.groups()[:3])
    raise Unfit(FORM)


def _counted(figures: str) -> int:
    """十二, 三十, 三十一, 廿三, 〇三; what is no number below 100 is no day either."""
    figures = figures.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = figures.rpartition("十")
    if any(figure not in _FIGURES for figure in tens + ones) or len(tens) > 1 or (ten and len(ones) > 1):
        raise Unfit(FORM)
    number = int("".join(str(_FIGURES[figure]) for figure in ones) or "0")
    return number + (10 * (_FIGURES[tens] if tens else 1) if ten else 0)


def _within(found: date, not_after: Limit, not_before: Limit) -> None:
    latest, earliest = _limit(not_after), _limit(not_before)
    if latest and found > latest:
        raise Unfit(NOT_AFTER, day=found.isoformat(), limit=latest.isoformat())
    if earliest and found < earliest:
        raise Unfit(NOT_BEFORE, day=found.isoformat(), limit=earliest.isoformat())


def _limit(limit: Limit) -> date | None:
    return limit if limit is None or isinstance(limit, date) else limit()


def _clock_time(hour: str, minute: str, second: str | None) -> time:
    try:
        return time(int(hour), int(minute), int(second or 0))
    except ValueError:
        raise Unfit(NO_SUCH_TIME, time=":".join(part for part in (hour, minute, second) if part)) from None


def _moment_of(text: str, day_alone: bool) -> datetime:
    plain = _short(text)
    compact = _COMPACT.fullmatch(plain)
    if compact:
        year, month, number, hour, minute, second = compact.groups()
        at = _clock_time(hour, minute, second)
        return datetime.combine(calendar_day(year, month, number), at, COUNTY_ZONE)
    found = _DAY.fullmatch(plain)
    if found and found[7] is not None:
        at = _clock_time(found[7], found[8], found[9])
        return _zoned(datetime.combine(day_of(text), at), found[10])
    on = day_of(text)
    if not day_alone:
        raise Unfit(MOMENT_FORM)
    return datetime.combine(on, time(), COUNTY_ZONE)


def _zoned(at: datetime, zone: str | None) -> datetime:
    if not zone:
        return at.replace(tzinfo=COUNTY_ZONE)
    try:
        return datetime.fromisoformat(f"{at.isoformat()}{zone}").astimezone(COUNTY_ZONE)
    except (ValueError, OverflowError):
        raise Unfit(MOMENT_FORM) from None
