"""Names say the subject; modules, classes and public functions say in a sentence what they are for."""

import ast

from tests.architecture.source import CHAPTERS, PACKAGE, chapter, modules, name, public, tracked, tree


BANNED = {"utils", "util", "helpers", "helper", "common", "core", "services", "service", "managers", "manager", "base",
          "misc", "lib", "tools"}  # fmt: skip

# The command line's own machinery: verbs and console lines without a reader outside the module. May only fall.
WITHOUT_DOCSTRING = {"site": 39, "kernel": 6, "organisations": 2, "record": 1}


def test_every_package_is_a_chapter_that_is_placed():
    assert {chapter(p) for p in modules()} - {"__init__"} == set(CHAPTERS)


def test_no_module_has_a_name_that_says_nothing():
    assert [name(p) for p in modules() if p.stem in BANNED or BANNED & set(p.relative_to(PACKAGE).parts[:-1])] == []


def test_every_module_says_what_it_owns():
    assert [name(p) for p in [*modules(), *modules(tests=True)] if p.stem != "__init__" or _has_code(p)
            if not ast.get_docstring(tree(p))] == []  # fmt: skip


def _has_code(path):
    return bool(tree(path).body)


def test_public_functions_say_what_they_do():
    silent = [f"{name(p)}:{f.name}" for p in modules() for f in public(p) if not ast.get_docstring(f)]
    counted = {c: sum(line.startswith(f"src/yigongti/{c}/") for line in silent) for c in CHAPTERS}
    assert {c: (n, silent) for c, n in counted.items() if n > WITHOUT_DOCSTRING.get(c, 0)} == {}


def test_a_chapter_that_stands_says_what_it_owns_and_calls():
    charters = {p.parent.name: ast.get_docstring(tree(p)) or "" for p in tracked()
                if p.name == "__init__.py" and p.parent.parent == PACKAGE}  # fmt: skip
    assert [c for c in CHAPTERS if c not in {"kernel", "site"} and len(charters[c].split()) < 10] == []
