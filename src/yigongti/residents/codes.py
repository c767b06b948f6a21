"""Papers and numbers: ID cards (GB 11643), 17-digit record numbers, phones, dates and names as people type them.

Pure functions: each returns the value in its one true form, or raises Unfit with the rule in words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
EARLIEST = date(1900, 1, 1)
NAME_LENGTH = 100
TOO_LONG = "最多 {most} 个字，现为 {count} 个"
IDEOGRAPHIC_ZERO = "\u3007"
_DOTS = str.maketrans(dict.fromkeys("•·・‧∙⋅●\uff0e\uff61", "·"))
_PADDED = re.compile(r"(?<=[\u2E80-\U0003FFFF]) (?=[\u2E80-\U0003FFFF])")  # 张　三, spaced to look even on paper
_DATE = re.compile(r"(\d{4})\s*(?:[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}")


class Unfit(ValueError):
    """A value that breaks its rule; `rule` says it in words, with `{names}` to fill from `facts`."""

    def __init__(self, rule: str, **facts: object) -> None:
        self.rule = rule
        self.facts = facts
        super().__init__(rule.format(**facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCard:
    """An ID card number and what it says about its holder."""

    number: str
    division: str
    birth_date: date
    sex: str


def plain(text: str) -> str:
    """Full-width digits and letters to ordinary ones, no spaces or dashes, capitals: for numbers of all kinds."""
    return re.sub(r"[\s\-–—_]", "", unicodedata.normalize("NFKC", text)).upper()


def check_digit(first17: str) -> str:
    """The eighteenth character of an ID card number."""
    return CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first17, strict=True)) % 11]


def id_card(text: str, *, today: date) -> IdCard:
    """Read an ID card number of 18 characters, or an old one of 15, which is written out to 18."""
    number = plain(text)
    if re.fullmatch(r"[0-9]{15}", number):
        first17 = f"{number[:6]}19{number[6:]}"
        number = first17 + check_digit(first17)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Unfit("应为 18 位（末位可为 X）或旧 15 位数字，现为 {count} 位", count=len(number))
    if number[17] != check_digit(number[:17]):
        raise Unfit("校验位不对（GB 11643），请对照证件逐位核对")
    born = _calendar_day(number[6:10], number[10:12], number[12:14])
    _lived(born, today)
    return IdCard(number=number, division=number[:6], birth_date=born, sex="1" if int(number[16]) % 2 else "2")


def birth_date(text: str, *, today: date) -> date:
    """Read a day of birth: 1958-03-04, 1958.3.4, 19580304, 1958年3月4日, full-width or not."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise Unfit("应为年月日，例如 1958-03-04")
    year, month, day, month2, day2 = found.groups()
    born = _calendar_day(year, month or month2, day or day2)
    _lived(born, today)
    return born


def _calendar_day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unfit("{day} 在日历上不存在", day=f"{year}-{month}-{day}") from None


def _lived(born: date, today: date) -> None:
    if born > today:
        raise Unfit("出生日期 {born} 晚于今天", born=born)
    if born < EARLIEST:
        raise Unfit("出生日期 {born} 早于 {earliest}", born=born, earliest=EARLIEST)


def person_name(text: str) -> str:
    """A name as registered: letters of any script, the dot of minority names, inner spaces, hyphen, apostrophe."""
    name = " ".join(_narrow(text).translate(_DOTS).split())
    name = re.sub(r" ?· ?", "·", name)
    name = _PADDED.sub("", name)
    if len(name) > NAME_LENGTH:
        raise Unfit(TOO_LONG, most=NAME_LENGTH, count=len(name))
    odd = sorted({c for c in name if not (c in "·-'’. " or _is_letter(c))})
    if odd:
        shown = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in odd[:5])
        raise Unfit("只能用文字和间隔号，不能用“{shown}”", shown=shown)
    if not any(_is_letter(c) and unicodedata.category(c)[0] != "M" for c in name):
        raise Unfit("没有一个文字")
    return name


def _is_letter(c: str) -> bool:
    """Letters and their marks of any script, the ideographic zero of names, and Chinese characters that are younger
    than this Python's tables: all of planes 2 and 3 is set aside for them (Unicode, Roadmap to the SIP and TIP)."""
    return c == IDEOGRAPHIC_ZERO or unicodedata.category(c)[0] in "LM" or "\U00020000" <= c <= "\U0003fffd"


def _narrow(text: str) -> str:
    """Full-width Latin to ordinary; Chinese characters stay exactly as written, which NFKC does not promise."""
    return "".join(unicodedata.normalize("NFKC", c) if "！" <= c <= "～" or c.isspace() else c for c in text)


def phone(text: str) -> str:
    """A mobile or fixed number in digits; +86 and separators fall away."""
    number = re.sub(r"[()（）.]", "", plain(text))
    number = re.sub(r"^(?:\+|00)86", "", number)
    if not _PHONE.fullmatch(number):
        raise Unfit("应为 11 位手机号，或带区号的固定电话")
    return number


def division(text: str) -> str:
    """A division code of 6 (county), 9 (township) or 12 (village) digits (GB/T 2260 and its statistical extension)."""
    code = plain(text)
    if not re.fullmatch(r"[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?", code):
        raise Unfit("应为 6、9 或 12 位数字")
    return code


def paper(text: str) -> str:
    """A card or paper number whose rule is its issuer's: letters and digits, 4 to 40."""
    number = plain(text)
    if not re.fullmatch(r"[0-9A-Z]{4,40}", number):
        raise Unfit("应为 4 至 40 位字母和数字")
    return number


def record_prefix(village: str) -> str:
    """The first twelve digits of a record number: division, township and village, padded when less is known."""
    return village.ljust(12, "0")[:12]


def record_no(prefix: str, serial: int) -> str:
    """The 17-digit number of a health record: 6 division, 3 township, 3 village, 5 serial (R133, Part 2.3.1)."""
    if not re.fullmatch(r"[0-9]{12}", prefix) or not 0 < serial < 100_000:
        raise Unfit("档案号应为 12 位区划加 5 位序号")
    return f"{prefix}{serial:05d}"


def one_slip_from(number: str) -> frozenset[str]:
    """The ID numbers that one slip of the pen in the first seventeen digits makes: a digit changed, or two swapped.

    Each with its right check digit: a wrong one never gets in, so a slip travels with a check digit that fits it.
    """
    if len(number) != 18:
        return frozenset()
    first17 = number[:17]
    changed = (first17[:i] + digit + first17[i + 1 :] for i in range(17) for digit in "0123456789")
    swapped = (first17[:i] + first17[i + 1] + first17[i] + first17[i + 2 :] for i in range(16))
    return frozenset(other + check_digit(other) for other in (*changed, *swapped)) - {number}
