"""Processes that start together take turns at what only one may do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, NullPool, create_engine, text

_LOOK_SECONDS = 0.05


@contextmanager
def turn(url: str, name: str) -> Iterator[None]:
    """Hold an advisory lock of this name for the length of a block, once nobody else holds it.

    It asks again and again instead of waiting in Postgres: a waiting statement keeps a snapshot, and `create index concurrently`, which
    DBOS and LangGraph use under this lock, waits for every older snapshot to end. Both would wait for ever.
    """
    engine: Engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        while not connection.execute(text("select pg_try_advisory_lock(hashtext(:name))"), {"name": name}).scalar_one():
            time.sleep(_LOOK_SECONDS)
        yield
