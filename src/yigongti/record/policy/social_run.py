"""Social-run members (R3): what of the record passes between them and all others where no agreement opens it.

Source: the provincial opinion of 2020 (S4), 「鼓励社会力量办医疗机构和康复院、护理院加入」. They join by agreement and
share data within it. Here a social-run institution is a private one other than a village room, which is its centre's
outpost.
Without an agreement the record passes across its wall, inwards and outwards, only on a relation of care or a reviewed
duty; on any other basis each side reads what it wrote itself. An agreement, dated with the membership, opens the record
as between public members. What nobody may wait for passes always.

What R3 asks beyond this waits for its chapters: figures of public hospitals (indicators), claims and settlement (fund).
"""

from __future__ import annotations

from yigongti.kernel.parameters.words import parameter


CLAUSE = "省级意见 2020（县域医共体）：鼓励社会力量办医疗机构和康复院、护理院加入；共享范围按成员协议"

PASSES_ON = parameter("record.social_run_bases")
"""The bases on which the record passes without an agreement."""

ALWAYS = {"allergy": "过敏"}
"""Kinds of entry that pass on every basis that opens the record."""

SAYS = {
    "inwards": "社会办成员看别的机构写的记录",
    "outwards": "别的机构看社会办成员写的记录",
}
