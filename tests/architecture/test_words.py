"""One English identifier, one Chinese term; and English for every Chinese text that a user reads."""

import inspect
import re
import tomllib

from tests.architecture.chinese import is_chinese, texts
from tests.architecture.source import CHAPTERS, PACKAGE, ROOT
from yigongti.kernel.access import words as access_words
from yigongti.kernel.access.bases import all_bases
from yigongti.kernel.access.words import registry
from yigongti.kernel.language import english
from yigongti.kernel.measures import words as measure_words
from yigongti.kernel.parameters import words as parameter_words
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow import words as workflow_words
from yigongti.record.policy.special_classes import CLASSES


ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)


def glossary():
    return ROW.findall((ROOT / "GLOSSARY.md").read_text(encoding="utf-8"))


def _registered():
    """What the registries call things."""
    named = {code: page.title for code, page in rooms.known.items()}
    named |= {code: role.title for code, role in registry.roles.items()}
    named |= {code: basis.title for code, basis in all_bases().items()}
    return named | {one.code: one.title for one in CLASSES}


def _kernel_words():
    modules = (workflow_words, access_words, parameter_words, measure_words)
    return {name for module in modules for name, thing in vars(module).items()
            if inspect.isclass(thing) and thing.__module__ == module.__name__ and not name.startswith("_")}  # fmt: skip


def test_the_glossary_has_every_workflow_role_basis_and_class_by_its_own_title():
    terms = {code: chinese for code, chinese, _means in glossary()}
    assert {code: title for code, title in _registered().items() if terms.get(code) != title} == {}


def test_the_glossary_has_every_chapter_and_every_word_of_the_kernel():
    assert (set(CHAPTERS) | _kernel_words()) - {code for code, _c, _m in glossary()} == set()


def test_one_identifier_has_one_term_and_one_term_one_identifier():
    codes = [code for code, _c, _m in glossary()]
    terms = [chinese for _code, chinese, _m in glossary()]
    assert [c for c in codes if codes.count(c) > 1] == []
    assert sorted({c for c in terms if terms.count(c) > 1}) == []


def test_the_glossary_names_nothing_that_is_gone():
    """A qualified code (`referral.upward`) must still be registered."""
    assert [c for c, _t, _m in glossary() if "." in c and c not in _registered()] == []


def test_every_chinese_text_has_its_english():
    known = english()
    assert {text: place for text, place in texts().items() if text not in known} == {}


def test_one_chinese_text_has_one_english():
    """Dictionaries are read as one: of two chapters that differ, one would be silently overruled."""
    said = {}
    for path in sorted(PACKAGE.rglob("english.toml")):
        for zh, en in tomllib.loads(path.read_text(encoding="utf-8")).items():
            said.setdefault(zh, set()).add(en)
    assert {zh: found for zh, found in said.items() if len(found) > 1} == {}


def test_english_texts_are_english_and_fill_the_same_names():
    named = re.compile(r"\{(\w*)")
    """A name or a diagnosis of an example on the style page stays as it is written."""
    examples = tomllib.loads((PACKAGE / "kernel/pages/english.toml").read_text(encoding="utf-8"))
    own = {zh: en for zh, en in english().items() if zh not in examples}
    wrong = {zh: en for zh, en in own.items() if is_chinese(en) and not QUOTES_CHINESE.search(en)}
    wrong |= {zh: en for zh, en in english().items() if set(named.findall(zh)) != set(named.findall(en))}
    assert wrong == {}


# The language switch is written in the language that it leads to.
QUOTES_CHINESE = re.compile(r"中文")
