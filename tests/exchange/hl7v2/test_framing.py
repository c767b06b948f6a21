"""MLLP frames out of any cutting of the stream, and batches taken apart, with every byte accounted for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from yigongti.exchange.hl7v2.framing import HEAD, Kind, Splitter, framed, split_batch


ONE, TWO = "MSH|^~\\&|甲\rPID|1\r".encode(), "MSH|^~\\&|乙\r".encode("gb18030")


def kinds(pieces):
    return [(str(piece.kind), piece.content) for piece in pieces]


def test_half_a_frame_waits_and_several_come_at_once():
    splitter = Splitter()
    whole = framed(ONE) + framed(TWO)
    assert splitter.feed(whole[:9]) == [] and splitter.waiting == 8
    assert kinds(splitter.feed(whole[9:])) == [("frame", ONE), ("frame", TWO)]
    assert splitter.rest() == [] and splitter.waiting == 0


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60))
@settings(deadline=None)
def test_any_cutting_gives_the_same_pieces(cuts):
    stream = b"noise\r\n" + framed(ONE) + b"\r\n" + framed(TWO) + framed(b"") + framed(ONE)
    splitter, found, at = Splitter(), [], 0
    for cut in cuts:
        found += splitter.feed(stream[at : at + cut])
        at += cut
    found += splitter.feed(stream[at:])
    assert kinds(found) == [("garbage", b"noise\r\n"), ("frame", ONE), ("frame", TWO), ("frame", b""), ("frame", ONE)]


def test_line_ends_between_frames_are_padding_and_a_missing_return_is_forgiven():
    assert kinds(Splitter().feed(framed(ONE) + b"\r\n" + b"\x0b" + TWO + b"\x1c" + framed(ONE))) == [
        ("frame", ONE), ("frame", TWO), ("frame", ONE)]  # fmt: skip


def test_garbage_and_a_broken_frame_come_out_at_the_end():
    splitter = Splitter()
    assert splitter.feed(b"GET / HTTP/1.1") == []
    assert kinds(splitter.rest()) == [("garbage", b"GET / HTTP/1.1")]
    assert kinds(splitter.feed(b"x" + b"\x0b" + ONE)) == [("garbage", b"x")]
    assert kinds(splitter.rest()) == [("half", ONE)]
    assert kinds(splitter.feed(framed(TWO))) == [("frame", TWO)]


def test_a_sender_that_begins_again_leaves_a_half_behind_but_a_soft_line_break_does_not():
    assert kinds(Splitter().feed(b"\x0bMSH|half" + framed(ONE))) == [("half", b"MSH|half"), ("frame", ONE)]
    soft = b"MSH|^~\\&|a\rOBX|1|TX|||one\x0btwo\r"
    assert kinds(Splitter().feed(framed(soft))) == [("frame", soft)]


def test_over_the_limit_is_refused_while_reading_and_not_kept():
    splitter = Splitter(limit=10_000)
    found = splitter.feed(b"\x0bMSH|^~\\&|big|" + b"x" * 9_000)
    assert found == []
    most = 0
    for _ in range(1_000):
        found += splitter.feed(b"x" * 10_000)
        most = max(most, splitter.waiting)
    (refused,) = found
    assert refused.kind is Kind.TOO_LARGE and refused.size > 10_000
    assert len(refused.content) == HEAD and refused.content.startswith(b"MSH|^~\\&|big|")
    assert most <= 20_000
    assert kinds(splitter.feed(b"\x1c\r" + framed(ONE))) == [("frame", ONE)]


def test_a_frame_of_exactly_the_limit_passes_and_endless_garbage_does_not():
    assert [p.kind for p in Splitter(limit=len(ONE)).feed(framed(ONE))] == [Kind.FRAME]
    assert [p.kind for p in Splitter(limit=len(ONE) - 1).feed(framed(ONE))] == [Kind.TOO_LARGE]
    splitter = Splitter(limit=100)
    assert [p.kind for p in splitter.feed(b"g" * 101)] == [Kind.TOO_LARGE] and splitter.waiting == 0


def test_twenty_megabytes_in_small_reads():
    big = b"MSH|^~\\&|a\rOBX|1|ED|||" + b"QUJD" * 5_000_000 + b"\r"
    splitter, found = Splitter(), []
    stream = framed(big)
    for at in range(0, len(stream), 65_536):
        found += splitter.feed(stream[at : at + 65_536])
    assert [p.content == big for p in found] == [True]


def test_a_batch_is_taken_apart():
    data = b"FHS|^~\\&|x\rBHS|^~\\&|x\r" + ONE + TWO + b"BTS|2\rFTS|1\r"
    batch = split_batch(data)
    assert batch.messages == (ONE, TWO) and batch.declared == 2 and batch.stray == ()
    assert batch.wrapping == (b"FHS|^~\\&|x\r", b"BHS|^~\\&|x\r", b"BTS|2\r", b"FTS|1\r")


def test_a_batch_that_lost_one_says_so():
    assert split_batch(b"BHS|^~\\&\r" + ONE + b"BTS|2\r").declared == 2
    assert split_batch(ONE + b"BTS|\r").declared is None


def test_one_message_stays_as_it_is_with_its_line_ends_and_mark():
    lines = b"\xef\xbb\xbfMSH|^~\\&|a\n\nPID|1\n"
    assert split_batch(lines).messages == (lines,)


@given(st.lists(st.sampled_from([ONE, TWO, b"FHS|a\r", b"BTS|1\r", b"junk\n", b"\r\n", b"\xef\xbb\xbf"])).map(b"".join))
def test_a_batch_loses_no_byte_but_padding(data):
    batch = split_batch(data)
    kept = sum(map(len, (*batch.messages, *batch.wrapping, *batch.stray)))
    padding = data[: data.find(b"MSH")] if b"MSH" in data else data
    assert len(data) - kept <= padding.count(b"\r") + padding.count(b"\n") + 3 * padding.count(b"\xef\xbb\xbf")
