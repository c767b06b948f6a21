"""Whatever arrives, the readers answer or refuse in their own words; they never fall and never hang."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import strategies as st

from tests.exchange.hl7v2.messages import PID, msh
from tests.fuzzing import tried
from tests.site.test_fuzz import seconds
from yigongti.exchange.hl7v2 import charset, message
from yigongti.exchange.hl7v2.acknowledge import Complaint, Verdict, acknowledgement, answers
from yigongti.exchange.hl7v2.framing import Splitter, split_batch
from yigongti.exchange.hl7v2.header import glimpse
from yigongti.exchange.hl7v2.reading import read_with_rest
from yigongti.exchange.hl7v2.unreadable import Unreadable
from yigongti.kernel import clock


__all__ = ["seconds"]

BODIES = {
    "ADT^A01": "EVN|A01|2024\rPV1|1|I|内科^1^2||||D1^王\rDG1|1||I10^高血压^ICD\rOBX|1|SN|X||>^1^:^2||||||F\rNTE|1||注",
    "ADT^A40": "MRG|P9^^^H^MR", "ADT^A37": PID, "ADT^A28": "PD1|1",
    "ORU^R01": "ORC|RE|1\rOBR|1|1|2|CBC|||20240311\rOBX|1|NM|W||1.2|10\\S\\9|1-2|H|||F|||20240311\rNTE|1||x\rSPM|1|||S",
    "OUL^R22": "SPM|1|||S\rOBX|1|ED|X||^IM^J^Base64^QUJD\rOBR|1|||G\rORC|OK\rOBX|1|CWE|X||1^a^L",
    "OML^O21": "ORC|NW|1\rTQ1|1|||||||||S\rOBR|1|1||CBC\rDG1|1||I10\rOBX|1|DT|X||20240101",
    "ORM^O01": "ORC|NW|1\rRXO|A",
    "SIU^S12": "SCH|1|2|||||||||^^^20240101\rRGS|1\rAIS|1||U||20240101\rAIL|1||R\rNTE|1||x",
    "MDM^T02": "TXA|1|DS|TX|2024||||||||D7\rOBX|1|TX|T||正文", "VXU^V04": "ORC|RE|1\rRXA|0|1|2024||107|0.5|mL\rRXR|IM",
}  # fmt: skip
WHOLE = st.sampled_from([f"{msh(kind)}\r{PID}\r{body}\r" for kind, body in BODIES.items()])
PIECES = st.one_of(
    st.sampled_from(["|", "^", "~", "&", "\\", "\r", "\n", "\\X", "\\.sp9\\", '""', "MSH|^~\\&|", "PID|",
                     "OBX|1|NM|", "9" * 50]),
    st.text("|^~&\\\r\n0123456789.<>=張三ABX-+ \x0b\x1c\x85\u2028", max_size=12), st.text(max_size=6),
)  # fmt: skip


@st.composite
def broken(draw):
    """A message with pieces cut out, put in or exchanged."""
    text = draw(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(len(text), begin + 12)))
        text = text[:begin] + draw(PIECES) + text[end:]
    return text


WRITTEN = st.sampled_from(["utf-8", "gb18030", "utf-16"])
BYTES = st.one_of(
    st.builds(lambda text, how: text.encode(how, "replace"), st.one_of(WHOLE, broken(), broken()), WRITTEN),
    st.builds(lambda text, junk: text.encode()[:40] + junk + text.encode()[40:], broken(), st.binary(max_size=20)),
    st.binary(max_size=200),
)


def _read(data):
    with contextlib.suppress(Unreadable):
        decoded = charset.decode(data)
        header = glimpse(decoded.text)
        acknowledgement(code=answers(header, Verdict.FAILED).now or "AE", to=header, control_id="1", at=clock.now(),
                        charset=decoded.charset, complaint=Complaint(decoded.text[:50], "PID-7.1"))  # fmt: skip
        parsed = message.parse(decoded.text, charset=decoded.charset)
        for segment in parsed.segments:
            assert all(isinstance(one.text, str) for field in segment for part in field for one in part)
        read_with_rest(parsed)


def _split(chunks):
    splitter, found = Splitter(limit=300), []
    for chunk in chunks:
        found += splitter.feed(chunk)
        assert splitter.waiting <= 300
    for piece in [*found, *splitter.rest()]:
        assert len(piece.content) <= piece.size
        batch = split_batch(piece.content)
        assert sum(map(len, batch.messages)) <= len(piece.content)


CHUNKS = st.lists(st.one_of(BYTES, st.sampled_from([b"\x0b", b"\x1c\r", b"\x1c", b"\x0bMSH|", b"\r\n"])), max_size=12)


@pytest.mark.parametrize(("check", "strategy"), [(_read, BYTES), (_split, CHUNKS)], ids=["messages", "stream"])
def test_nothing_that_arrives_makes_it_fall(check, strategy, seconds):
    tried(check, strategy, seconds)
