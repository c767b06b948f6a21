"""The text of a message: which character set it is really in, whatever MSH-18 says, and how its lines end.

Sources: HL7 v2 chapter 2, MSH-18 and table 0211; GB 18030 holds GBK and GB 2312. Labels are wrong in the field: "ASCII"
on GB 18030, nothing on UTF-8. UTF-8 proves itself, GB 18030 nearly so, an 8-bit set never: that is the order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yigongti.exchange.hl7v2.unreadable import BadField, Unreadable


# What senders write in MSH-18, without blanks, hyphens and underscores, in capitals → Python's name.
_LABELS = {
    "ASCII": "ascii", "USASCII": "ascii", "UNICODE": "utf-8", "UNICODEUTF8": "utf-8", "UTF8": "utf-8",
    "GB18030": "gb18030", "GB180302000": "gb18030", "GB180302005": "gb18030", "GB180302022": "gb18030",
    "GBK": "gb18030", "GB2312": "gb18030", "CP936": "gb18030", "BIG5": "big5hkscs",
    "8859/1": "iso-8859-1", "ISO88591": "iso-8859-1", "8859/15": "iso8859-15",
}  # fmt: skip
# Table 0211, for answers.
NAMES = {
    "ascii": "ASCII", "utf-8": "UNICODE UTF-8", "gb18030": "GB 18030-2000", "big5hkscs": "BIG-5",
    "iso-8859-1": "8859/1", "iso8859-15": "8859/15", "utf-16": "UNICODE UTF-16",
}  # fmt: skip
_EIGHT_BIT = ("iso-8859-1", "iso8859-15")
_HIGH = re.compile(rb"(?:[\x81-\xfe][0-9][\x81-\xfe][0-9]|[\x80-\xff])+")
_FRAGMENT = re.compile(r"\A[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A message's text with what was found out about its bytes."""

    text: str
    """Without the byte order mark; the line ends as they came."""
    charset: str
    """Python's name of what it is in: ascii, utf-8, gb18030, big5hkscs, iso-8859-1, iso8859-15, utf-16."""
    label: str
    """MSH-18 as written, '' when it says nothing."""
    declared: bool
    """Whether MSH-18 says what was found; plain ASCII bytes agree with every label that holds ASCII."""
    mark: bool
    """Whether it began with a byte order mark."""
    ends: str
    """CR, LF, CRLF, mixed, or '' for a single line."""
    doubtful: bool
    """Whether another set would read the same bytes too and nothing but likelihood decided."""


def decode(data: bytes, *, habit: str = "") -> Decoded:
    """The text of one message.

    `habit` is a sender's set (Python's name) where its label is known to be missing or false; it is tried before
    guessing. Raises Unreadable with the first bytes that fit no set, and for NUL bytes, which no message may hold.
    """
    mark, body = _without_mark(data)
    if mark == "utf-16":
        return _decoded(_strictly(body, "utf-16"), "utf-16", mark=True, doubtful=False)
    if mark:
        return _decoded(_strictly(body, "utf-8"), "utf-8", mark=True, doubtful=False)
    if body.isascii():
        return _decoded(body.decode("ascii"), "ascii", mark=False, doubtful=False)
    charset, doubtful = _found(body, habit)
    return _decoded(_strictly(body, charset), charset, mark=False, doubtful=doubtful)


def codec_of(label: str) -> str:
    """Python's name for what MSH-18 says (its first repetition), '' for nothing or an unknown name."""
    return _LABELS.get(re.sub(r"[\s_-]", "", label.split("~")[0]).upper(), "")


def _without_mark(data: bytes) -> tuple[str, bytes]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", data
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8", data[3:]
    return "", data


def _found(body: bytes, habit: str) -> tuple[str, bool]:
    """The set, and whether another would have done."""
    fits = [charset for charset in ("utf-8", "gb18030") if _fits(body, charset)]
    label = codec_of(_label_in(body, fits[0] if fits else "iso-8859-1"))
    if label == "gb18030" and "utf-8" in fits and not _only_short(body):
        return "utf-8", True
    if label in fits or (label == "big5hkscs" and _fits(body, label)):
        return label, False
    if habit and _fits(body, habit):
        return habit, False
    if "utf-8" in fits:
        return "utf-8", "gb18030" in fits and _only_short(body)
    if label in _EIGHT_BIT:
        return ("gb18030", True) if fits and _looks_paired(body) else (label, bool(fits))
    if fits:
        return "gb18030", False
    raise _unfit(body)


def _fits(body: bytes, charset: str) -> bool:
    try:
        body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _only_short(body: bytes) -> bool:
    """µ in UTF-8 is 碌 in GB 18030: only characters of two bytes leave a doubt; three in a row do not fit by chance."""
    return all(ord(letter) < 0x800 for letter in body.decode("utf-8"))


def _looks_paired(body: bytes) -> bool:
    """Chinese under a Western label: high bytes stand in runs there, one by one in Western words."""
    runs = _HIGH.findall(body)
    return sum(len(run) == 1 for run in runs) * 2 < len(runs)


def _strictly(body: bytes, charset: str) -> str:
    try:
        text = body.decode(charset)
    except UnicodeDecodeError as wrong:
        raise _undecodable(wrong) from wrong
    if "\x00" in text:
        raise Unreadable(place="MSH", problem="消息里有空字节（NUL），不是文本。", rule="hl7v2.nul")
    return text.removeprefix("\ufeff")


def _unfit(body: bytes) -> Unreadable:
    """The set that came furthest tells best which bytes are wrong."""
    return max((_failure(body, charset) for charset in ("utf-8", "gb18030")), key=lambda found: found[0])[1]


def _failure(body: bytes, charset: str) -> tuple[int, Unreadable]:
    try:
        body.decode(charset)
    except UnicodeDecodeError as wrong:
        return wrong.start, _undecodable(wrong)
    raise AssertionError(charset)  # asked only when neither fits


def _undecodable(wrong: UnicodeDecodeError) -> Unreadable:
    shown = bytes(wrong.object[wrong.start : wrong.start + 8]).hex(" ")
    return BadField(
        place="MSH-18",
        value=f"@{wrong.start} {shown}",
        problem="这些字节既不是 UTF-8 也不是 GB18030，消息的文字读不出来。",
        rule="hl7v2.charset",
    )


def _label_in(body: bytes, charset: str) -> str:
    """MSH-18 of the first line; decoded first, because a byte of a Chinese character can equal the separator."""
    line = re.split(rb"[\r\n]", body.lstrip(b"\r\n"), maxsplit=1)[0]
    return _label(line.decode(charset, "replace"))


def _label(text: str) -> str:
    line = _FRAGMENT.match(text.lstrip("\r\n"))
    head = line.group() if line else ""
    if not head.startswith("MSH") or len(head) < 4:
        return ""
    parts = head.split(head[3], 18)
    return parts[17].strip() if len(parts) > 17 else ""


def _decoded(text: str, charset: str, *, mark: bool, doubtful: bool) -> Decoded:
    if "\x00" in text:
        raise Unreadable(place="MSH", problem="消息里有空字节（NUL），不是文本。", rule="hl7v2.nul")
    label = _label(text)
    said = codec_of(label)
    agrees = bool(said) if charset == "ascii" else said == charset
    return Decoded(text, charset, label, agrees, mark, _ends(text), doubtful)


def _ends(text: str) -> str:
    pairs = text.count("\r\n")
    found = {"CRLF": pairs, "CR": text.count("\r") - pairs, "LF": text.count("\n") - pairs}
    present = [name for name, count in found.items() if count]
    return present[0] if len(present) == 1 else "mixed" if present else ""
