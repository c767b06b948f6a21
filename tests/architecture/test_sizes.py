"""Functions, modules and policy pages stay small; what is large already may only become smaller."""

from statistics import median

from tests.architecture.source import functions, length, lines, modules, name, room


MEDIAN_FUNCTION = 10
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
LONGEST_TEST_MODULE = 600
LONGEST_POLICY_PAGE = 80

# Pages that say more than a page should: a workflow with ten states, one with a critical-value loop beside it.
LONG_POLICY_PAGES = {
    "src/yigongti/referral/policy/upward.py": 116,
    "src/yigongti/diagnosis/policy/ecg_reading.py": 106,
    "src/yigongti/record/policy/series.py": 82,
}


def test_no_function_is_longer_than_a_screen():
    found = [f"{name(p)}:{f.name} {length(f)}" for p in modules() for f in functions(p) if length(f) > LONGEST_FUNCTION]
    assert found == []


def test_half_of_all_functions_are_a_few_lines():
    assert median(length(f) for p in modules() for f in functions(p)) <= MEDIAN_FUNCTION


def test_no_module_is_longer_than_its_limit():
    long = [f"{name(p)} {lines(p)}" for p in modules() if lines(p) > LONGEST_MODULE]
    long += [f"{name(p)} {lines(p)}" for p in modules(tests=True) if lines(p) > LONGEST_TEST_MODULE]
    assert long == []


def test_a_policy_page_is_a_page():
    pages = {name(p): lines(p) for p in modules() if room(p) == "policy"}
    assert {n: size for n, size in pages.items() if size > LONG_POLICY_PAGES.get(n, LONGEST_POLICY_PAGE)} == {}
    assert {n for n in LONG_POLICY_PAGES if pages.get(n, 0) <= LONGEST_POLICY_PAGE} == set(), (
        "no longer long: strike it"
    )
