"""What data staff read of a message without reading the record.

What was done stands there by number; why it waits, without the values of clinical elements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from yigongti.kernel.language import say


OPEN = ("身份", "来源方", "已读、没有采用", "未读", "质控", "存着", "校准", "对照", "读过", "比档案里的旧", "同一编号",
        "此前的申请", "没有写明是谁的申请")  # fmt: skip
"""How what is said of a message begins where it says nothing of anybody's health."""
WHO = ("Patient", "RelatedPerson", "Practitioner", "Organization", "Location", "Bundle", "PID", "MSH", "NK1", "MRG")
"""Elements and segments that say who and from whom."""
ELEMENT = re.compile(r"([A-Z][A-Za-z0-9]*)[.\-\[/]")
QUOTED = re.compile(r"“[^”]*”")


def done_words(done: Sequence[str]) -> list[str]:
    """What a message has led to: identity and what was left out in words, entries of the record by their number."""
    told = [one for one in done if one.startswith(OPEN)]
    entries = len(done) - len(told)
    return told + ([say("病历内容 {n} 条", n=entries)] if entries else [])


def reason_words(reason: str) -> str:
    """Why it waits; what is quoted from an element that says anything but who, is left out."""
    return "；".join(_said(part) for part in reason.split("；"))


def _said(part: str) -> str:
    found = ELEMENT.search(part)
    if found is None or _says_who(part, found):
        return part
    return QUOTED.sub("“…”", part)


def _says_who(part: str, found: re.Match[str]) -> bool:
    """Within a bundle it is the resource that counts; where that cannot be told, it is closed."""
    return found[1] in WHO and "resource" not in part.split("：", 1)[0]
