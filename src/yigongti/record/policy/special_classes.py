"""Special classes of the record: what is secret beyond the rest, by diagnosis code, and on which bases it opens.

An entry gets its class from its code, or from the encounter it belongs to, on entry; its author may name a class where
the code says none, never take one away. Shown only to a role whose page names the class among its gates and who stands
to the person on one of the bases below, and to the institution that wrote it. Nobody else sees that something is there.

A minor is a class of the person: the whole record opens only to a role whose page names its gate, on every basis.
"""

from __future__ import annotations

from yigongti.kernel.parameters.words import parameter
from yigongti.record.words import ProtectedAge, SpecialClass


# An emergency, a duty or a patient at the desk opens the record but none of these: see ADR 0009.
OPENED_ON = frozenset({"managed", "treated", "referred"})

CLASSES = (
    SpecialClass(
        code="psychiatric", title="精神", law="《精神卫生法》第四条、第二十三条",
        covers=("F00-F99",),
        # Dementia, delirium, tobacco and sleeplessness are everyday care of the elderly; hiding them would harm.
        leaves=("F00-F03", "F05", "F17", "F51"),
        source="ICD-10 第五章；例外由本平台提出，待县总院签定", confidence="M-",
    ),
    SpecialClass(
        code="hiv", title="艾滋病", law="《艾滋病防治条例》第三十九条",
        covers=("B20-B24", "Z21", "R75", "F02.4", "Z11.4", "Z20.6", "O98.7"),
        source="ICD-10 B20–B24、Z21 及其筛查、接触、妊娠合并编码", confidence="M",
    ),
    SpecialClass(
        code="tuberculosis", title="结核", law="《传染病防治法》个人信息保护条款；《结核病防治管理办法》",
        covers=("A15-A19", "B90", "J65", "P37.0", "O98.0"),
        source="ICD-10 A15–A19 及后遗症、妊娠合并编码", confidence="M",
    ),
    SpecialClass(
        code="sexual_health", title="性健康", law="《性病防治管理办法》",
        covers=("A50-A64", "Z11.3", "Z20.2", "O98.1-O98.3"),
        source="ICD-10 A50–A64 及其筛查、接触、妊娠合并编码", confidence="M",
    ),
    SpecialClass(
        code="reproductive", title="生殖", law="《民法典》第一千二百二十六条；《个人信息保护法》第二十八条",
        # A pregnancy itself and its emergencies (ectopic, miscarriage, bleeding) stay open: they save lives.
        covers=("O04-O07", "N46", "N97", "Z30", "Z31", "Z64.0"),
        source="ICD-10 人工流产、不孕不育、避孕节育编码；范围由本平台提出，待签定", confidence="M-",
    ),
)  # fmt: skip

MINORS = ProtectedAge(
    code="minors", title="未成年人", law="《个人信息保护法》第二十八条、第三十一条；《未成年人保护法》第四条",
    under=parameter("residents.minor_age"),
    says="查阅当日未满规定周岁者的全部档案，不论凭哪个依据；到龄当日起与其他居民相同",
    source="不满十四周岁未成年人的个人信息是敏感个人信息；领域参考第四部分 13", confidence="M",
)  # fmt: skip

BY_CODE = {one.code: one for one in CLASSES}

# Being managed for one of these betrays as much as the diagnosis itself.
CLASS_OF_MANAGED = {"mental": "psychiatric", "tuberculosis": "tuberculosis"}


def class_of(icd: str) -> str:
    """The special class of an ICD-10 code, '' for none. Clinical suffixes (F20.000x001) count as their category."""
    code = icd.strip().upper()
    for one in CLASSES:
        if _within(code, one.covers) and not _within(code, one.leaves):
            return one.code
    return ""


def _within(code: str, ranges: tuple[str, ...]) -> bool:
    return any(_covers(one, code) for one in ranges)


def _covers(stretch: str, code: str) -> bool:
    """Compare as many characters as the stretch itself has: 'F10-F16' three, 'O98.1-O98.3' five."""
    first, _, last = stretch.partition("-")
    cut = code[: len(first)]
    return len(cut) == len(first) and first <= cut <= (last or first)
