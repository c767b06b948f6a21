"""Texts and person names of a DICOM file in the character set it declares, or evidently means.

Source: PS3.3 C.12.1.1.2, PS3.5 6.1 and 6.2.1. GB18030 and UTF-8 are decoded whole before anything is split: the
second byte of a Chinese character may be "^" or a backslash.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom import charset

from yigongti.exchange.dicom.opening import BROKEN
from yigongti.kernel.language import Phrase, phrase


WHOLE = {"ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gb18030", "ISO 2022 GBK": "gb18030"}
GB2312, ESCAPES = "ISO 2022 IR 58", re.compile(rb"\x1b(?:\$\)A|\(B)")
UNDECLARED = frozenset({"", "ISO_IR 6", "ISO 2022 IR 6", "ISO_IR 100", "ISO 2022 IR 100"})
# Two bytes of GB2312 for every high byte: a Latin word with an accent does not look like that.
CHINESE_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xb0-\xf7][\xa1-\xfe])*")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
DELIMITERS = {0x5C, 0x5E, 0x3D, 0x09, 0x0A, 0x0C, 0x0D}


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its three groups, parts joined by "^" as the file has them."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""

    @property
    def shown(self) -> str:
        """The name to be read: Chinese characters joined, Latin parts in words."""
        written = self.ideographic.rstrip("^") or self.alphabetic.rstrip("^")
        return written.replace("^", "" if HAN.search(written) else " ").strip()


class Reader:
    """Decodes the texts of one file and remembers what it doubts about them."""

    def __init__(self, declared: Sequence[str]) -> None:
        self.declared = tuple(one.strip() for one in declared) or ("",)
        self.doubts: list[Phrase] = []

    def text(self, value: bytes) -> str:
        """One text; several values of an element stay joined by a backslash."""
        return self._decoded(value).strip(" \0")

    def name(self, value: bytes) -> Name:
        """A person name: up to three groups; a lone Chinese group in the first place is the ideographic one."""
        groups = [*(group.strip(" \0") for group in self.text(value).split("=")), "", "", ""][:3]
        if HAN.search(groups[0]) and not groups[1]:
            groups = ["", groups[0], groups[2]]
        return Name(*groups)

    def _decoded(self, value: bytes) -> str:
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        if GB2312 in self.declared:
            # It lies in the upper half throughout; pydicom would leave its escape sequences in the text.
            return self._whole(ESCAPES.sub(b"", value), "gb18030")
        for declared in self.declared:
            if declared in WHOLE:
                return self._whole(value, WHOLE[declared])
        if len(self.declared) == 1 and self.declared[0] in UNDECLARED:
            guessed = _guessed(value, latin="100" in self.declared[0])
            if guessed:
                self._doubt(phrase("没有声明字符集，按{charset}读", charset=guessed))
                return value.decode(guessed)
        return self._by_escapes(value)

    def _whole(self, value: bytes, codec: str) -> str:
        try:
            return value.decode(codec)
        except UnicodeDecodeError:
            self._doubt(phrase("有的字节不属于所声明的字符集{charset}", charset=codec))
            return value.decode(codec, "replace")

    def _by_escapes(self, value: bytes) -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                return charset.decode_bytes(value, charset.convert_encodings(list(self.declared)), DELIMITERS)
        except (*BROKEN, UserWarning):
            self._doubt(phrase("有的字节不属于所声明的字符集{charset}", charset="、".join(self.declared)))
            return value.decode("latin-1")

    def _doubt(self, doubt: Phrase) -> None:
        if doubt not in self.doubts:
            self.doubts.append(doubt)


def _guessed(value: bytes, *, latin: bool) -> str:
    """UTF-8 or GB18030 where the bytes are evidently that; under a Latin declaration only evident Chinese counts."""
    if not latin:
        try:
            value.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8"
    return "gb18030" if CHINESE_PAIRS.fullmatch(value) else ""
