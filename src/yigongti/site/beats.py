"""What the worker does again and again."""

from __future__ import annotations

import os
from datetime import timedelta

from django.conf import settings

from yigongti.exchange.processes import beats as exchange
from yigongti.indicators import processes as indicators
from yigongti.kernel import clock, jobs
from yigongti.kernel.audit import partitions, seals, trail
from yigongti.kernel.files import sweeping
from yigongti.kernel.jobs import beat
from yigongti.kernel.workflow import clocks
from yigongti.site.folder import DataFolder


@beat("workflow.fire_due", cron="* * * * * */10")
def fire_due_clocks() -> None:
    """Fire the clocks of cases whose time has come."""
    while clocks.fire_due():
        pass


@beat("audit.seal", cron="* * * * * */5")
def seal_the_trail() -> None:
    """Bind waiting audit entries into the chain."""
    while seals.seal_waiting():
        pass


@beat("audit.replay_journal", cron="* * * * * */30")
def replay_the_journal() -> None:
    """Bring into the trail what the database could not take."""
    trail.replay_journal()


@beat("audit.partitions", cron="10 3 * * * 0")
def make_partitions() -> None:
    """See that the coming months of the trail and of the inbox have their partitions."""
    partitions.make_coming()
    partitions.make_coming(exchange.MONTHLY)


@beat("exchange.take_in", cron="* * * * * */2")
def take_in_what_arrived() -> None:
    """Take in what the inbox has kept."""
    exchange.take_in_what_arrived()


@beat("exchange.batches", cron="* * * * * *")
def move_sheets() -> None:
    """Check, take in or take back the sheets that staff have brought."""
    exchange.work_on_sheets()


@beat("exchange.replays", cron="* * * * * *")
def move_replays() -> None:
    """Try waiting messages again as data staff have asked."""
    exchange.work_on_replays()


@beat("exchange.exports", cron="* * * * * *")
def write_exports() -> None:
    """Write the bulk exports that clients asked for."""
    exchange.write_exports()


@beat("exchange.send", cron="* * * * * */2")
def send_what_is_due() -> None:
    """Send orders and results to the systems that take them."""
    exchange.send_what_is_due()


@beat("exchange.archive", cron="* * * * * */3")
def copy_to_the_archive() -> None:
    """Give the county's image archive, where it has one, the images that came."""
    exchange.copy_to_the_archive()


@beat("exchange.coverage", cron="*/10 * * * *")
def count_what_came() -> None:
    """Keep what each sender sends by month up to date."""
    exchange.count_what_came()


@beat("exchange.coverage_anew", cron="40 3 * * * 0")
def count_all_that_came() -> None:
    """Count every month anew, and how long each sender is usually silent."""
    exchange.count_all_that_came()


@beat("measures.refresh", cron="* * * * * */20")
def refresh_figures() -> None:
    """Bring the lake and its figures up to date, if anything changed and the last time is long enough ago."""
    if os.environ.get("YIGONGTI_FIGURES") == "0":
        return  # another worker, or the night's `./run figures`, does it
    from yigongti.kernel.measures import refreshing  # brings DuckDB, which no other process needs

    refreshing.refresh_when_due()


@beat("indicators.annual", cron="20 6 * * * 0")
def open_annual_reports() -> None:
    """On its day, open the annual report of each group that has none."""
    indicators.open_annual_reports()


@beat("demo.decide", cron="* * * * * */30")
def decide_in_a_demonstration() -> None:
    """Once the figures of a demonstration stand, its people publish, doubt and write: once, and never in a county."""
    if DataFolder(settings.DATA_FOLDER).note().get("demo"):
        from yigongti import simulator

        simulator.decide()


@beat("files.sweep", cron="30 2 * * 0 0")
def sweep_files() -> None:
    """Remove bytes that were kept for what was undone."""
    sweeping.sweep()


KEPT = timedelta(days=30)


@beat("jobs.clean", cron="20 3 * * * 0")
def clean_jobs() -> None:
    """Ended jobs, failed ones too, are kept for a month."""
    jobs.clean(before=clock.now() - KEPT)
