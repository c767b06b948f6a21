"""XML parts of workbooks, walked element by element: no document type, hence no entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

from yigongti.exchange.tables.refusing import Damaged


def walk(
    xml: bytes,
    *,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Call for each element by its name without namespace; raises `Damaged` for what is no XML."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda name, said: start(name.rpartition("}")[2], said)
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition("}")[2])
    if text:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_document_type
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as wrong:
        raise Damaged(problem=str(wrong)[:60]) from wrong


def _no_document_type(*_said: object) -> NoReturn:
    raise Damaged(problem="DOCTYPE")
