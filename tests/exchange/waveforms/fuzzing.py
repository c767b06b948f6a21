"""Broken files: a good one with pieces cut out, doubled or exchanged; tried until the time is up."""

from __future__ import annotations

import gc
import time

from hypothesis import strategies as st

from tests.fuzzing import seconds_asked, tried
from yigongti.kernel.refusal import Refusal


NUMBERS = st.sampled_from(
    [b"\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\x80\0", b"\x7f\xff\xff\xff", b"\1", b"\xfe\xff\xdd\xe0"]
)


@st.composite
def broken(draw, files):
    """One of the `files` with up to four wounds."""
    data = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.sampled_from([0, 1, 2, 4, 8, 64, 4096])))
        data[begin:end] = draw(
            st.one_of(st.just(b""), NUMBERS, st.binary(max_size=8), st.just(bytes(data[begin:end]) * 2))
        )
    return bytes(data)


def try_all(parse, strategy, config):
    """New examples until the time is up; only the house's own refusals pass, and none may take a second.

    The second is this thread's own, and the memory is swept before: what other tests left behind is not the parser's.
    """
    gc.collect()

    def check(drawn):
        begun = time.thread_time()
        try:
            parse(drawn)
        except Refusal as refusal:
            assert refusal.rule and len(str(refusal)) < 300
        assert time.thread_time() - begun < 1

    tried(check, strategy, seconds_asked(config))
