"""The narrative is XHTML as R4 lets it in."""

from __future__ import annotations

import pytest

from tests.exchange.fhir_r4.samples import DIV
from yigongti.exchange.fhir_r4.faults import Faults
from yigongti.exchange.fhir_r4.narrative import check


HEAD = '<div xmlns="http://www.w3.org/1999/xhtml">'

RIGHT = [
    DIV,
    HEAD + "a &lt; b &#160; &amp;</div>",
    HEAD + '<table class="grid"><tr><td colspan="2" style="color: red">中</td></tr></table></div>',
    HEAD + '<img src="#pic" alt="x"/></div>',
    HEAD + '<a href="https://example.org/" name="x">y</a><!-- z --></div>',
    '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="zh" lang="zh" id="n">一</div>',
]
WRONG = {
    HEAD + "(CPT&reg;)</div>": "undefined entity",
    HEAD + "<p>a</div>": "XHTML",
    HEAD + "a</div>b": "XHTML",
    "<div>a</div>": "命名空间",
    '<div xmlns="http://example.org/">a</div>': "命名空间",
    '<p xmlns="http://www.w3.org/1999/xhtml">a</p>': "div",
    "text": "XHTML",
    HEAD + "<script>a</script></div>": "“script”元素",
    HEAD + "<form>a</form></div>": "“form”元素",
    HEAD + "<P>a</P></div>": "“P”元素",
    HEAD + '<p onclick="a()">b</p></div>': "“onclick”属性",
    HEAD + '<a href=" java&#10;script:a()">b</a></div>': "脚本",
    HEAD + '<p xmlns="http://example.org/">a</p></div>': "命名空间",
    HEAD + " \n <p> </p></div>": "没有任何文字",
    '<!DOCTYPE div [<!ENTITY a "b">]>' + HEAD + "&a;</div>": "DOCTYPE",
    HEAD + "<?php a?>b</div>": "处理指令",
    "": "XHTML",
    None: "XHTML",
    HEAD + "\ud800</div>": "UTF-16",
}


@pytest.mark.parametrize("div", RIGHT)
def test_what_r4_lets_in_passes(div):
    faults = Faults()
    check(div, faults)
    assert faults == []


@pytest.mark.parametrize("div", WRONG, ids=repr)
def test_anything_else_is_refused_with_the_reason(div):
    faults = Faults()
    check(div, faults)
    assert [fault.rule for fault in faults] == ["txt-1"] and WRONG[div] in faults[0].words
