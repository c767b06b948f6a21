"""Check digits and shapes of the codes that name organisations; what fails is warned about, never blocked.

Some legal credit codes of the early pilots fail the check (reference 2.9.1): a wrong check digit is said, not refused.
"""

from __future__ import annotations

import re
import unicodedata

from yigongti.kernel.language import say


CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

WS218_CLASSES = {
    "A": "医院",
    "B": "社区卫生服务机构",
    "C": "卫生院",
    "D": "门诊部、诊所、医务室、村卫生室",
    "E": "急救中心（站）",
    "F": "采供血机构",
    "G": "妇幼保健机构",
    "H": "专科疾病防治机构",
    "J": "疾病预防控制机构",
    "K": "卫生监督机构",
}
_WS218 = re.compile(r"[0-9A-Z]{8}[0-9X]\d{6}\d{2}[A-Z]\d{3}\d")


def tidy(code: str) -> str:
    """Full-width letters and digits, blanks and small letters, as people paste them, made one form."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", code)).upper()


def credit_check(body: str) -> str:
    """The 18th character that GB 32100-2015 gives to the first 17."""
    total = sum(CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def organisation_check(body: str) -> str:
    """The ninth character that GB 11714 gives to the first eight."""
    weighted = sum(ORGANISATION_ALPHABET.index(c) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - weighted % 11]


def credit_warning(code: str) -> str:
    """What is odd about a unified social credit code; empty when nothing is, or when there is none."""
    if not code:
        return ""
    if len(code) != 18:
        return say("统一社会信用代码应为 18 位，现为 {n} 位", n=len(code))
    strange = sorted(set(code) - set(CREDIT_ALPHABET))
    if strange:
        return say("统一社会信用代码不用字符 {letters}", letters="、".join(strange))
    expected = credit_check(code[:17])
    if code[17] != expected:
        return say("统一社会信用代码校验位应为 {right}，现为 {found}，请核对", right=expected, found=code[17])
    return ""


def ws218_warning(code: str) -> str:
    """What is odd about a WS 218 institution code of 22 characters."""
    if not code:
        return ""
    if not _WS218.fullmatch(code):
        return say("机构代码应为 22 位：组织机构代码 9、区划 6、经济类型 2、类别 4（首位字母）、分类管理 1")
    if code[17] not in WS218_CLASSES:
        return say("机构代码的类别“{letter}”不在 WS 218 中", letter=code[17])
    return ""


def ws218_class(code: str) -> str:
    """The kind of institution that its WS 218 code says; empty when the code does not say."""
    return WS218_CLASSES.get(code[17], "") if len(code) == 22 else ""


def division_fault(code: str, *, lengths: tuple[int, ...] = (6, 9, 12)) -> str:
    """Why it cannot be a division code: GB/T 2260 has 6 digits, townships 9, villages 12."""
    if len(code) in lengths and code.isascii() and code.isdigit() and "11" <= code[:2] <= "82":
        return ""
    return say("应为 {lengths} 位数字的行政区划代码", lengths="、".join(map(str, lengths)))
