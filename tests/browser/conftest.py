"""A county behind a web server, and Chromium before it: made once for the folder, swept away after it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.town import Town


FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="package")
def transactional_db(django_db_setup, django_db_blocker):
    """As pytest-django's, but swept once for the folder: the server's threads see what was made for all its tests."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs a loop in this thread
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="package")
def town(transactional_db):
    """A county that the server shows."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns where nothing was collected
    server = LiveServer("127.0.0.1:0")
    try:
        yield Town(server.url)
    finally:
        server.stop()
        wait_for_the_last_line()


def wait_for_the_last_line(patience=10):
    """The server's threads are daemons: their connections close a moment after it stopped."""
    deadline = time.monotonic() + patience
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            if cursor.fetchone()[0] <= 1:
                return
            time.sleep(0.05)


@pytest.fixture(scope="package")
def chromium(chromium_path, town):
    """Ends before the server does, so that no kept-alive line holds one of its threads."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield running
        connections.close_all()  # while the driver's loop runs, this thread has connections of its own
        running.close()


@pytest.fixture
def visit(chromium, town):
    """Opens a window for somebody: `visit(who, width=390)`; closed after the test."""
    opened = []

    def window(who=None, *, width=1440, height=900, cookies=(), **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", base_url=town.url, **options
        )
        opened.append(context)
        context.set_default_timeout(15_000)
        kept = dict(cookies) | ({"session": town.session(who)} if who else {})
        context.add_cookies([{"name": name, "value": value, "url": town.url} for name, value in kept.items()])
        return context.new_page()

    yield window
    for context in opened:
        context.close()
