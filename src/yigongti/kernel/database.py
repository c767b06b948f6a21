"""The PostgreSQL database: is it fit for Chinese text, and how Django reaches it."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import conninfo, sql


NAME = "yigongti"
EXTENSIONS = ("btree_gist", "pg_trgm")
OLDEST = 15

# A web request that takes half a minute has lost its reader; a migration may take an hour.
STATEMENT_TIMEOUT = {"web": "30s", "worker": "15min"}


class Unusable(Exception):
    """A database that cannot be started or must not be used, said in Chinese and in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} {english}")


@dataclass(frozen=True, kw_only=True)
class Locale:
    """How a database sorts and what it takes for a letter."""

    encoding: str
    provider: str
    collate: str
    ctype: str

    @property
    def fits(self) -> bool:
        """In another locale show_trgm('张桂兰') is empty and every search for a Chinese name becomes a scan."""
        return (
            self.encoding == "UTF8"
            and _plain(self.ctype) == "c.utf8"
            and (self.provider == "b" or _plain(self.collate) in ("c", "posix", "c.utf8"))
        )

    def __str__(self) -> str:
        return f"{self.encoding}, {self.collate} / {self.ctype}, provider {self.provider}"


def _plain(name: str) -> str:
    return name.lower().replace("-", "")


def locale_of(connection: psycopg.Connection[Any]) -> Locale:
    # As JSON, because the name of the column with the provider's locale differs between versions.
    row = connection.execute(
        "SELECT pg_encoding_to_char(encoding), to_jsonb(d) FROM pg_database d WHERE datname = current_database()"
    ).fetchone()
    assert row is not None  # noqa: S101 - the database one is connected to exists
    encoding, facts = row
    return Locale(
        encoding=encoding, provider=facts["datlocprovider"], collate=facts["datcollate"], ctype=facts["datctype"]
    )


def prepare(*, dsn: str) -> None:
    """Refuses a database that is too old or sorts otherwise, and sees to the extensions."""
    try:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=10) as connection:
            _require_version(connection)
            _require_locale(connection)
            _require_extensions(connection)
    except psycopg.OperationalError as error:
        raise Unusable(
            f"连接不上数据库：{_first_line(error)}。", "The database cannot be reached, as said above."
        ) from error


def _require_version(connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version // 10000
    if version < OLDEST:
        raise Unusable(
            f"需要 PostgreSQL {OLDEST} 或更高版本，现为 {version}。",
            f"PostgreSQL {OLDEST} or newer is needed; this is {version}.",
        )


def _require_locale(connection: psycopg.Connection[Any]) -> None:
    found = locale_of(connection)
    if not found.fits:
        raise Unusable(
            f"数据库的编码和区域必须是 UTF8 与 C.UTF-8，现为：{found}。请另建："
            "CREATE DATABASE yigongti TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'。",
            f"The database must be UTF8 with locale C.UTF-8; found {found}.",
        )


def _require_extensions(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute("SELECT extname FROM pg_extension").fetchall()
    present = {name for (name,) in rows}
    for name in EXTENSIONS:
        if name not in present:
            _create_extension(connection, name)


def _create_extension(connection: psycopg.Connection[Any], name: str) -> None:
    try:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported) as error:
        raise Unusable(
            f"数据库缺少扩展 {name}，请数据库管理员执行：CREATE EXTENSION {name}。",
            f"The extension {name} is missing and could not be created: {_first_line(error)}.",
        ) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def django_settings(*, dsn: str, purpose: str) -> dict[str, Any]:
    """One entry of Django's DATABASES; every thread keeps its connection."""
    parts: dict[str, Any] = dict(conninfo.conninfo_to_dict(dsn))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", NAME),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,  # a restarted server must not cost anyone a failed page
        "OPTIONS": {**parts, "options": " ".join([parts.get("options", ""), *_limits(purpose)]).strip()},
    }


def _limits(purpose: str) -> list[str]:
    # What the house prepares has one plan, whatever it is asked with: PostgreSQL would plan some of it anew each time,
    # which costs more than to carry it out. What must be planned for its values goes with them written into it.
    limits = {"plan_cache_mode": "force_generic_plan"}
    if purpose == "web":
        # A page's queries are short: starting parallel workers costs more than they bring.
        limits |= {
            "lock_timeout": "10s",
            "idle_in_transaction_session_timeout": "60s",
            "max_parallel_workers_per_gather": "0",
        }
    if purpose in STATEMENT_TIMEOUT:
        limits["statement_timeout"] = STATEMENT_TIMEOUT[purpose]
    return [f"-c {name}={value}" for name, value in limits.items()]
