"""Who asks and who acts comes first in every signature: `by=` for writes, `for_=` for reads."""

import ast

from tests.architecture.source import chapter, modules, name, public, room, tree


# Reads that show no person's record and need nobody's reach: by module, with the reason.
UNSCOPED = {
    # Who belonged where on a day is public inside a county; lists of it are scoped by the pages that show them.
    "organisations/queries.py": {
        "forget", "centre_on", "institution_of_unit", "institution_on_path", "open_institutions", "is_open_today",
        "memberships_on", "hosts_on", "group_on", "holds_on", "named", "spelled_like", "members_without_yes",
        "voting_members", "the_county", "social_run", "social_run_apart", "said_sharing", "county_name",
        "county_of_unit", "units_below", "said_division", "outline",
    },
    # Periods, order and rounding of figures that the caller has fetched within its scope; rows as the engine asks.
    "indicators/queries/cells.py": {"as_seen", "back_from", "in_order", "kinds_of", "plain"},
    "indicators/queries/releases.py": {"rows"},
    # Two tellings of one person compared: whoever compares has both already.
    "residents/queries/agreeing.py": {"spelled_alike", "same_name", "same_sex", "same_birth"},
    # How complete what came is, in numbers of messages: nothing of any person.
    "exchange/queries.py": {"covered"},
    # The engine asks how cases show that it has already found to be visible.
    "chronic/queries.py": {"rows", "said_why"},
    "referral/queries.py": {"rows", "reason_of", "referred_here"},
    # Words about rows that the caller has already fetched within its scope.
    "record/queries/summaries.py": {"said_value"},
    "residents/queries/asking.py": {"ways"},
    # Fragments of the statements by which chapters fill the lake; nobody's rows.
    "residents/queries/dated.py": {"whom", "perhaps", "here", "watched"},
    "residents/queries/likeness.py": {"reasons_between"},
    "residents/queries/minors.py": {"minor_since"},
    "residents/queries/naming.py": {"named", "said"},
    # Statements that `find` composes under the caller's scope.
    "residents/queries/search.py": {"in_order", "statement"},
}  # fmt: skip


def _is_gated(node):
    return any(isinstance(d, ast.Call) and getattr(d.func, "id", "") == "action" for d in node.decorator_list)


def _brought(node):
    """A guard or an effect, brought to the engine under a name."""
    return any(isinstance(d, ast.Call) and getattr(d.func, "attr", "") in {"guard", "effect"}
               for d in node.decorator_list)  # fmt: skip


def _keywords(node):
    return [a.arg for a in node.args.kwonlyargs]


def _all(wanted):
    return [(p, f) for p in modules() for f in ast.walk(tree(p)) if isinstance(f, ast.FunctionDef) and wanted(f)]


def test_every_action_takes_by_first_and_keywords_only():
    gated = _all(_is_gated)
    assert len(gated) > 30
    assert [f"{name(p)}:{f.name}" for p, f in gated if f.args.args or _keywords(f)[:1] != ["by"]] == []


def test_every_action_says_in_chinese_what_it_does():
    assert [
        f"{name(p)}:{f.name}"
        for p, f in _all(_is_gated)
        if not any("一" <= letter <= "龥" for letter in (ast.get_docstring(f) or "").split("\n")[0])
    ] == []


def test_every_guard_and_effect_takes_the_case_the_facts_and_who_acts():
    brought = _all(_brought)
    assert len(brought) >= 10
    assert [f"{name(p)}:{f.name}" for p, f in brought if _keywords(f) != ["case", "facts", "by"]] == []


def test_every_public_query_says_for_whom():
    unscoped = {}
    for path in modules():
        if room(path) == "queries" and chapter(path) != "kernel":
            short = name(path).removeprefix("src/yigongti/")
            names = {f.name for f in public(path) if "for_" not in [*_keywords(f), *(a.arg for a in f.args.args)]}
            if names - UNSCOPED.get(short, set()):
                unscoped[short] = names - UNSCOPED.get(short, set())
    assert unscoped == {}, "take for_=, or give a reason in UNSCOPED"
