"""The working calendar: the county's own days, then the shipped year, then the weekday."""

# ruff: noqa: RUF001 - full-width letters are what people paste

import csv
from datetime import date, datetime

import pytest

from yigongti.kernel import clock
from yigongti.organisations import actions, calendar
from yigongti.organisations.models import CalendarDay

from .factories import browser, key


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.COUNTY_ZONE)


@pytest.mark.django_db
def test_the_shipped_year_knows_holidays_and_swapped_workdays():
    calendar.forget()
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))  # a Saturday
    assert not calendar.is_working_day(date(2026, 10, 11))
    assert calendar.is_working_day(date(2027, 10, 1))  # nobody has said anything yet: a Friday


@pytest.mark.django_db
def test_working_time_passes_over_the_national_holiday():
    calendar.forget()
    assert clock.after_working_minutes(at("2026-09-30 17:30"), 60) == at("2026-10-08 08:30")


def test_an_imported_day_wins_over_the_shipped_one_at_once(place, django_capture_on_commit_callbacks):
    boss = place.administrator(place.county)
    assert not calendar.is_working_day(date(2026, 10, 1))
    with django_capture_on_commit_callbacks(execute=True):
        actions.import_calendar(
            by=boss, key=key(), days=[{"day": date(2026, 10, 1), "works": True, "name": "抢收"}], source="县通知"
        )
    assert calendar.is_working_day(date(2026, 10, 1))


def test_pasted_rows_are_taken_and_every_bad_line_is_named(place):
    client = browser(place.administrator(place.county))
    rows = "2027-01-01，休，元旦\n2027-02-30，休，春节\n2027-03-01，也许，什么"
    answer = client.post("/organisations/calendar/import", {"days": rows, "source": "通知", "key": key()})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第 2 行" in page and "第 3 行" in page and "2027-01-01，休，元旦" in page
    assert not CalendarDay.objects.exists()
    good = client.post(
        "/organisations/calendar/import", {"days": "２０２７-01-01\t休\t元旦", "source": "通知", "key": key()}
    )
    assert good.status_code == 303
    assert CalendarDay.objects.get().name == "元旦"


def test_the_register_lists_the_shipped_days_with_their_source_below_the_county_s_own(place):
    boss = place.administrator(place.county)
    address = "/organisations/registers/calendar"
    CalendarDay.objects.create(day=date(2026, 10, 1), works=True, name="抢收", source="县通知")
    calendar.forget()
    body = browser(boss).get(address).content.decode()
    assert "随系统提供：《国务院办公厅关于2026年部分节假日安排的通知》" in body
    assert body.index("抢收") < body.index("2026-10-10") < body.index("2026-02-15")
    assert body.count(">2026-10-01<") == 1  # what the county has set is listed once, as its own
    swapped = browser(boss).get(f"{address}?works=True").content.decode()
    assert "国庆节调休" in swapped and "端午节" not in swapped
    found = browser(boss).get(f"{address}?q=端午").content.decode()
    assert "2026-06-19" in found and "国庆节" not in found
    calendar.forget()


def test_the_export_holds_every_day_that_the_list_shows(place):
    address = "/organisations/registers/calendar.csv"
    CalendarDay.objects.create(day=date(2026, 10, 1), works=True, name="抢收", source="县通知")
    calendar.forget()
    reader = browser(place.administrator(place.county))
    lines = list(csv.reader(b"".join(reader.get(address)).decode("utf-8-sig").splitlines()))
    days = {row[0]: row[1:] for row in lines[1:]}
    assert len(days) == len(lines) - 1 == len(set(calendar.shipped()) | {date(2026, 10, 1)})
    assert days["2026-10-01"] == ["上班", "抢收", "县通知"]
    assert days["2026-10-10"][2].startswith("随系统提供：《国务院办公厅关于2026年")
    swapped = b"".join(reader.get(f"{address}?works=True")).decode("utf-8-sig")
    assert "国庆节调休" in swapped and "端午节" not in swapped
    calendar.forget()
