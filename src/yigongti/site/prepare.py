"""Before the doors open: migrations, collected style and scripts, and what an empty county needs first."""

import argparse
import hashlib
import shutil
from pathlib import Path

import django
import psycopg

from yigongti.site.folder import DataFolder
from yigongti.site.progress import Progress, say
from yigongti.site.sentence import Sentence


# htmx's extensions import by bare names, which no hashed name can stand for; we use none of them.
UNUSED = ["django_htmx/ext*"]
FULL = 20_000_000  # PostgreSQL writes its journal in pieces of 16 MB


def main(arguments: list[str]) -> None:
    """A process of its own: the supervisor stays small, and an interrupt ends the making of a county at once."""
    parser = argparse.ArgumentParser(prog="./run prepare")
    parser.add_argument("--county", type=int, metavar="RESIDENTS", help="make a demonstration county in an empty one")
    parser.add_argument("--first-day", action="store_true", help="print the first administrator's code if needed")
    chosen = parser.parse_args(arguments)
    django.setup()
    from django.conf import settings
    from django.db import OperationalError

    folder = DataFolder(settings.DATA_FOLDER)
    try:
        _migrate()
        _require_homes()
        _collect(folder)
        if chosen.county:
            _make_county(folder, chosen.county)
        if chosen.first_day:
            _first_day()
    except (OperationalError, psycopg.OperationalError) as error:
        if _is_disk_full(folder):  # the server may also have gone down over it, which says less
            raise Sentence("磁盘已满，没有做完。", "The disk is full: not finished.") from error
        raise


def _is_disk_full(folder: DataFolder) -> bool:
    return shutil.disk_usage(folder.path).free < FULL


def _require_homes() -> None:
    """No case may stand in a state that its page no longer has: the page must name the move, or the boot stops."""
    from yigongti.kernel.workflow import pages

    lost = pages.homeless()
    if lost:
        raise Sentence("；".join(lost) + "。", "A workflow page dropped a state that still holds cases.")


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    later = sorted(
        f"{app}.{name}"
        for app, name in set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
        if app in executor.loader.migrated_apps
    )
    if later:
        raise Sentence(
            f"数据夹已被更新的版本用过（{'、'.join(later[:3])}），请用更新的程序。",
            "A newer version has migrated these data: run that one.",
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"更新数据库结构，{len(plan)} 步。 Migrating the database.")
        call_command("migrate", interactive=False, verbosity=0)


def _collect(folder: DataFolder) -> None:
    from django.core.management import call_command

    stamp, seen = folder.static / ".made-from", _static_fingerprint()
    if stamp.exists() and stamp.read_text() == seen:
        return
    shutil.rmtree(folder.static, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(seen)


def _static_fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _make_county(folder: DataFolder, residents: int) -> None:
    from django.db import connection

    from yigongti import simulator

    folder.remember(county="building", residents=residents)
    progress = Progress()
    built = simulator.build(residents=residents, progress=progress)
    progress.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")  # commits were not waited for: now all of it is on the disk, before it is said
    folder.remember(county="built", accounts=[list(row) for row in built.accounts])


def _first_day() -> None:
    from django.contrib.auth import get_user_model

    if get_user_model().objects.exists():
        return
    from yigongti.kernel.access import first_day

    say(f"还没有管理员。一次性代码：{first_day.make_code()}")
    say("用它在首页建立第一个管理员。 No administrator yet: use this one-time code on the first page.")
