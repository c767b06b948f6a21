"""Numbers in addresses: whatever somebody types in their place, every page answers, and none breaks."""

from __future__ import annotations

import base64
import json
import re

import pytest
from django.http import QueryDict
from django.urls import Resolver404, resolve

from tests import factories
from tests.access.conftest import PLACES, roles, signed_in
from tests.record.factories import encounter
from yigongti.indicators import catalogue
from yigongti.kernel.access.words import registry
from yigongti.kernel.pages.asking import LAST, row_number, whole_number
from yigongti.kernel.pages.register import registers
from yigongti.kernel.pages.registry import pages


NUMBERS = ("9" * 5000, "9" * 4000, "9" * 19, "-1", "²", "٣", "1e9", "x", "", "\x00")
"""Longer than Python reads, than a database holds, and none at all."""
MOMENT = "2026-01-01T08:00:00+08:00"
GOING_ON = ("after", "before")
"""Names that carry marks."""
PATH = re.compile(r"<(?:(\w+):)?(\w+)>")


def marks(number):
    """A number where addresses carry one: alone, and inside the marks that lists go on from."""
    held = base64.urlsafe_b64encode(json.dumps(["x", number]).encode()).decode()
    return (number, f"{number}-{number}", f"{MOMENT}~{number}", f"2026-01-01_{number}", f"{MOMENT}_{number}",
            f"{MOMENT}~step~{number}", f"0|{MOMENT}|{number}|{MOMENT}", held)  # fmt: skip


@pytest.fixture
def asked_for(monkeypatch):
    """The names that a page reads from its address."""
    names = set()
    for method in ("get", "getlist", "__getitem__"):
        plain = getattr(QueryDict, method)

        def told(self, name, *more, plain=plain):
            names.add(name)
            return plain(self, name, *more)

        monkeypatch.setattr(QueryDict, method, told)
    return names


@pytest.fixture
def house(county):
    """A browser for each page: of the first role that may open it, where that role sees most."""
    person = factories.resident(county.village)
    entry = encounter(person, county.village)
    clients = {}

    def browser(page):
        holders = [role for role in roles() if not page.permission or allowed(role, page.permission)]
        role = holders[0] if holders else "administrator"
        if role not in clients:
            kinds = registry.roles[role].works_at
            place = next(name for name in PLACES if factories.unit_of(getattr(county, name)).kind in kinds)
            clients[role] = signed_in(factories.actor(role, getattr(county, place)))
            clients[role].raise_request_exception = False  # what breaks is answered 500, as to a browser
        return clients[role]

    known = {"resident_id": person.pk, "entry_id": entry.pk, "code": next(iter(catalogue.known()))}
    return browser, known


def allowed(role, permission):
    return permission in registry.roles[role].may or role in registry.grants.get(permission, ())


def of_one_register():
    """All pages but those of registers, whose pages are made by one function; of these the first."""
    _first, *others = registers
    return [
        page
        for page in pages.values()
        if not any(page.code.startswith(f"{code}.") or page.code == code for code in others)
    ]


def faults_of(house, asked_for, those, values_of):
    """What broke: every name with every value alone, so that none hides behind another's refusal."""
    browser_of, known = house
    faults, read = [], set()
    for page in those:
        if any(kind == "int" and name not in known for kind, name in PATH.findall(page.route)):
            continue  # of no such row: it asks for nothing more
        address = "/" + PATH.sub(lambda part: str(known.get(part[2], 1)), page.route)
        asked_for.clear()
        browser_of(page).get(address)
        for name in sorted(asked_for):
            read.add((page.code, name))
            for value in values_of(name):
                status = browser_of(page).get(address, {name: value}).status_code
                if status >= 500:
                    faults.append((address, name, value[:40], status))
    assert len(read) > 100, "it asks what the pages read"
    return faults


def test_a_number_of_thousands_of_digits_breaks_no_page(house, asked_for):
    def values(name):
        return marks("9" * 5000) if name in GOING_ON else ["9" * 5000]

    assert faults_of(house, asked_for, of_one_register(), values) == []


@pytest.mark.long
def test_nothing_that_stands_for_a_number_breaks_a_page(house, asked_for):
    def values(_name):
        return [mark for number in NUMBERS for mark in (marks(number) if number[:1] == "9" else [number])]

    assert faults_of(house, asked_for, pages.values(), values) == []


@pytest.mark.long
def test_a_path_of_no_row_breaks_no_page(house):
    browser_of, known = house
    faults = []
    for page in (one for one in pages.values() if "<int:" in one.route):
        for number in ("9" * 18, "0"):
            status = browser_of(page).get(numbered(page, number, known)).status_code
            if status >= 500 or (status == 200 and number != "0"):
                faults.append((page.code, number, status))
    assert faults == []


def numbered(page, number, known):
    return "/" + PATH.sub(lambda part: number if part[1] == "int" else str(known.get(part[2], 1)), page.route)


def test_a_path_with_a_number_that_no_row_can_have_leads_nowhere():
    for page in (one for one in pages.values() if "<int:" in one.route):
        assert resolve(numbered(page, "9" * 18, {})).url_name
        for number in ("9" * 5000, "9" * 19, "-1", "٣"):
            try:
                found = resolve(numbered(page, number, {})).url_name  # a word, to a page that takes words
            except Resolver404:
                continue
            assert found != page.code, number[:20]


def test_a_row_s_number_is_read_whole_or_not_at_all():
    assert [row_number(text) for text in ("7", "007", "9" * 18)] == [7, 7, LAST]
    assert [row_number(text) for text in (*NUMBERS, "1.0", " 1", "1_0", "+1")] == [0] * (len(NUMBERS) + 4)
    texts = ("0", "2026", "2027", "9" * 5000, "")
    assert [whole_number(text, most=2026) for text in texts] == [0, 2026, None, None, None]
