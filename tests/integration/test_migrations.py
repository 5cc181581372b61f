"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from core.db.embedded import APP
from core.db.migrations import VERSIONS, migrate, newest_version
from core.db.tables import Base
from tests.postgres import TestDatabase


def test_a_migrated_database_differs_in_nothing_from_the_models(test_database: TestDatabase) -> None:
    engine = create_engine(test_database.owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        options = {"include_object": lambda _object, name, kind, _reflected, _other: not (kind == "table" and name == "alembic_version")}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_migrating_again_changes_nothing(test_database: TestDatabase) -> None:
    migrate(test_database.owner_url, app_role=APP)
    test_a_migrated_database_differs_in_nothing_from_the_models(test_database)


def test_the_newest_version_that_a_start_looks_for_is_the_head_of_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent).replace("%", "%%"))
    assert ScriptDirectory.from_config(config).get_heads() == [newest_version()]
