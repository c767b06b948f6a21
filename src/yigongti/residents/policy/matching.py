"""一个人：两份登记逐项比对，各项相加成分量。

Each comparison takes the first of its levels that holds. A level weighs the binary logarithm of how much oftener it
holds between two registrations of one human (`same`) than between two humans. That is learned (`./run match --learn`);
`same` here is what we expect, in a thousand, and counts as much as EXPECTED_WEIGHS pairs. Silence weighs nothing.

Only a paper decides (policy/likeness.py). Evidence puts a pair before data staff: from REVIEW on; first, from FIRST on.
"""

from __future__ import annotations

from dataclasses import dataclass

from yigongti.kernel.parameters.words import parameter


REVIEW = parameter("residents.match_review_percent")
FIRST = parameter("residents.match_first_percent")
EXPECTED_WEIGHS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One outcome of a comparison: its code, what it says, and how often we expect it between two of one human."""

    code: str
    says: str
    same: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One thing compared; `rare` says more the fewer share it: a rare name, a phone of one household."""

    code: str
    title: str
    levels: tuple[Level, ...]
    rare: bool = False


def _comparison(code: str, title: str, *levels: tuple[str, str, int], rare: bool = False) -> Comparison:
    made = tuple(Level(code=c, says=says, same=same) for c, says, same in levels)
    return Comparison(code=code, title=title, levels=made, rare=rare)


COMPARISONS = (
    _comparison(
        "name", "姓名", ("exact", "姓名相同", 780), ("surname", "只差姓的异体（付与傅、闫与阎）", 20),
        ("sound", "姓名读音相同", 90), ("accent", "姓名读音只差口音（平翘舌、前后鼻音）", 15),
        ("character", "姓名只差一个字或颠倒两个字", 40), ("part", "一份姓名是另一份的一部分", 10),
        ("initials", "姓名拼音首字母相同", 10), ("other", "姓名不同", 35), rare=True,
    ),
    _comparison(
        "birth", "出生日期", ("exact", "出生日期相同", 880), ("slip", "出生日期只差一位，或颠倒", 60),
        ("near", "出生日期相差一个月以内", 20), ("year", "出生年份相同", 20), ("other", "出生年份不同", 20),
    ),
    _comparison("sex", "性别", ("same", "性别相同", 995), ("other", "性别不同", 5)),
    _comparison(
        "card", "身份证号", ("exact", "身份证号相同", 700), ("slip", "身份证号只差一位，或相邻两位颠倒", 250),
        ("serial", "两个身份证号都合校验，只在顺序码差一位", 2), ("unfit", "身份证号不同，其中有不合校验的", 43),
        ("other", "两个身份证号都合校验，相差不止一位", 5),
    ),
    _comparison(
        "phone", "电话", ("exact", "电话相同", 550), ("slip", "电话只差一位，或颠倒", 2), ("other", "电话不同", 448),
        rare=True,
    ),
    _comparison(
        "place", "居住地", ("address", "住址相同", 350), ("village", "同村（社区）", 200), ("township", "同乡镇", 250),
        ("other", "居住地不同", 200),
    ),
)  # fmt: skip

TOLD_TWICE = (("phone", "place"), ("birth", "card"))
"""A home shares phone and address, an ID card holds the birth day: only the stronger of the two counts in favour."""

SURNAMES = ("付傅", "肖萧", "闫阎", "代戴", "邱丘", "于於", "沈沉", "兰蓝", "蒋将", "候侯", "储褚", "佘余", "洗冼")
"""Surnames that papers write in two ways, or that clerks take for each other."""

ACCENTS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
"""What many speakers here do not tell apart."""
