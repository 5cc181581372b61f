"""Every tenant table, tried from another tenant and from none."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from core.access import AccessContext
from core.db.rls import check_role
from core.db.tables import Base, tenant_tables
from core.db.tables.activity import Activity
from core.db.tables.identity import Membership, Workspace
from core.errors import Misconfigured
from core.runtime import Runtime
from core.services.activity import list_activity, record
from tests.postgres import TestDatabase

TENANT_TABLES = [table.name for table in tenant_tables(Base.metadata)]


@pytest.mark.parametrize("table", ["workspaces", *TENANT_TABLES])
def test_a_tenant_table_enforces_row_level_security_on_its_owner_too(table: str, test_database: TestDatabase) -> None:
    with test_database.connect_as_superuser() as connection:
        row = connection.execute(
            "select relrowsecurity, relforcerowsecurity,"
            " (select count(*) from pg_policies where tablename = relname and with_check is not null)"
            " from pg_class where relname = %s and relnamespace = 'public'::regnamespace",
            (table,),
        ).fetchone()
    assert row == (True, True, 1)


def test_a_row_is_seen_by_its_own_workspace_only(runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    with runtime.db.session(ctx) as session:
        record(session, ctx, "opened", "a plan", cells=3)
    assert [(entry.verb, entry.facts) for entry in list_activity(ctx, runtime)] == [("opened", {"cells": 3})]
    assert list_activity(other_ctx, runtime) == []
    with runtime.db.global_session() as session:
        assert session.scalars(select(Activity)).all() == []


def test_a_row_cannot_be_written_into_or_moved_to_another_workspace(runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    with pytest.raises(DBAPIError, match="row-level security"), runtime.db.session(ctx) as session:
        record(session, other_ctx, "forged", "a deed")
        session.flush()
    with runtime.db.session(ctx) as session:
        record(session, ctx, "opened", "a plan")
    with pytest.raises(DBAPIError, match="row-level security"), runtime.db.session(ctx) as session:
        session.execute(text("update activities set workspace_id = :other"), {"other": other_ctx.workspace_id})
    with runtime.db.session(other_ctx) as session:
        assert session.execute(text("delete from activities where true or workspace_id is not null")).rowcount == 0


def test_a_pooled_connection_forgets_the_tenant_of_its_last_transaction(runtime: Runtime, ctx: AccessContext) -> None:
    with runtime.db.session(ctx) as session:
        assert session.scalars(select(Workspace.id)).all() == [ctx.workspace_id]
    for _ in range(runtime.db.engine.pool.size() + 1):  # type: ignore[attr-defined]
        with runtime.db.global_session() as session:
            assert session.scalars(select(Workspace.id)).all() == []
            assert session.scalars(select(Membership.user_id)).all() == []


@pytest.mark.parametrize(("role", "reason"), [("postgres", "superuser"), ("flightplan_owner", "owns the tables")])
def test_a_role_that_could_bypass_row_level_security_is_refused(role: str, reason: str, test_database: TestDatabase) -> None:
    engine = create_engine(test_database.cluster.url(role, test_database.name))
    with pytest.raises(Misconfigured, match=reason):
        check_role(engine)
    engine.dispose()


def test_the_application_role_cannot_change_the_schema(runtime: Runtime) -> None:
    check_role(runtime.db.engine)
    for statement in (
        "create table x (id int)",
        "drop table activities",
        "truncate activities",
        "alter table activities disable row level security",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), runtime.db.global_session() as session:
            session.execute(text(statement))
