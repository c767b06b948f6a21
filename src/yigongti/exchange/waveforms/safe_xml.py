"""XML from strangers as a tree: no document type, hence no entities; bounded in depth and number of elements."""

from __future__ import annotations

import re
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from yigongti.exchange.waveforms.refusing import Unreadable


DEEPEST, MOST_ELEMENTS = 100, 300_000
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
CHINESE = {"gb2312", "gbk", "gb18030", "gb_2312-80", "cp936"}


def tree(data: bytes) -> Element:
    """The root element, names without namespace; raises `Unreadable` for XML that is broken, too deep or has a DTD."""
    parser, building = expat.ParserCreate(namespace_separator="}"), _Building()
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.StartElementHandler, parser.EndElementHandler = building.start, building.end
    parser.CharacterDataHandler = building.builder.data
    parser.buffer_text = True
    try:
        parser.Parse(_decoded(data), True)
    except (expat.ExpatError, ValueError, LookupError) as wrong:
        raise Unreadable(what="XML", value=str(wrong), problem="不是完整的XML", rule="xml.well_formed") from wrong
    return building.builder.close()


class _Building:
    """Counts as it builds, so that no file grows a tree without end."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.depth = self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST_ELEMENTS:
            raise Unreadable(what="XML", value=_local(name), problem="层次过深或元素过多", rule="xml.size")
        self.builder.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(_local(name))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _decoded(data: bytes) -> bytes | str:
    """Expat reads no multi-byte Chinese sets; those are decoded before, and a text needs no declaration."""
    declared = DECLARED.match(data[:200])
    if declared and declared[1].decode().lower() in CHINESE:
        return data.decode("gb18030")
    return data


def _no_document_type(name: str, *_rest: object) -> NoReturn:
    raise Unreadable(what="XML", value=name, problem="不接受带DOCTYPE的文件", rule="xml.doctype")
