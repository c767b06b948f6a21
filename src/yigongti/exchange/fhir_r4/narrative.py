"""The narrative's XHTML: well formed, in its namespace, with the elements and attributes that R4 lets in, not empty."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from yigongti.exchange.fhir_r4.faults import Faults, shown
from yigongti.kernel.language import Phrase, phrase


XHTML = "http://www.w3.org/1999/xhtml"

ELEMENTS = frozenset(
    "a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2"
    " h3 h4 h5 h6 hr i img ins kbd li map ol p pre q rb rp rt rtc ruby samp small span strong sub sup table tbody td"
    " tfoot th thead tr tt u ul var".split()
)
ATTRIBUTES = frozenset(
    "abbr accesskey align alt axis border cellpadding cellspacing char charoff charset cite class colspan coords dir"
    " frame headers height href hreflang id ismap lang longdesc name nohref nowrap rel rev rowspan rules scope shape"
    " span src start style summary tabindex target title type usemap valign value width xml:lang xml:space".split()
)
ADDRESSES = frozenset({"href", "src", "cite", "longdesc"})
SCRIPT = ("javascript:", "vbscript:", "data:text/html")


class _Refused(Exception):
    def __init__(self, words: Phrase) -> None:
        self.words = words
        super().__init__(words)


class _Reader:
    """What expat calls; the first trouble ends it."""

    def __init__(self) -> None:
        self.depth = 0
        self.says = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth == 0:
            self._begin_root(name, attributes)
        self.depth += 1
        if name not in ELEMENTS:
            raise _Refused(phrase("不允许出现“{name}”元素。", name=shown(name)))
        if name == "img":
            self.says = True
        for key, value in attributes.items():
            self._attribute(key, value)

    def _begin_root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "div":
            raise _Refused(phrase("最外层应是 div 元素。"))
        if attributes.get("xmlns") != XHTML:
            raise _Refused(phrase("div 应声明命名空间 {space}。", space=XHTML))

    def _attribute(self, key: str, value: str) -> None:
        if key == "xmlns" or key.startswith("xmlns:"):
            if value != XHTML and key == "xmlns":
                raise _Refused(phrase("div 应声明命名空间 {space}。", space=XHTML))
        elif key not in ATTRIBUTES:
            raise _Refused(phrase("不允许出现“{name}”属性。", name=shown(key)))
        elif key in ADDRESSES and "".join(value.split()).lower().startswith(SCRIPT):
            raise _Refused(phrase("属性“{name}”里不允许有脚本。", name=key))

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, said: str) -> None:
        if not self.says and not said.isspace():
            self.says = True

    def doctype(self, *_said: Any) -> None:
        raise _Refused(phrase("不允许有 DOCTYPE。"))

    def instruction(self, *_said: Any) -> None:
        raise _Refused(phrase("不允许有处理指令。"))


def check(div: Any, faults: Faults) -> None:
    """The value of `Narrative.div`."""
    if type(div) is not str or not div:
        faults.add("value", "txt-1", phrase("叙述应是一段 XHTML 文字。"))
        return
    words = _trouble(div)
    if words:
        faults.add("invalid", "txt-1", phrase("叙述不合规定：{problem}", problem=words))


def _trouble(div: str) -> Phrase | None:
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.text, reader.doctype
    parser.ProcessingInstructionHandler = reader.instruction
    try:
        parser.Parse(div.encode(), True)
    except expat.ExpatError as bad:
        return phrase("不是完整的 XHTML（{reason}）。", reason=expat.ErrorString(bad.code))
    except UnicodeEncodeError:
        return phrase("文字里有不成对的 UTF-16 代理字符。")
    except _Refused as refused:
        return refused.words
    return None if reader.says else phrase("没有任何文字或图像。")
