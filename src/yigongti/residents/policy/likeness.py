"""疑似重复：两份登记像同一个人的理由和分值。

The highest score counts, it is not summed: a phone shared by a family says little, however often. Each reason is shown
to whoever decides, in these words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason to think of one human, and how strong it is out of 100.

    `proves`: whoever typed this much has found the person as by a full number, and may open the record on a basis.
    """

    code: str
    says: str
    score: int
    proves: bool = False


REASONS = (
    Reason(code="same_id_card", says="身份证号相同（15 位与 18 位视为同号）", score=100, proves=True),
    Reason(code="same_paper", says="证件或卡号相同", score=95, proves=True),
    Reason(code="same_name_and_birth", says="姓名和出生日期相同", score=85, proves=True),
    Reason(code="id_card_one_slip", says="身份证号前 17 位只差一位或相邻两位颠倒，且姓名读音相同", score=80),
    Reason(code="same_sound_birth_sex", says="姓名读音、出生日期、性别都相同", score=75),
    Reason(code="same_phone_and_name", says="电话和姓名相同", score=70),
    Reason(code="same_phone_and_birth", says="电话、出生日期、性别都相同", score=60),
)
BY_CODE = {reason.code: reason for reason in REASONS}


def reason(code: str) -> Reason:
    """The reason of that code."""
    return BY_CODE[code]
