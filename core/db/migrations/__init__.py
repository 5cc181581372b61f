"""Schema migrations (Alembic), run by the owner role; processes that start together take turns on an advisory lock."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from core.errors import Misconfigured


def migrate(owner_url: str, *, app_role: str) -> None:
    """Bring the schema to the newest version and grant the application role its rights; safe to call at every start.

    Args:
        owner_url: SQLAlchemy URL of the role that owns the schema.
        app_role: the role the application connects as; it gets select, insert, update and delete, no DDL.
    """
    from alembic import command
    from alembic.config import Config

    if make_url(owner_url).username == app_role:
        raise Misconfigured(
            "DATABASE_URL and DATABASE_OWNER_URL name the same role.",
            hint="Row-level security needs an application role that does not own the tables; README.md shows how to make one.",
        )
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["owner_url"] = owner_url
    config.attributes["app_role"] = app_role
    command.upgrade(config, "head")
