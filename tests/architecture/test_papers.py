"""The papers beside the code: decisions, changes, dependencies, how-tos; and nothing of anybody's machine."""

import ast
import re
import tomllib

import pytest

from tests.architecture.source import ROOT, name, tracked
from yigongti.kernel.pages.registry import pages
from yigongti.site.book_coverage import proofs, requirements


ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
HOWTOS = sorted((ROOT / "docs" / "howto").glob("*.md"))
HEADINGS = ["Context", "Decision", "Consequences"]
WORDS_OF_AN_ADR = 600

# Split, so that this file does not carry what it looks for.
REGISTRIES = re.compile(
    "|".join(("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", "registry" + r"\.npm", "artifact" + "ory",
              "index" + "-url"))
)  # fmt: skip
MACHINES = re.compile("|".join(["/" + "work/", "/" + "Users/\\w", "/home/" + "[a-z]+/"]))
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _text_files():
    for path in tracked():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_decisions_have_numbers_of_their_own():
    numbers = [path.name[:4] for path in ADRS]
    assert numbers == sorted(set(numbers)) and all(number.isdigit() for number in numbers)


@pytest.mark.parametrize("path", ADRS, ids=lambda p: p.stem)
def test_a_decision_says_why_what_and_what_follows_on_less_than_a_page(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert text.startswith(f"# {path.name[:4]} ")
    assert len(text.split()) <= WORDS_OF_AN_ADR


def test_the_changelog_has_no_empty_headings():
    lines = [x for x in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if x.strip()]
    after = zip(lines, [*lines[1:], "# end"], strict=True)
    assert [line for line, below in after if _depth(below) and _depth(line) >= _depth(below)] == []


def _depth(line):
    return len(line) - len(line.lstrip("#"))


def test_no_file_names_a_package_registry():
    assert [name(path) for path, text in _text_files() if REGISTRIES.search(text)] == []


def test_no_file_names_a_path_of_a_machine():
    assert [name(path) for path, text in _text_files() if MACHINES.search(text)] == []


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lines = [line.strip() for line in text.splitlines()]
    silent = [one for one in named if not any(re.match(rf'"{re.escape(one)}",\s+# \w', line) for line in lines)]
    assert silent == []


def test_no_page_links_to_nothing():
    broken = []
    for path in [p for p in tracked() if p.suffix == ".md"]:
        for target in LINK.findall(path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{name(path)}: {target}")
    assert broken == []


@pytest.mark.parametrize("path", HOWTOS, ids=lambda p: p.stem)
def test_a_howto_names_files_that_exist_and_python_that_parses(path):
    text = path.read_text(encoding="utf-8")
    for snippet in FENCE.findall(text):
        ast.parse(snippet)
    named = re.findall(r"`((?:src|tests|docs)/[\w./-]+\.\w+)`", text)
    assert [one for one in named if not (ROOT / one).exists() and "kidney" not in one] == []


def test_every_requirement_a_test_names_is_on_the_list():
    known = requirements(ROOT)
    assert set(known) == {f"R{n}" for n in range(1, 176)}
    assert sorted(c for c in proofs(ROOT / "tests") if re.fullmatch(r"R\d+", c) and c not in known) == []


def test_every_screen_on_the_list_exists():
    asked = requirements(ROOT)
    assert sorted({code for one in asked.values() for code in one.get("screens", ())} - set(pages)) == []
