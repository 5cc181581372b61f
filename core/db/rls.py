"""Row-level security as SQL: what each tenant table gets, and the check that the application cannot walk around it."""

from __future__ import annotations

from sqlalchemy import Engine, text

from core.errors import Misconfigured

# An unset custom setting is NULL, and '' once a pooled connection has used it: both must match no row.
TENANT = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
USER = "(select nullif(current_setting('app.user_id', true), '')::uuid)"


def protect(table: str, *, column: str = "workspace_id") -> list[str]:
    """Give the statements that bind a table to the tenant of the transaction, for its owner too."""
    return [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy tenant on {table} using ({column} = {TENANT}) with check ({column} = {TENANT})",
    ]


def own_memberships() -> str:
    """Give the statement that lets a person read their own memberships before a workspace is chosen."""
    return f"create policy own_memberships on memberships for select using (user_id = {USER})"


def grants(app_role: str) -> list[str]:
    """Give the statements that let the application read and write rows, and nothing else, in present and future tables."""
    rows, quoted = "select, insert, update, delete", '"' + app_role.replace('"', '""') + '"'
    return [
        "revoke create on schema public from public",
        f"grant usage on schema public to {quoted}",
        f"grant {rows} on all tables in schema public to {quoted}",
        f"alter default privileges in schema public grant {rows} on tables to {quoted}",
        f"revoke insert, update, delete on alembic_version from {quoted}",
    ]


def check_role(engine: Engine) -> None:
    """Raise Misconfigured when the connected role could see past row-level security."""
    with engine.connect() as connection:
        name, bypasses = connection.execute(
            text("select rolname, rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        ).one()
        owns = connection.execute(
            text("select count(*) from pg_tables where schemaname = 'public' and pg_has_role(current_user, tableowner, 'member')")
        ).scalar_one()
    if bypasses or owns:
        reason = "is a superuser or has BYPASSRLS" if bypasses else "owns the tables"
        raise Misconfigured(
            f"The database role {name} of DATABASE_URL {reason}: it would see every workspace.",
            hint="Connect as a role of its own without these rights; README.md shows how to make one.",
        )
