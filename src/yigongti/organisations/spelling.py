"""How a Chinese name is found by Latin keys: its pinyin without tones or blanks, and its initials."""

from __future__ import annotations

import unicodedata

from pypinyin import Style, pinyin


def spelled(name: str) -> tuple[str, str]:
    """(pinyin, initials); what has no pinyin stands for itself."""
    spoken = pinyin(name, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # one entry per odd character
    syllables = [alike[0] for alike in spoken]
    kept = [syllable.lower() for syllable in syllables if syllable.strip() and syllable.isalnum()]
    return "".join(kept), "".join(syllable[0] for syllable in kept)


def typed(text: str) -> str:
    """What somebody typed, made comparable: full-width letters narrow, small, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
