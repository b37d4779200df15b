"""Alembic's entry: one connection with the writer's settings, one transaction for everything."""

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from medianest.core.db import configure

engine = create_engine(f"sqlite:///{context.config.attributes['path']}", poolclass=NullPool)
event.listen(engine, "connect", lambda connection, _record: configure(connection))
event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))

with engine.connect() as connection:
    context.configure(connection=connection, render_as_batch=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
