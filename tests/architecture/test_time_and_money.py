"""One clock for the whole house, and no money that rounds."""

import ast

from tests.architecture.source import modules, name, tracked, tree


ASKS_THE_TIME = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"),
                 ("timezone", "now")}  # fmt: skip
CLOCK = "src/yigongti/kernel/clock.py"
MONEY = ("amount", "price", "fee", "cost", "money", "fen", "yuan", "balance")


def test_nobody_but_the_clock_asks_the_time():
    assert [f"{name(p)}:{line}" for p in modules() if name(p) != CLOCK for line in _asking(tree(p))] == []


def _asking(module):
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and (_last(node.value), node.attr) in ASKS_THE_TIME:
            yield node.lineno


def _last(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_no_row_gets_its_moment_from_the_database():
    """A default of the server would escape a held clock."""
    found = [name(p) for p in modules() for node in ast.walk(tree(p)) if isinstance(node, ast.keyword)
             if node.arg in {"auto_now", "auto_now_add"} or _is_server_time(node)]  # fmt: skip
    assert found == []


def _is_server_time(node):
    return node.arg == "db_default" and not isinstance(node.value, ast.Constant)


def test_only_places_on_the_map_are_floats():
    """Numbers that are counted, paid or measured are whole or decimal."""
    floats = {
        node.targets[0].id
        for p in modules()
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", None), "attr", "") == "FloatField"
    }
    assert floats <= {"longitude", "latitude"}


def test_money_is_never_a_float():
    found = [
        f"{name(p)}:{node.lineno}"
        for p in modules()
        for node in ast.walk(tree(p))
        if isinstance(node, (ast.AnnAssign, ast.arg)) and _named(node).endswith(MONEY) and _is_float(node.annotation)
    ]
    assert found == []


def _named(node):
    return node.arg if isinstance(node, ast.arg) else _last(node.target)


def _is_float(annotation):
    return annotation is not None and "float" in {_last(part) for part in ast.walk(annotation)}


def test_the_rules_find_a_breach():
    """The finders above are not blind."""
    assert list(_asking(ast.parse("import datetime\nx = datetime.datetime.now()"))) == [2]
    assert _is_float(ast.parse("price: float | None").body[0].annotation)
    assert len(tracked()) > 100
