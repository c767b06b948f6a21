"""疑似重复：两份登记像同一个人的理由和分值。

The highest score counts, it is not summed: a phone shared by a family says little, however often. Each reason is shown
to whoever decides, in these words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason to think of one human, and how strong it is out of 100."""

    code: str
    says: str
    score: int


REASONS = (
    Reason(code="same_id_card", says="身份证号相同（15 位与 18 位视为同号）", score=100),
    Reason(code="same_paper", says="证件或卡号相同", score=95),
    Reason(code="same_name_and_birth", says="姓名和出生日期相同", score=85),
    Reason(code="id_card_one_slip", says="身份证号只差一位，或相邻两位颠倒", score=80),
    Reason(code="same_sound_birth_sex", says="姓名读音、出生日期、性别都相同", score=75),
    Reason(code="same_phone_and_name", says="电话和姓名相同", score=70),
    Reason(code="id_card_two_slips", says="身份证号差两位且姓名相同", score=60),
    Reason(code="same_phone_and_birth", says="电话和出生日期相同", score=60),
)
BY_CODE = {reason.code: reason for reason in REASONS}


def reason(code: str) -> Reason:
    """The reason of that code."""
    return BY_CODE[code]
