"""Schema migrations (Alembic), run by the owner role; processes that start together take turns on an advisory lock."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from core.errors import Misconfigured

VERSIONS = Path(__file__).parent / "versions"


def migrate(owner_url: str, *, app_role: str) -> None:
    """Bring the schema to the newest version and grant the application role its rights; safe to call at every start.

    Args:
        owner_url: SQLAlchemy URL of the role that owns the schema.
        app_role: the role the application connects as; it gets select, insert, update and delete, no DDL.
    """
    if make_url(owner_url).username == app_role:
        raise Misconfigured(
            "DATABASE_URL and DATABASE_OWNER_URL name the same role.",
            hint="Row-level security needs an application role that does not own the tables; README.md shows how to make one.",
        )
    if _version(owner_url) == newest_version():
        return  # Alembic takes a third of a second to import, at every start
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["owner_url"] = owner_url
    config.attributes["app_role"] = app_role
    command.upgrade(config, "head")


def newest_version() -> str:
    """Give the newest revision; files are named after theirs, in order (a test holds them to that)."""
    return max(file.name for file in VERSIONS.glob("[0-9]*.py")).partition("_")[0]


def _version(owner_url: str) -> str | None:
    """Give the revision of the database's schema, None where there is none yet."""
    with create_engine(owner_url, poolclass=NullPool).connect() as connection:
        if connection.execute(text("select to_regclass('public.alembic_version')")).scalar_one() is None:
            return None
        found = connection.execute(text("select version_num from public.alembic_version")).scalar()
    return None if found is None else str(found)
