"""What imports cannot show of the tables: which way keys point, and what is a constraint rather than a label."""

import ast

import pytest
from django.apps import apps  # noqa: TID251 - every table of the house, whoever owns it
from django.db.models import CheckConstraint

from tests.architecture.source import CHAPTERS, modules, name, tree


LEVELS = (
    {"kernel"}, {"organisations"}, {"residents"}, {"capacity", "record"},
    {"diagnosis", "consultation", "referral", "chronic", "publichealth"}, {"fund"}, {"indicators"},
    {"exchange", "simulator"}, {"site"},
)  # fmt: skip
LEVEL = {chapter: level for level, chapters in enumerate(LEVELS) for chapter in chapters}


def _models():
    return [m for m in apps.get_models() if m.__module__.startswith("yigongti.")]


def _chapter(model):
    return model.__module__.split(".")[1]


def _keys():
    return [(m, f) for m in _models() for f in m._meta.get_fields() if f.concrete and f.is_relation and f.related_model]


def _key_calls():
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"ForeignKey", "OneToOneField"}:
                yield path, node


def test_every_chapter_has_its_level():
    assert set(LEVEL) == set(CHAPTERS)


def test_no_foreign_key_points_up_the_list_or_sideways():
    assert [
        f"{m._meta.label}.{f.name} -> {f.related_model._meta.label}"
        for m, f in _keys()
        if f.related_model.__module__.startswith("yigongti.") and _chapter(m) != _chapter(f.related_model)
        if LEVEL[_chapter(m)] <= LEVEL[_chapter(f.related_model)]
    ] == []


# Institutions and departments describe the kernel's bare units one-to-one and are reached from them; the wards of a
# department are asked for by their own chapter alone. May only become fewer.
TWO_WAY = {"organisations.Institution.unit", "organisations.Department.unit", "capacity.Ward.department"}


def test_a_key_into_another_chapter_is_one_way():
    """`related_name="+"`: the chapter below never learns who refers to it."""
    assert {
        f"{m._meta.label}.{f.name}"
        for m, f in _keys()
        if _chapter(m) != _chapter(f.related_model) and not f.remote_field.hidden
    } <= TWO_WAY


def test_a_key_into_another_chapter_names_it_by_string():
    """Imported classes would be doors into another chapter's models."""
    imported = []
    for path, call in _key_calls():
        foreign = {a.asname or a.name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)
                   and (node.module or "").startswith("yigongti.") for a in node.names}  # fmt: skip
        if call.args and isinstance(call.args[0], ast.Name) and call.args[0].id in foreign:
            imported.append(f"{name(path)}:{call.lineno}")
    assert imported == []


def test_models_carry_no_choices():
    """Codes are check constraints, labels are words: a changed label makes no migration."""
    assert [f"{m._meta.label}.{f.name}" for m in _models() for f in m._meta.fields if f.choices] == []


def test_state_and_kind_columns_are_constrained_by_the_database():
    loose = []
    for model in _models():
        checked = " ".join(str(c.condition) for c in model._meta.constraints if isinstance(c, CheckConstraint))
        codes = [f.name for f in model._meta.fields if f.name in {"state", "status", "kind", "level"}]
        loose += [f"{model._meta.label}.{column}" for column in codes if f"'{column}" not in checked]
    assert sorted(loose) == LOOSE


# Codes whose list is open: a case's state belongs to its page, and new kinds come with new chapters. The kind of an
# audit entry and the state of a message are constrained in their own SQL; what kinds of message there are, senders say.
LOOSE = [
    "access.Unit.kind", "audit.Entry.kind", "exchange.Batch.kind", "exchange.Message.kind", "exchange.Message.state",
    "workflow.Case.state", "workflow.Clock.state",
]  # fmt: skip


def test_nobody_listens_to_signals_outside_the_kernel():
    found = [
        f"{name(p)}:{node.lineno}"
        for p in modules()
        if "/kernel/" not in name(p)
        for node in ast.walk(tree(p))
        if isinstance(node, ast.ImportFrom) and ("signals" in (node.module or "") or node.module == "django.dispatch")
    ]
    assert found == []


@pytest.mark.parametrize("model", _models(), ids=lambda m: m._meta.label)
def test_a_row_has_a_short_text_for_the_reader(model):
    assert "__str__" in vars(model)
