"""Headers compared as people mean them: without case, blanks, width, marks of duty and explanations in brackets."""

from __future__ import annotations

import re
import unicodedata

from yigongti.exchange.tables.cells import trimmed


LINE_NUMBER, PROBLEMS = "第几行", "问题"
"""The columns that a marked sheet carries beside those received; they are nobody's."""
LONGEST = 200
"""What is longer is no header; its beginning is compared."""
_LEFT_OUT = re.compile(r"[\s*★※:\u200b-\u200f]+")
_NOTE = re.compile(r"[(\[【\u3014{<《][^)\]】\u3015}>》]*[)\]】\u3015}>》]")


def key(header: str) -> str:
    """The header with its explanations in brackets, in one form."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", trimmed(header)[:LONGEST]).casefold())


def bare(header: str) -> str:
    """And without them; a header that is nothing else keeps them."""
    full = key(header)
    return _NOTE.sub("", full) or full


OWN = frozenset({key(LINE_NUMBER), key(PROBLEMS)})
