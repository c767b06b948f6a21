"""The door: which format a file has, and the recording in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yigongti.exchange.waveforms import dicom_ecg, fda_aecg, scp, wfdb
from yigongti.exchange.waveforms.form import Recording
from yigongti.exchange.waveforms.refusing import Unreadable


WFDB, AECG, SCP, DICOM = "wfdb", "aecg", "scp", "dicom"
READERS = {AECG: fda_aecg.read, SCP: scp.read, DICOM: dicom_ecg.read}
ENOUGH = 8192
"""Bytes from the beginning that `sniff` needs at most; aECG may open with comments."""
HEADER = re.compile(r"^(?:\s*(?:#[^\n]*)?\n)*\s*\S+ +\d+(?: |$)", re.ASCII)


def sniff(head: bytes, name: str) -> str:
    """The format of a file by its first bytes and its name: "wfdb", "aecg", "scp", "dicom", or "" for none of them."""
    if head[128:132] == b"DICM":
        return DICOM
    if head[16:22] == b"SCPECG" or (head[14:16] == b"\0\0" and name.lower().endswith(".scp")):
        return SCP
    if b"AnnotatedECG" in head[:ENOUGH].replace(b"\0", b""):
        return AECG
    if name.lower().endswith(".hea") and HEADER.match(head[:ENOUGH].decode("utf-8", "replace")):
        return WFDB
    return ""


def read(files: Mapping[str, bytes]) -> Recording:
    """The recording in these files (name → bytes): one file, or a WFDB header with its signals and annotations.

    Raises `Unreadable`, with a sentence that names field, value and rule, for whatever is no recording.
    """
    found = {name: sniff(data[:ENOUGH], name) for name, data in files.items()}
    if WFDB in found.values():
        return wfdb.read(files)
    known = [name for name, form in found.items() if form]
    if len(known) != 1 or len(files) != 1:
        raise Unreadable(
            what="文件", value="、".join(files), problem="不认识的格式，或不是一份记录", rule="reading.format"
        )
    return READERS[found[known[0]]](files[known[0]])
